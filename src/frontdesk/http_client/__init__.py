"""Outgoing HTTP: the one way in which the server asks other servers for something."""

from frontdesk.http_client.failures import NoAnswer, NotAllowed, TooLarge, TooLate
from frontdesk.http_client.fetching import Answer, fetch

__all__ = ["Answer", "NoAnswer", "NotAllowed", "TooLarge", "TooLate", "fetch"]
