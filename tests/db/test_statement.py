"""Statements that are compiled once and run on the driver's cursor."""

from typing import Any

import pytest
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from frontdesk.db import Command, Database, Insert, Patch, Query, columns_of
from tests.db.notes import ADD, COUNT, NOTES, PATCH, Note, notes

DIALECTS: list[Any] = [sqlite.dialect(), postgresql.psycopg.dialect()]  # type: ignore[no-untyped-call]
FULL = Note("full", "text", {"b": [1, None, "ü"], "a": 0.5}, 2**53, True, 0.1, "name")
EMPTY = Note("empty")
BY_ID = Query(columns_of(notes, Note).where(notes.c.id == bindparam("note_id")), Note)


async def stored(db: Database, note_id: str) -> Note | None:
    """Return a note as it is stored."""
    return await db.read(lambda tx: tx.one(BY_ID, note_id=note_id))


async def test_what_is_inserted_comes_back_as_it_was(db: Database) -> None:
    for note in (FULL, EMPTY):
        assert await db.write(lambda tx, note=note: tx.insert(ADD, note)) == 1  # type: ignore[misc]
    assert await db.read(lambda tx: tx.all(NOTES)) == [EMPTY, FULL]
    assert await stored(db, "full") == FULL
    assert await stored(db, "nobody") is None


async def test_json_keeps_every_value(db: Database) -> None:
    values: tuple[Any, ...] = (
        *(None, False, 0, "", "null", [], {}, 1e300, 2**53, "\\", [[None]]),
        "\U0001f600\u2028\\u0000",
    )
    for number, value in enumerate(values):
        note_id = str(number)
        await db.write(lambda tx, n=note_id, v=value: tx.insert(ADD, Note(n, body=v)))  # type: ignore[misc]
        note = await stored(db, note_id)
        assert note is not None
        assert note.body == value
        assert type(note.body) is type(value)


async def test_json_keeps_the_order_of_members_and_no_nul(db: Database) -> None:
    await db.write(lambda tx: tx.insert(ADD, Note("a", body={"z": 1, "a": "x\0\0y\\\0", "m": 3})))
    note = await stored(db, "a")
    assert note is not None
    assert list(note.body.items()) == [("z", 1), ("a", "x\ufffd\ufffdy\\\ufffd"), ("m", 3)]


async def test_a_conflict_is_skipped_where_that_is_said(db: Database) -> None:
    skipping = Insert(notes, skip_conflicts=True)
    for note, count in ((Note("a", name="n"), 1), (Note("b", name="n"), 0), (Note("a"), 0)):
        assert await db.write(lambda tx, note=note: tx.insert(skipping, note)) == count  # type: ignore[misc]
    assert await db.read(lambda tx: tx.all(NOTES)) == [Note("a", name="n")]


async def test_a_row_is_replaced_where_that_is_said(db: Database) -> None:
    replacing = Insert(notes, replace_on=["id"])
    await db.write(lambda tx: tx.insert(replacing, FULL))
    await db.write(lambda tx: tx.insert(replacing, Note("full", "other")))
    assert await db.read(lambda tx: tx.all(NOTES)) == [Note("full", "other")]


async def test_a_patch_changes_only_what_is_named(db: Database) -> None:
    await db.write(lambda tx: tx.insert(ADD, FULL))
    await db.write(lambda tx: tx.insert(ADD, EMPTY))

    assert await db.write(lambda tx: tx.patch(PATCH, "full", text=None, body={"c": 1})) == 1
    assert await db.write(lambda tx: tx.patch(PATCH, "nobody", text="x")) == 0

    note = await stored(db, "full")
    assert note == Note("full", None, {"c": 1}, FULL.size, True, FULL.ratio, FULL.name)
    assert await stored(db, "empty") == EMPTY
    by_name = Patch(notes, key="name")
    assert await db.write(lambda tx: tx.patch(by_name, "name", done=False)) == 1


async def test_a_command_tells_how_many_rows_it_changed(db: Database) -> None:
    for number in range(5):
        await db.write(lambda tx, n=number: tx.insert(ADD, Note(str(n), size=n)))  # type: ignore[misc]
    enlarge = Command(
        update(notes)
        .where(notes.c.size >= bindparam("from_size"))
        .values(size=notes.c.size + bindparam("by"), text="constant")
    )
    assert await db.write(lambda tx: tx.run(enlarge, from_size=3, by=10)) == 2
    assert await db.write(lambda tx: tx.run(enlarge, from_size=100, by=10)) == 0
    remove = Command(delete(notes).where(notes.c.text == "constant"))
    assert await db.write(lambda tx: tx.run(remove)) == 2
    assert await db.read(lambda tx: tx.one(COUNT)) == 3


async def test_a_parameter_that_is_not_given_is_null(db: Database) -> None:
    by_text = Query(
        select(notes.c.id).where(notes.c.text.is_not_distinct_from(bindparam("given"))), str
    )
    await db.write(lambda tx: tx.insert(ADD, Note("a")))
    await db.write(lambda tx: tx.insert(ADD, Note("b", text="x")))
    assert await db.read(lambda tx: tx.all(by_text)) == ["a"]
    assert await db.read(lambda tx: tx.all(by_text, given="x")) == ["b"]


async def test_a_name_may_stand_in_a_statement_twice(db: Database) -> None:
    either = Query(
        select(notes.c.id).where(
            (notes.c.text == bindparam("x")) | (notes.c.name == bindparam("x"))
        ),
        str,
    )
    await db.write(lambda tx: tx.insert(ADD, Note("a", text="same")))
    await db.write(lambda tx: tx.insert(ADD, Note("b", name="same")))
    assert sorted(await db.read(lambda tx: tx.all(either, x="same"))) == ["a", "b"]


async def test_a_change_may_return_rows(db: Database) -> None:
    finish = Query(update(notes).values(done=True).returning(notes.c.id, notes.c.done), tuple_of)
    for note_id in ("a", "b", "c"):
        await db.write(lambda tx, note_id=note_id: tx.insert(ADD, Note(note_id)))  # type: ignore[misc]

    assert sorted(await db.write(lambda tx: tx.all(finish))) == [(x, True) for x in "abc"]
    # One of several is read: the others must not stand in the way of the commit.
    one = await db.write(lambda tx: tx.one(finish))
    assert one is not None and one[1] is True
    assert await db.write(lambda tx: tx.insert(ADD, Note("d"))) == 1


def tuple_of(*columns: Any) -> tuple[Any, ...]:
    """Return the columns."""
    return columns


async def test_results_have_the_types_of_their_columns(db: Database) -> None:
    await db.write(lambda tx: tx.insert(ADD, FULL))
    mixed = Query(
        select(
            notes.c.done,
            notes.c.body,
            func.count(),
            notes.c.ratio,
        ).group_by(notes.c.done, notes.c.body, notes.c.ratio),
        tuple_of,
    )
    found = await db.read(lambda tx: tx.one(mixed))
    assert found == (True, FULL.body, 1, 0.1)
    assert found is not None
    assert [type(each) for each in found] == [bool, dict, int, float]


async def test_a_statement_that_depends_on_the_request_is_executed_by_sqlalchemy(
    db: Database,
) -> None:
    await db.write(lambda tx: tx.insert(ADD, FULL))
    wanted = columns_of(notes, Note).where(notes.c.id.in_(["full", "other"]))
    assert await db.read(lambda tx: tx.select(wanted, Note)) == [FULL]
    change = update(notes).where(notes.c.id.in_(["full"])).values(body=[1])
    assert await db.write(lambda tx: tx.execute(change)) == 1
    note = await stored(db, "full")
    assert note is not None and note.body == [1]


# What is compiled -----------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_statement_is_compiled_once_for_each_dialect(dialect: Any) -> None:
    query = Query(select(notes.c.id), str)
    assert query.compiled(dialect) is query.compiled(dialect)
    patch = Patch(notes)
    assert patch("text", "size") is patch("text", "size")
    assert patch("text") is not patch("size")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_list_of_unknown_length_cannot_be_compiled(dialect: Any) -> None:
    query = Query(select(notes.c.id).where(notes.c.id.in_(bindparam("ids", expanding=True))), str)
    with pytest.raises(TypeError, match=r"Tx\.select"):
        query.compiled(dialect)


def test_an_insert_names_all_columns_of_its_table() -> None:
    assert ADD.columns == list(Note.__struct_fields__)
    assert [column.name for column in columns_of(notes, Note).selected_columns] == ADD.columns
    assert Query(insert(notes).returning(notes.c.id), str).changes
    assert not COUNT.changes
