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


class Removed(msgspec.Struct, frozen=True):
    """A row of `removed_messages`: a message that nobody sees since `removed_at` (ms)."""

    room_id: str
    removed_at: int
    message_id: str


class Span(msgspec.Struct, frozen=True):
    """Which part of a room's history: between two times (ms), which count themselves where it is
    `inclusive`; with the replies of threads or without; `limit` messages (None: all) from the
    `offset`-th newest.
    """

    before: int | None = None
    after: int | None = None
    inclusive: bool = False
    replies: bool = True
    hidden_kinds: tuple[str, ...] = ()
    limit: int | None = None
    offset: int = 0
