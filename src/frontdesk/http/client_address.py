"""Whose address a request counts for."""

from collections.abc import Mapping
from typing import Any

_FORWARDED = b"x-forwarded-for"


def client_address(scope: Any, headers: Mapping[str, str], forwarded_count: int) -> str:
    """Return the client's address for rate limits and log-in protection.

    Without a declared proxy it is the socket's address: headers that anyone may send must not
    lift a limit. With `forwarded_count` = n proxies in front (HTTP_FORWARDED_COUNT) it is the
    n-th entry from the right of `x-forwarded-for`, or the socket's address if there are fewer.
    Where no proxy sends that header, `x-real-ip` counts.
    """
    client = scope.get("client")
    socket_address = str(client[0]) if client else ""
    if forwarded_count <= 0:
        return socket_address
    # Some proxies add a line of their own; several lines are one list (RFC 9110, 5.3).
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == _FORWARDED]
    if not lines:
        return headers.get("x-real-ip") or socket_address
    entries = [entry for part in ",".join(lines).split(",") if (entry := part.strip())]
    return entries[-forwarded_count] if len(entries) >= forwarded_count else socket_address
