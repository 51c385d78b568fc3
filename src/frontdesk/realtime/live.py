"""The real-time side of one process, put together: connections, hub, relay, and their endpoints."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from frontdesk.db import Event
from frontdesk.http.router import Endpoint
from frontdesk.realtime.connections import Connections
from frontdesk.realtime.hub import Hub
from frontdesk.realtime.methods import Methods
from frontdesk.realtime.redis_relay import Follower, RedisRelay
from frontdesk.realtime.streams import Streams

if TYPE_CHECKING:
    from frontdesk.http.frame import Authenticator
    from frontdesk.workspace import Workspace


class Live:
    """Connections and hub of one process, and how it hears of others.

    `caches` are what else has to follow the commits of other processes, and does so first.
    """

    def __init__(
        self,
        workspace: "Workspace",
        authenticator: "Authenticator",
        methods: Methods,
        streams: Streams,
        caches: Sequence[Follower],
        redis_url: str | None,
    ) -> None:
        self.connections = Connections(workspace, authenticator, methods, streams)
        self.hub = Hub(workspace, self.connections)
        self._caches = caches
        self._relay: RedisRelay | None = None
        workspace.announce = self.hub.announce
        workspace.db.listeners.append(self.hub.hear)
        if redis_url is not None:
            self._relay = RedisRelay(redis_url, workspace.settings.text("uniqueID"), self)
            self.hub.relay = self._relay.send

    @property
    def sockets(self) -> Mapping[str, Endpoint]:
        """The endpoints of WebSocket connections, by path."""
        return {
            "/websocket": self.connections.plain,
            "/sockjs/websocket": self.connections.plain,
            "/sockjs/{server}/{session}/websocket": self.connections.sockjs,
        }

    async def start(self) -> None:
        """Begin to look after connections, and to hear of other processes."""
        if self._relay is not None:
            await self._relay.start()
        self.connections.start()

    async def stop(self) -> None:
        """Send everybody away, and tell nothing any more."""
        await self.connections.stop()
        await self.hub.stop()
        if self._relay is not None:
            await self._relay.stop()

    # What other processes say ----------------------------------------------------------------

    async def take_in(self, events: Sequence[Event]) -> None:
        """Take what another process has committed to the clients of this one."""
        for cache in self._caches:
            await cache.take_in(events)
        self.hub.take_in(events)

    async def on_gap(self) -> None:
        """Let clients come back and read anew: something was not told here."""
        for cache in self._caches:
            await cache.on_gap()
        self.connections.refresh()

    async def on_state(self, connected: bool) -> None:
        """Tell who has to know whether other processes are heard."""
        for cache in self._caches:
            await cache.on_state(connected)
