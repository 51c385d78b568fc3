"""From a database URL to an open database."""

from pathlib import Path
from urllib.parse import urlsplit

from frontdesk.db.engine import Database


def open_database(url: str) -> Database:
    """Open `sqlite:///path/to/file` or `postgresql://user:password@host/name`.

    Raises ValueError for any other URL. The schema is brought up to date by `migrate.upgrade`.
    """
    scheme = urlsplit(url).scheme.split("+")[0]
    if scheme == "sqlite":
        from frontdesk.db.sqlite import SqliteDatabase

        return SqliteDatabase(sqlite_path(url))
    if scheme in ("postgresql", "postgres"):
        from frontdesk.db.postgres import PostgresDatabase

        return PostgresDatabase(url)
    raise ValueError(f"a database URL starts with sqlite:/// or postgresql://, not {scheme!r}")


def sqlite_path(url: str) -> Path:
    """Return the file that a `sqlite:///` URL names."""
    return Path(url.removeprefix("sqlite:///"))
