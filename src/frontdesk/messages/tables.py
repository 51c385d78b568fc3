"""Messages as they are stored."""

from sqlalchemy import Boolean, Column, Index, String, Table

from frontdesk.db.types import Json, Milliseconds, metadata

messages = Table(
    "messages",
    metadata,
    # The messages of a room lie side by side, in the order in which they are read.
    Column("room_id", String, primary_key=True),
    Column("sent_at", Milliseconds, primary_key=True),
    Column("id", String, primary_key=True),
    Column("kind", String),
    Column("text", String, nullable=False),
    Column("author_id", String, nullable=False),
    Column("author_username", String, nullable=False),
    Column("author_name", String),
    Column("visitor_token", String),
    Column("alias", String),
    Column("groupable", Boolean),
    Column("hidden", Boolean, nullable=False),
    Column("edited_at", Milliseconds),
    Column("edited_by_id", String),
    Column("edited_by_username", String),
    Column("extras", Json),
    Column("updated_at", Milliseconds, nullable=False),
    Index("uq_messages_id", "id", unique=True),
    sqlite_with_rowid=False,
)
