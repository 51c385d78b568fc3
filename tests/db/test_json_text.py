"""Conditions on JSON that is kept as text: exact, whatever the texts hold."""

from typing import Any

from sqlalchemy import select

from frontdesk.db import Database
from frontdesk.db.json_text import holds_any, json_member
from tests.db.notes import ADD, Note, notes

ODD = (
    "",
    " ",
    "a",
    "A",
    "a,b",
    'a"b',
    "a'b",
    "a\\b",
    '","',
    '["a"]',
    "%",
    "_",
    "null",
    "1",
    "$.a",
    "ä",
    "a\u0308",
    "\U0001f600",
    "a\nb",
    "\\u0061",
    "'; DROP TABLE test_notes; --",
)


async def store(db: Database, bodies: dict[str, Any]) -> None:
    """Store notes with the given bodies by their ids."""

    def use_case(tx: Any) -> None:
        for note_id, body in bodies.items():
            tx.insert(ADD, Note(note_id, body=body))

    await db.write(use_case)


async def found(db: Database, condition: Any) -> list[str]:
    """Return the ids of the notes that meet a condition."""
    statement = select(notes.c.id).where(condition).order_by(notes.c.id)
    return await db.read(lambda tx: tx.select(statement, str))


async def test_a_list_holds_a_text_only_as_a_whole(db: Database) -> None:
    await store(db, {f"{number:02}": [text, "other"] for number, text in enumerate(ODD)})

    for number, text in enumerate(ODD):
        assert await found(db, holds_any(notes.c.body, [text])) == [f"{number:02}"], text
    everything = [f"{number:02}" for number in range(len(ODD))]
    assert await found(db, holds_any(notes.c.body, ["other"])) == everything
    assert await found(db, holds_any(notes.c.body, ["othe", "ther", "OTHER", "oth_r"])) == []


async def test_one_of_several_is_enough_and_none_is_none(db: Database) -> None:
    await store(db, {"a": ["x", "y"], "b": ["y"], "c": [], "d": None})

    assert await found(db, holds_any(notes.c.body, ["x", "z"])) == ["a"]
    assert await found(db, holds_any(notes.c.body, ["x", "y"])) == ["a", "b"]
    assert await found(db, holds_any(notes.c.body, [])) == []
    assert await found(db, ~holds_any(notes.c.body, ["x"])) == ["b", "c", "d"]
    assert len(await found(db, holds_any(notes.c.body, [str(n) for n in range(500)]))) == 0


async def test_a_member_is_found_by_its_exact_name(db: Database) -> None:
    same = {f"{number:02}": {key: "here"} for number, key in enumerate(ODD)}
    longer = {f"{number:02}x": {f"{key}\0": "here"} for number, key in enumerate(ODD)}
    await store(db, {**same, **longer, "none": None, "nothing": {}})

    for number, key in enumerate(ODD):
        assert await found(db, json_member(notes.c.body, key) == "here") == [f"{number:02}"], key
    missing = await found(db, json_member(notes.c.body, "no such name").is_(None))
    assert len(missing) == 2 * len(ODD) + 2


async def test_a_name_is_no_path(db: Database) -> None:
    await store(db, {"a": {"x": {"y": "inside"}}, "b": {"x.y": "outside"}})

    assert await found(db, json_member(notes.c.body, "x.y").is_not(None)) == ["b"]
    for key in ('x"."y', 'x".y', '"', '"x"', 'x"', "x[0]", "*"):
        condition = json_member(notes.c.body, key) == "inside"
        assert await found(db, condition) == [], key


async def test_a_member_is_compared_as_a_whole(db: Database) -> None:
    await store(db, {f"{number:02}": {"k": text} for number, text in enumerate(ODD)})

    for number, text in enumerate(ODD):
        assert await found(db, json_member(notes.c.body, "k") == text) == [f"{number:02}"], text
        part = json_member(notes.c.body, "k").icontains(text, autoescape=True)
        assert await found(db, part) == [
            f"{other:02}" for other, whole in enumerate(ODD) if text.lower() in whole.lower()
        ]
