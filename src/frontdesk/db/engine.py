"""What every engine offers: `await db.read(fn)`, `await db.write(fn)`, and the transaction
that such a use case is handed.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias, TypeVar

import msgspec
from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import Select

from frontdesk.clock import now_ms
from frontdesk.db.bulk import insert_many
from frontdesk.db.statement import Command, Compiled, Insert, Patch, Query


class Event(msgspec.Struct, frozen=True):
    """Something that was committed, for those who listen: a stream's name, a key in it, and
    the arguments of the message.
    """

    stream: str
    key: str
    arguments: tuple[Any, ...] = ()


T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Listener: TypeAlias = Callable[[Sequence[Event]], None]


class Question(Protocol[T_co]):
    """What only another server knows. Equal questions have the same answer, so it is hashable."""

    async def ask(self) -> T_co:
        """Return the answer; this is where the network is."""
        ...


class Unanswered(Exception):
    """Raised by `Tx.ask`: the transaction is undone, and runs again with the answer."""

    def __init__(self, question: Question[Any]) -> None:
        super().__init__(type(question).__name__)  # its members may be secrets
        self.question = question


Answers: TypeAlias = Mapping[Question[Any], Any]
NO_ANSWERS: Answers = MappingProxyType({})


class Tx:
    """One transaction: statements go in, rows come out, events wait for the commit.

    `now` is the time of the transaction in milliseconds; use cases use it for all they write.
    """

    __slots__ = ("_answers", "_connection", "_cursor", "_dialect", "events", "now")

    def __init__(self, connection: Connection, cursor: Any, answers: Answers = NO_ANSWERS) -> None:
        self._connection = connection
        self._cursor = cursor
        self._dialect: Dialect = connection.dialect
        self._answers = answers
        self.now = now_ms()
        self.events: list[Event] = []

    @property
    def alone(self) -> bool:
        """Whether nobody else writes before this transaction ends: SQLite has one writer, so that
        locking rows, or looking again at what is locked, would be of no use.
        """
        return self._dialect.name == "sqlite"

    def one(self, query: Query[T], **parameters: Any) -> T | None:
        """Return the first row, or None."""
        compiled = self._execute(query.compiled(self._dialect), parameters)
        row = self._cursor.fetchone()
        if query.changes:  # SQLite cannot commit while a changing statement is half read
            self._cursor.fetchall()
        return None if row is None else query.row(*_convert(row, compiled))

    def all(self, query: Query[T], **parameters: Any) -> list[T]:
        """Return all rows."""
        compiled = self._execute(query.compiled(self._dialect), parameters)
        make = query.row
        if not compiled.results:
            return [make(*row) for row in self._cursor.fetchall()]
        return [make(*_convert(row, compiled)) for row in self._cursor.fetchall()]

    def run(self, command: Command, **parameters: Any) -> int:
        """Change rows; return how many were changed."""
        self._execute(command.compiled(self._dialect), parameters)
        return int(self._cursor.rowcount)

    def insert(self, command: Insert, row: Any) -> int:
        """Insert one row object (see `Insert`); return 1, or 0 if a conflict was skipped."""
        return self.run(command, **{name: getattr(row, name) for name in command.columns})

    def insert_many(self, table: Table, rows: Iterable[Any]) -> None:
        """Insert many row objects with fields named like the columns, as fast as may be."""
        insert_many(self._cursor, self._dialect, table, rows)

    def patch(self, patch: Patch, key: str, **changes: Any) -> int:
        """Set `changes` on the row with the key; return 1, or 0 if there is none."""
        return self.run(patch(*changes), **{patch.parameter: key}, **changes)

    def select(self, statement: Select[Any], row: Callable[..., T]) -> list[T]:
        """Return the rows of a statement whose shape depends on the request."""
        return [row(*found) for found in self._connection.execute(statement)]

    def execute(self, statement: UpdateBase) -> int:
        """Run a change whose shape depends on the request; return how many rows changed."""
        return int(self._connection.execute(statement).rowcount)

    def emit(self, stream: str, key: str, *arguments: Any) -> None:
        """Announce something, once this transaction is committed."""
        self.events.append(Event(stream, key, arguments))

    def ask(self, question: Question[T]) -> T:
        """Return what somebody outside says (in `Database.write` only).

        No transaction waits for the network: the first time the use case is stopped here and
        all it did is undone; the question is put; then the use case runs again, from its start
        and on the data of that moment, and finds the answer here.
        """
        if question not in self._answers:
            raise Unanswered(question)
        answer: T = self._answers[question]
        return answer

    def _execute(self, compiled: Compiled, parameters: dict[str, Any]) -> Compiled:
        self._cursor.execute(compiled.sql, compiled.parameters(parameters))
        return compiled


UseCase: TypeAlias = Callable[[Tx], T]


def _convert(row: Sequence[Any], compiled: Compiled) -> Iterable[Any]:
    if not compiled.results:
        return row
    values = list(row)
    for index, processor in compiled.results:
        values[index] = processor(values[index])
    return values


class Database(Protocol):
    """A store that runs use cases; see `open_database`."""

    #: Called in the event loop with what a commit announced, in commit order.
    listeners: list[Listener]

    async def read(self, use_case: UseCase[T]) -> T:
        """Run a use case that only reads, on a snapshot."""
        ...

    async def write(self, use_case: UseCase[T]) -> T:
        """Run a use case in a transaction and return after its commit.

        An exception undoes all that the use case did, and nothing of others.
        """
        ...

    def write_now(self, use_case: UseCase[T]) -> T:
        """Run a use case outside an event loop (start-up, commands)."""
        ...

    async def close(self) -> None:
        """Finish what is accepted and release everything."""
        ...


def publish(listeners: Iterable[Listener], events: Sequence[Event]) -> None:
    """Hand committed events to all listeners."""
    if events:
        for listener in listeners:
            listener(events)


async def with_answers(run: Callable[[Answers], Awaitable[T]], stopped: Unanswered) -> T:
    """Put the question that stopped a use case, and run it again until nothing is asked."""
    answers: dict[Question[Any], Any] = {}
    while True:
        answers[stopped.question] = await stopped.question.ask()
        try:
            return await run(answers)
        except Unanswered as once_more:
            stopped = once_more
