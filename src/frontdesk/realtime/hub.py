"""The hub: takes what was committed, anywhere, to the clients of this process that listen.

Events of one key of a stream go out in the order of the commits. What has to be looked up first
waits in a line, and is looked up for many at once.
"""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import structlog

from frontdesk.db import Event, Tx
from frontdesk.realtime.connections import Connections
from frontdesk.realtime.frames import Packet, event_packet
from frontdesk.realtime.session import Session
from frontdesk.realtime.streams import ForSome, Telling
from frontdesk.realtime.subscriptions import View

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: Events looked up in one transaction at the most, so that others get their turn.
BATCH = 200
#: Where events go that other processes have to know of.
Relay: TypeAlias = Callable[[Sequence[Event]], None]


class Hub:
    """The hub of one process."""

    def __init__(self, workspace: "Workspace", connections: Connections) -> None:
        self._workspace = workspace
        self._connections = connections
        self._streams = connections.streams
        self._listeners = connections.listeners
        self._news = self._streams.news
        self._line: dict[Hashable, tuple[Telling, Event]] = {}
        self._number = 0
        self._looking: asyncio.Task[None] | None = None
        #: Set by who connects several processes.
        self.relay: Relay | None = None

    def hear(self, events: Sequence[Event]) -> None:
        """Take what this process has committed to its clients, and to other processes."""
        news = [each for each in events if each.stream in self._news]
        if not news:
            return
        self.take_in(news)
        if self.relay is not None:
            self.relay(news)

    def take_in(self, events: Sequence[Event], but: Session | None = None) -> None:
        """Take events to the clients of this process, except the session `but`."""
        for event in events:
            self._follow(event)
            if event.stream in self._streams.readables:
                self._deliver(event, but)
            for telling in self._streams.tellings.get(event.stream, ()):
                if telling.wanted(self._listeners, event):
                    self._queue(telling, event)

    def announce(self, events: Sequence[Event], but: Session | None = None) -> None:
        """Take what no transaction announces, such as that somebody types, to all clients but
        the one that says it.
        """
        self.take_in(events, but)
        if self.relay is not None and events:
            self.relay(events)

    async def stop(self) -> None:
        """Look nothing up any more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    def _follow(self, event: Event) -> None:
        """Do what an event asks of the connections themselves."""
        if event.stream == "user":
            act, changes = event.arguments
            # Without changes it was a token or a secret; an account may have been closed.
            if act != "updated" or not changes or "active" in changes:
                self._connections.check_user(event.key)
        elif event.stream == "subscription" and event.arguments[0] == "removed":
            self._connections.leave_room(event.key, event.arguments[2])

    def _deliver(
        self, event: Event, but: Session | None = None, only: frozenset[str] | None = None
    ) -> None:
        subscriptions = self._listeners.of(event.stream, event.key)
        if not subscriptions:
            return
        stream = self._streams.readables[event.stream]
        packets: dict[View, Packet | None] = {}
        for each in subscriptions:
            if each.session is but or (only is not None and each.session.id not in only):
                continue
            if each.view not in packets:
                told: tuple[object, ...] | None = event.arguments
                if stream.share is not None:
                    told = stream.share(self._workspace.settings, each.view, event.arguments)
                packets[each.view] = (
                    None
                    if told is None
                    else event_packet(stream.name, event.key, told, by_key=stream.by_key)
                )
            packet = packets[each.view]
            if packet is not None:
                each.session.deliver(packet)

    # Looking up ------------------------------------------------------------------------------

    def _queue(self, telling: Telling, event: Event) -> None:
        key: Hashable
        if telling.latest:
            key = (telling.look, event.key, *event.arguments)
            self._line.pop(key, None)
        else:
            self._number += 1
            key = self._number
        self._line[key] = (telling, event)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="hub")

    async def _look(self) -> None:
        while self._line:
            keys = list(self._line)[:BATCH]
            batch = [self._line.pop(key) for key in keys]
            try:
                found = await self._workspace.db.read(partial(self._told, batch=batch))
            except Exception as error:  # a hint that is not given; the database has the truth
                log.warning("news_not_told", reason=str(error), events=len(batch))
                continue
            for told in found:
                if isinstance(told, ForSome):
                    self._deliver(told.event, only=told.sessions)
                else:
                    self._deliver(told)

    def _told(self, tx: Tx, batch: Sequence[tuple[Telling, Event]]) -> list[Event | ForSome]:
        found: list[Event | ForSome] = []
        for telling, event in batch:
            try:
                found += telling.look(tx, self._workspace.settings, self._listeners, event)
            except Exception as error:
                log.error("telling_failed", stream=event.stream, exc_info=error)
        return found
