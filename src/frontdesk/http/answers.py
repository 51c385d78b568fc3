"""Answers on the wire: envelopes, status codes and the headers of every answer."""

from collections.abc import AsyncIterable, Mapping
from typing import Any, TypeAlias

import msgspec

Headers: TypeAlias = list[tuple[bytes, bytes]]

_encoder = msgspec.json.Encoder()

JSON = b"application/json"
ALLOW_HEADERS = (
    b"access-control-allow-headers",
    b"Origin, X-Requested-With, Content-Type, Accept, X-User-Id, X-Auth-Token, "
    b"x-visitor-token, Authorization",
)
#: Headers of the answers to OPTIONS: which origins may go on is decided in `cors`.
PREFLIGHT_HEADERS: Headers = [
    (b"cache-control", b"no-store"),
    (b"pragma", b"no-cache"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
#: Headers of all other answers (API frame, headers out), plus the usual hardening.
COMMON_HEADERS: Headers = [
    *PREFLIGHT_HEADERS,
    (b"access-control-allow-origin", b"*"),
    ALLOW_HEADERS,
]

NOT_LOGGED_IN = {
    "success": False,
    "error": "You must be logged in to do this.",
    "status": "error",
    "message": "You must be logged in to do this.",
}
NOT_PERMITTED = {
    "success": False,
    "error": "User does not have the permissions required for this action [error-unauthorized]",
}


class Answer:
    """A complete answer: status, body bytes, headers besides those of every answer."""

    __slots__ = ("body", "content_type", "headers", "length", "pieces", "status")

    def __init__(
        self,
        status: int,
        body: bytes,
        headers: Headers | None = None,
        content_type: bytes | None = None,
    ) -> None:
        self.status = status
        self.body = body
        self.headers = headers or []
        self.content_type = content_type
        #: In place of `body`: what is sent piece by piece, and how many bytes that is together.
        self.pieces: AsyncIterable[bytes] | None = None
        self.length = len(body)


def streamed(
    status: int, pieces: AsyncIterable[bytes], length: int, headers: Headers, content_type: bytes
) -> Answer:
    """Return an answer whose body of `length` bytes is sent as it is read."""
    answer = Answer(status, b"", headers, content_type)
    answer.pieces, answer.length = pieces, length
    return answer


def encode(value: Any) -> bytes:
    """Return a value as JSON bytes."""
    return _encoder.encode(value)


def success(members: Mapping[str, Any] | None) -> Answer:
    """Return 200 with the members and `success: true`."""
    return Answer(200, encode({**members, "success": True} if members else {"success": True}))


def failure(status: int, body: Mapping[str, Any]) -> Answer:
    """Return an error answer."""
    return Answer(status, encode(body))


def text(status: int, body: str, headers: Headers | None = None) -> Answer:
    """Return a plain-text answer."""
    return Answer(status, body.encode(), headers, b"text/plain; charset=utf-8")
