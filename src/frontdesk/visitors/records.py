"""Visitors as the code handles them: the rows of the table."""

from typing import Any

import msgspec


class Visitor(msgspec.Struct):
    """A row of `visitors`. `phone` and `email` repeat the first of `phones` (`[{phoneNumber}]`)
    and `emails` (`[{address}]`) for look-ups; `language` is what the visitor's browser asked for.
    """

    id: str
    token: str | None
    username: str | None
    name: str | None = None
    status: str | None = "online"
    created_at: int | None = None
    phone: str | None = None
    phones: list[dict[str, str]] | None = None
    email: str | None = None
    emails: list[dict[str, str]] | None = None
    department_id: str | None = None
    livechat_data: dict[str, Any] | None = None
    user_agent: str | None = None
    ip: str | None = None
    host: str | None = None
    language: str | None = None
    last_chat: dict[str, Any] | None = None
    last_agent: dict[str, Any] | None = None
    contact_manager: dict[str, Any] | None = None
    disabled: bool = False
    updated_at: int = 0
