"""Channels as they are stored."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table

from frontdesk.db.types import Json, Milliseconds, metadata

#: Which visitor a telephone number or an e-mail address is on a channel.
channel_senders = Table(
    "channel_senders",
    metadata,
    Column("channel", String, primary_key=True),
    Column("address", String, primary_key=True),
    Column("visitor_id", String, nullable=False),
    Index("ix_channel_senders_visitor_id", "visitor_id"),
)

#: Messages that are to be sent as SMS, until the provider has taken them.
sms_outbox = Table(
    "sms_outbox",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("room_id", String, nullable=False),
    Column("sent_at", Milliseconds, nullable=False),
    Column("tries", Integer, nullable=False),
    Index("ix_sms_outbox_room_id_sent_at", "room_id", "sent_at"),
)

email_inboxes = Table(
    "email_inboxes",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False, unique=True),
    Column("active", Boolean, nullable=False),
    Column("description", String),
    Column("sender_info", String),
    Column("department_id", String),
    Column("smtp", Json, nullable=False),
    Column("imap", Json, nullable=False),
    Column("created_by_id", String, nullable=False),
    Column("created_by_username", String, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
)

#: Who watches an inbox and how far its mail is read (RFC 3501, 2.3.1.1).
email_watches = Table(
    "email_watches",
    metadata,
    Column("inbox_id", String, primary_key=True),
    Column("held_by", String),
    Column("held_until", Milliseconds, nullable=False),
    Column("uid_validity", BigInteger),
    Column("last_uid", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
)

#: The mails of an inbox that were taken in or sent, by a digest of their Message-ID.
email_history = Table(
    "email_history",
    metadata,
    Column("inbox_id", String, primary_key=True),
    Column("mail_id", String, primary_key=True),
    Column("room_id", String),
    Column("seen_at", Milliseconds, nullable=False),
    Index("ix_email_history_room_id", "room_id"),
)

#: Users who want no mail of the workspace's mailer.
mailer_refusals = Table(
    "mailer_refusals",
    metadata,
    Column("user_id", String, primary_key=True),
    Column("refused_at", Milliseconds, nullable=False),
)
