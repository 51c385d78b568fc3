"""Stored files: what is known of each; the bytes lie in the file store."""

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table

from frontdesk.db.types import Milliseconds, metadata

files = Table(
    "files",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("content_type", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("room_id", String),
    Column("user_id", String),
    Column("visitor_token", String),
    Column("hidden", Boolean, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("expires_at", Milliseconds),
    Index("ix_files_room_id", "room_id"),
    Index("ix_files_expires_at", "expires_at"),
)


class StoredFile(msgspec.Struct):
    """A row of `files`. The bytes are in the store under the id."""

    id: str
    name: str
    content_type: str
    size: int
    room_id: str | None = None
    user_id: str | None = None
    visitor_token: str | None = None
    hidden: bool = False
    created_at: int = 0
    expires_at: int | None = None
