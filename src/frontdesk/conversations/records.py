"""Rooms, inquiries and subscriptions as the code handles them: the rows of the tables."""

from typing import Any

import msgspec


class Room(msgspec.Struct):
    """A row of `rooms`. Times in ms; durations of service in seconds.

    `open` is the one truth about closing. `agent_*` is the serving agent and stays after the
    close; `responder_*` is who answered the latest visitor message. `channel` is what the channel
    needs that the conversation came by, as the API shows it: `{"sms": {...}}` or
    `{"email": {...}}`. Who writes e-mails may have several open conversations; these have no
    `visitor_token`, since nobody comes back to them by one.
    """

    id: str
    kind: str
    name: str | None = None
    display_name: str | None = None
    opened_at: int = 0
    last_message_at: int | None = None
    message_count: int = 0
    visitor_messages: int = 0
    agent_messages: int = 0
    user_count: int = 1
    open: bool = True
    visitor_id: str | None = None
    visitor_token: str | None = None
    visitor_username: str | None = None
    visitor_name: str | None = None
    visitor_status: str | None = None
    visitor_phones: list[Any] | None = None
    visitor_activity: list[str] | None = None
    visitor_last_message_at: int | None = None
    department_id: str | None = None
    department_ancestors: list[str] | None = None
    source: dict[str, Any] | None = None
    agent_id: str | None = None
    agent_username: str | None = None
    agent_since: int | None = None
    queued_at: int | None = None
    on_hold: bool = False
    waiting_response: bool = False
    responder_id: str | None = None
    responder_username: str | None = None
    first_response_at: int | None = None
    last_response_at: int | None = None
    last_message: dict[str, Any] | None = None
    tags: list[str] | None = None
    topic: str | None = None
    livechat_data: dict[str, Any] | None = None
    custom_fields: dict[str, Any] | None = None
    priority_id: str | None = None
    priority_weight: int = 99
    sla_id: str | None = None
    estimated_wait: int = 9_999_999
    transcript_request: dict[str, Any] | None = None
    pdf_file_id: str | None = None
    survey: dict[str, Any] | None = None
    visitor_asked_at: int | None = None
    agent_replied_at: int | None = None
    responses: int = 0
    response_time: float = 0.0
    first_response_time: float | None = None
    first_response_noted_at: int | None = None
    reaction_time: float = 0.0
    first_reaction_time: float | None = None
    chat_duration: float | None = None
    service_duration: float | None = None
    visitor_inactivity: int | None = None
    abandoned_at: int | None = None
    usernames: list[str] | None = None
    closed_at: int | None = None
    closer: str | None = None
    closed_by_id: str | None = None
    closed_by_username: str | None = None
    auto_transfer_due_at: int | None = None
    auto_transferred_at: int | None = None
    call_status: str | None = None
    crm_data: str | None = None
    channel: dict[str, Any] | None = None
    contact_id: str | None = None
    verified: bool | None = None
    updated_at: int = 0


class Inquiry(msgspec.Struct):
    """A row of `inquiries`: the place of an open room in the queue, exactly one per open room."""

    id: str
    room_id: str
    name: str | None
    message: str
    created_at: int
    status: str
    department_id: str | None
    visitor_id: str
    visitor_token: str
    visitor_username: str
    visitor_status: str | None
    visitor_activity: list[str] | None = None
    source: dict[str, Any] | None = None
    default_agent_id: str | None = None
    default_agent_username: str | None = None
    priority_id: str | None = None
    priority_weight: int = 99
    sla_id: str | None = None
    estimated_wait: int = 9_999_999
    queued_at: int | None = None
    taken_at: int | None = None
    last_message: dict[str, Any] | None = None
    updated_at: int = 0


class Subscription(msgspec.Struct):
    """A row of `subscriptions`: a user's membership in a room, with the unread marks."""

    id: str
    room_id: str
    user_id: str
    username: str
    kind: str
    name: str | None = None
    display_name: str | None = None
    open: bool = True
    alert: bool = True
    unread: int = 1
    user_mentions: int = 1
    group_mentions: int = 0
    created_at: int = 0
    seen_at: int | None = None
    department_id: str | None = None
    on_hold: bool = False
    visitor: dict[str, Any] | None = None
    updated_at: int = 0


class RemovedMembership(msgspec.Struct, frozen=True):
    """A membership that is over, by its id, and since when (ms)."""

    id: str
    removed_at: int
