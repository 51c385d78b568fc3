"""Triggers as they are stored."""

from sqlalchemy import Boolean, Column, String, Table

from frontdesk.db.types import Json, Milliseconds, metadata

triggers = Table(
    "triggers",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("description", String, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("run_once", Boolean, nullable=False),
    Column("conditions", Json, nullable=False),
    Column("actions", Json, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
)
