"""Whose address a request counts for."""

from collections.abc import Mapping
from typing import Any


def client_address(scope: Any, headers: Mapping[str, str], forwarded_count: int) -> str:
    """Return the client's address for rate limits and log-in protection.

    Without a declared proxy it is the socket's address: headers that anyone may send must not
    lift a limit. With `forwarded_count` = n proxies in front (HTTP_FORWARDED_COUNT) it is
    `x-real-ip`, or the n-th entry from the right of `x-forwarded-for`; with fewer entries, the
    socket's address.
    """
    client = scope.get("client")
    socket_address = str(client[0]) if client else ""
    if forwarded_count <= 0:
        return socket_address
    forwarded = [part.strip() for part in headers.get("x-forwarded-for", "").split(",")]
    forwarded = [part for part in forwarded if part]
    if len(forwarded) >= forwarded_count:
        return forwarded[-forwarded_count]
    return headers.get("x-real-ip") or socket_address
