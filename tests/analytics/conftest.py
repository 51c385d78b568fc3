"""An empty database, migrated once for all tests of a module."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import delete

from frontdesk.access.tables import users
from frontdesk.conversations.tables import rooms
from frontdesk.db import Database, Tx, open_database
from frontdesk.db.migrate import upgrade_if_needed
from frontdesk.workforce.tables import agent_activity, departments
from tests.harness.postgres import Cluster


@pytest.fixture(scope="module")
def module_url(
    engine: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Return the URL of a migrated database that the tests of a module share."""
    if engine == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('analytics') / 'test.db'}"
        upgrade_if_needed(url)
        yield url
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.new_database()
    upgrade_if_needed(url)
    yield url
    cluster.drop_database(url)


@pytest.fixture
async def database(module_url: str) -> AsyncIterator[Database]:
    """Return a database in which nothing has happened."""

    def empty(tx: Tx) -> None:
        for table in (rooms, agent_activity, users, departments):
            tx.execute(delete(table))

    opened = open_database(module_url)
    await opened.write(empty)
    yield opened
    await opened.close()
