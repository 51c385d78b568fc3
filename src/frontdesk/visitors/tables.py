"""Visitors as they are stored."""

from sqlalchemy import Boolean, Column, Index, String, Table

from frontdesk.db.types import Json, Milliseconds, metadata

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
)
