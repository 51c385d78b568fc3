"""PostgreSQL: the same use cases on a pool of threads, one connection each.

A transaction that the server aborts because others were in its way (serialization failure,
deadlock) has done nothing yet and is run again from its start.
"""

import asyncio
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import OperationalError

from frontdesk.db.engine import (
    NO_ANSWERS,
    Answers,
    Event,
    Listener,
    Tx,
    Unanswered,
    UseCase,
    publish,
    with_answers,
)

T = TypeVar("T")

log = structlog.get_logger(__name__)

THREADS = 8
#: First try and two more (behaviour of the close on storage conflicts).
TRIES = 3


class PostgresDatabase:
    """A workspace in a PostgreSQL database."""

    def __init__(self, url: str) -> None:
        self.listeners: list[Listener] = []
        self._engine = create_engine(
            _with_driver(url),
            isolation_level="AUTOCOMMIT",
            pool_size=THREADS,
            max_overflow=4,
            pool_pre_ping=True,
        )
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="postgres")
        self._local = threading.local()

    async def read(self, use_case: UseCase[T]) -> T:
        """Run a reading use case on one snapshot."""
        loop = asyncio.get_running_loop()
        result, _ = await loop.run_in_executor(
            self._threads, self._run, use_case, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        )
        return result  # type: ignore[no-any-return]

    async def write(self, use_case: UseCase[T]) -> T:
        """Run a use case in a transaction of its own."""
        try:
            return await self._write(use_case, NO_ANSWERS)
        except Unanswered as stopped:
            return await with_answers(lambda answers: self._write(use_case, answers), stopped)

    async def _write(self, use_case: UseCase[T], answers: Answers) -> T:
        loop = asyncio.get_running_loop()
        result, events = await loop.run_in_executor(
            self._threads, self._run, use_case, "BEGIN", answers
        )
        publish(self.listeners, events)
        return result  # type: ignore[no-any-return]

    def write_now(self, use_case: UseCase[T]) -> T:
        """Run a use case from outside an event loop."""
        result, events = self._run(use_case, "BEGIN")
        publish(self.listeners, events)
        return result  # type: ignore[no-any-return]

    def _run(
        self, use_case: UseCase[Any], begin: str, answers: Answers = NO_ANSWERS
    ) -> tuple[Any, list[Event]]:
        import psycopg

        for attempt in range(1, TRIES + 1):
            connection, cursor = self._begin(begin)
            try:
                tx = Tx(connection, cursor, answers)
                result = use_case(tx)
                cursor.execute("COMMIT")
                return result, tx.events
            except BaseException as error:
                self._undo(cursor)
                cause = error.orig if isinstance(error, OperationalError) else error
                conflict = isinstance(
                    cause, psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected
                )
                if not conflict or attempt == TRIES:
                    raise
                log.info("transaction_repeated", attempt=attempt, reason=str(cause))
        raise AssertionError("unreachable")

    def _begin(self, begin: str) -> tuple[Connection, Any]:
        """Return a connection on which a transaction has begun; where the server has hung up since
        the last one, that is a new connection.
        """
        import psycopg

        connection, cursor = self._connection()
        try:
            cursor.execute(begin)
        except psycopg.OperationalError:
            self._drop()
            connection, cursor = self._connection()
            cursor.execute(begin)
        return connection, cursor

    def _connection(self) -> tuple[Connection, Any]:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None or connection.invalidated or _driver(connection).closed:
            if connection is not None:
                with contextlib.suppress(Exception):
                    connection.close()
            connection = self._local.connection = self._engine.connect()
            self._local.cursor = _driver(connection).cursor()
        return connection, self._local.cursor

    def _undo(self, cursor: Any) -> None:
        try:
            cursor.execute("ROLLBACK")
        except Exception:
            self._drop()  # the connection itself is gone; the next use case opens a new one

    def _drop(self) -> None:
        with contextlib.suppress(Exception):
            self._local.connection.invalidate()
        self._local.connection = None

    async def close(self) -> None:
        """Finish what is running, then give the connections back."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()


def _with_driver(url: str) -> str:
    scheme, rest = url.split("://", 1)
    del scheme
    return f"postgresql+psycopg://{rest}"


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
