"""Call rooms as the code handles them: the rows of the table."""

from typing import Any

import msgspec


class CallRoom(msgspec.Struct):
    """A row of `call_rooms`. Durations are milliseconds (behaviour of the call centre, 1.1)."""

    id: str
    name: str
    display_name: str
    opened_at: int
    last_message_at: int
    message_count: int
    department_id: str | None
    visitor_id: str
    visitor_token: str
    visitor_username: str
    visitor_status: str
    visitor_phone: str | None
    agent_id: str
    agent_username: str
    open: bool
    queue: str
    call_id: str | None
    direction: str
    waiting_time: int | None = None
    duration: int | None = None
    hold_time: int | None = None
    tags: list[str] | None = None
    last_message: dict[str, Any] | None = None
    closed_at: int | None = None
    closer: str | None = None
    closed_by_id: str | None = None
    closed_by_username: str | None = None
    updated_at: int = 0
