"""Counters of webhooks, for /metrics."""

from prometheus_client import Counter

#: Outcomes: `delivered`, `failed` (one attempt of several), `given_up`.
EVENTS = Counter("frontdesk_webhooks", "Attempts to deliver events by webhook", ["outcome"])
