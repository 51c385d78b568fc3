"""Workspace settings as they are stored: one row for each value that was ever written."""

from sqlalchemy import Column, String, Table

from frontdesk.db.types import Json, Milliseconds, metadata

settings = Table(
    "settings",
    metadata,
    Column("id", String, primary_key=True),
    Column("value", Json),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
)
