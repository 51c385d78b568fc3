"""Requests as bytes, and the users who send them."""

from typing import Any

import msgspec


class LogIn(msgspec.Struct, frozen=True):
    """A user with a log-in token."""

    user_id: str
    token: str

    @property
    def headers(self) -> str:
        """Return the lines of the head of a request."""
        return f"x-user-id: {self.user_id}\r\nx-auth-token: {self.token}\r\n"


def get_request(path: str, user: LogIn | None = None) -> bytes:
    """Return a GET of a path below /api/v1/, query included."""
    head = f"GET /api/v1/{path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n"
    return f"{head}{'' if user is None else user.headers}\r\n".encode()


def post_request(path: str, body: Any, user: LogIn | None = None) -> bytes:
    """Return a POST of a JSON body."""
    content = msgspec.json.encode(body)
    head = (
        f"POST /api/v1/{path} HTTP/1.1\r\n"
        "host: 127.0.0.1\r\n"
        "accept: */*\r\n"
        "content-type: application/json\r\n"
        f"{'' if user is None else user.headers}content-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
