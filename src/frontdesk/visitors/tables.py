"""Visitors as they are stored."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, text

from frontdesk.db.types import Json, Milliseconds, metadata

#: The condition of partial indexes; queries must use these very words.
ENABLED = text("NOT disabled")

visitors = Table(
    "visitors",
    metadata,
    Column("id", String, primary_key=True),
    Column("token", String, unique=True),
    Column("username", String),
    Column("name", String),
    Column("status", String),
    Column("created_at", Milliseconds),
    Column("phone", String),
    Column("phones", Json),
    Column("email", String),
    Column("emails", Json),
    Column("department_id", String),
    Column("livechat_data", Json),
    Column("user_agent", String),
    Column("ip", String),
    Column("host", String),
    Column("language", String),
    Column("last_chat", Json),
    Column("last_agent", Json),
    Column("contact_manager", Json),
    Column("disabled", Boolean, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Index("ix_visitors_phone", "phone"),
    Index("ix_visitors_email", "email"),
    Index("ix_visitors_updated_at", "updated_at"),
    Index("ix_visitors_created_at", "created_at", sqlite_where=ENABLED, postgresql_where=ENABLED),
)
#: What visitors are found by; triggers keep it in step with `visitors`, and `visitor_words`, an
#: index of trigrams, in step with it (see searching.py).
visitor_texts = Table(
    "visitor_texts",
    metadata,
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("visitor_id", String, nullable=False, unique=True),
    Column("words", String, nullable=False),
)
