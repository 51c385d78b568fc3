"""What clients hear of conversations: rooms, memberships, the queue, and the visitor's own stream.

Source: behaviour of the API, real time, sections 6.3, 6.4, 6.7, 6.8 and 6.10.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from frontdesk.conversations import queries
from frontdesk.conversations.finding import find_room, subscription_of, visitor_room
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.records import Room, Subscription
from frontdesk.conversations.schemas import room_document, subscription_document
from frontdesk.conversations.visitor_stream import STREAM as VISITORS
from frontdesk.db import Event, Tx
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.streams import Extra, Streams, token_of
from frontdesk.realtime.subscriptions import Listeners, View

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

streams = Streams()

_USERS = "notify-user"
_ROOMS_CHANGED = "rooms-changed"
_MEMBERSHIPS = "subscriptions-changed"


async def may_follow_room(caller: Caller, room_id: str, extra: Extra) -> View | None:
    """Tell as what a caller may follow what goes on in a room: its visitor, or who may read it.

    Visitors prove themselves by their token, also when the conversation is closed.
    """
    token = token_of(extra)
    if token is not None:
        return None if await own_room_is_open(caller, room_id, token) is None else "visitor"
    if caller.user_or_none is None:
        return None
    allowed = await caller.read(_may_read, caller.settings, caller.user, room_id)
    return "user" if allowed else None


async def own_room_is_open(caller: Caller, room_id: str, token: str) -> bool | None:
    """Tell whether a visitor's own conversation is open; None if it is not the visitor's."""
    return await caller.read_recently(_own_room_is_open, room_id, token)


def _own_room_is_open(tx: Tx, room_id: str, token: str) -> bool | None:
    room = visitor_room(tx, room_id, token)
    return None if room is None else room.open


@streams.readable(VISITORS)
async def may_hear_own(caller: Caller, key: str, extra: Extra) -> View | None:
    """Visitors hear of their own conversation; nobody else does."""
    token = token_of(extra)
    if token is None or await own_room_is_open(caller, key, token) is None:
        return None
    return "visitor"


@streams.readable("room-data")
async def may_hear_of_room(caller: Caller, key: str, extra: Extra) -> View | None:
    """Who may read a room hears of its changes."""
    del extra
    return await may_follow_room(caller, key, None)


@streams.readable("notify-room-users")
async def may_hear_members(caller: Caller, key: str, extra: Extra) -> View | None:
    """Nobody listens here: it is for announcing only."""
    del caller, key, extra
    return None


def _may_read(tx: Tx, settings: "Settings", user: Any, room_id: str) -> bool:
    room = find_room(tx, room_id)
    return room is not None and may_read(tx, settings, user, room)


# Rooms and memberships -----------------------------------------------------------------------


def _room_is_followed(listeners: Listeners, event: Event) -> bool:
    return (
        listeners.anybody(_USERS, _ROOMS_CHANGED)
        or listeners.listen("room-data", event.key)
        or listeners.anybody(_USERS, _MEMBERSHIPS)
    )


@streams.telling("room", wanted=_room_is_followed, latest=True)
def tell_room(tx: Tx, settings: "Settings", listeners: Listeners, event: Event) -> Iterator[Event]:
    """Tell the members of a room, and who looks at it, how it is now.

    A message raises unread marks, so that members hear of their memberships, too.
    """
    del settings
    members = [
        each
        for each in tx.all(queries.SUBSCRIPTIONS_OF_ROOM, room_id=event.key)
        if _follows_rooms(listeners, each.user_id)
    ]
    if not members and not listeners.listen("room-data", event.key):
        return
    room = find_room(tx, event.key)
    if room is None:
        yield Event("room-data", event.key, ({"_id": event.key},))
        return
    document = room_document(room)
    yield Event("room-data", room.id, (document,))
    for each in members:
        yield _of_user(each.user_id, _ROOMS_CHANGED, "updated", document)
        if event.arguments[0] == "message":
            yield _membership("updated", each)


@streams.telling(
    "subscription", wanted=lambda listeners, event: _follows_rooms(listeners, event.key)
)
def tell_membership(
    tx: Tx, settings: "Settings", listeners: Listeners, event: Event
) -> Iterator[Event]:
    """Tell a user that he is a member of a room from now on, or no longer, or of unread marks."""
    del settings, listeners
    act = event.arguments[0]
    room = find_room(tx, event.arguments[-1])
    if act == "removed":
        yield _removed(event, room)
        return
    membership = subscription_of(tx, event.arguments[-1], event.key)
    if membership is None or room is None:
        return
    yield _membership(act, membership)
    if act == "inserted":
        yield _of_user(event.key, _ROOMS_CHANGED, "inserted", room_document(room))


def _removed(event: Event, room: Room | None) -> Event:
    _, membership_id, room_id = event.arguments
    gone = {"_id": membership_id, "u": {"_id": event.key}, "rid": room_id}
    if room is not None:
        gone["t"] = room.kind
    return _of_user(event.key, _MEMBERSHIPS, "removed", gone)


def _membership(act: str, membership: Subscription) -> Event:
    document = subscription_document(membership)
    return _of_user(membership.user_id, _MEMBERSHIPS, act, document)


def _of_user(user_id: str, name: str, *arguments: Any) -> Event:
    return Event(_USERS, f"{user_id}/{name}", arguments)


def _follows_rooms(listeners: Listeners, user_id: str) -> bool:
    return listeners.listen(_USERS, f"{user_id}/{_ROOMS_CHANGED}") or listeners.listen(
        _USERS, f"{user_id}/{_MEMBERSHIPS}"
    )
