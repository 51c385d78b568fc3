"""What messages are found by; which messages and memberships are gone."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

#: What people said: see messages/search_index.py. History that is kept of changed messages is
#: hidden, and not found.
SAID = "{0}text <> '' AND ({0}kind IS NULL OR {0}kind = 'livechat-close') AND NOT {0}hidden"
#: What changes what was said.
CHANGED = "NEW.text {0} OLD.text OR NEW.kind {0} OLD.kind OR NEW.hidden {0} OLD.hidden"
FILL = f"""INSERT INTO message_texts (message_id, room_id, words)
    SELECT id, room_id, lower(text) FROM messages WHERE {SAID.format("")} ORDER BY sent_at, id"""
OF_NEW = "room_id = NEW.room_id AND message_id = NEW.id"
#: A text that comes to a message later stands among the newest.
FOLLOW = f"""
    DELETE FROM message_texts WHERE {OF_NEW} AND NOT ({SAID.format("NEW.")});
    UPDATE message_texts SET words = lower(NEW.text) WHERE {OF_NEW};
    INSERT INTO message_texts (message_id, room_id, words)
        SELECT NEW.id, NEW.room_id, lower(NEW.text) WHERE {SAID.format("NEW.")}
            AND NOT EXISTS (SELECT 1 FROM message_texts WHERE {OF_NEW});"""


def upgrade() -> None:
    """Add tables that triggers keep in step with `messages`."""
    op.create_table(
        "message_texts",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_message_texts")),
        sa.UniqueConstraint(
            "room_id", "message_id", name=op.f("uq_message_texts_room_id_message_id")
        ),
        sqlite_autoincrement=True,
    )
    progress = op.create_table(
        "message_index",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("indexed_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_index")),
    )
    op.bulk_insert(progress, [{"id": secrets.token_hex(12), "indexed_to": 0}])
    op.create_table(
        "removed_messages",
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(
            "room_id", "removed_at", "message_id", name=op.f("pk_removed_messages")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "removed_subscriptions",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=False),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(
            "user_id", "removed_at", "subscription_id", name=op.f("pk_removed_subscriptions")
        ),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        _on_sqlite()
    else:
        _on_postgresql()


def _on_sqlite() -> None:
    indexed = "OLD.number <= (SELECT indexed_to FROM message_index)"
    forget = """INSERT INTO message_words (message_words, rowid, words)
        VALUES ('delete', OLD.number, OLD.words);"""
    for statement in (
        FILL,
        # Filled afterwards, in the background (messages/indexing.py).
        """CREATE VIRTUAL TABLE message_words USING fts5(words, content='message_texts',
            content_rowid='number', tokenize='trigram', detail='none')""",
        f"""CREATE TRIGGER message_texts_updated AFTER UPDATE OF words ON message_texts
            WHEN {indexed} AND NEW.words IS NOT OLD.words
        BEGIN
            {forget}
            INSERT INTO message_words (rowid, words) VALUES (NEW.number, NEW.words);
        END""",
        f"""CREATE TRIGGER message_texts_deleted AFTER DELETE ON message_texts WHEN {indexed}
        BEGIN {forget} END""",
        f"""CREATE TRIGGER messages_inserted AFTER INSERT ON messages WHEN {SAID.format("NEW.")}
        BEGIN
            INSERT INTO message_texts (message_id, room_id, words)
                VALUES (NEW.id, NEW.room_id, lower(NEW.text));
        END""",
        f"""CREATE TRIGGER messages_changed AFTER UPDATE OF text, kind, hidden ON messages
            WHEN {CHANGED.format("IS NOT")}
        BEGIN {FOLLOW} END""",
        """CREATE TRIGGER messages_deleted AFTER DELETE ON messages BEGIN
            DELETE FROM message_texts WHERE room_id = OLD.room_id AND message_id = OLD.id;
        END""",
        """CREATE TRIGGER subscriptions_deleted AFTER DELETE ON subscriptions BEGIN
            INSERT OR IGNORE INTO removed_subscriptions (user_id, removed_at, subscription_id)
                VALUES (OLD.user_id,
                        CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), OLD.id);
        END""",
    ):
        op.execute(sa.text(statement))


def _on_postgresql() -> None:
    for statement in (
        FILL,
        f"""CREATE FUNCTION note_message_texts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP = 'INSERT' THEN
                INSERT INTO message_texts (message_id, room_id, words)
                    VALUES (NEW.id, NEW.room_id, lower(NEW.text));
            ELSIF TG_OP = 'UPDATE' THEN
                {FOLLOW}
            ELSE
                DELETE FROM message_texts WHERE room_id = OLD.room_id AND message_id = OLD.id;
            END IF;
            RETURN NULL;
        END $$""",
        f"""CREATE TRIGGER messages_inserted AFTER INSERT ON messages
            FOR EACH ROW WHEN ({SAID.format("NEW.")}) EXECUTE FUNCTION note_message_texts()""",
        f"""CREATE TRIGGER messages_changed AFTER UPDATE OF text, kind, hidden ON messages
            FOR EACH ROW WHEN ({CHANGED.format("IS DISTINCT FROM")})
            EXECUTE FUNCTION note_message_texts()""",
        """CREATE TRIGGER messages_deleted AFTER DELETE ON messages
            FOR EACH ROW EXECUTE FUNCTION note_message_texts()""",
        """CREATE FUNCTION note_removed_subscriptions() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO removed_subscriptions (user_id, removed_at, subscription_id)
                VALUES (OLD.user_id, extract(epoch FROM clock_timestamp()) * 1000, OLD.id)
                ON CONFLICT DO NOTHING;
            RETURN NULL;
        END $$""",
        """CREATE TRIGGER subscriptions_deleted AFTER DELETE ON subscriptions
            FOR EACH ROW EXECUTE FUNCTION note_removed_subscriptions()""",
    ):
        op.execute(sa.text(statement))
    _index_trigrams()


def _index_trigrams() -> None:
    """Index the trigrams of the words, if this PostgreSQL has them (see 0006).

    Without the index searches give the same answers, more slowly: they read all the words.
    """
    known = "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"
    if op.get_bind().execute(sa.text(known)).scalar() is not None:
        op.create_index(
            "message_words",
            "message_texts",
            ["words"],
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
        )
