"""Who listens to what, in this process."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from frontdesk.realtime.session import Session

#: As whom somebody listens: visitors are told less of some things.
View: TypeAlias = Literal["user", "visitor"]


class Subscription:
    """A session's interest in one key of a stream."""

    __slots__ = ("id", "key", "session", "stream", "view")

    def __init__(self, session: "Session", sub_id: str, stream: str, key: str, view: View) -> None:
        self.session = session
        self.id = sub_id
        self.stream = stream
        self.key = key
        self.view = view


#: Most keys have one listener, for whom a table would be a waste.
_Few: TypeAlias = Subscription | dict[Subscription, None]


class Listeners:
    """All subscriptions of this process, by stream and key. Threads may ask, not change."""

    def __init__(self) -> None:
        self._by_key: defaultdict[str, dict[str, _Few]] = defaultdict(dict)
        #: How many listen to what follows the first slash of a key, such as `rooms-changed`.
        self._names: Counter[tuple[str, str]] = Counter()

    def add(self, subscription: Subscription) -> None:
        """Take in a subscription."""
        keys = self._by_key[subscription.stream]
        present = keys.get(subscription.key)
        if present is None:
            keys[subscription.key] = subscription
        elif isinstance(present, dict):
            present[subscription] = None
        else:
            keys[subscription.key] = {present: None, subscription: None}
        self._names[_name(subscription)] += 1

    def remove(self, subscription: Subscription) -> None:
        """Let go of a subscription that was taken in."""
        keys = self._by_key[subscription.stream]
        present = keys[subscription.key]
        if isinstance(present, dict):
            del present[subscription]
        if not isinstance(present, dict) or not present:
            del keys[subscription.key]
        name = _name(subscription)
        self._names[name] -= 1
        if not self._names[name]:
            del self._names[name]

    def of(self, stream: str, key: str) -> Collection[Subscription]:
        """Return who listens to a key."""
        keys = self._by_key.get(stream)
        present = None if keys is None else keys.get(key)
        if present is None:
            return ()
        return tuple(present) if isinstance(present, dict) else (present,)

    def listen(self, stream: str, key: str) -> bool:
        """Tell whether anybody listens to a key."""
        keys = self._by_key.get(stream)
        return keys is not None and key in keys

    def anybody(self, stream: str, name: str = "") -> bool:
        """Tell whether anybody listens to a stream: to any `<something>/<name>` of it, if given."""
        if name:
            return (stream, name) in self._names
        return bool(self._by_key.get(stream))

    def prefixes(self, stream: str, name: str) -> list[str]:
        """Return what stands before the slash in all keys `<something>/<name>` listened to."""
        if not self.anybody(stream, name):
            return []
        ending = f"/{name}"
        keys = list(self._by_key[stream])  # in one go: others may change it meanwhile
        return [key.removesuffix(ending) for key in keys if key.endswith(ending)]


def _name(subscription: Subscription) -> tuple[str, str]:
    return subscription.stream, subscription.key.partition("/")[2]
