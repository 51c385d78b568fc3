"""All statements about jobs.

States are written into the SQL as literals, because only then do both engines use the partial
index of the waiting jobs.
"""

from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Dialect,
    Select,
    String,
    bindparam,
    case,
    delete,
    false,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.sql.dml import UpdateBase

from frontdesk.db import Command, Insert, Query, columns_of
from frontdesk.jobs.run import JobRun
from frontdesk.jobs.tables import Job, jobs

WAITING = literal_column("'waiting'", String)
RUNNING = literal_column("'running'", String)
GIVEN_UP = literal_column("'given_up'", String)


class Written(msgspec.Struct):
    """A job and its payload as it is stored."""

    id: str
    payload: str


_REPLACED = ("kind", "payload", "due_at", "attempts", "last_error", "updated_at")


class _Replace(Insert):
    """An insert that gives the job of the same key a new payload and time, and fresh attempts.

    A running job keeps its lease, so that nobody else starts it meanwhile: `attempts` = 0 tells
    the run that it was overtaken. Any other job waits again, one that was given up as well.
    """

    def build(self, dialect: Dialect) -> UpdateBase:
        insert: Any = super().build(dialect)
        new = insert.excluded
        return insert.on_conflict_do_update(  # type: ignore[no-any-return]
            index_elements=["key"],
            set_={
                **{name: new[name] for name in _REPLACED},
                "state": case((jobs.c.state == RUNNING, RUNNING), else_=WAITING),
            },
        )


ADD = Insert(jobs, skip_conflicts=True)
REPLACE = _Replace(jobs)
CANCEL = Command(delete(jobs).where(jobs.c.key == bindparam("job_key")))

# What the worker does.

EXPIRE = Command(
    update(jobs)
    .where(jobs.c.state == RUNNING, jobs.c.leased_until <= bindparam("now"))
    .values(state=WAITING, leased_until=null(), leased_by=null(), updated_at=bindparam("now"))
)
NEXT_EXPIRY = Query(
    select(jobs.c.leased_until)
    .where(jobs.c.state == RUNNING)
    .order_by(jobs.c.leased_until)
    .limit(1),
    int,
)
EXISTS = Query(select(jobs.c.id).where(jobs.c.id == bindparam("job_id")), str)

_candidate = jobs.alias("candidate")


@cache
def next_due(kinds: tuple[str, ...]) -> Query[int]:
    """Return the query for the time at which the first waiting job of these kinds is due."""
    return Query(
        select(jobs.c.due_at)
        .where(jobs.c.state == WAITING, _one_of(jobs.c.kind, kinds))
        .order_by(jobs.c.due_at)
        .limit(1),
        int,
    )


@cache
def unknown_due(kinds: tuple[str, ...]) -> Query[str]:
    """Return the query for the other kinds of which a job is due at `now`."""
    return Query(
        select(jobs.c.kind)
        .where(
            jobs.c.state == WAITING,
            jobs.c.due_at <= bindparam("now"),
            ~_one_of(jobs.c.kind, kinds),
        )
        .distinct(),
        str,
    )


@cache
def claim(kinds: tuple[str, ...]) -> Query[JobRun]:
    """Return the statement that leases the first due job of these kinds, if there is one.

    On PostgreSQL the inner select takes the row or skips it when another process is about to
    take it; SQLite has one writer.
    """
    first = (
        select(_candidate.c.id)
        .where(
            _candidate.c.state == WAITING,
            _candidate.c.due_at <= bindparam("now"),
            _one_of(_candidate.c.kind, kinds),
        )
        .order_by(_candidate.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return Query(
        update(jobs)
        .where(jobs.c.id == first.scalar_subquery(), jobs.c.state == WAITING)
        .values(
            state=RUNNING,
            attempts=jobs.c.attempts + 1,
            leased_until=bindparam("until"),
            leased_by=bindparam("lease"),
            updated_at=bindparam("now"),
        )
        .returning(
            jobs.c.id,
            jobs.c.kind,
            jobs.c.key,
            jobs.c.payload,
            jobs.c.attempts,
            jobs.c.leased_by,
        ),
        JobRun,
    )


def _one_of(kind: ColumnElement[str], kinds: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(false(), *(kind == each for each in kinds))


_leased = (
    jobs.c.id == bindparam("job_id"),
    jobs.c.leased_by == bindparam("lease"),
    jobs.c.state == RUNNING,
)
#: Leased, and not replaced since the claim.
_held = (*_leased, jobs.c.attempts == bindparam("attempt"))

RENEW = Command(update(jobs).where(*_leased).values(leased_until=bindparam("until")))
FINISH = Command(delete(jobs).where(*_held))
FAIL = Command(
    update(jobs)
    .where(*_held)
    .values(
        state=WAITING,
        due_at=bindparam("due"),
        leased_until=null(),
        leased_by=null(),
        last_error=bindparam("error"),
        updated_at=bindparam("now"),
    )
)
GIVE_UP = Command(
    update(jobs)
    .where(*_held)
    .values(
        state=GIVEN_UP,
        leased_until=null(),
        leased_by=null(),
        last_error=bindparam("error"),
        updated_at=bindparam("now"),
    )
)
#: An interrupted run does not count as an attempt; a replaced job has none to take back.
PUT_BACK = Command(
    update(jobs)
    .where(*_leased)
    .values(
        state=WAITING,
        attempts=case((jobs.c.attempts > 0, jobs.c.attempts - 1), else_=0),
        leased_until=null(),
        leased_by=null(),
        updated_at=bindparam("now"),
    )
)
HASTEN = Command(
    update(jobs)
    .where(
        jobs.c.state == WAITING, jobs.c.due_at > bindparam("now"), jobs.c.kind == bindparam("of")
    )
    .values(due_at=bindparam("now"), updated_at=bindparam("now"))
)

# What people do.

RETRY = Query(
    update(jobs)
    .where(jobs.c.id == bindparam("job_id"), jobs.c.state != RUNNING)
    .values(state=WAITING, attempts=0, due_at=bindparam("now"), updated_at=bindparam("now"))
    .returning(jobs.c.kind),
    str,
)
DROP = Command(delete(jobs).where(jobs.c.id == bindparam("job_id")))
#: Each with the JSON text of its payload.
PAYLOADS = Query(select(jobs.c.id, type_coerce(jobs.c.payload, String)), Written)
GIVEN_UP_IDS = Query(
    select(jobs.c.id).where(jobs.c.state == GIVEN_UP).order_by(jobs.c.created_at), str
)


def listing(state: str | None, limit: int) -> Select[Job]:
    """Return the select of at most `limit` jobs, those in one state or all, by due time."""
    statement = columns_of(jobs, Job).order_by(jobs.c.due_at, jobs.c.id).limit(limit)
    return statement if state is None else statement.where(jobs.c.state == state)
