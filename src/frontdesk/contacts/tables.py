"""Contacts, their channels and their addresses, as they are stored."""

from sqlalchemy import Boolean, Column, Index, String, Table, text

from frontdesk.db.types import Json, Milliseconds, metadata

#: The condition of the index that lists go by; queries use these very words.
ENABLED = text("enabled")
_MANAGED = text("manager_id IS NOT NULL")
_VERIFIED = text("verified")

#: `words` is what contacts are found by (see searching.py); triggers of SQLite keep the index of
#: its trigrams.
contacts = Table(
    "contacts",
    metadata,
    Column("id", String, primary_key=True),
    # Compared by code points on every database.
    Column("name", String().with_variant(String(collation="C"), "postgresql")),
    Column("emails", Json),
    Column("phones", Json),
    Column("custom_fields", Json),
    Column("manager_id", String),
    Column("unknown", Boolean, nullable=False),
    Column("pre_registration", Boolean, nullable=False),
    Column("conflicts", Json),
    Column("last_chat", Json),
    Column("activity", Json),
    Column("enabled", Boolean, nullable=False),
    Column("words", String, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Index(
        "ix_contacts_listing",
        "unknown",
        "name",
        "id",
        sqlite_where=ENABLED,
        postgresql_where=ENABLED,
    ),
    Index(
        "ix_contacts_manager_id",
        "manager_id",
        sqlite_where=_MANAGED,
        postgresql_where=_MANAGED,
    ),
    # Written with every conversation that is opened: PostgreSQL does that in place.
    postgresql_with={"fillfactor": 80},
)

#: Where a contact writes: the key decides that a visitor has one contact for each source. A source
#: without an id has the id "".
contact_channels = Table(
    "contact_channels",
    metadata,
    Column("visitor_id", String, primary_key=True),
    Column("source_type", String, primary_key=True),
    Column("source_id", String, primary_key=True),
    Column("contact_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("details", Json),
    Column("blocked", Boolean, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("verified_at", Milliseconds),
    Column("field", String),
    Column("value", String),
    Column("last_chat", Json),
    Column("added_at", Milliseconds, nullable=False),
    Index("ix_contact_channels_contact_id", "contact_id"),
    Index(
        "ix_contact_channels_verified",
        "value",
        "field",
        sqlite_where=_VERIFIED,
        postgresql_where=_VERIFIED,
    ),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": 80},
)

#: The e-mail addresses (kind `email`) and telephone numbers (`phone`) of contacts, to find them by.
contact_addresses = Table(
    "contact_addresses",
    metadata,
    Column("value", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("contact_id", String, primary_key=True),
    sqlite_with_rowid=False,
)
