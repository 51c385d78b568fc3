"""SQLite: one writer thread with group commit, readers on their own snapshots.

Durable by default: write-ahead log, `synchronous=FULL`. All use cases that wait when the
writer becomes free share one transaction and one fsync; each runs in a savepoint, so that a
failing one undoes only itself.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event

from frontdesk.db.engine import (
    NO_ANSWERS,
    Answers,
    Listener,
    Tx,
    Unanswered,
    UseCase,
    publish,
    with_answers,
)

T = TypeVar("T")

log = structlog.get_logger(__name__)

#: Use cases in one commit at the most: bounds how long the first one waits for the last.
GROUP = 128
READERS = 4
BUSY_TIMEOUT_MS = 10_000
#: Pages (of 4 KiB) in the write-ahead log before a commit itself writes them back.
LONGEST_LOG = 16_000
#: How often the checkpointer looks, in seconds, and from what size of the log it acts, in bytes.
CHECKPOINT_EVERY = 0.5
CHECKPOINT_FROM = 4 * 1024 * 1024


class _Waiting:
    """A use case in the writer's queue, and where its outcome goes."""

    __slots__ = ("answers", "deliver", "error", "result", "tx", "use_case")

    def __init__(
        self,
        use_case: UseCase[Any],
        deliver: Callable[["_Waiting"], None],
        answers: Answers = NO_ANSWERS,
    ) -> None:
        self.use_case = use_case
        self.deliver = deliver
        self.answers = answers
        self.result: Any = None
        self.error: BaseException | None = None
        self.tx: Tx | None = None


class SqliteDatabase:
    """A workspace in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self.listeners: list[Listener] = []
        self._engine = _engine(path)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._local = threading.local()
        self._closing = threading.Event()
        self._log = path.with_name(path.name + "-wal")
        # Connecting here lets a file that cannot be opened be refused to the caller.
        self._connection = self._engine.connect()
        self._writer = threading.Thread(target=self._write_loop, name="writer", daemon=True)
        self._writer.start()
        self._checkpointer = threading.Thread(
            target=self._checkpoint_loop, name="checkpointer", daemon=True
        )
        self._checkpointer.start()

    async def read(self, use_case: UseCase[T]) -> T:
        """Run a reading use case on a snapshot, in a reader thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, use_case)

    def _read(self, use_case: UseCase[T]) -> T:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._engine.connect()
            self._local.cursor = _driver(connection).cursor()
            self._local.cursor.execute("PRAGMA query_only=ON")
        cursor = self._local.cursor
        cursor.execute("BEGIN")
        try:
            return use_case(Tx(connection, cursor))
        finally:
            cursor.execute("ROLLBACK")

    async def write(self, use_case: UseCase[T]) -> T:
        """Queue a use case for the writer and wait for the commit that holds it."""
        try:
            return await self._write(use_case, NO_ANSWERS)
        except Unanswered as stopped:
            return await with_answers(lambda answers: self._write(use_case, answers), stopped)

    async def _write(self, use_case: UseCase[T], answers: Answers) -> T:
        self._refuse_if_closed()
        loop = self._loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._queue.put(_Waiting(use_case, lambda waiting: _settle(future, waiting), answers))
        return await future  # type: ignore[no-any-return]

    def write_now(self, use_case: UseCase[T]) -> T:
        """Run a use case from outside an event loop."""
        self._refuse_if_closed()
        done = threading.Event()
        waiting = _Waiting(use_case, lambda _: done.set())
        self._queue.put(waiting)
        done.wait()
        if waiting.error is not None:
            raise waiting.error
        return waiting.result  # type: ignore[no-any-return]

    def _refuse_if_closed(self) -> None:
        if self._closing.is_set():
            raise RuntimeError("the database is closed")

    def _write_loop(self) -> None:
        connection = self._connection
        cursor = _driver(connection).cursor()
        running = True
        while running:
            first = self._queue.get()
            if first is None:
                break
            group = [first]
            with contextlib.suppress(queue.Empty):
                while len(group) < GROUP:
                    following = self._queue.get_nowait()
                    if following is None:
                        running = False
                        break
                    group.append(following)
            self._commit(connection, cursor, group)
        connection.close()

    def _commit(
        self, connection: Connection, cursor: sqlite3.Cursor, group: list[_Waiting]
    ) -> None:
        try:
            cursor.execute("BEGIN IMMEDIATE")
            if len(group) == 1:
                _run_alone(connection, cursor, group[0])
            else:
                for waiting in group:
                    _run(connection, cursor, waiting)
                cursor.execute("COMMIT")
        except BaseException as error:
            # The disk, not a use case: nobody may be told that it was stored.
            log.error("commit_failed", error=str(error), use_cases=len(group))
            with contextlib.suppress(sqlite3.Error):
                cursor.execute("ROLLBACK")
            for waiting in group:
                waiting.error = waiting.error or error
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._deliver, group)
        else:
            self._deliver(group)

    def _checkpoint_loop(self) -> None:
        """Write pages of the log back while the writer goes on; SQLite lets both work at once.

        Otherwise every few commits would pay for it, with everybody waiting.
        """
        connection = self._engine.connect()
        cursor = _driver(connection).cursor()
        while not self._closing.wait(CHECKPOINT_EVERY):
            with contextlib.suppress(OSError, sqlite3.Error):
                if self._log.stat().st_size >= CHECKPOINT_FROM:
                    cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        connection.close()

    def _deliver(self, group: list[_Waiting]) -> None:
        for waiting in group:
            if waiting.error is None and waiting.tx is not None:
                publish(self.listeners, waiting.tx.events)
            waiting.deliver(waiting)

    async def close(self) -> None:
        """Write what was accepted, then stop the threads."""
        self._closing.set()
        self._queue.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._checkpointer.join)
        self._readers.shutdown()
        self._engine.dispose()


def _settle(future: asyncio.Future[Any], waiting: _Waiting) -> None:
    if future.done():  # the caller went away; its work is committed all the same
        return
    if waiting.error is not None:
        future.set_exception(waiting.error)
    else:
        future.set_result(waiting.result)


def _run(connection: Connection, cursor: sqlite3.Cursor, waiting: _Waiting) -> None:
    cursor.execute("SAVEPOINT use_case")
    tx = waiting.tx = Tx(connection, cursor, waiting.answers)
    try:
        waiting.result = waiting.use_case(tx)
    except BaseException as error:
        waiting.error = error
        cursor.execute("ROLLBACK TO use_case")
    cursor.execute("RELEASE use_case")


def _run_alone(connection: Connection, cursor: sqlite3.Cursor, waiting: _Waiting) -> None:
    """Run a use case that has the transaction for itself, to its end.

    Without a savepoint: within one, SQLite walks over all pages that were changed so far for each
    row that has a trigger, which takes ever longer when a use case writes many.
    """
    tx = waiting.tx = Tx(connection, cursor, waiting.answers)
    try:
        waiting.result = waiting.use_case(tx)
    except BaseException as error:
        waiting.error = error
        cursor.execute("ROLLBACK")
    else:
        cursor.execute("COMMIT")


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        isolation_level="AUTOCOMMIT",
        pool_size=0,
        max_overflow=READERS + 3,
        connect_args={"check_same_thread": False, "cached_statements": 512},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-16000",
            # The checkpointer keeps the log short; this is the bound if it cannot keep up.
            f"wal_autocheckpoint={LONGEST_LOG}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _driver(connection: Connection) -> sqlite3.Connection:
    driver: Any = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
