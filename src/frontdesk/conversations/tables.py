"""Rooms, inquiries and subscriptions as they are stored, each table with its row type."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    literal_column,
    text,
)

from frontdesk.db.types import Json, Milliseconds, metadata

#: The condition of partial indexes. Queries must use these very words, or SQLite cannot see that
#: the index serves them.
OPEN_CONVERSATION = text("open AND kind = 'l'")
CONVERSATION = text("kind = 'l'")
CLOSED_IN_DEPARTMENT = text("closed_at IS NOT NULL AND department_id IS NOT NULL")
_OF_CONTACT = text("contact_id IS NOT NULL")
_IN_UNIT = text("department_ancestors IS NOT NULL")
_QUEUED = text("status = 'queued'")

rooms = Table(
    "rooms",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", String),
    Column("display_name", String),
    Column("opened_at", Milliseconds, nullable=False),
    Column("last_message_at", Milliseconds),
    Column("message_count", Integer, nullable=False),
    # Of people, without what the system says.
    Column("visitor_messages", Integer, nullable=False),
    Column("agent_messages", Integer, nullable=False),
    Column("user_count", Integer, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("visitor_id", String),
    Column("visitor_token", String),
    Column("visitor_username", String),
    Column("visitor_name", String),
    Column("visitor_status", String),
    Column("visitor_phones", Json),
    Column("visitor_activity", Json),
    Column("visitor_last_message_at", Milliseconds),
    Column("department_id", String),
    Column("department_ancestors", Json),
    Column("source", Json),
    Column("agent_id", String),
    Column("agent_username", String),
    Column("agent_since", Milliseconds),
    Column("queued_at", Milliseconds),
    Column("on_hold", Boolean, nullable=False),
    Column("waiting_response", Boolean, nullable=False),
    Column("responder_id", String),
    Column("responder_username", String),
    Column("first_response_at", Milliseconds),
    Column("last_response_at", Milliseconds),
    Column("last_message", Json),
    Column("tags", Json),
    Column("topic", String),
    Column("livechat_data", Json),
    Column("custom_fields", Json),
    Column("priority_id", String),
    Column("priority_weight", Integer, nullable=False),
    Column("sla_id", String),
    Column("estimated_wait", Integer, nullable=False),
    Column("transcript_request", Json),
    Column("pdf_file_id", String),
    Column("survey", Json),
    Column("visitor_asked_at", Milliseconds),
    Column("agent_replied_at", Milliseconds),
    Column("responses", Integer, nullable=False),
    Column("response_time", Float, nullable=False),
    Column("first_response_time", Float),
    Column("first_response_noted_at", Milliseconds),
    Column("reaction_time", Float, nullable=False),
    Column("first_reaction_time", Float),
    Column("chat_duration", Float),
    Column("service_duration", Float),
    Column("visitor_inactivity", Integer),
    Column("abandoned_at", Milliseconds),
    Column("usernames", Json),
    Column("closed_at", Milliseconds),
    Column("closer", String),
    Column("closed_by_id", String),
    Column("closed_by_username", String),
    Column("auto_transfer_due_at", Milliseconds),
    Column("auto_transferred_at", Milliseconds),
    Column("call_status", String),
    Column("crm_data", String),
    Column("channel", Json),
    Column("contact_id", String),
    Column("verified", Boolean),
    Column("updated_at", Milliseconds, nullable=False),
    # One open conversation per visitor: decided here, not by a look before the insert.
    Index(
        "uq_rooms_open_visitor",
        "visitor_token",
        unique=True,
        sqlite_where=OPEN_CONVERSATION,
        postgresql_where=OPEN_CONVERSATION,
    ),
    # Answers most of a list without a look at the rows.
    Index(
        "ix_rooms_listing",
        "opened_at",
        "id",
        "display_name",
        "agent_username",
        "priority_weight",
        sqlite_where=CONVERSATION,
        postgresql_where=CONVERSATION,
    ),
    # Of all rooms: an index of conversations alone SQLite would take for any list of them.
    Index("ix_rooms_name", text("lower(display_name)"), "opened_at"),
    Index(
        "ix_rooms_unit",
        "department_ancestors",
        "opened_at",
        sqlite_where=_IN_UNIT,
        postgresql_where=_IN_UNIT,
    ),
    Index("ix_rooms_agent_id_opened_at", "agent_id", "opened_at"),
    Index("ix_rooms_visitor_id_opened_at", "visitor_id", "opened_at"),
    Index("ix_rooms_department_id_opened_at", "department_id", "opened_at"),
    Index(
        "ix_rooms_contact_id",
        "contact_id",
        sqlite_where=_OF_CONTACT,
        postgresql_where=_OF_CONTACT,
    ),
    # Tells when what was closed in some time was opened without a look at the rows.
    Index("ix_rooms_closed_at", "closed_at", "opened_at", "kind", "id"),
    Index(
        "ix_rooms_department_id_closed_at",
        "department_id",
        "closed_at",
        sqlite_where=CLOSED_IN_DEPARTMENT,
        postgresql_where=CLOSED_IN_DEPARTMENT,
    ),
    Index(
        "ix_rooms_abandoned_at",
        "abandoned_at",
        sqlite_where=text("abandoned_at IS NOT NULL AND open"),
        postgresql_where=text("abandoned_at IS NOT NULL AND open"),
    ),
    # A room is updated with every message: PostgreSQL does that in place, without touching the
    # indexes, as long as there is room left on the page.
    postgresql_with={"fillfactor": 70},
)

inquiries = Table(
    "inquiries",
    metadata,
    Column("room_id", String, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("name", String),
    Column("message", String, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("status", String, nullable=False),
    Column("department_id", String),
    Column("visitor_id", String, nullable=False),
    Column("visitor_token", String, nullable=False),
    Column("visitor_username", String, nullable=False),
    Column("visitor_status", String),
    Column("visitor_activity", Json),
    Column("source", Json),
    Column("default_agent_id", String),
    Column("default_agent_username", String),
    Column("priority_id", String),
    Column("priority_weight", Integer, nullable=False),
    Column("sla_id", String),
    Column("estimated_wait", Integer, nullable=False),
    Column("queued_at", Milliseconds),
    Column("taken_at", Milliseconds),
    Column("last_message", Json),
    Column("updated_at", Milliseconds, nullable=False),
    # Only what waits is in the indexes of the queue: taking and closing do not pay for them. There
    # is one for each way to sort it.
    *(
        Index(name, "department_id", *order, sqlite_where=_QUEUED, postgresql_where=_QUEUED)
        for name, order in (
            ("ix_inquiries_queue", ("created_at",)),
            ("ix_inquiries_queue_by_priority", ("priority_weight", "created_at")),
            ("ix_inquiries_queue_by_sla", ("estimated_wait", "created_at")),
        )
    ),
    sqlite_with_rowid=False,
)
#: What waits, in the words of the indexes.
WAITING = inquiries.c.status == literal_column("'queued'")

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("room_id", String, primary_key=True),
    Column("user_id", String, primary_key=True),
    Column("id", String, nullable=False),
    Column("username", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("name", String),
    Column("display_name", String),
    Column("open", Boolean, nullable=False),
    Column("alert", Boolean, nullable=False),
    Column("unread", Integer, nullable=False),
    Column("user_mentions", Integer, nullable=False),
    Column("group_mentions", Integer, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("seen_at", Milliseconds),
    Column("department_id", String),
    Column("on_hold", Boolean, nullable=False),
    Column("visitor", Json),
    Column("updated_at", Milliseconds, nullable=False),
    Index("ix_subscriptions_user_id", "user_id"),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": 70},
)

#: Memberships that are over, written by a trigger, for clients that were away meanwhile.
removed_subscriptions = Table(
    "removed_subscriptions",
    metadata,
    Column("user_id", String, primary_key=True),
    Column("removed_at", Milliseconds, primary_key=True),
    Column("subscription_id", String, primary_key=True),
    sqlite_with_rowid=False,
)

#: What conversations are found by; triggers keep it in step with `rooms`, and `room_words`, an
#: index of trigrams, in step with it (see room_texts.py). On SQLite the numbers follow the times
#: at which conversations were opened.
room_texts = Table(
    "room_texts",
    metadata,
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("room_id", String, nullable=False, unique=True),
    Column("words", String, nullable=False),
)

#: The tags of conversations, which triggers keep in step with `rooms`.
room_tags = Table(
    "room_tags",
    metadata,
    Column("tag", String, primary_key=True),
    Column("opened_at", Milliseconds, primary_key=True),
    Column("room_id", String, primary_key=True),
    sqlite_with_rowid=False,
)

#: One row: how often something about closed conversations has changed that lists filter by.
#: Triggers count (see room_counts.py).
archive = Table(
    "archive",
    metadata,
    Column("id", String, primary_key=True),
    Column("changes", BigInteger, nullable=False),
    # The last transaction that did; on PostgreSQL only.
    Column("changed_by", BigInteger),
)
