"""Users, tokens and log-in attempts as the code handles them: the rows of the tables."""

from typing import Any

import msgspec


class User(msgspec.Struct):
    """A row of `users`. `agent` and `bot` repeat membership in the roles `livechat-agent` and
    `bot` for queries; `chat_limit` is the agent's own limit read out of `livechat`.
    `status_before` is what a status with an end (`status_expires_at`) replaced. `preferences` is
    None for a user who never had settings of his own.
    """

    id: str
    username: str
    username_lower: str
    name: str | None = None
    kind: str = "user"
    roles: list[str] = []
    agent: bool = False
    bot: bool = False
    active: bool = True
    status: str = "offline"
    status_default: str = "online"
    status_connection: str = "offline"
    status_text: str | None = None
    status_source: str | None = None
    status_expires_at: int | None = None
    status_before: dict[str, Any] | None = None
    status_livechat: str | None = None
    livechat_switched_by_system: bool = False
    open_business_hours: list[str] | None = None
    livechat: dict[str, Any] | None = None
    livechat_count: int = 0
    last_routing_at: int | None = None
    chat_limit: int | None = None
    extension: str | None = None
    voice_extension: str | None = None
    password_hash: str | None = None
    password_change_required: bool = False
    emails: list[dict[str, Any]] | None = None
    email_code: dict[str, Any] | None = None
    email_two_factor: bool = False
    preferences: dict[str, Any] | None = None
    language: str | None = None
    utc_offset: float | None = None
    bio: str | None = None
    nickname: str | None = None
    custom_fields: dict[str, Any] | None = None
    created_at: int = 0
    last_login_at: int | None = None
    updated_at: int = 0


class UserEmail(msgspec.Struct):
    """A row of `user_emails`: the unique rule over addresses."""

    address_lower: str
    user_id: str


class LoginToken(msgspec.Struct):
    """A row of `login_tokens`: base64 of the SHA-256 of a token; `personal_name` is set for
    personal access tokens, which never expire.
    """

    hashed_token: str
    user_id: str
    created_at: int
    personal_name: str | None = None
    last_part: str | None = None
    bypass_two_factor: bool = False
    two_factor_until: int | None = None
    two_factor_client: str | None = None


class UserConnection(msgspec.Struct):
    """A row of `user_connections`: a live connection of a user to a process. `status` is `online`,
    or `away` when nobody is at the keyboard; `seen_at` is when the process last said that it lives.
    """

    id: str
    user_id: str
    process: str
    status: str
    seen_at: int


class LoginAttempt(msgspec.Struct):
    """A row of `login_attempts`, read by the rules against guessing."""

    id: str
    at: int
    address: str
    username: str | None
    succeeded: bool
