"""Use cases in transactions: what they keep, what they undo, and what is told of them."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from frontdesk.db import Database, Event, Tx
from frontdesk.db.migrate import driver_url
from tests.db.notes import ADD, COUNT, IDS, NOTES, Note

#: For events between threads; only a failing test waits so long. Seconds.
PATIENCE = 30


def note(note_id: str, **columns: Any) -> Callable[[Tx], int]:
    """Return the use case that adds a note."""
    return lambda tx: tx.insert(ADD, Note(note_id, **columns))


async def ids(db: Database) -> list[str]:
    """Return the ids of all notes."""
    return await db.read(lambda tx: tx.all(IDS))


class Gate:
    """A use case that holds the writer, so that those behind it share a commit."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._entered, self._opened = threading.Event(), threading.Event()

    async def close(self) -> None:
        """Return when the writer is held."""
        self._task = asyncio.create_task(self._db.write(self._wait))
        assert await asyncio.to_thread(self._entered.wait, PATIENCE)

    def _wait(self, _: Tx) -> bool:
        self._entered.set()
        return self._opened.wait(PATIENCE)

    async def open(self) -> None:
        """Let the others through."""
        self._opened.set()
        assert await self._task


async def together(db: Database, *use_cases: Callable[[Tx], Any]) -> list[Any]:
    """Run use cases in one group; return their results or errors."""
    gate = Gate(db)
    await gate.close()
    tasks = [asyncio.create_task(db.write(each)) for each in use_cases]
    await asyncio.sleep(0)  # lets each of them queue up behind the gate
    await gate.open()
    return list(await asyncio.gather(*tasks, return_exceptions=True))


# All or nothing -------------------------------------------------------------------------------


async def test_a_use_case_returns_its_result_after_its_commit(
    db: Database, open_db: Callable[[], Database]
) -> None:
    assert await db.write(note("a")) == 1
    assert await ids(open_db()) == ["a"]


async def test_a_failing_use_case_undoes_all_that_it_did_and_nothing_of_others(
    db: Database,
) -> None:
    def fail_halfway(tx: Tx) -> None:
        tx.insert(ADD, Note("half"))
        raise ValueError("changed my mind")

    def break_a_rule(tx: Tx) -> None:
        tx.insert(ADD, Note("rule"))
        tx.insert(ADD, Note("rule"))

    def ask_nonsense(tx: Tx) -> None:
        tx.insert(ADD, Note("nonsense"))
        tx.execute(text("UPDATE no_such_table SET a = 1"))  # type: ignore[arg-type]

    outcomes = await together(
        db, note("a"), fail_halfway, note("b"), break_a_rule, note("c"), ask_nonsense, note("d")
    )

    assert [isinstance(each, Exception) for each in outcomes] == [False, True] * 3 + [False]
    assert isinstance(outcomes[1], ValueError)
    assert await ids(db) == ["a", "b", "c", "d"]
    assert await db.write(note("e")) == 1, "the writer goes on"


async def test_even_an_exit_is_only_that_of_the_use_case(db: Database) -> None:
    def leave(tx: Tx) -> None:
        tx.insert(ADD, Note("left"))
        raise KeyboardInterrupt

    # Not in a task: such an exception would end the event loop of the test with it.
    with pytest.raises(KeyboardInterrupt):
        await asyncio.to_thread(db.write_now, leave)
    await db.write(note("a"))
    assert await ids(db) == ["a"]


async def test_each_use_case_sees_what_the_ones_before_it_did(db: Database) -> None:
    def double(tx: Tx) -> int:
        before = tx.one(COUNT) or 0
        tx.insert(ADD, Note(f"{before:03}"))
        return before

    for _ in range(3):
        await db.write(double)
    assert await ids(db) == ["000", "001", "002"]


async def test_a_commit_that_fails_is_told_to_all_whom_it_held(db: Database, engine: str) -> None:
    heard: list[Event] = []
    db.listeners.append(heard.extend)

    def announced(tx: Tx) -> None:
        tx.insert(ADD, Note("a"))
        tx.emit("notes", "a")

    outcomes = await together(db, announced, note("orphan", parent="nobody"), note("b"))

    failed = [isinstance(each, Exception) for each in outcomes]
    if engine == "sqlite":
        # One commit for all: nobody is told that anything was stored.
        assert failed == [True, True, True]
        assert await ids(db) == []
        assert heard == []
    else:
        assert failed == [False, True, False]
        assert await ids(db) == ["a", "b"]
        assert heard == [Event("notes", "a")]
    assert await db.write(note("c")) == 1, "the writer goes on"


async def test_a_full_disk_is_told_and_does_not_stop_the_writer(
    open_db: Callable[[], Database], engine: str
) -> None:
    if engine == "postgresql":  # which has no such limit to try it with
        return
    db = open_db()

    def pages(count: int) -> Callable[[Tx], None]:
        pragma: Any = text(f"PRAGMA max_page_count = {count}")
        return lambda tx: void(tx.execute(pragma))

    await db.write(note("before"))
    await db.write(pages(1))  # as many as there are: it cannot be lowered below
    outcomes = await together(db, note("big", text="x" * 1_000_000), note("small"))

    assert isinstance(outcomes[0], Exception)
    assert "full" in str(outcomes[0])
    stored = await ids(db)
    assert "big" not in stored
    assert ("small" in stored) is not isinstance(outcomes[1], Exception)
    await db.write(pages(1_000_000))
    assert await db.write(note("after", text="x" * 1_000_000)) == 1


def void(_: object) -> None:
    """Return nothing."""


# What is told ---------------------------------------------------------------------------------


async def test_events_come_after_the_commit_and_before_the_answer(
    db: Database, database_url: str
) -> None:
    outside = create_engine(driver_url(database_url))
    seen: list[tuple[str, int]] = []

    def look(events: Any) -> None:
        with outside.connect() as connection:
            count = connection.execute(text("SELECT count(*) FROM test_notes")).scalar_one()
        seen.extend((event.key, count) for event in events)

    db.listeners.append(look)

    def add(tx: Tx) -> None:
        tx.emit("notes", "first", 1)
        tx.insert(ADD, Note("a"))
        tx.emit("notes", "second", 2)

    await db.write(add)
    outside.dispose()
    assert seen == [("first", 1), ("second", 1)]


async def test_events_come_in_the_order_of_the_commits(db: Database, engine: str) -> None:
    heard: list[Event] = []
    db.listeners.append(heard.extend)
    numbers = [str(number) for number in range(20)]

    def say(number: str) -> Callable[[Tx], None]:
        return lambda tx: tx.emit("notes", number)

    for number in numbers:
        await db.write(say(number))
    assert [event.key for event in heard] == numbers

    heard.clear()
    await together(db, *map(say, numbers))
    told = [event.key for event in heard]
    assert told == numbers if engine == "sqlite" else sorted(told) == sorted(numbers)


async def test_what_was_undone_is_not_told(db: Database) -> None:
    heard: list[Event] = []
    db.listeners.append(heard.extend)

    def fail(tx: Tx) -> None:
        tx.emit("notes", "undone")
        raise ValueError

    def read(tx: Tx) -> None:
        tx.emit("notes", "only read")

    await together(db, fail, lambda tx: tx.emit("notes", "done"))
    await db.read(read)
    assert [event.key for event in heard] == ["done"]


# Reading --------------------------------------------------------------------------------------


async def test_a_reader_sees_one_state_from_beginning_to_end(db: Database) -> None:
    await db.write(note("a"))
    begun, changed = threading.Event(), threading.Event()

    def read_twice(tx: Tx) -> tuple[list[str], list[str]]:
        first = tx.all(IDS)
        begun.set()
        assert changed.wait(PATIENCE)
        return first, tx.all(IDS)

    reading = asyncio.create_task(db.read(read_twice))
    assert await asyncio.to_thread(begun.wait, PATIENCE)
    await db.write(note("b"))
    changed.set()

    assert await reading == (["a"], ["a"])
    assert await ids(db) == ["a", "b"]


async def test_a_reader_does_not_see_what_is_not_committed(db: Database) -> None:
    added, looked = threading.Event(), threading.Event()

    def add_slowly(tx: Tx) -> None:
        tx.insert(ADD, Note("a"))
        added.set()
        assert looked.wait(PATIENCE)

    writing = asyncio.create_task(db.write(add_slowly))
    assert await asyncio.to_thread(added.wait, PATIENCE)
    assert await ids(db) == []
    looked.set()
    await writing
    assert await ids(db) == ["a"]


async def test_a_reader_cannot_write(db: Database) -> None:
    for _ in range(8):
        with pytest.raises(Exception, match=r"(?i)read-?only"):
            await db.read(note("a"))
    assert await ids(db) == []


async def test_the_time_of_a_transaction_does_not_move(db: Database) -> None:
    def look(tx: Tx) -> tuple[int, int]:
        return tx.now, tx.now

    first, second = await db.write(look)
    assert first == second


# The end --------------------------------------------------------------------------------------


async def test_what_was_accepted_is_written_before_the_database_closes(
    open_db: Callable[[], Database],
) -> None:
    db = open_db()
    gate = Gate(db)
    await gate.close()
    accepted = [asyncio.create_task(db.write(note(f"{n:03}"))) for n in range(200)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(db.close())
    await gate.open()
    await asyncio.gather(closing, *accepted)

    assert len(await ids(open_db())) == 200


async def test_a_closed_database_refuses_at_once(open_db: Callable[[], Database]) -> None:
    db = open_db()
    await db.write(note("a"))
    await db.close()

    with pytest.raises(RuntimeError):
        await asyncio.wait_for(db.write(note("b")), PATIENCE)
    with pytest.raises(RuntimeError):
        await asyncio.wait_for(db.read(lambda tx: tx.all(NOTES)), PATIENCE)
    await db.close()
    assert await ids(open_db()) == ["a"]


async def test_a_caller_who_goes_away_leaves_nothing_half_done(db: Database) -> None:
    gate = Gate(db)
    await gate.close()
    leaving = asyncio.create_task(db.write(note("a")))
    await asyncio.sleep(0)
    leaving.cancel()
    with suppress(asyncio.CancelledError):
        await leaving
    await gate.open()
    await db.write(note("b"))

    assert await ids(db) in (["a", "b"], ["b"])
