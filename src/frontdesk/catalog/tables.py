"""Priorities, SLA policies and tags as they are stored."""

from sqlalchemy import Column, Integer, String, Table

from frontdesk.db.types import Json, Milliseconds, metadata

priorities = Table(
    "priorities",
    metadata,
    Column("id", String, primary_key=True),
    Column("label", String, nullable=False),
    # Also decides that the five are laid down once, when several processes start together.
    Column("weight", Integer, nullable=False, unique=True),
    Column("name", String),
    Column("name_lower", String, unique=True),
    Column("updated_at", Milliseconds),
)

slas = Table(
    "slas",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("description", String),
    Column("due_minutes", Integer, nullable=False, unique=True),
    Column("updated_at", Milliseconds, nullable=False),
)

tags = Table(
    "tags",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("description", String),
    Column("department_ids", Json, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
)
