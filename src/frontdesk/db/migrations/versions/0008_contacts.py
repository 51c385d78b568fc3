"""Contacts with their channels and addresses, and the conversations that are theirs.

Nobody gets a contact here: visitors of old get theirs when they write again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ENABLED = sa.text("enabled")
MANAGED = sa.text("manager_id IS NOT NULL")
VERIFIED = sa.text("verified")
OF_CONTACT = sa.text("contact_id IS NOT NULL")


def upgrade() -> None:
    """Create the tables, and add the columns of rooms."""
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column(
            "name",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("emails", sa.Text(), nullable=True),
        sa.Column("phones", sa.Text(), nullable=True),
        sa.Column("custom_fields", sa.Text(), nullable=True),
        sa.Column("manager_id", sa.String(), nullable=True),
        sa.Column("unknown", sa.Boolean(), nullable=False),
        sa.Column("pre_registration", sa.Boolean(), nullable=False),
        sa.Column("conflicts", sa.Text(), nullable=True),
        sa.Column("last_chat", sa.Text(), nullable=True),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        postgresql_with={"fillfactor": 80},
    )
    _index("ix_contacts_listing", "contacts", ["unknown", "name", "id"], ENABLED)
    _index("ix_contacts_manager_id", "contacts", ["manager_id"], MANAGED)
    op.create_table(
        "contact_channels",
        sa.Column("visitor_id", sa.String(), nullable=False),
        sa.Column("source_type", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("last_chat", sa.Text(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "visitor_id", "source_type", "source_id", name=op.f("pk_contact_channels")
        ),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("ix_contact_channels_contact_id", "contact_channels", ["contact_id"])
    _index("ix_contact_channels_verified", "contact_channels", ["value", "field"], VERIFIED)
    op.create_table(
        "contact_addresses",
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("value", "kind", "contact_id", name=op.f("pk_contact_addresses")),
        sqlite_with_rowid=False,
    )
    op.add_column("rooms", sa.Column("contact_id", sa.String(), nullable=True))
    op.add_column("rooms", sa.Column("verified", sa.Boolean(), nullable=True))
    _index("ix_rooms_contact_id", "rooms", ["contact_id"], OF_CONTACT)
    if op.get_bind().dialect.name == "sqlite":
        _words_on_sqlite()
    else:
        _words_on_postgresql()


def _index(name: str, table: str, columns: list[str], condition: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def _words_on_sqlite() -> None:
    """Index the trigrams of the words; the index needs numbers that stay what they are."""
    for statement in (
        """CREATE TABLE contact_words_rows (
            number INTEGER PRIMARY KEY, contact_id VARCHAR NOT NULL UNIQUE, words VARCHAR NOT NULL
        )""",
        """CREATE VIRTUAL TABLE contact_words USING fts5(
            words, content='contact_words_rows', content_rowid='number', tokenize='trigram',
            detail='none')""",
        """CREATE TRIGGER contacts_inserted AFTER INSERT ON contacts WHEN NEW.enabled BEGIN
            INSERT INTO contact_words_rows (contact_id, words) VALUES (NEW.id, NEW.words);
        END""",
        """CREATE TRIGGER contacts_renamed AFTER UPDATE OF words ON contacts
            WHEN NEW.words <> OLD.words
        BEGIN
            UPDATE contact_words_rows SET words = NEW.words WHERE contact_id = NEW.id;
        END""",
        """CREATE TRIGGER contacts_deleted AFTER DELETE ON contacts BEGIN
            DELETE FROM contact_words_rows WHERE contact_id = OLD.id;
        END""",
        """CREATE TRIGGER contact_words_inserted AFTER INSERT ON contact_words_rows BEGIN
            INSERT INTO contact_words (rowid, words) VALUES (NEW.number, NEW.words);
        END""",
        """CREATE TRIGGER contact_words_updated AFTER UPDATE OF words ON contact_words_rows BEGIN
            INSERT INTO contact_words (contact_words, rowid, words)
                VALUES ('delete', OLD.number, OLD.words);
            INSERT INTO contact_words (rowid, words) VALUES (NEW.number, NEW.words);
        END""",
        """CREATE TRIGGER contact_words_deleted AFTER DELETE ON contact_words_rows BEGIN
            INSERT INTO contact_words (contact_words, rowid, words)
                VALUES ('delete', OLD.number, OLD.words);
        END""",
    ):
        op.execute(sa.text(statement))


def _words_on_postgresql() -> None:
    """Index the trigrams of the words where this PostgreSQL has them (see 0006_lists.py).

    Without the index searches give the same answers, more slowly.
    """
    known = "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"
    if op.get_bind().execute(sa.text(known)).scalar() is not None:
        op.create_index(
            "contact_words",
            "contacts",
            ["words"],
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
        )
