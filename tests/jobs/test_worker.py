import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from frontdesk.clock import now_ms
from frontdesk.db import Database, Tx
from frontdesk.jobs import GiveUp, Handler, JobRun, enqueue, finish, leases, worker
from frontdesk.jobs.queue import list_jobs
from frontdesk.jobs.worker import LONGEST_DELAY_MS, Worker, backoff_ms
from tests.harness import processes
from tests.jobs.effects import ADD_EFFECT, EFFECTS

StartWorker = Callable[..., Awaitable[Worker]]


@pytest.fixture
async def start(db: Database) -> AsyncIterator[StartWorker]:
    """Return a function that starts a worker, which the test may stop before its end."""
    started: list[Worker] = []

    async def start_worker(
        handlers: dict[str, Handler], database: Database = db, **options: object
    ) -> Worker:
        made = Worker(database, handlers, **options)  # type: ignore[arg-type]
        started.append(made)
        await made.start()
        return made

    yield start_worker
    for each in started:
        await each.stop(0)


@pytest.fixture
def only_events_wake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the look for the jobs of other processes so rare that nothing can depend on it."""
    monkeypatch.setattr(worker, "LOOK_EVERY", 3600.0)


async def test_three_workers_run_two_hundred_jobs_once_each(
    db: Database, open_db: Callable[[], Database], start: StartWorker
) -> None:
    ran: Counter[int] = Counter()
    all_done = asyncio.Event()

    async def handler(run: JobRun) -> None:
        ran[run.payload["number"]] += 1
        await asyncio.sleep(0)
        if len(ran) == 200:
            all_done.set()

    def promise_all(tx: Tx) -> None:
        for number in range(200):
            enqueue(tx, "count", {"number": number}, key=f"count:{number}")

    workers = [await start({"count": handler}, open_db()) for _ in range(3)]
    await db.write(promise_all)
    await all_done.wait()
    for each in workers:
        await each.stop()
    assert ran == dict.fromkeys(range(200), 1)
    assert await db.read(list_jobs) == []


async def test_a_job_that_is_enqueued_wakes_the_worker(
    db: Database, start: StartWorker, only_events_wake: None
) -> None:
    greeted: asyncio.Queue[str] = asyncio.Queue()

    async def handler(run: JobRun) -> None:
        await greeted.put(run.payload["who"])

    await start({"greet": handler})
    for who in ("Ada", "Bob", "Cyd"):
        await db.write(partial(enqueue, kind="greet", payload={"who": who}))
        assert await greeted.get() == who
    await db.write(lambda tx: enqueue(tx, "greet", {"who": "Dan"}, due_at=tx.now + 150))
    assert await greeted.get() == "Dan"


async def test_jobs_that_find_no_room_run_when_there_is_room(
    db: Database, start: StartWorker, only_events_wake: None
) -> None:
    at_once: list[int] = []
    most: list[int] = []
    done: asyncio.Queue[None] = asyncio.Queue()

    async def handler(run: JobRun) -> None:
        at_once.append(1)
        most.append(len(at_once))
        await asyncio.sleep(0)
        at_once.pop()
        await done.put(None)

    def promise_all(tx: Tx) -> None:
        for _ in range(20):
            enqueue(tx, "greet", {})

    await db.write(promise_all)
    await start({"greet": handler}, concurrency=2)
    for _ in range(20):
        await done.get()
    assert max(most) <= 2


async def test_a_kind_with_a_lane_of_its_own_is_in_nobodys_way(
    db: Database, start: StartWorker, only_events_wake: None
) -> None:
    begun: asyncio.Queue[None] = asyncio.Queue()
    greeted: asyncio.Queue[None] = asyncio.Queue()
    answered = asyncio.Event()

    async def ask(run: JobRun) -> None:
        await begun.put(None)
        await answered.wait()

    async def greet(run: JobRun) -> None:
        await greeted.put(None)

    def promise_all(tx: Tx) -> None:
        for _ in range(10):
            enqueue(tx, "ask", {})
        for _ in range(3):
            enqueue(tx, "greet", {})

    await db.write(promise_all)
    await start({"ask": ask, "greet": greet}, concurrency=1, lanes={"ask": 2})
    for _ in range(3):
        await greeted.get()
    await begun.get()
    await begun.get()
    states = Counter(job.state for job in await db.read(list_jobs) if job.kind == "ask")
    assert states == {"running": 2, "waiting": 8}, "while nobody answers, no more are asked"
    answered.set()
    for _ in range(8):
        await begun.get()


async def test_a_timer_never_runs_before_its_time(db: Database, start: StartWorker) -> None:
    ran_at: asyncio.Queue[int] = asyncio.Queue()

    async def handler(run: JobRun) -> None:
        await ran_at.put(now_ms())

    await start({"ring": handler})
    due_at = now_ms() + 300
    await db.write(lambda tx: enqueue(tx, "ring", {}, due_at=due_at))
    assert await ran_at.get() >= due_at


async def test_jobs_of_another_process_are_seen(
    open_db: Callable[[], Database], start: StartWorker
) -> None:
    ran = asyncio.Event()

    async def handler(run: JobRun) -> None:
        ran.set()

    await start({"greet": handler})
    await open_db().write(lambda tx: enqueue(tx, "greet", {}))
    await ran.wait()


async def test_a_dead_worker_is_taken_over(db: Database, start: StartWorker) -> None:
    runs: asyncio.Queue[JobRun] = asyncio.Queue()

    def claim_two_minutes_ago(tx: Tx) -> list[JobRun]:
        tx.now -= 120_000
        enqueue(tx, "greet", {})
        return leases.claim(tx, ("greet",), "dead", 1, 60_000)

    (dead,) = await db.write(claim_two_minutes_ago)
    await start({"greet": runs.put})
    run = await runs.get()
    assert (run.id, run.attempt) == (dead.id, 2)


PROCESS = """
import asyncio, sys
from frontdesk.db import open_database
from frontdesk.jobs.worker import Worker

async def hang(run):
    print("running", flush=True)
    await asyncio.Event().wait()

async def main():
    await Worker(open_database(sys.argv[1]), {"greet": hang}, lease_ms=1500).start()
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_the_job_of_a_process_that_was_killed_runs_in_another(
    db: Database, database_url: str, start: StartWorker
) -> None:
    await db.write(lambda tx: enqueue(tx, "greet", {"who": "Ada"}))
    process = processes.spawn([sys.executable, "-c", PROCESS, database_url], stdout=-1)
    try:
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == b"running\n"
    finally:
        processes.kill(process)
    runs: asyncio.Queue[JobRun] = asyncio.Queue()
    await start({"greet": runs.put})
    run = await runs.get()
    assert (run.payload, run.attempt) == ({"who": "Ada"}, 2)


async def test_a_job_that_fails_runs_again_until_it_succeeds(
    db: Database, start: StartWorker, only_events_wake: None
) -> None:
    attempts: list[int] = []
    succeeded = asyncio.Event()

    async def handler(run: JobRun) -> None:
        attempts.append(run.attempt)
        if run.attempt < 3:
            raise ConnectionError("nobody answers")
        succeeded.set()

    running = await start({"greet": handler}, backoff=lambda attempt: 0)
    await db.write(lambda tx: enqueue(tx, "greet", {}))
    await succeeded.wait()
    await running.stop()
    assert attempts == [1, 2, 3]
    assert await db.read(list_jobs) == []


async def test_a_job_is_given_up_after_twelve_attempts_or_as_many_as_its_kind_has(
    db: Database, start: StartWorker, only_events_wake: None
) -> None:
    attempts: Counter[str] = Counter()
    all_made = asyncio.Event()

    async def handler(run: JobRun) -> None:
        attempts[run.kind] += 1
        if attempts.total() == 15:
            all_made.set()
        raise ConnectionError(f"attempt {run.attempt}")

    before = counted("greet", "given_up")
    with capture_logs() as logs:
        running = await start(
            {"greet": handler, "ring": handler}, backoff=lambda _: 0, attempts={"ring": 3}
        )
        await db.write(lambda tx: enqueue(tx, "greet", {}))
        await db.write(lambda tx: enqueue(tx, "ring", {}))
        await all_made.wait()
        await running.stop()
    jobs = {job.kind: job for job in await db.read(list_jobs)}
    assert {kind: job.state for kind, job in jobs.items()} == {
        "greet": "given_up",
        "ring": "given_up",
    }
    assert jobs["greet"].last_error == "ConnectionError: attempt 12"
    assert jobs["ring"].last_error == "ConnectionError: attempt 3"
    assert [log["log_level"] for log in logs if log["event"] == "job_given_up"] == ["error"] * 2
    assert counted("greet", "given_up") == before + 1


async def test_giving_up_ends_a_job_at_its_first_attempt(db: Database, start: StartWorker) -> None:
    ran = asyncio.Event()

    async def handler(run: JobRun) -> None:
        ran.set()
        raise GiveUp("no such mailbox")

    running = await start({"greet": handler})
    await db.write(lambda tx: enqueue(tx, "greet", {}))
    await ran.wait()
    await running.stop()
    (job,) = await db.read(list_jobs)
    assert (job.state, job.attempts, job.last_error) == ("given_up", 1, "no such mailbox")


async def test_a_job_that_kills_its_processes_is_given_up_too(
    db: Database, start: StartWorker
) -> None:
    def die_three_times(tx: Tx) -> None:
        enqueue(tx, "bomb", {}, due_at=0)
        now = tx.now
        for hours in (3, 2, 1):
            tx.now = now - hours * 3_600_000
            assert leases.claim(tx, ("bomb",), "dead", 1, 60_000)

    await db.write(die_three_times)
    ran: asyncio.Queue[JobRun] = asyncio.Queue()
    running = await start({"bomb": ran.put, "greet": ran.put}, attempts={"bomb": 3})
    await db.write(lambda tx: enqueue(tx, "greet", {}))
    assert (await ran.get()).kind == "greet"
    await running.stop()
    (job,) = await db.read(list_jobs)
    assert (job.state, job.last_error) == ("given_up", "did not end in 3 attempts")


async def test_an_unknown_kind_is_left_waiting_and_logged_once(
    db: Database, start: StartWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LOOK_FOR_UNKNOWN_EVERY_MS", 0)
    runs: asyncio.Queue[JobRun] = asyncio.Queue()
    with capture_logs() as logs:
        await db.write(lambda tx: enqueue(tx, "insult", {}))
        running = await start({"greet": runs.put})
        for _ in range(3):
            await db.write(lambda tx: enqueue(tx, "greet", {}, due_at=tx.now + 1))
            await runs.get()
        await running.stop()
    assert [log["kind"] for log in logs if log["event"] == "job_kind_unknown"] == ["insult"]
    (job,) = await db.read(list_jobs)
    assert (job.kind, job.state, job.attempts) == ("insult", "waiting", 0)


async def test_an_effect_and_the_end_of_its_job_commit_together(
    db: Database, start: StartWorker, only_events_wake: None
) -> None:
    succeeded = asyncio.Event()

    async def handler(run: JobRun) -> None:
        def write(tx: Tx) -> None:
            tx.run(ADD_EFFECT, name="greeting")
            finish(tx, run)
            if run.attempt == 1:
                raise RuntimeError("after all")

        await db.write(write)
        succeeded.set()

    running = await start({"greet": handler}, backoff=lambda _: 0)
    await db.write(lambda tx: enqueue(tx, "greet", {}))
    await succeeded.wait()
    await running.stop()
    assert await db.read(lambda tx: tx.all(EFFECTS)) == ["greeting"]
    assert await db.read(list_jobs) == []


async def test_a_handler_that_finished_may_promise_the_next_job_under_the_same_key(
    db: Database, start: StartWorker
) -> None:
    ran = asyncio.Event()

    async def handler(run: JobRun) -> None:
        def write(tx: Tx) -> None:
            finish(tx, run)
            enqueue(tx, "tick", {"number": 2}, key=run.key, due_at=2**50)

        await db.write(write)
        ran.set()

    running = await start({"tick": handler})
    await db.write(lambda tx: enqueue(tx, "tick", {"number": 1}, key="tick"))
    await ran.wait()
    await running.stop()
    (job,) = await db.read(list_jobs)
    assert (job.payload, job.state) == ({"number": 2}, "waiting")


async def test_a_job_replaced_while_it_runs_has_no_effect_and_runs_again(
    db: Database, start: StartWorker, only_events_wake: None
) -> None:
    succeeded = asyncio.Event()

    async def handler(run: JobRun) -> None:
        if run.payload["who"] == "Ada":
            await db.write(
                lambda tx: enqueue(tx, "greet", {"who": "Bob"}, key="greet", replace=True)
            )

        def write(tx: Tx) -> None:
            tx.run(ADD_EFFECT, name=run.payload["who"])
            finish(tx, run)

        await db.write(write)
        succeeded.set()

    await db.write(lambda tx: enqueue(tx, "greet", {"who": "Ada"}, key="greet"))
    running = await start({"greet": handler})
    await succeeded.wait()
    await running.stop()
    assert await db.read(lambda tx: tx.all(EFFECTS)) == ["Bob"]
    assert await db.read(list_jobs) == []


async def test_stopping_lets_running_jobs_finish(db: Database, start: StartWorker) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def handler(run: JobRun) -> None:
        begun.set()
        await go_on.wait()

    running = await start({"greet": handler})
    await db.write(lambda tx: enqueue(tx, "greet", {}))
    await begun.wait()
    stopping = asyncio.create_task(running.stop(60))
    go_on.set()
    await stopping
    assert await db.read(list_jobs) == []


async def test_stopping_releases_jobs_that_do_not_finish(
    db: Database, open_db: Callable[[], Database], start: StartWorker
) -> None:
    begun, cleaned = asyncio.Event(), asyncio.Event()

    async def hang(run: JobRun) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    first = await start({"greet": hang})
    await db.write(lambda tx: enqueue(tx, "greet", {}))
    await begun.wait()
    await first.stop(0)
    assert cleaned.is_set()
    runs: asyncio.Queue[JobRun] = asyncio.Queue()
    await start({"greet": runs.put}, open_db())
    assert (await runs.get()).attempt == 1, "an interruption is no attempt"


async def test_a_worker_that_lost_its_lease_stops_the_handler(
    db: Database, open_db: Callable[[], Database], start: StartWorker
) -> None:
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def hang(run: JobRun) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.set()
            raise

    def claim_tomorrow(tx: Tx) -> list[JobRun]:
        tx.now += 86_400_000
        return leases.claim(tx, ("greet",), "thief", 1, 86_400_000)

    await start({"greet": hang}, lease_ms=600)
    await db.write(lambda tx: enqueue(tx, "greet", {}))
    await begun.wait()
    (stolen,) = await open_db().write(claim_tomorrow)
    await stopped.wait()
    (job,) = await db.read(list_jobs)
    assert (job.state, job.leased_by) == ("running", stolen.leased_by)


async def test_a_handler_that_cancels_itself_has_failed(
    db: Database, start: StartWorker, only_events_wake: None
) -> None:
    second = asyncio.Event()

    async def handler(run: JobRun) -> None:
        if run.attempt == 1:
            raise asyncio.CancelledError
        second.set()

    await start({"greet": handler}, backoff=lambda _: 0)
    await db.write(lambda tx: enqueue(tx, "greet", {}))
    await second.wait()


def test_delays_grow_to_ten_minutes_and_are_spread() -> None:
    assert max(backoff_ms(1) for _ in range(500)) <= 2_000
    assert max(backoff_ms(3) for _ in range(500)) <= 8_000
    late = [backoff_ms(1000) for _ in range(500)]
    assert max(late) <= LONGEST_DELAY_MS
    assert min(late) < LONGEST_DELAY_MS / 4 < max(late)


def counted(kind: str, outcome: str) -> float:
    return (
        REGISTRY.get_sample_value("frontdesk_jobs_total", {"kind": kind, "outcome": outcome}) or 0
    )
