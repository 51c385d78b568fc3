"""Messages as they are stored."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from frontdesk.db.types import Json, Milliseconds, metadata

#: In these words, so that the partial index serves the query.
TRANSFER = text("messages.kind = 'livechat_transfer_history'")
_TRANSFER = text("kind = 'livechat_transfer_history'")

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
    Index("ix_messages_transfers", "sent_at", sqlite_where=_TRANSFER, postgresql_where=_TRANSFER),
    sqlite_with_rowid=False,
)

#: What was said, in the order in which it arrived: triggers keep it in step with `messages`.
#: `message_words`, an index of trigrams, finds the words in it (see search_index.py).
message_texts = Table(
    "message_texts",
    metadata,
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("message_id", String, nullable=False),
    Column("room_id", String, nullable=False),
    Column("words", String, nullable=False),
    # By room, since ids lie anywhere: each would be another page to write.
    UniqueConstraint("room_id", "message_id"),
    # A number is given once: what is indexed is known by it.
    sqlite_autoincrement=True,
)

#: One row: up to which number texts are in the index. On SQLite only (see indexing.py).
message_index = Table(
    "message_index",
    metadata,
    Column("id", String, primary_key=True),
    Column("indexed_to", BigInteger, nullable=False),
)

#: Messages that nobody sees any more, for clients that were away meanwhile.
removed_messages = Table(
    "removed_messages",
    metadata,
    Column("room_id", String, primary_key=True),
    Column("removed_at", Milliseconds, primary_key=True),
    Column("message_id", String, primary_key=True),
    sqlite_with_rowid=False,
)
