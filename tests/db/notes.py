"""A table for what use cases of the tests do in the database."""

from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    MetaData,
    String,
    Table,
    func,
    select,
)

from frontdesk.db import Insert, Patch, Query, columns_of
from frontdesk.db.types import Json

metadata = MetaData()
notes = Table(
    "test_notes",
    metadata,
    Column("id", String, primary_key=True),
    Column("text", String),
    Column("body", Json),
    Column("size", BigInteger),
    Column("done", Boolean, nullable=False),
    Column("ratio", Float),
    Column("name", String, unique=True),
    # Looked at by the commit only: a way to make a commit fail.
    Column("parent", ForeignKey("test_notes.id", deferrable=True, initially="DEFERRED")),
)


class Note(msgspec.Struct):
    """A row of `test_notes`."""

    id: str
    text: str | None = None
    body: Any = None
    size: int | None = None
    done: bool = False
    ratio: float | None = None
    name: str | None = None
    parent: str | None = None


ADD = Insert(notes)
PATCH = Patch(notes)
COUNT = Query(select(func.count()).select_from(notes), int)
IDS = Query(select(notes.c.id).order_by(notes.c.id), str)
NOTES = Query(columns_of(notes, Note).order_by(notes.c.id), Note)
