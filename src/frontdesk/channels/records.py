"""Rows of the channels' tables as the code handles them."""

from typing import Any

import msgspec


class Sender(msgspec.Struct):
    """A row of `channel_senders`: the visitor who writes from an address on a channel."""

    channel: str
    address: str
    visitor_id: str


class Waiting(msgspec.Struct):
    """A row of `sms_outbox`: a message that the provider does not have yet."""

    message_id: str
    room_id: str
    sent_at: int
    tries: int = 0


class Inbox(msgspec.Struct):
    """A row of `email_inboxes`. `smtp` and `imap` are the servers as the API describes them:
    `{server, port, username, password, secure}`, for `imap` with `maxRetries`.
    """

    id: str
    name: str
    email: str
    active: bool
    description: str | None
    sender_info: str | None
    department_id: str | None
    smtp: dict[str, Any]
    imap: dict[str, Any]
    created_by_id: str
    created_by_username: str
    created_at: int
    updated_at: int


class Watch(msgspec.Struct):
    """A row of `email_watches`: which process watches an inbox, until when nobody else may, and up
    to which mail everything is taken in. `tries` counts attempts at the mail after it.
    """

    inbox_id: str
    held_by: str | None = None
    held_until: int = 0
    uid_validity: int | None = None
    last_uid: int = 0
    tries: int = 0


class Refusal(msgspec.Struct):
    """A row of `mailer_refusals`: a user who wants no mailings."""

    user_id: str
    refused_at: int


class Remembered(msgspec.Struct):
    """A row of `email_history`: a mail that was taken in, or sent, or left alone (no room)."""

    inbox_id: str
    mail_id: str
    room_id: str | None
    seen_at: int
