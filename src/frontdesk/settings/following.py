"""Following the changes that other processes make to the settings."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from frontdesk.db import Event
from frontdesk.settings.store import read_settings

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: Seconds between two looks at what is stored: while other processes tell of their changes, and
#: while they do not.
PERIOD_IN_TOUCH = 10.0
PERIOD = 1.0


class SettingsFollower:
    """Keeps the settings of a process like those that others have stored."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._period = PERIOD

    async def look(self) -> None:
        """Read the settings again every now and then, until cancelled."""
        while True:
            await asyncio.sleep(self._period)
            await self.on_gap()

    async def take_in(self, events: Sequence[Event]) -> None:
        """Read the settings again if another process has changed one."""
        if any(each.stream == "settings" for each in events):
            await self.on_gap()

    async def on_gap(self) -> None:
        """Read the settings again; once more if one was written here meanwhile."""
        workspace = self._workspace
        try:
            while True:
                before = workspace.settings
                stored = await workspace.db.read(read_settings)
                if workspace.settings is before:
                    break
            workspace.settings = stored
        except Exception as error:
            log.warning("settings_not_read", error=str(error))

    async def on_state(self, connected: bool) -> None:
        """Look less often while other processes tell of their changes."""
        self._period = PERIOD_IN_TOUCH if connected else PERIOD
