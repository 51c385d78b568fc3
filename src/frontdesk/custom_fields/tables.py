"""Definitions of custom fields as they are stored."""

from sqlalchemy import Boolean, Column, String, Table

from frontdesk.db.types import Milliseconds, metadata

custom_fields = Table(
    "custom_fields",
    metadata,
    Column("id", String, primary_key=True),
    Column("label", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("visibility", String, nullable=False),
    Column("type", String),
    Column("options", String),
    Column("default_value", String),
    Column("required", Boolean),
    Column("regexp", String),
    Column("searchable", Boolean),
    Column("public", Boolean),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
)
