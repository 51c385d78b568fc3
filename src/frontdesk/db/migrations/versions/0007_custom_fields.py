"""Definitions of custom fields, visitors that are found by pieces of their words, and how the
calls of old widgets go.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ENABLED = sa.text("NOT disabled")
#: What a visitor is found by, of a row of `visitors`: see visitors/searching.py. The names of
#: members, which all have, would only make the index larger.
WORDS = (
    "lower(coalesce({0}name, '') || ' ' || coalesce({0}username, '') || ' '"
    " || replace(coalesce({0}emails, ''), '\"address\":', '') || ' '"
    " || replace(coalesce({0}phones, ''), '\"phoneNumber\":', '') || ' '"
    " || coalesce({0}livechat_data, ''))"
)
COLUMNS = ("name", "username", "emails", "phones", "livechat_data")


def upgrade() -> None:
    """Add the definitions, the words of visitors, and what lists of visitors are sorted by."""
    op.create_table(
        "custom_fields",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("options", sa.String(), nullable=True),
        sa.Column("default_value", sa.String(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=True),
        sa.Column("regexp", sa.String(), nullable=True),
        sa.Column("searchable", sa.Boolean(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
    )
    op.create_table(
        "visitor_texts",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visitor_id", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_visitor_texts")),
        sa.UniqueConstraint("visitor_id", name=op.f("uq_visitor_texts_visitor_id")),
    )
    op.create_index(
        "ix_visitors_created_at",
        "visitors",
        ["created_at"],
        unique=False,
        sqlite_where=ENABLED,
        postgresql_where=ENABLED,
    )
    op.add_column("rooms", sa.Column("call_status", sa.String(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _on_sqlite()
    else:
        _on_postgresql()


def _on_sqlite() -> None:
    words, new_words = WORDS.format(""), WORDS.format("NEW.")
    changed = " OR ".join(f"NEW.{each} IS NOT OLD.{each}" for each in COLUMNS)
    for statement in (
        f"INSERT INTO visitor_texts (visitor_id, words) SELECT id, {words} FROM visitors",
        """CREATE VIRTUAL TABLE visitor_words USING fts5(
            words, content='visitor_texts', content_rowid='number', tokenize='trigram',
            detail='none')""",
        "INSERT INTO visitor_words (visitor_words) VALUES ('rebuild')",
        """CREATE TRIGGER visitor_texts_inserted AFTER INSERT ON visitor_texts BEGIN
            INSERT INTO visitor_words (rowid, words) VALUES (NEW.number, NEW.words);
        END""",
        """CREATE TRIGGER visitor_texts_updated AFTER UPDATE OF words ON visitor_texts BEGIN
            INSERT INTO visitor_words (visitor_words, rowid, words)
                VALUES ('delete', OLD.number, OLD.words);
            INSERT INTO visitor_words (rowid, words) VALUES (NEW.number, NEW.words);
        END""",
        """CREATE TRIGGER visitor_texts_deleted AFTER DELETE ON visitor_texts BEGIN
            INSERT INTO visitor_words (visitor_words, rowid, words)
                VALUES ('delete', OLD.number, OLD.words);
        END""",
        f"""CREATE TRIGGER visitors_inserted AFTER INSERT ON visitors BEGIN
            INSERT INTO visitor_texts (visitor_id, words) VALUES (NEW.id, {new_words});
        END""",
        f"""CREATE TRIGGER visitors_renamed AFTER UPDATE OF {", ".join(COLUMNS)} ON visitors
            WHEN {changed}
        BEGIN
            UPDATE visitor_texts SET words = {new_words} WHERE visitor_id = NEW.id;
        END""",
        """CREATE TRIGGER visitors_deleted AFTER DELETE ON visitors BEGIN
            DELETE FROM visitor_texts WHERE visitor_id = OLD.id;
        END""",
    ):
        op.execute(sa.text(statement))


def _on_postgresql() -> None:
    words, new_words = WORDS.format(""), WORDS.format("NEW.")
    changed = " OR ".join(f"NEW.{each} IS DISTINCT FROM OLD.{each}" for each in COLUMNS)
    for statement in (
        f"INSERT INTO visitor_texts (visitor_id, words) SELECT id, {words} FROM visitors",
        f"""CREATE FUNCTION note_visitor_texts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP = 'INSERT' THEN
                INSERT INTO visitor_texts (visitor_id, words) VALUES (NEW.id, {new_words});
            ELSIF TG_OP = 'UPDATE' THEN
                UPDATE visitor_texts SET words = {new_words} WHERE visitor_id = NEW.id;
            ELSE
                DELETE FROM visitor_texts WHERE visitor_id = OLD.id;
            END IF;
            RETURN NULL;
        END $$""",
        """CREATE TRIGGER visitors_inserted AFTER INSERT ON visitors
            FOR EACH ROW EXECUTE FUNCTION note_visitor_texts()""",
        f"""CREATE TRIGGER visitors_renamed AFTER UPDATE OF {", ".join(COLUMNS)} ON visitors
            FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION note_visitor_texts()""",
        """CREATE TRIGGER visitors_deleted AFTER DELETE ON visitors
            FOR EACH ROW EXECUTE FUNCTION note_visitor_texts()""",
    ):
        op.execute(sa.text(statement))
    # Made by the migration before this one, if this PostgreSQL has it and lets us: without the
    # index searches give the same answers, more slowly.
    known = "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"
    if op.get_bind().execute(sa.text(known)).scalar() is not None:
        op.create_index(
            "visitor_words",
            "visitor_texts",
            ["words"],
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
        )
