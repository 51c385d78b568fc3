"""Bringing a database to the newest schema, safely when several processes start at once."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, text

from frontdesk.db.opening import sqlite_path

MIGRATIONS = Path(__file__).with_name("migrations")
#: Any number will do, as long as all processes of the workspace use the same.
_ADVISORY_LOCK = 7_220_917_004


def newest_revision() -> str:
    """Return the revision that this version of the program needs: the last file's number."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("0*.py")).split("_")[0]


def upgrade_if_needed(url: str) -> bool:
    """Migrate unless the schema is the newest already; return whether it did.

    The migration runs in a process of its own, so that a server does not carry the tools for
    the rest of its life.
    """
    if current_revision(url) == newest_revision():
        return False
    subprocess.run([sys.executable, "-m", "frontdesk.db.migrate", url], check=True)
    return True


def current_revision(url: str) -> str | None:
    """Return the revision of a database, or None for an empty one."""
    if url.startswith("sqlite") and not sqlite_path(url).exists():
        return None
    engine = create_engine(driver_url(url))
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    finally:
        engine.dispose()


def upgrade(url: str) -> None:
    """Run all missing migrations in one transaction, one process at a time."""
    if url.startswith("sqlite"):
        sqlite_path(url).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(driver_url(url), connect_args=_connect_arguments(url))
    try:
        with engine.connect() as connection:
            # The lock comes first: the second process then finds nothing left to do.
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                connection.rollback()
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK}
                )
            _run(connection)
            connection.commit()
    finally:
        engine.dispose()


def driver_url(url: str) -> str:
    """Return the URL with the driver that we use."""
    scheme, rest = url.split("://", 1)
    return url if scheme.startswith("sqlite") else f"postgresql+psycopg://{rest}"


def _connect_arguments(url: str) -> dict[str, object]:
    if url.startswith("sqlite"):
        return {"timeout": 60, "isolation_level": None}
    return {}


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


if __name__ == "__main__":
    upgrade(sys.argv[1])
