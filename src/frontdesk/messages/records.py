"""Messages as the code handles them: the rows of the table."""

from typing import Any

import msgspec


class Message(msgspec.Struct):
    """A row of `messages`. `kind` is set for system messages; `visitor_token` exactly for what
    a visitor wrote; `extras` holds further members in the form in which the API sends them.
    """

    id: str
    room_id: str
    sent_at: int
    kind: str | None
    text: str
    author_id: str
    author_username: str
    author_name: str | None = None
    visitor_token: str | None = None
    alias: str | None = None
    groupable: bool | None = None
    hidden: bool = False
    edited_at: int | None = None
    edited_by_id: str | None = None
    edited_by_username: str | None = None
    extras: dict[str, Any] | None = None
    updated_at: int = 0
