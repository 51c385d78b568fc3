"""Promising work for later, and looking after what was promised."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from frontdesk.db import Tx
from frontdesk.ids import random_id
from frontdesk.jobs import queries
from frontdesk.jobs.run import JobRun, LeaseLost
from frontdesk.jobs.tables import Job

#: Texts in JSON.
_TEXTS = re.compile(r'"[^"\\]*"')
#: Events for the workers of this process, see worker.py.
ENQUEUED = "jobs"
FINISHED = "jobs.finished"


def enqueue(
    tx: Tx,
    kind: str,
    payload: Mapping[str, Any],
    *,
    due_at: int | None = None,
    key: str | None = None,
    replace: bool = False,
) -> None:
    """Promise that the handler of `kind` runs with `payload`, at `due_at` (ms) or at once.

    There is one job per key: if the key is taken, that job stays as it is, whatever its state,
    or with `replace` gets the new kind, payload and time, and a fresh count of attempts. A
    replaced job that is running at that moment runs again afterwards, and its `finish` fails.
    """
    due = tx.now if due_at is None else due_at
    job = Job(
        id=random_id(),
        kind=kind,
        key=key,
        payload=dict(payload),
        due_at=due,
        created_at=tx.now,
        updated_at=tx.now,
    )
    if tx.insert(queries.REPLACE if replace else queries.ADD, job):
        tx.emit(ENQUEUED, kind, due)


def cancel(tx: Tx, key: str) -> bool:
    """Take a promise back; return whether there was one.

    If the job is running at that moment, its `finish` fails; an effect outside of the database
    cannot be called back.
    """
    return tx.run(queries.CANCEL, job_key=key) > 0


def finish(tx: Tx, run: JobRun) -> None:
    """Complete a job in the transaction that holds its effect, so that they commit together.

    Raises LeaseLost, which undoes the effect, if the job was cancelled, replaced or taken over.
    """
    if not tx.run(queries.FINISH, job_id=run.id, lease=run.leased_by, attempt=run.attempt):
        raise LeaseLost(f"{run.kind} {run.id} is not held any more")
    tx.emit(FINISHED, run.id, run.leased_by)


def hasten(tx: Tx, kind: str) -> None:
    """Make all waiting jobs of a kind due now: what they waited for has come."""
    if tx.run(queries.HASTEN, of=kind, now=tx.now):
        tx.emit(ENQUEUED, kind, tx.now)


def list_jobs(tx: Tx, state: str | None = None, limit: int = 100) -> list[Job]:
    """Return jobs by due time: all, or those in one state (see `Job`)."""
    return tx.select(queries.listing(state, limit), Job)


def retry_jobs(tx: Tx, ids: Iterable[str]) -> list[str]:
    """Make jobs due now with a fresh count of attempts; return the ids of those that are.

    Jobs that are running at this moment are left alone.
    """
    retried = []
    for job_id in ids:
        kind = tx.one(queries.RETRY, job_id=job_id, now=tx.now)
        if kind is not None:
            retried.append(job_id)
            tx.emit(ENQUEUED, kind, tx.now)
    return retried


def drop_jobs(tx: Tx, ids: Iterable[str]) -> list[str]:
    """Delete jobs as `cancel` does; return the ids of those that existed."""
    return [job_id for job_id in ids if tx.run(queries.DROP, job_id=job_id)]


def drop_jobs_naming(tx: Tx, texts: Iterable[str]) -> int:
    """Delete the jobs, whatever their state, whose payload holds one of the texts as a value, for
    instance the id of what is no more; return how many.

    Reads all jobs: for what is rarely done.
    """
    wanted = {f'"{each}"' for each in texts}
    found = [
        job.id
        for job in tx.all(queries.PAYLOADS)
        if not wanted.isdisjoint(_TEXTS.findall(job.payload))
    ]
    return len(drop_jobs(tx, found))


def given_up_ids(tx: Tx) -> list[str]:
    """Return the ids of all jobs that were given up, oldest first."""
    return tx.all(queries.GIVEN_UP_IDS)
