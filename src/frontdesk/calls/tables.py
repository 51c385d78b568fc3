"""Call rooms as they are stored."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, text

from frontdesk.db.types import Json, Milliseconds, metadata

call_rooms = Table(
    "call_rooms",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("display_name", String, nullable=False),
    Column("opened_at", Milliseconds, nullable=False),
    Column("last_message_at", Milliseconds, nullable=False),
    Column("message_count", Integer, nullable=False),
    Column("department_id", String),
    Column("visitor_id", String, nullable=False),
    Column("visitor_token", String, nullable=False),
    Column("visitor_username", String, nullable=False),
    Column("visitor_status", String, nullable=False),
    Column("visitor_phone", String),
    Column("agent_id", String, nullable=False),
    Column("agent_username", String, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("queue", String, nullable=False),
    Column("call_id", String),
    Column("direction", String, nullable=False),
    Column("waiting_time", BigInteger),
    Column("duration", BigInteger),
    Column("hold_time", BigInteger),
    Column("tags", Json),
    Column("last_message", Json),
    Column("closed_at", Milliseconds),
    Column("closer", String),
    Column("closed_by_id", String),
    Column("closed_by_username", String),
    Column("updated_at", Milliseconds, nullable=False),
    Index(
        "uq_call_rooms_open_visitor",
        "visitor_token",
        unique=True,
        sqlite_where=text("open"),
        postgresql_where=text("open"),
    ),
    Index("ix_call_rooms_visitor_token", "visitor_token"),
    Index("ix_call_rooms_opened_at", "opened_at"),
    Index("ix_call_rooms_agent_id", "agent_id", "opened_at"),
)
