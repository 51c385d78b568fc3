"""Open databases that hold the table of notes."""

from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import create_engine

from frontdesk.db import Database, open_database
from frontdesk.db.migrate import driver_url
from tests.db.notes import metadata


@pytest.fixture
async def open_db(database_url: str) -> AsyncIterator[Callable[[], Database]]:
    """Return a function that opens the same database once more, as another process would."""
    engine = create_engine(driver_url(database_url))
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")  # as the migrations do
    metadata.create_all(engine)
    engine.dispose()
    opened: list[Database] = []

    def another() -> Database:
        opened.append(open_database(database_url))
        return opened[-1]

    yield another
    for db in opened:
        await db.close()


@pytest.fixture
def db(open_db: Callable[[], Database]) -> Database:
    """Return an open database with an empty table."""
    return open_db()
