"""Streams: what clients may listen to, and what is told on them after a commit.

A feature declares its part in its `streams.py`:

    streams = Streams()

    @streams.readable("room-messages")
    async def may_read(caller: Caller, key: str, extra: Extra) -> View | None: ...

    @streams.telling("room", wanted=...)
    def tell_room(tx, settings, listeners, event) -> Iterator[Event]: ...

An event that a use case emits under the name of a stream goes to its listeners as it is. One under
another name is news for the tellings of that name: each looks up what clients are to know of it, in
a transaction of its own after the commit, and only if somebody listens (`wanted`). Streams are
hints; what clients build on is read by REST.

Source: behaviour of the API, real time, section 6.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from frontdesk.db import Event, Tx
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.subscriptions import Listeners, View

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: What a client says besides the key: visitors their token, as `token` and `visitorToken`.
Extra: TypeAlias = dict[str, Any] | None
#: As what a caller may listen to a key; None if he may not.
MayRead: TypeAlias = Callable[[Caller, str, Extra], Awaitable[View | None]]
#: What a client may announce: the events that its words make. Nobody is told of a refusal.
Write: TypeAlias = Callable[[Caller, str, list[Any]], Awaitable[Sequence[Event]]]
#: What of an event's arguments is for somebody; None for nothing.
Share: TypeAlias = Callable[["Settings", View, tuple[Any, ...]], tuple[Any, ...] | None]
Look: TypeAlias = Callable[[Tx, "Settings", Listeners, Event], Iterable["Event | ForSome"]]
Wanted: TypeAlias = Callable[[Listeners, Event], bool]


class ForSome(msgspec.Struct, frozen=True):
    """An event that, of those who listen, only the sessions with these ids are told."""

    event: Event
    sessions: frozenset[str]


class Stream(msgspec.Struct):
    """A stream that clients may listen to; `by_key` as that of presences is framed."""

    name: str
    may_read: MayRead
    share: Share | None = None
    by_key: bool = False


class Telling(msgspec.Struct, frozen=True):
    """What is looked up after an event. `latest` says that of several equal events that wait only
    the last one matters.
    """

    look: Look
    wanted: Wanted
    latest: bool


def token_of(extra: Extra) -> str | None:
    """Return the visitor's token that a client says, under either of its names."""
    given = (extra or {}).get("visitorToken") or (extra or {}).get("token")
    return given if isinstance(given, str) else None


class Streams:
    """Streams and tellings by name."""

    def __init__(self, parts: Iterable["Streams"] = ()) -> None:
        """Begin with those of other tables."""
        self.readables: dict[str, Stream] = {}
        self.writes: dict[str, Write] = {}
        self.tellings: dict[str, list[Telling]] = {}
        for part in parts:
            for stream in part.readables.values():
                self._add(stream)
            self.writes.update(part.writes)
            for name, tellings in part.tellings.items():
                self.tellings.setdefault(name, []).extend(tellings)

    @property
    def news(self) -> frozenset[str]:
        """The names of all events that matter to listeners."""
        return frozenset((*self.readables, *self.tellings))

    def readable(
        self, name: str, *, share: Share | None = None, by_key: bool = False
    ) -> Callable[[MayRead], MayRead]:
        """Declare a stream by the rule who may listen to a key of it."""

        def declare(may_read: MayRead) -> MayRead:
            self._add(Stream(name, may_read, share, by_key))
            return may_read

        return declare

    def writable(self, name: str) -> Callable[[Write], Write]:
        """Declare what clients may announce on a stream, by method `stream-<name>`."""

        def declare(write: Write) -> Write:
            assert name not in self.writes, f"{name} is declared twice"
            self.writes[name] = write
            return write

        return declare

    def telling(self, name: str, *, wanted: Wanted, latest: bool = False) -> Callable[[Look], Look]:
        """Declare what is told after events of a name: events of streams."""

        def declare(look: Look) -> Look:
            self.tellings.setdefault(name, []).append(Telling(look, wanted, latest))
            return look

        return declare

    def _add(self, stream: Stream) -> None:
        assert stream.name not in self.readables, f"{stream.name} is declared twice"
        self.readables[stream.name] = stream
