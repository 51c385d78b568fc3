import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from frontdesk.db import Database, Event, Tx
from frontdesk.jobs import GiveUp, JobRun, LeaseLost, cancel, enqueue, finish, leases
from frontdesk.jobs.commands import jobs_group
from frontdesk.jobs.queue import drop_jobs, given_up_ids, hasten, list_jobs, retry_jobs
from frontdesk.jobs.tables import Job

KINDS = ("greet",)


async def only_job(db: Database) -> Job:
    (job,) = await db.read(list_jobs)
    return job


async def promise(db: Database, payload: dict[str, str] | None = None, **options: Any) -> None:
    await db.write(lambda tx: enqueue(tx, "greet", payload or {}, **options))


async def claim(db: Database, count: int = 1, later_ms: int = 0) -> list[JobRun]:
    """Claim as a worker does that lives `later_ms` milliseconds in the future."""

    def use_case(tx: Tx) -> list[JobRun]:
        tx.now += later_ms
        return leases.claim(tx, KINDS, "test", count, 60_000)

    return await db.write(use_case)


async def give_up(db: Database) -> JobRun:
    (run,) = await claim(db)
    await db.write(lambda tx: leases.give_up(tx, run, "no such house"))
    return run


async def test_a_job_is_due_at_once_unless_a_time_is_given(db: Database) -> None:
    await promise(db)
    job = await only_job(db)
    assert (job.state, job.attempts, job.due_at) == ("waiting", 0, job.created_at)
    await promise(db, due_at=job.due_at + 5000, key="later")
    assert [each.due_at for each in await db.read(list_jobs)] == [job.due_at, job.due_at + 5000]


async def test_a_job_of_a_transaction_that_fails_is_not_promised(db: Database) -> None:
    def use_case(tx: Tx) -> None:
        enqueue(tx, "greet", {})
        raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        await db.write(use_case)
    assert await db.read(list_jobs) == []


async def test_enqueueing_tells_the_workers_after_the_commit(db: Database) -> None:
    heard: list[Event] = []
    db.listeners.append(heard.extend)
    await promise(db, key="once", due_at=77)
    await promise(db, key="once", due_at=99)
    assert heard == [Event("jobs", "greet", (77,))]


async def test_the_same_key_twice_is_one_job_and_the_first_stays(db: Database) -> None:
    await promise(db, {"who": "Ada"}, key="greet:1")
    await promise(db, {"who": "Bob"}, key="greet:1", due_at=1)
    job = await only_job(db)
    assert job.payload == {"who": "Ada"}
    assert job.due_at > 1


@pytest.mark.parametrize("replace", [False, True])
async def test_many_at_once_under_one_key_are_one_job(
    db: Database, open_db: Callable[[], Database], replace: bool
) -> None:
    other = open_db()
    await asyncio.gather(
        *(promise(each, key="greet:1", replace=replace) for each in (db, other) * 20)
    )
    assert (await only_job(db)).key == "greet:1"


async def test_jobs_without_a_key_are_all_kept(db: Database) -> None:
    await promise(db)
    await promise(db)
    assert len(await db.read(list_jobs)) == 2


async def test_replacing_moves_time_and_payload_and_forgets_the_attempts(db: Database) -> None:
    await promise(db, {"who": "Ada"}, key="greet:1")
    (run,) = await claim(db)
    await db.write(lambda tx: leases.fail(tx, run, "not at home", 0))
    await promise(db, {"who": "Bob"}, key="greet:1", due_at=5, replace=True)
    job = await only_job(db)
    assert job.id == run.id
    assert (job.payload, job.due_at, job.attempts) == ({"who": "Bob"}, 5, 0)
    assert (job.state, job.last_error) == ("waiting", None)


async def test_replacing_a_key_that_is_free_is_an_ordinary_job(db: Database) -> None:
    await promise(db, {"who": "Ada"}, key="greet:1", replace=True)
    assert (await only_job(db)).payload == {"who": "Ada"}


async def test_a_job_that_was_given_up_is_revived_by_replacing_only(db: Database) -> None:
    await promise(db, key="greet:1")
    await give_up(db)
    await promise(db, key="greet:1")
    assert (await only_job(db)).state == "given_up"
    await promise(db, key="greet:1", replace=True)
    assert (await only_job(db)).state == "waiting"


async def test_cancelling_takes_the_promise_back(db: Database) -> None:
    await promise(db, key="greet:1")
    assert await db.write(lambda tx: cancel(tx, "greet:1"))
    assert not await db.write(lambda tx: cancel(tx, "greet:1"))
    assert await db.read(list_jobs) == []


async def test_hastening_makes_the_waiting_jobs_of_a_kind_due_now(db: Database) -> None:
    heard: list[Event] = []
    await promise(db, key="later", due_at=2**50)
    await db.write(lambda tx: enqueue(tx, "insult", {}, key="other", due_at=2**50))
    db.listeners.append(heard.extend)

    await db.write(lambda tx: hasten(tx, "greet"))

    due = {job.key: job.due_at for job in await db.read(list_jobs)}
    assert (due["later"] < 2**50, due["other"]) == (True, 2**50)
    assert [(event.stream, event.key) for event in heard] == [("jobs", "greet")]
    await db.write(lambda tx: hasten(tx, "greet"))
    assert len(heard) == 1, "nothing was left to be hastened"


async def test_a_claimed_job_is_claimed_by_nobody_else(
    db: Database, open_db: Callable[[], Database]
) -> None:
    await promise(db)
    (run,) = await claim(db)
    assert (run.kind, run.attempt) == ("greet", 1)
    assert await claim(open_db()) == []


async def test_a_lease_that_expired_is_claimed_again(db: Database) -> None:
    await promise(db)
    (dead,) = await claim(db)
    assert await claim(db, later_ms=59_000) == []
    (run,) = await claim(db, later_ms=61_000)
    assert (run.id, run.attempt) == (dead.id, 2)
    with pytest.raises(LeaseLost):
        await db.write(lambda tx: finish(tx, dead))
    assert not await db.write(lambda tx: leases.renew(tx, dead, 60_000))


async def test_a_renewed_lease_holds_longer(db: Database) -> None:
    await promise(db)
    (run,) = await claim(db)
    assert await db.write(lambda tx: leases.renew(tx, run, 120_000))
    assert await claim(db, later_ms=61_000) == []
    assert len(await claim(db, later_ms=121_000)) == 1


async def test_the_longest_due_jobs_are_claimed_first_and_future_ones_not_at_all(
    db: Database,
) -> None:
    for due_at in (30, 10, 20, 2**50):
        await promise(db, due_at=due_at, key=f"due {due_at}")
    runs = await claim(db, count=10)
    assert [run.key for run in runs] == ["due 10", "due 20", "due 30"]


async def test_jobs_of_other_kinds_are_not_claimed(db: Database) -> None:
    await db.write(lambda tx: enqueue(tx, "insult", {}))
    assert await claim(db) == []
    assert await db.read(lambda tx: leases.unknown_kinds(tx, KINDS)) == ["insult"]
    assert await db.read(lambda tx: leases.next_moment(tx, KINDS)) is None


async def test_a_job_cancelled_while_it_runs_cannot_finish(db: Database) -> None:
    await promise(db, key="greet:1")
    (run,) = await claim(db)
    await db.write(lambda tx: cancel(tx, "greet:1"))
    with pytest.raises(LeaseLost):
        await db.write(lambda tx: finish(tx, run))


async def test_a_job_replaced_while_it_runs_runs_again_afterwards(db: Database) -> None:
    await promise(db, {"who": "Ada"}, key="greet:1")
    (run,) = await claim(db)
    await promise(db, {"who": "Bob"}, key="greet:1", replace=True)
    assert await claim(db) == [], "the first run still holds its lease"
    with pytest.raises(LeaseLost):
        await db.write(lambda tx: finish(tx, run))
    await db.write(lambda tx: leases.complete(tx, run))
    (again,) = await claim(db)
    assert (again.id, again.payload, again.attempt) == (run.id, {"who": "Bob"}, 1)


async def test_a_failure_of_a_replaced_run_does_not_move_the_new_time(db: Database) -> None:
    await promise(db, key="greet:1")
    (run,) = await claim(db)
    await promise(db, key="greet:1", replace=True, due_at=2**50)
    await db.write(lambda tx: leases.fail(tx, run, "late", 1))
    job = await only_job(db)
    assert (job.state, job.due_at, job.last_error) == ("waiting", 2**50, None)


async def test_a_run_that_was_put_back_does_not_count_as_an_attempt(db: Database) -> None:
    await promise(db)
    (run,) = await claim(db)
    await db.write(lambda tx: leases.put_back(tx, run))
    (again,) = await claim(db)
    assert again.attempt == 1


async def test_a_very_long_error_is_cut(db: Database) -> None:
    await promise(db)
    (run,) = await claim(db)
    await db.write(lambda tx: leases.fail(tx, run, "x" * 100_000, 0))
    assert len((await only_job(db)).last_error or "") == leases.LONGEST_ERROR


async def test_people_list_retry_and_drop_jobs(db: Database) -> None:
    await promise(db, key="greet:1")
    run = await give_up(db)
    await promise(db, key="greet:2", due_at=2**50)
    assert [job.key for job in await db.read(lambda tx: list_jobs(tx, "given_up"))] == ["greet:1"]
    assert await db.read(given_up_ids) == [run.id]
    assert await db.write(lambda tx: retry_jobs(tx, [run.id, "nobody"])) == [run.id]
    (again,) = await claim(db)
    assert (again.id, again.attempt) == (run.id, 1)
    assert await db.write(lambda tx: retry_jobs(tx, [run.id])) == [], "it is running"
    assert await db.write(lambda tx: drop_jobs(tx, [run.id, "nobody"])) == [run.id]
    assert (await only_job(db)).key == "greet:2"


def test_the_command_line_shows_and_retries_what_was_given_up(
    db: Database, database_url: str
) -> None:
    db.write_now(lambda tx: enqueue(tx, "greet", {}, key="greet:1"))
    (run,) = db.write_now(lambda tx: leases.claim(tx, KINDS, "test", 1, 60_000))
    db.write_now(lambda tx: leases.give_up(tx, run, str(GiveUp("no \x1b[31mhouse\nhere"))))
    invoke = CliRunner().invoke
    options = ["--database-url", database_url]

    listed = invoke(jobs_group, ["list", "--state", "given_up", *options])
    assert listed.output.startswith(f"{run.id}  given_up  ")
    assert listed.output.endswith("greet  attempts=1  key=greet:1  error=no  [31mhouse here\n")

    retried = invoke(jobs_group, ["retry", "--all-given-up", *options])
    assert (retried.exit_code, retried.output) == (0, "Due now: 1\n")
    assert (
        "  waiting  "
        in invoke(jobs_group, ["list"], env={"FRONTDESK_DATABASE_URL": database_url}).output
    )

    dropped = invoke(jobs_group, ["drop", run.id, "nobody", *options])
    assert dropped.exit_code == 1
    assert "Dropped: 1" in dropped.output
    assert "nobody does not exist" in dropped.output
    assert invoke(jobs_group, ["list", *options]).output == ""


def test_the_command_line_asks_which_jobs_are_meant(database_url: str) -> None:
    for arguments in (["drop"], ["retry", "someone", "--all-given-up"]):
        result = CliRunner().invoke(jobs_group, [*arguments, "--database-url", database_url])
        assert result.exit_code == 2
        assert "--all-given-up" in result.output


def test_the_command_line_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    result = CliRunner().invoke(jobs_group, ["list", "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert "there is no database" in result.output
    assert list(tmp_path.iterdir()) == []
