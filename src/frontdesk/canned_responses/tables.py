"""Canned responses as they are stored."""

from sqlalchemy import Column, Index, String, Table

from frontdesk.db.types import Json, Milliseconds, metadata

canned_responses = Table(
    "canned_responses",
    metadata,
    Column("id", String, primary_key=True),
    # Unique over the whole workspace, whoever the response is for.
    Column("shortcut", String, nullable=False, unique=True),
    Column("text", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("tags", Json, nullable=False),
    Column("user_id", String),
    Column("department_id", String),
    Column("creator_id", String, nullable=False),
    Column("creator_username", String, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Index("ix_canned_responses_user_id", "user_id"),
    Index("ix_canned_responses_department_id", "department_id"),
)
