"""One client on a connection: who it is, what it listens to, and how it is spoken to."""

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog

from frontdesk.http.call import Principal
from frontdesk.ids import random_id
from frontdesk.realtime import frames
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.failures import MethodFailure
from frontdesk.realtime.frames import Packet
from frontdesk.realtime.subscriptions import Subscription, View
from frontdesk.realtime.wire import Wire, frame_of

if TYPE_CHECKING:
    from frontdesk.realtime.connections import Connections

log = structlog.get_logger(__name__)

AtEnd: TypeAlias = Callable[[], Awaitable[None]]

#: Why the server closes: what the client did, that the log-in ended (any code but 1000, with which
#: some clients stay away for good), a mistake of ours, that the server goes or has missed news
#: (come back), and that nobody answers any more.
PROTOCOL_ERROR = 1002
NOT_TEXT = 1007
LOGGED_OUT = 1008
BROKEN = 1011
COME_BACK = 1012
TIMED_OUT = 4000


class Session:
    """A client on a connection. `identity` is the user's id and token once it has logged in."""

    __slots__ = (
        "_ends",
        "_home",
        "_wire",
        "address",
        "connected",
        "heard_at",
        "id",
        "identity",
        "pinged",
        "recent",
        "sockjs",
        "subscriptions",
        "watch_id",
        "watched",
    )

    def __init__(self, home: "Connections", wire: Wire, address: str, sockjs: bool) -> None:
        self._home = home
        self._wire = wire
        self.address = address
        self.sockjs = sockjs
        self.id = random_id()
        self.connected = False
        self.heard_at = time.monotonic()
        self.pinged = False
        self.identity: tuple[str, str] | None = None
        #: A question, until when its answer counts, and the answer; see `Caller.read_recently`.
        self.recent: tuple[Any, float, Any] | None = None
        self.subscriptions: dict[str, Subscription] = {}
        #: The subscription to presences, which has many keys: its id, and these.
        self.watch_id: str | None = None
        self.watched: dict[str, Subscription] | None = None
        self._ends: dict[str, AtEnd] | None = None

    # Speaking --------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Send a frame."""
        self._wire.put(frame_of(frames.sockjs_data(text) if self.sockjs else text))

    def deliver(self, packet: Packet) -> None:
        """Send an event."""
        self._wire.put(packet.framed(self.sockjs))

    def leave(self, code: int, reason: str) -> None:
        """Close the connection."""
        if self.sockjs:
            self._wire.put(frame_of(frames.sockjs_close(code, reason)))
        self._wire.leave(code, reason)

    async def flushed(self) -> None:
        """Return when the client takes what was sent."""
        await self._wire.flushed()

    @property
    def server_stops(self) -> bool:
        """Whether the connection ends because the server does."""
        return self._wire.server_stops

    # Who it is -------------------------------------------------------------------------------

    async def caller(self) -> Caller:
        """Return who calls; a log-in that is not valid any more ends here."""
        user: Principal | None = None
        if self.identity is not None:
            user = await self._home.user_of(self.identity)
            if user is None:
                self.expel()
        return Caller(self._home.workspace, user, self.address, self.id, self)

    async def enter(self, user_id: str, token: str, fields: dict[str, Any]) -> None:
        """Be a user from now on; `fields` is the own record, as the client is told it.

        What was granted to another user before is looked at again.
        """
        before = self.identity
        if before is not None and before[0] != user_id:
            await self.forget_user()
        self.identity = (user_id, token)
        self._home.note_user(self, user_id)
        self.say(frames.added("users", user_id, fields))

    async def forget_user(self) -> None:
        """Be nobody from now on. What only the user may listen to is heard no longer."""
        if self.identity is None:
            return
        user_id = self.identity[0]
        self.identity = None
        self._home.forget_user(self, user_id)
        self.say(frames.removed("users", user_id))
        await self.end_with(f"user {user_id}")
        nobody = Caller(self._home.workspace, None, self.address, self.id, self)
        for subscription in list(self.subscriptions.values()):
            if subscription.view != "user":
                continue
            stream = self._home.streams.readables[subscription.stream]
            if await may_listen(stream.may_read, nobody, subscription.key, None) is None:
                self.drop(subscription)
                self.say(frames.nosub(subscription.id, MethodFailure("not-allowed")))
        if self.watch_id is not None:
            self.say(frames.nosub(self.watch_id, MethodFailure("not-allowed")))
            self.unwatch()

    def expel(self) -> None:
        """End a connection whose log-in was taken back."""
        if self.identity is None:
            return
        key = f"{self.identity[0]}/force_logout"
        for subscription in list(self.subscriptions.values()):
            if subscription.stream == "notify-user" and subscription.key == key:
                self.deliver(frames.event_packet("notify-user", key, [], by_key=False))
        self.leave(LOGGED_OUT, "logged out")

    # What it listens to ----------------------------------------------------------------------

    def listen(self, sub_id: str, stream: str, key: str, view: View) -> None:
        """Listen to a key of a stream."""
        subscription = Subscription(self, sub_id, stream, key, view)
        self.subscriptions[sub_id] = subscription
        self._home.listeners.add(subscription)

    def drop(self, subscription: Subscription) -> None:
        """Listen to something no longer; the client is not told."""
        if self.subscriptions.pop(subscription.id, None) is not None:
            self._home.listeners.remove(subscription)

    def watch(self, stream: str, added: list[str], removed: list[str]) -> None:
        """Change whose presence is watched."""
        assert self.watch_id is not None
        watched = self.watched = self.watched or {}
        for key in removed:
            gone = watched.pop(key, None)
            if gone is not None:
                self._home.listeners.remove(gone)
        for key in added:
            if key not in watched:
                watched[key] = Subscription(self, self.watch_id, stream, key, "user")
                self._home.listeners.add(watched[key])

    def unwatch(self) -> None:
        """Watch nobody's presence any more."""
        for subscription in (self.watched or {}).values():
            self._home.listeners.remove(subscription)
        self.watch_id = self.watched = None

    # The end ---------------------------------------------------------------------------------

    def at_end(self, key: str, act: AtEnd) -> bool:
        """Do something when the connection ends; False if that was promised under `key` before."""
        ends = self._ends = self._ends or {}
        if key in ends:
            return False
        ends[key] = act
        return True

    async def end_with(self, key: str) -> None:
        """Do now what was promised for the end under `key`, if anything."""
        act = (self._ends or {}).pop(key, None)
        if act is not None:
            try:
                await act()
            except Exception as error:
                log.error("session_end_failed", act=key, exc_info=error)

    async def end(self) -> None:
        """Let go of everything: the connection is no more."""
        for subscription in list(self.subscriptions.values()):
            self.drop(subscription)
        self.unwatch()
        if self.identity is not None:
            self._home.forget_user(self, self.identity[0])
        for key in list(self._ends or ()):
            await self.end_with(key)


async def may_listen(
    may_read: Callable[..., Awaitable[View | None]], caller: Caller, key: str, extra: Any
) -> View | None:
    """Return as what a caller may listen to a key; a rule that fails grants nothing."""
    try:
        return await may_read(caller, key, extra)
    except Exception as error:
        log.error("read_rule_failed", key=key, exc_info=error)
        return None
