"""Lists of conversations that stay quick when there are a million: an index that answers most of
them, what conversations are found by, and how often the closed ones have changed.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CONVERSATION = sa.text("kind = 'l'")
IN_UNIT = sa.text("department_ancestors IS NOT NULL")
#: What a conversation is found by, of a row of `rooms`: see conversations/room_texts.py.
WORDS = "lower(coalesce({0}display_name, '') || ' ' || coalesce({0}livechat_data, ''))"
#: What lists filter by, apart from being open: see conversations/room_counts.py.
COUNTED = (
    "kind, open, opened_at, closed_at, display_name, agent_id, department_id,"
    " department_ancestors, tags, livechat_data"
)


def upgrade() -> None:
    """Add the indexes, and tables that triggers keep in step with `rooms`."""
    op.drop_index("ix_rooms_kind_opened_at", table_name="rooms")
    op.create_index(
        "ix_rooms_listing",
        "rooms",
        ["opened_at", "id", "display_name", "agent_username", "priority_weight"],
        unique=False,
        sqlite_where=CONVERSATION,
        postgresql_where=CONVERSATION,
    )
    op.create_index(
        "ix_rooms_unit",
        "rooms",
        ["department_ancestors", "opened_at"],
        unique=False,
        sqlite_where=IN_UNIT,
        postgresql_where=IN_UNIT,
    )
    op.create_table(
        "room_texts",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_room_texts")),
        sa.UniqueConstraint("room_id", name=op.f("uq_room_texts_room_id")),
    )
    op.create_table(
        "room_tags",
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tag", "opened_at", "room_id", name=op.f("pk_room_tags")),
        sqlite_with_rowid=False,
    )
    archive = op.create_table(
        "archive",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive")),
    )
    op.bulk_insert(archive, [{"id": secrets.token_hex(12), "changes": 0}])
    if op.get_bind().dialect.name == "sqlite":
        _on_sqlite()
    else:
        _on_postgresql()


def _on_sqlite() -> None:
    words, new_words = WORDS.format(""), WORDS.format("NEW.")
    for statement in (
        # Within a millisecond numbers go on counting; 2**20 of them are more than there can be.
        f"""INSERT INTO room_texts (number, room_id, words)
            SELECT (opened_at << 20) + row_number() OVER (PARTITION BY opened_at ORDER BY id) - 1,
                   id, {words}
            FROM rooms WHERE kind = 'l'""",
        """CREATE VIRTUAL TABLE room_words USING fts5(
            words, content='room_texts', content_rowid='number', tokenize='trigram', detail='none')
        """,
        "INSERT INTO room_words (room_words) VALUES ('rebuild')",
        """CREATE TRIGGER room_texts_inserted AFTER INSERT ON room_texts BEGIN
            INSERT INTO room_words (rowid, words) VALUES (NEW.number, NEW.words);
        END""",
        """CREATE TRIGGER room_texts_updated AFTER UPDATE OF words ON room_texts BEGIN
            INSERT INTO room_words (room_words, rowid, words)
                VALUES ('delete', OLD.number, OLD.words);
            INSERT INTO room_words (rowid, words) VALUES (NEW.number, NEW.words);
        END""",
        """CREATE TRIGGER room_texts_deleted AFTER DELETE ON room_texts BEGIN
            INSERT INTO room_words (room_words, rowid, words)
                VALUES ('delete', OLD.number, OLD.words);
        END""",
        f"""CREATE TRIGGER rooms_inserted AFTER INSERT ON rooms WHEN NEW.kind = 'l' BEGIN
            INSERT INTO room_texts (number, room_id, words) VALUES (
                max(NEW.opened_at << 20, (SELECT coalesce(max(number), 0) + 1 FROM room_texts
                                          WHERE number < (NEW.opened_at + 1) << 20)),
                NEW.id, {new_words});
        END""",
        f"""CREATE TRIGGER rooms_renamed AFTER UPDATE OF display_name, livechat_data ON rooms
            WHEN NEW.display_name IS NOT OLD.display_name
                OR NEW.livechat_data IS NOT OLD.livechat_data
        BEGIN
            UPDATE room_texts SET words = {new_words} WHERE room_id = NEW.id;
        END""",
        """CREATE TRIGGER rooms_deleted AFTER DELETE ON rooms BEGIN
            DELETE FROM room_texts WHERE room_id = OLD.id;
        END""",
        """INSERT INTO room_tags (tag, opened_at, room_id)
            SELECT DISTINCT tag.value, rooms.opened_at, rooms.id
            FROM rooms, json_each(rooms.tags) AS tag""",
        """CREATE TRIGGER room_tags_inserted AFTER INSERT ON rooms WHEN NEW.tags IS NOT NULL BEGIN
            INSERT OR IGNORE INTO room_tags (tag, opened_at, room_id)
                SELECT value, NEW.opened_at, NEW.id FROM json_each(NEW.tags);
        END""",
        """CREATE TRIGGER room_tags_updated AFTER UPDATE OF tags ON rooms
            WHEN NEW.tags IS NOT OLD.tags
        BEGIN
            DELETE FROM room_tags WHERE room_id = OLD.id AND opened_at = OLD.opened_at
                AND tag IN (SELECT value FROM json_each(OLD.tags));
            INSERT OR IGNORE INTO room_tags (tag, opened_at, room_id)
                SELECT value, NEW.opened_at, NEW.id FROM json_each(NEW.tags);
        END""",
        """CREATE TRIGGER room_tags_deleted AFTER DELETE ON rooms WHEN OLD.tags IS NOT NULL BEGIN
            DELETE FROM room_tags WHERE room_id = OLD.id AND opened_at = OLD.opened_at
                AND tag IN (SELECT value FROM json_each(OLD.tags));
        END""",
        """CREATE TRIGGER archive_inserted AFTER INSERT ON rooms WHEN NOT NEW.open BEGIN
            UPDATE archive SET changes = changes + 1;
        END""",
        f"""CREATE TRIGGER archive_updated AFTER UPDATE OF {COUNTED} ON rooms WHEN NOT OLD.open
        BEGIN
            UPDATE archive SET changes = changes + 1;
        END""",
        """CREATE TRIGGER archive_deleted AFTER DELETE ON rooms WHEN NOT OLD.open BEGIN
            UPDATE archive SET changes = changes + 1;
        END""",
    ):
        op.execute(sa.text(statement))


def _on_postgresql() -> None:
    words, new_words = WORDS.format(""), WORDS.format("NEW.")
    for statement in (
        f"""INSERT INTO room_texts (room_id, words)
            SELECT id, {words} FROM rooms WHERE kind = 'l' ORDER BY opened_at""",
        f"""CREATE FUNCTION note_room_texts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP = 'INSERT' THEN
                INSERT INTO room_texts (room_id, words) VALUES (NEW.id, {new_words});
            ELSIF TG_OP = 'UPDATE' THEN
                UPDATE room_texts SET words = {new_words} WHERE room_id = NEW.id;
            ELSE
                DELETE FROM room_texts WHERE room_id = OLD.id;
            END IF;
            RETURN NULL;
        END $$""",
        """CREATE TRIGGER rooms_inserted AFTER INSERT ON rooms
            FOR EACH ROW WHEN (NEW.kind = 'l') EXECUTE FUNCTION note_room_texts()""",
        """CREATE TRIGGER rooms_renamed AFTER UPDATE OF display_name, livechat_data ON rooms
            FOR EACH ROW WHEN (NEW.display_name IS DISTINCT FROM OLD.display_name
                OR NEW.livechat_data IS DISTINCT FROM OLD.livechat_data)
            EXECUTE FUNCTION note_room_texts()""",
        """CREATE TRIGGER rooms_deleted AFTER DELETE ON rooms
            FOR EACH ROW EXECUTE FUNCTION note_room_texts()""",
        """INSERT INTO room_tags (tag, opened_at, room_id)
            SELECT DISTINCT tag, rooms.opened_at, rooms.id
            FROM rooms, json_array_elements_text(rooms.tags::json) AS tag""",
        """CREATE FUNCTION note_room_tags() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP <> 'INSERT' AND OLD.tags IS NOT NULL THEN
                DELETE FROM room_tags WHERE room_id = OLD.id AND opened_at = OLD.opened_at
                    AND tag IN (SELECT json_array_elements_text(OLD.tags::json));
            END IF;
            IF TG_OP <> 'DELETE' AND NEW.tags IS NOT NULL THEN
                INSERT INTO room_tags (tag, opened_at, room_id)
                    SELECT DISTINCT tag, NEW.opened_at, NEW.id
                    FROM json_array_elements_text(NEW.tags::json) AS tag;
            END IF;
            RETURN NULL;
        END $$""",
        """CREATE TRIGGER room_tags_inserted AFTER INSERT ON rooms
            FOR EACH ROW WHEN (NEW.tags IS NOT NULL) EXECUTE FUNCTION note_room_tags()""",
        """CREATE TRIGGER room_tags_updated AFTER UPDATE OF tags ON rooms
            FOR EACH ROW WHEN (NEW.tags IS DISTINCT FROM OLD.tags)
            EXECUTE FUNCTION note_room_tags()""",
        """CREATE TRIGGER room_tags_deleted AFTER DELETE ON rooms
            FOR EACH ROW WHEN (OLD.tags IS NOT NULL) EXECUTE FUNCTION note_room_tags()""",
        # Once for each transaction, however many rows it changes.
        """CREATE FUNCTION note_archive() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            UPDATE archive SET changes = changes + 1, changed_by = txid_current()
                WHERE changed_by IS DISTINCT FROM txid_current();
            RETURN NULL;
        END $$""",
        """CREATE TRIGGER archive_inserted AFTER INSERT ON rooms
            FOR EACH ROW WHEN (NOT NEW.open) EXECUTE FUNCTION note_archive()""",
        f"""CREATE TRIGGER archive_updated AFTER UPDATE OF {COUNTED} ON rooms
            FOR EACH ROW WHEN (NOT OLD.open) EXECUTE FUNCTION note_archive()""",
        """CREATE TRIGGER archive_deleted AFTER DELETE ON rooms
            FOR EACH ROW WHEN (NOT OLD.open) EXECUTE FUNCTION note_archive()""",
    ):
        op.execute(sa.text(statement))
    _index_trigrams()


def _index_trigrams() -> None:
    """Index the trigrams of the words, if this PostgreSQL has them and lets us.

    Without the index searches give the same answers, more slowly: they read all the words.
    """
    connection = op.get_bind()
    known = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"
    if connection.execute(sa.text(known)).scalar() is None:
        return
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.ProgrammingError:
        return
    op.create_index(
        "room_words",
        "room_texts",
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )
