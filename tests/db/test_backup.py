"""Copying a database while it is written to."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from frontdesk.db import Database, open_database
from frontdesk.db.backup import BackupError, back_up
from tests.db.notes import ADD, IDS, NOTES, Note


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Return the URL of an SQLite database: PostgreSQL has its own tool."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Return where the copy goes."""
    return tmp_path / "copy.db"


async def fill(db: Database, stop: asyncio.Event, answered: list[str]) -> None:
    """Write notes until told to stop, noting those whose commit was answered."""
    number = 0
    while not stop.is_set():
        number += 1
        note = Note(f"{number:06}", text="x" * 2000)
        await db.write(lambda tx, note=note: tx.insert(ADD, note))  # type: ignore[misc]
        answered.append(note.id)


async def test_a_copy_holds_all_that_was_answered_before_it_began(
    db: Database, database_url: str, target: Path
) -> None:
    stop, answered = asyncio.Event(), []  # type: ignore[var-annotated]
    writing = asyncio.create_task(fill(db, stop, answered))
    while len(answered) < 50:
        await asyncio.sleep(0)
    before = len(answered)

    await asyncio.to_thread(back_up, database_url, target)

    stop.set()
    await writing
    assert len(answered) > before, "it was written to meanwhile"
    copy = open_database(f"sqlite:///{target}")
    kept = await copy.read(lambda tx: tx.all(IDS))
    assert kept[:before] == answered[:before]
    assert kept == answered[: len(kept)], "one state of the database, no holes"
    assert await copy.write(lambda tx: tx.insert(ADD, Note("new"))) == 1
    await copy.close()
    with sqlite3.connect(target) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_the_original_stays_as_it_is(db: Database, database_url: str, target: Path) -> None:
    await db.write(lambda tx: tx.insert(ADD, Note("a", body={"k": [1]})))
    back_up(database_url, target)
    await db.write(lambda tx: tx.insert(ADD, Note("b")))

    assert await db.read(lambda tx: tx.all(IDS)) == ["a", "b"]
    copy = open_database(f"sqlite:///{target}")
    assert await copy.read(lambda tx: tx.all(NOTES)) == [Note("a", body={"k": [1]})]
    await copy.close()
    assert not target.with_name("copy.db.partial").exists()


async def test_nothing_is_overwritten(db: Database, database_url: str, target: Path) -> None:
    target.write_text("precious")

    with pytest.raises(BackupError, match="is not overwritten"):
        back_up(database_url, target)
    assert target.read_text() == "precious"


async def test_a_copy_that_was_cut_off_does_not_stand_in_the_way(
    db: Database, database_url: str, target: Path
) -> None:
    await db.write(lambda tx: tx.insert(ADD, Note("a")))
    target.with_name("copy.db.partial").write_bytes(b"half a copy" * 1000)
    target.with_name("copy.db.partial-journal").write_bytes(b"half a journal" * 1000)

    back_up(database_url, target)

    copy = open_database(f"sqlite:///{target}")
    assert await copy.read(lambda tx: tx.all(IDS)) == ["a"]
    await copy.close()


async def test_a_copy_is_nobody_elses_business(
    db: Database, database_url: str, target: Path, tmp_path: Path
) -> None:
    await db.write(lambda tx: tx.insert(ADD, Note("a")))
    back_up(database_url, target)
    assert target.stat().st_mode & 0o777 == 0o600

    with pytest.raises(BackupError, match="could not be made"):
        back_up(database_url, tmp_path / "no" / "such" / "folder" / "copy.db")


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="there is no database at"):
        back_up(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_for_postgresql_its_own_tool_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="pg_dump"):
        back_up("postgresql://somebody@localhost/desk", tmp_path / "copy.db")


def test_a_url_of_another_database_is_refused() -> None:
    for url in ("mysql://localhost/desk", "desk.db", ""):
        with pytest.raises(ValueError, match="a database URL starts with"):
            open_database(url)
