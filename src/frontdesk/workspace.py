"""What every door has at hand: the store, the settings of the moment, files and configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from frontdesk.config import Config
    from frontdesk.db import Database, Event
    from frontdesk.files.store import FileStore
    from frontdesk.settings.workspace import Settings


class Workspace:
    """A running workspace. `settings` is replaced as a whole at every change."""

    def __init__(self, config: Config, db: Database, settings: Settings, files: FileStore) -> None:
        self.config = config
        self.db = db
        self.settings = settings
        self.files = files
        #: Takes what no transaction announces to all clients but the session that says it; the
        #: composition root connects it.
        self.announce: Callable[[Sequence[Event], Any], None] = lambda events, but: None
        db.listeners.append(self._follow_settings)

    def _follow_settings(self, events: Sequence[Event]) -> None:
        for event in events:
            if event.stream == "settings":
                self.settings = self.settings.with_value(event.key, event.arguments[0])
