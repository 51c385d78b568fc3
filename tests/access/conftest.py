"""An open database that holds a workspace, for use cases without a server."""

from collections.abc import AsyncIterator

import pytest

from frontdesk.access.first_start import prepare_access
from frontdesk.config import Config
from frontdesk.db import Database, Tx, open_database
from frontdesk.db.migrate import upgrade_if_needed
from frontdesk.settings.store import prepare_settings


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """Return the database of a fresh workspace in test mode."""
    upgrade_if_needed(database_url)
    database = open_database(database_url)
    config = Config.from_options(database_url=database_url, environment={"TEST_MODE": "true"})

    def prepare(tx: Tx) -> None:
        prepare_settings(tx, config.root_url, config.environment)
        prepare_access(tx, config)

    await database.write(prepare)
    yield database
    await database.close()
