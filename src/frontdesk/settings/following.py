"""Following the changes that other processes make to the settings."""

import asyncio
from typing import TYPE_CHECKING

import structlog

from frontdesk.settings.store import read_settings

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: Seconds between two looks.
PERIOD = 1.0


async def follow_settings(workspace: "Workspace") -> None:
    """Read the settings again every second, until cancelled."""
    while True:
        await asyncio.sleep(PERIOD)
        try:
            workspace.settings = await workspace.db.read(read_settings)
        except Exception as error:
            log.warning("settings_not_read", error=str(error))
