"""Use cases that ask somebody outside, where a transaction must not wait."""

import asyncio

import msgspec
import pytest

from frontdesk.db import Database, Tx
from tests.db.notes import ADD, COUNT, IDS, Note
from tests.db.test_transactions import ids, note


class Number(msgspec.Struct, frozen=True):
    """A question that is answered with its own number, after the event loop had a turn."""

    number: int

    async def ask(self) -> int:
        await asyncio.sleep(0)
        return self.number


class Refusal(msgspec.Struct, frozen=True):
    """A question that cannot be answered."""

    async def ask(self) -> str:
        raise ConnectionError("nobody there")


async def test_a_use_case_runs_again_with_the_answer_and_is_stored_once(db: Database) -> None:
    runs: list[str] = []

    def add(tx: Tx) -> int:
        runs.append("begun")
        tx.insert(ADD, Note("a"))
        tx.emit("notes", "a")
        answer = tx.ask(Number(7))
        runs.append("answered")
        return answer

    heard: list[str] = []
    db.listeners.append(lambda events: heard.extend(event.key for event in events))

    assert await db.write(add) == 7
    assert runs == ["begun", "begun", "answered"]
    assert await ids(db) == ["a"]
    assert heard == ["a"]


async def test_one_answer_may_lead_to_the_next_question(db: Database) -> None:
    def add(tx: Tx) -> int:
        total = sum(tx.ask(Number(number)) for number in range(4))
        return total + tx.ask(Number(total))

    assert await db.write(add) == 12


async def test_equal_questions_are_asked_once(db: Database) -> None:
    asked: list[int] = []

    class Counted(msgspec.Struct, frozen=True):
        async def ask(self) -> int:
            asked.append(1)
            return len(asked)

    assert await db.write(lambda tx: [tx.ask(Counted()), tx.ask(Counted())]) == [1, 1]


async def test_after_the_answer_the_use_case_sees_what_others_have_stored_meanwhile(
    db: Database,
) -> None:
    class Meanwhile(msgspec.Struct, frozen=True):
        async def ask(self) -> None:
            await db.write(note("other"))

    def look(tx: Tx) -> tuple[int | None, list[str]]:
        before = tx.one(COUNT)
        tx.ask(Meanwhile())
        return before, tx.all(IDS)

    assert await db.write(look) == (1, ["other"])


async def test_a_question_that_fails_leaves_nothing_behind(db: Database) -> None:
    def add(tx: Tx) -> None:
        tx.insert(ADD, Note("a"))
        tx.ask(Refusal())

    with pytest.raises(ConnectionError):
        await db.write(add)
    assert await ids(db) == []


async def test_a_refusal_after_the_answer_is_the_use_cases_own(db: Database) -> None:
    def refuse(tx: Tx) -> None:
        tx.insert(ADD, Note("a"))
        raise ValueError(tx.ask(Number(3)))

    with pytest.raises(ValueError, match="3"):
        await db.write(refuse)
    assert await ids(db) == []
