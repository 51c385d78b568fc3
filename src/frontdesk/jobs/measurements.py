"""Counters of jobs, for /metrics."""

from prometheus_client import Counter

#: Outcomes: `done`, `failed` (one attempt of several), `given_up`.
RUNS = Counter("frontdesk_jobs", "Ended runs of jobs", ["kind", "outcome"])
