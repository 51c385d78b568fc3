"""What a worker does in the database: claiming jobs, holding them, and storing how runs ended.

A lease says who runs a job and until when nobody else may. It is decided by conditional writes;
a worker that dies leaves leases behind that expire.
"""

from frontdesk.db import Tx
from frontdesk.ids import random_id
from frontdesk.jobs import queries
from frontdesk.jobs.queue import ENQUEUED
from frontdesk.jobs.run import JobRun

#: Characters of an error that are kept: enough for people, whatever a server answered.
LONGEST_ERROR = 2000


def next_moment(tx: Tx, kinds: tuple[str, ...]) -> int | None:
    """Return when there is something to claim: a job is due, or a lease expires; ms or None."""
    due = tx.one(queries.next_due(kinds))
    expires = tx.one(queries.NEXT_EXPIRY)
    return min((moment for moment in (due, expires) if moment is not None), default=None)


def unknown_kinds(tx: Tx, kinds: tuple[str, ...]) -> list[str]:
    """Return the kinds of due jobs that are not among `kinds`."""
    return tx.all(queries.unknown_due(kinds), now=tx.now)


def claim(tx: Tx, kinds: tuple[str, ...], worker: str, count: int, lease_ms: int) -> list[JobRun]:
    """Lease up to `count` due jobs for `lease_ms` milliseconds, the longest due first.

    Jobs whose lease has expired count as waiting. `worker` names the process for people.
    """
    tx.run(queries.EXPIRE, now=tx.now)
    statement = queries.claim(kinds)
    runs: list[JobRun] = []
    while len(runs) < count:
        run = tx.one(
            statement, now=tx.now, until=tx.now + lease_ms, lease=f"{worker}/{random_id()}"
        )
        if run is None:
            break
        runs.append(run)
    return runs


def renew(tx: Tx, run: JobRun, lease_ms: int) -> bool:
    """Extend a lease; return False if somebody else may run the job by now.

    A job that is gone was finished or cancelled: there is nothing left to run twice.
    """
    if tx.run(queries.RENEW, job_id=run.id, lease=run.leased_by, until=tx.now + lease_ms):
        return True
    return tx.one(queries.EXISTS, job_id=run.id) is None


def complete(tx: Tx, run: JobRun) -> None:
    """Delete a job that is done; one that was replaced meanwhile waits for its next run."""
    if not tx.run(queries.FINISH, job_id=run.id, lease=run.leased_by, attempt=run.attempt):
        put_back(tx, run)


def fail(tx: Tx, run: JobRun, error: str, delay_ms: int) -> None:
    """Let a job wait for its next attempt, `delay_ms` milliseconds from now."""
    due = tx.now + delay_ms
    if tx.run(
        queries.FAIL,
        job_id=run.id,
        lease=run.leased_by,
        attempt=run.attempt,
        due=due,
        error=error[:LONGEST_ERROR],
        now=tx.now,
    ):
        tx.emit(ENQUEUED, run.kind, due)
    else:
        put_back(tx, run)


def give_up(tx: Tx, run: JobRun, error: str) -> None:
    """Keep a job for people to look at; it does not run again by itself."""
    if not tx.run(
        queries.GIVE_UP,
        job_id=run.id,
        lease=run.leased_by,
        attempt=run.attempt,
        error=error[:LONGEST_ERROR],
        now=tx.now,
    ):
        put_back(tx, run)


def put_back(tx: Tx, run: JobRun) -> None:
    """End a lease without an outcome: the job can be claimed again, if it was still ours."""
    if tx.run(queries.PUT_BACK, job_id=run.id, lease=run.leased_by, now=tx.now):
        tx.emit(ENQUEUED, run.kind, tx.now)
