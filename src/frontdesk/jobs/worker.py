"""The worker: claims what is due, runs the handlers, stores how the runs ended."""

import asyncio
import os
import random
import socket
from collections.abc import Callable, Mapping, Sequence

import structlog

from frontdesk.clock import now_ms
from frontdesk.db import Database, Event, Tx
from frontdesk.jobs import leases
from frontdesk.jobs.measurements import RUNS
from frontdesk.jobs.queue import ENQUEUED, FINISHED, finish
from frontdesk.jobs.run import GiveUp, Handler, JobRun, LeaseLost

__all__ = ["GiveUp", "Handler", "JobRun", "LeaseLost", "Worker", "finish"]

log = structlog.get_logger(__name__)

#: A lease of a minute is renewed three times before it would expire.
LEASE_MS = 60_000
RENEWALS = 3
#: Jobs of other processes are seen after this time at the latest; seconds.
LOOK_EVERY = 1.0
#: How often to look whether there are jobs that nobody here can run.
LOOK_FOR_UNKNOWN_EVERY_MS = 60_000
ATTEMPTS = 12
FIRST_DELAY_MS = 2_000
LONGEST_DELAY_MS = 600_000
#: Cancelled handlers get this long to clean up at shutdown; seconds.
RELEASE_WITHIN = 5.0


def backoff_ms(attempt: int) -> int:
    """Return how long to wait after a failed attempt (counted from 1), in milliseconds.

    Exponential with full jitter: anything between zero and a ceiling that doubles each time, so
    that jobs which failed together do not come back together.
    """
    ceiling = min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** min(attempt - 1, 16))
    return random.randint(0, ceiling)


class Worker:
    """Runs up to `concurrency` jobs at a time, of the kinds that `handlers` names.

    A kind among `lanes` has that many places of its own, and none of the others: however long its
    jobs take, they are in nobody's way. Jobs of other kinds are left to others. A job that fails
    is tried again after `backoff` (attempt -> milliseconds), `attempts` times by kind, otherwise
    ATTEMPTS times; then it is given up and stays in the table for people to look at. Several
    workers, in one process or many, may share a database.
    """

    def __init__(
        self,
        db: Database,
        handlers: Mapping[str, Handler],
        *,
        concurrency: int = 8,
        lanes: Mapping[str, int] | None = None,
        attempts: Mapping[str, int] | None = None,
        lease_ms: int = LEASE_MS,
        backoff: Callable[[int], int] = backoff_ms,
    ) -> None:
        self._db = db
        self._handlers = dict(handlers)
        self._kinds = tuple(sorted(handlers))
        own = lanes or {}
        shared = tuple(kind for kind in self._kinds if kind not in own)
        self._lanes = [
            _Lane(shared, concurrency),
            *(_Lane((kind,), places) for kind, places in own.items()),
        ]
        self._attempts = dict(attempts or {})
        self._lease_ms = lease_ms
        self._backoff = backoff
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._awake = asyncio.Event()
        self._stopping = False
        self._looking: asyncio.Task[None] | None = None
        #: When the next look is planned; an earlier job wakes the worker.
        self._next_look = 0
        #: By lease: the runs of this worker, and those that their handlers have completed.
        self._running: dict[str, asyncio.Task[None]] = {}
        self._finished: set[str] = set()
        self._unknown: set[str] = set()
        self._looked_for_unknown = 0

    async def start(self) -> None:
        """Begin to look for jobs."""
        self._stopping = False
        self._db.listeners.append(self._hear)
        self._looking = asyncio.create_task(self._look_for_jobs(), name="jobs")

    async def stop(self, grace: float = 10.0) -> None:
        """Take no more jobs, and let running ones go on for `grace` seconds at the most.

        The others are cancelled and released: any worker may claim them at once.
        """
        if self._looking is None:
            return
        deadline = asyncio.get_running_loop().time() + grace
        self._stopping = True
        self.wake()
        # Not cancelled: a claim on its way would be committed, and nobody would run its jobs.
        await asyncio.wait({self._looking}, timeout=grace)
        self._looking.cancel()
        if running := set(self._running.values()):
            left = max(0.0, deadline - asyncio.get_running_loop().time())
            _, running = await asyncio.wait(running, timeout=left)
        for run in running:
            run.cancel()
        if running:
            await asyncio.wait(running, timeout=RELEASE_WITHIN)
        self._db.listeners.remove(self._hear)
        self._looking = None

    def wake(self) -> None:
        """Look for jobs now."""
        self._awake.set()

    def _hear(self, events: Sequence[Event]) -> None:
        for event in events:
            if event.stream == ENQUEUED:
                if event.key in self._handlers and event.arguments[0] <= self._next_look:
                    self.wake()
            elif event.stream == FINISHED and event.arguments[0] in self._running:
                self._finished.add(event.arguments[0])

    async def _look_for_jobs(self) -> None:
        while not self._stopping:
            self._awake.clear()
            self._next_look = 2**63  # until the look is over any job is news
            moment: int | None = None
            try:
                moment = await self._look()
            except Exception as error:
                log.error("jobs_not_claimed", error=_text(error))
            await self._sleep_until(moment)

    async def _look(self) -> int | None:
        """Start what is due and there is room for; return when to look again, if that is known."""
        free = [lane for lane in self._lanes if lane.free]
        if not free:
            return None  # the end of a run wakes the worker
        kinds = tuple(kind for lane in free for kind in lane.kinds)
        moment = await self._db.read(lambda tx: leases.next_moment(tx, kinds))
        if moment is None or moment > now_ms():
            await self._report_unknown_kinds()
            return moment
        claimed = await self._db.write(lambda tx: [(each, self._claim(tx, each)) for each in free])
        for lane, runs in claimed:
            for run in runs:
                lane.taken += 1
                task = asyncio.create_task(self._run(run, lane), name=f"job {run.kind} {run.id}")
                self._running[run.leased_by] = task
        return now_ms() if any(runs for _, runs in claimed) else None

    def _claim(self, tx: Tx, lane: "_Lane") -> list[JobRun]:
        return leases.claim(tx, lane.kinds, self._name, lane.free, self._lease_ms)

    async def _sleep_until(self, moment: int | None) -> None:
        now = now_ms()
        self._next_look = now + int(LOOK_EVERY * 1000)
        if moment is not None:
            self._next_look = min(self._next_look, max(now, moment))
        try:
            async with asyncio.timeout((self._next_look - now) / 1000):
                await self._awake.wait()
        except TimeoutError:
            pass

    async def _report_unknown_kinds(self) -> None:
        if now_ms() - self._looked_for_unknown < LOOK_FOR_UNKNOWN_EVERY_MS:
            return
        self._looked_for_unknown = now_ms()
        kinds = await self._db.read(lambda tx: leases.unknown_kinds(tx, self._kinds))
        for kind in kinds:
            if kind not in self._unknown:
                self._unknown.add(kind)
                log.warning("job_kind_unknown", kind=kind)

    async def _run(self, run: JobRun, lane: "_Lane") -> None:
        try:
            limit = self._attempts.get(run.kind, ATTEMPTS)
            if run.attempt > limit:
                # Nobody stored how the last attempt ended: it took its process with it.
                await self._give_up(run, f"did not end in {limit} attempts")
                return
            handling = asyncio.create_task(self._handle(run), name=f"handler {run.kind} {run.id}")
            try:
                held = await self._hold(run, handling)
            except asyncio.CancelledError:
                held = True
                await _cancel(handling)
            if held:
                await self._store(run, handling)
            else:
                log.warning("job_lease_lost", kind=run.kind, key=run.key, id=run.id)
        finally:
            if not lane.free:
                self.wake()  # there is room again
            lane.taken -= 1
            self._running.pop(run.leased_by, None)
            self._finished.discard(run.leased_by)

    async def _handle(self, run: JobRun) -> None:
        await self._handlers[run.kind](run)

    async def _hold(self, run: JobRun, handling: asyncio.Task[None]) -> bool:
        """Keep the lease until the handler has ended; cancel the handler if the lease is lost."""
        expires = now_ms() + self._lease_ms
        while True:
            done, _ = await asyncio.wait({handling}, timeout=self._lease_ms / 1000 / RENEWALS)
            if done:
                return True
            asked = now_ms()
            try:
                held = await self._db.write(lambda tx: leases.renew(tx, run, self._lease_ms))
            except Exception as error:
                log.warning("job_lease_not_renewed", kind=run.kind, id=run.id, error=_text(error))
                held = asked < expires
            else:
                expires = asked + self._lease_ms
            if not held:
                await _cancel(handling)
                return False

    async def _store(self, run: JobRun, handling: asyncio.Task[None]) -> None:
        """Store how the handler ended."""
        if handling.cancelled():
            if self._stopping:
                await self._write(run, lambda tx: leases.put_back(tx, run))
            else:
                await self._fail(run, asyncio.CancelledError("cancelled"))
            return
        error = handling.exception()
        if error is None:
            if run.leased_by not in self._finished:
                await self._write(run, lambda tx: leases.complete(tx, run))
            RUNS.labels(run.kind, "done").inc()
            log.debug("job_done", kind=run.kind, key=run.key, id=run.id, attempt=run.attempt)
        elif isinstance(error, LeaseLost):
            log.info("job_overtaken", kind=run.kind, key=run.key, id=run.id)
            await self._write(run, lambda tx: leases.put_back(tx, run))
        elif isinstance(error, GiveUp):
            await self._give_up(run, str(error))
        else:
            await self._fail(run, error)

    async def _fail(self, run: JobRun, error: BaseException) -> None:
        text = _text(error)
        RUNS.labels(run.kind, "failed").inc()
        log.warning(
            "job_failed",
            kind=run.kind,
            key=run.key,
            id=run.id,
            attempt=run.attempt,
            exc_info=error,
        )
        if run.attempt >= self._attempts.get(run.kind, ATTEMPTS):
            await self._give_up(run, text)
        else:
            delay = self._backoff(run.attempt)
            await self._write(run, lambda tx: leases.fail(tx, run, text, delay))

    async def _give_up(self, run: JobRun, reason: str) -> None:
        RUNS.labels(run.kind, "given_up").inc()
        log.error(
            "job_given_up",
            kind=run.kind,
            key=run.key,
            id=run.id,
            attempt=run.attempt,
            reason=reason,
        )
        await self._write(run, lambda tx: leases.give_up(tx, run, reason))

    async def _write(self, run: JobRun, use_case: Callable[[Tx], None]) -> None:
        """Store an outcome, asking a database that cannot be reached for as long as the lease
        holds; after that the job runs again.
        """
        deadline = now_ms() + self._lease_ms
        while True:
            try:
                await self._db.write(use_case)
                return
            except Exception as error:
                log.error("job_outcome_not_stored", kind=run.kind, id=run.id, error=_text(error))
            if self._stopping or now_ms() > deadline:
                return
            await asyncio.sleep(LOOK_EVERY)


class _Lane:
    """The places of some kinds of jobs, and how many of them are taken."""

    def __init__(self, kinds: tuple[str, ...], places: int) -> None:
        self.kinds = kinds
        self.taken = 0
        self._places = places

    @property
    def free(self) -> int:
        """How many more jobs may run."""
        return max(0, self._places - self.taken)


async def _cancel(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end, however it ends."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # asked for, or asyncio complains


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
