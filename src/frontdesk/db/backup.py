"""Copying a database that is in use."""

import sqlite3
from pathlib import Path

from frontdesk.db.opening import sqlite_path


class BackupError(Exception):
    """The backup was not made; the text says why and what to do."""


def back_up(url: str, target: Path) -> None:
    """Copy a SQLite database to `target` with SQLite's online backup, page by page.

    Raises BackupError for PostgreSQL, whose own tool is named, for a target that is there, and
    for one that cannot be written.
    """
    if not url.startswith("sqlite"):
        raise BackupError(
            "PostgreSQL has its own tool for this: pg_dump --format=custom --file=FILE DATABASE_URL"
        )
    source = sqlite_path(url)
    if not source.exists():
        raise BackupError(f"there is no database at {source}")
    if target.exists():
        raise BackupError(f"{target} is there already and is not overwritten")
    partial = target.with_name(target.name + ".partial")
    try:
        _copy(source, partial)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"the copy could not be made: {error}") from error
    partial.rename(target)


def _copy(source: Path, target: Path) -> None:
    # What an earlier attempt left behind must not get into this one.
    for leftover in (target, target.with_name(target.name + "-journal")):
        leftover.unlink(missing_ok=True)
    target.touch(mode=0o600)  # as private as the original
    reader = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    writer = sqlite3.connect(target)
    try:
        with writer:
            reader.backup(writer, pages=2000, sleep=0.01)
    finally:
        writer.close()
        reader.close()
