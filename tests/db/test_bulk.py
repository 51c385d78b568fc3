"""Many rows at once: they come back as rows do that are inserted one by one."""

import pytest

from frontdesk.db import Database
from tests.db.notes import COUNT, NOTES, Note, notes

NASTY = "tab\t line\n\r back\\slash \\N \\. 'quote' \"double\" ü \U0001f600"


async def test_rows_come_back_as_they_were(db: Database) -> None:
    rows = [
        Note("a"),
        Note("b", NASTY, {"b": [1, None, NASTY], "a": 0.5}, 2**53, True, 0.1, "name"),
        Note("c", "", []),
    ]

    await db.write(lambda tx: tx.insert_many(notes, rows))

    assert await db.read(lambda tx: tx.all(NOTES)) == rows


async def test_rows_may_come_one_after_the_other(db: Database) -> None:
    made = (Note(f"{number:05}", size=number) for number in range(3000))

    await db.write(lambda tx: tx.insert_many(notes, made))

    assert await db.read(lambda tx: tx.one(COUNT)) == 3000


async def test_no_rows_are_no_mistake(db: Database) -> None:
    await db.write(lambda tx: tx.insert_many(notes, []))

    assert await db.read(lambda tx: tx.one(COUNT)) == 0


async def test_a_row_that_breaks_a_rule_undoes_all(db: Database) -> None:
    rows = [Note("a"), Note("b"), Note("a")]

    with pytest.raises(Exception, match=r"(?i)unique"):
        await db.write(lambda tx: tx.insert_many(notes, rows))

    assert await db.read(lambda tx: tx.one(COUNT)) == 0
