"""Jobs as they are stored."""

from typing import Any

import msgspec
from sqlalchemy import Column, Index, Integer, String, Table, text

from frontdesk.db.types import Json, Milliseconds, metadata

jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", String, unique=True),
    Column("payload", Json, nullable=False),
    Column("due_at", Milliseconds, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("leased_until", Milliseconds),
    Column("leased_by", String),
    Column("last_error", String),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Index(
        "ix_jobs_due_at",
        "due_at",
        "kind",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_jobs_leased_until",
        "leased_until",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
)


class Job(msgspec.Struct):
    """A row of `jobs`. `state` is `waiting`, `running` (leased) or `given_up`; a job that is
    done has no row. `key` names the promise: there is one job per key.
    """

    id: str
    kind: str
    key: str | None
    payload: dict[str, Any]
    due_at: int
    attempts: int = 0
    state: str = "waiting"
    leased_until: int | None = None
    leased_by: str | None = None
    last_error: str | None = None
    created_at: int = 0
    updated_at: int = 0
