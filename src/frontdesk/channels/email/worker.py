"""The worker of the e-mail inboxes: a connection to each, away from all requests.

Every process has such a worker; which of them watches an inbox is decided in the database (see
`watching`). A connection that breaks is made again after a while that grows; when that has failed
too often in a row the inbox is switched off.

Source: behaviour of the API, messages, section 8.2.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from frontdesk.channels.email.inboxes import CHANGED, switch_off
from frontdesk.channels.email.mailbox import Mailbox
from frontdesk.channels.email.own_thread import OwnThread
from frontdesk.channels.email.server import retries
from frontdesk.channels.email.taking_in import TakingIn
from frontdesk.channels.email.watching import (
    WatchLost,
    active_inboxes,
    claim,
    release,
)
from frontdesk.channels.records import Inbox
from frontdesk.clock import now_ms
from frontdesk.db import Event
from frontdesk.ids import random_id

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: Milliseconds until an inbox whose watcher is gone may be watched by another process; in test mode
#: the second number. A watch is renewed three times in that time.
HELD = (60_000, 6_000)
#: Seconds between two looks at which inboxes there are.
LOOK_EVERY = (5.0, 0.5)
#: Seconds between two looks into a mailbox whose server says nothing by itself.
POLL_EVERY = (60.0, 1.0)
#: Seconds until a broken connection is made again: the first time, and at the most.
FIRST_DELAY = (6.0, 0.2)
LONGEST_DELAY = 600.0


class InboxWorker:
    """The worker of one process."""

    def __init__(self, workspace: "Workspace") -> None:
        """Work for a workspace."""
        self._workspace = workspace
        self._holder = random_id()
        self._test_mode = workspace.config.test_mode
        self._awake = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        #: What is watched here, as it was when that began.
        self._watched: dict[str, tuple[Inbox, asyncio.Task[None]]] = {}
        #: When the watches of this process were claimed or renewed; ms.
        self._claimed: dict[str, int] = {}

    async def start(self) -> None:
        """Begin to watch."""
        self._workspace.db.listeners.append(self._hear)
        self._looking = asyncio.create_task(self._look_after_inboxes(), name="inboxes")

    async def stop(self) -> None:
        """End all connections; others may watch the inboxes at once."""
        self._workspace.db.listeners.remove(self._hear)
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})
        for inbox_id in list(self._watched):
            await self._let_go(inbox_id)

    def _hear(self, events: Sequence[Event]) -> None:
        if any(event.stream == CHANGED for event in events):
            self._awake.set()

    async def _look_after_inboxes(self) -> None:
        seconds = LOOK_EVERY[self._test_mode]
        while True:
            self._awake.clear()
            try:
                await self._look()
            except Exception as error:
                log.error("inboxes_not_looked_after", exc_info=error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._awake.wait()

    async def _look(self) -> None:
        """Watch what is switched on and held by nobody else, and nothing else."""
        inboxes = {each.id: each for each in await self._workspace.db.read(active_inboxes)}
        for inbox_id, (watched, task) in list(self._watched.items()):
            now = inboxes.get(inbox_id)
            if now is None or now.updated_at != watched.updated_at or task.done():
                await self._let_go(inbox_id)
        for inbox in inboxes.values():
            if now_ms() - self._claimed.get(inbox.id, 0) >= HELD[self._test_mode] / 3:
                await self._claim(inbox)

    async def _claim(self, inbox: Inbox) -> None:
        """Hold an inbox, or go on holding it, and watch it; or let it go, if somebody else does."""
        asked = now_ms()
        held = HELD[self._test_mode]
        if await self._workspace.db.write(lambda tx: claim(tx, inbox.id, self._holder, held)):
            self._claimed[inbox.id] = asked
            if inbox.id not in self._watched:
                task = asyncio.create_task(self._watch(inbox), name=f"inbox {inbox.email}")
                self._watched[inbox.id] = (inbox, task)
        elif inbox.id in self._watched:
            await self._let_go(inbox.id)

    async def _let_go(self, inbox_id: str) -> None:
        _, task = self._watched.pop(inbox_id)
        self._claimed.pop(inbox_id, None)
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("inbox_not_watched", inbox=inbox_id, exc_info=error)
        holder = self._holder
        with contextlib.suppress(Exception):
            await self._workspace.db.write(lambda tx: release(tx, inbox_id, holder))

    async def _watch(self, inbox: Inbox) -> None:
        """Keep a connection to an inbox, until none could be had too often in a row."""
        failures = 0
        while True:
            try:
                await self._connect(inbox)
            except WatchLost:
                return
            except _Broken as broken:
                failures = 0 if broken.worked else failures + 1
                log.warning(
                    "inbox_disconnected", inbox=inbox.email, failures=failures, reason=str(broken)
                )
            if failures > retries(inbox):
                log.error("inbox_switched_off", inbox=inbox.email)
                await self._workspace.db.write(lambda tx: switch_off(tx, inbox))
                return
            first = FIRST_DELAY[self._test_mode]
            await asyncio.sleep(min(LONGEST_DELAY, first * 2 ** min(max(failures - 1, 0), 16)))

    async def _connect(self, inbox: Inbox) -> None:
        """Take in what comes for as long as the connection holds; raises WatchLost or _Broken."""
        mailbox = Mailbox(inbox.imap)
        thread = OwnThread(f"inbox {inbox.email}")
        worked = False
        seconds = POLL_EVERY[self._test_mode]
        try:
            validity = await thread.run(mailbox.open)
            worked = True
            taking_in = TakingIn(self._workspace, inbox, self._holder, mailbox, thread, validity)
            while True:
                await taking_in.take_in()
                await thread.run(lambda: mailbox.wait(seconds))
        except WatchLost:
            raise
        except Exception as error:
            raise _Broken(f"{type(error).__name__}: {error}", worked=worked) from error
        finally:
            mailbox.abort()
            thread.end(mailbox.close)


class _Broken(Exception):
    """A connection ended; `worked` tells whether there was one, with the mailbox open."""

    def __init__(self, reason: str, *, worked: bool) -> None:
        super().__init__(reason)
        self.worked = worked
