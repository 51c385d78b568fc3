"""A desk without a server: a real store, and conversations in it, in the test's own process.

For what clients see over a socket, and for orders that need rows of a certain kind.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from frontdesk.access.queries import INSERT_USER
from frontdesk.access.records import User
from frontdesk.app import open_store
from frontdesk.config import Config
from frontdesk.conversations.opening import Opening, open_conversation
from frontdesk.conversations.queue_worker import QueueWorker
from frontdesk.conversations.records import Room
from frontdesk.db import Event, Tx
from frontdesk.files.store import FileStore
from frontdesk.ids import random_id
from frontdesk.visitors.queries import INSERT_VISITOR
from frontdesk.visitors.records import Visitor
from frontdesk.workforce.queries import INSERT_DEPARTMENT
from frontdesk.workforce.records import Department
from frontdesk.workspace import Workspace

T = TypeVar("T")

#: Seconds; only a failing test waits so long.
PATIENCE = 30


class Desk:
    """A workspace with what was announced in it."""

    def __init__(self, workspace: Workspace) -> None:
        """Listen to the workspace."""
        self.workspace = workspace
        self.heard: list[Event] = []
        self._news = asyncio.Event()
        self._latest = 0
        workspace.db.listeners.append(self._hear)

    def _hear(self, events: Any) -> None:
        self.heard.extend(events)
        self._news.set()

    def set(self, **values: Any) -> None:
        """Change settings, for this process only."""
        for setting_id, value in values.items():
            self.workspace.settings = self.workspace.settings.with_value(setting_id, value)

    async def write(self, use_case: Callable[..., T], *arguments: Any) -> T:
        """Run `use_case(tx, settings, *arguments)` in a transaction."""
        settings = self.workspace.settings
        return await self.workspace.db.write(lambda tx: use_case(tx, settings, *arguments))

    async def read(self, use_case: Callable[..., T], *arguments: Any) -> T:
        """Run `use_case(tx, settings, *arguments)` on a snapshot."""
        settings = self.workspace.settings
        return await self.workspace.db.read(lambda tx: use_case(tx, settings, *arguments))

    async def agent(self, username: str = "ann", **fields: Any) -> User:
        """Create an agent who takes conversations."""
        values = {"status": "online", "status_livechat": "available", "agent": True, **fields}
        user = User(
            id=random_id(),
            username=username,
            username_lower=username,
            name=username.title(),
            roles=["livechat-agent"],
            **values,
        )
        await self.workspace.db.write(lambda tx: tx.insert(INSERT_USER, user))
        return user

    async def department(self, name: str, **fields: Any) -> str:
        """Create a department; return its id."""
        department = Department(
            id=random_id(),
            name=name,
            enabled=True,
            email="d@example.org",
            show_on_registration=False,
            show_on_offline_form=False,
            **fields,
        )
        await self.workspace.db.write(lambda tx: tx.insert(INSERT_DEPARTMENT, department))
        return department.id

    async def conversation(self, department_id: str | None = None) -> Room:
        """Open a conversation of a new visitor, later than all before by a millisecond at least."""
        visitor = Visitor(
            id=random_id(), token=random_id(), username="guest", department_id=department_id
        )

        def open_it(tx: Tx, settings: Any) -> Room:
            tx.now = self._latest = max(tx.now, self._latest + 1)
            tx.insert(INSERT_VISITOR, visitor)
            return open_conversation(tx, settings, visitor, Opening({"type": "api"})).room

        return await self.write(open_it)

    def told(self, room_id: str) -> list[dict[str, Any]]:
        """Return what the visitor of a conversation was told so far, oldest first."""
        return [
            each.arguments[0]
            for each in self.heard
            if each.stream == "livechat-room" and each.key == room_id
        ]

    async def until(self, look: Callable[[], T]) -> T:
        """Return what `look` finds, as soon as something is announced that makes it true."""
        async with asyncio.timeout(PATIENCE):
            while not (found := look()):
                self._news.clear()
                await self._news.wait()
        return found


@asynccontextmanager
async def open_desk(database_url: str, folder: Path) -> AsyncIterator[Desk]:
    """Yield a desk on an empty database, with the worker of its queue."""
    config = Config.from_options(
        data_dir=folder, database_url=database_url, environment={"ADMIN_PASS": "irrelevant here"}
    )
    db, settings = await asyncio.to_thread(open_store, config)
    workspace = Workspace(config, db, settings, FileStore(config.files_url, folder))
    desk = Desk(workspace)
    desk.set(Livechat_accept_chats_with_no_agents=True)
    worker = QueueWorker(workspace, alone=True)
    await worker.start()
    try:
        yield desk
    finally:
        await worker.stop()
        await db.close()
