"""What clients hear of messages, and of who is writing one.

Source: behaviour of the API, real time, sections 6.2, 6.3 and 7.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from frontdesk.access.sessions import find_principal, hash_token
from frontdesk.conversations.finding import (
    find_room,
    members_of,
    subscription_of,
    visitor_room,
)
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.records import Room
from frontdesk.conversations.streams import may_follow_room, own_room_is_open
from frontdesk.db import Event, Tx
from frontdesk.http.call import Principal
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.streams import Extra, ForSome, Streams, token_of
from frontdesk.realtime.subscriptions import Listeners, View

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

streams = Streams()

MESSAGES = "room-messages"
ROOM = "notify-room"
#: The key under which bots hear of all messages that they may read.
MINE = "__my_messages__"
_USERS = "notify-user"
_NOTIFICATION = "notification"
#: Longest name and number of activities that somebody may announce.
_LONGEST_NAME = 200
_MOST_ACTIVITIES = 10


def _share(settings: "Settings", view: View, arguments: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Return a message unless it is of a kind that the workspace hides, as histories do."""
    del view
    hidden = settings.texts("Hide_System_Messages")
    return None if arguments[0].get("t") in hidden else arguments


@streams.readable(MESSAGES, share=_share)
async def may_hear_messages(caller: Caller, key: str, extra: Extra) -> View | None:
    """Visitors hear the messages of their open conversation, users those of rooms they may read.

    A visitor who listens while the conversation is closed hears of the close.
    """
    if key == MINE:
        return None if caller.user_or_none is None else "user"
    token = token_of(extra)
    if token is None:
        return await may_follow_room(caller, key, None)
    return "visitor" if await own_room_is_open(caller, key, token) else None


@streams.readable(ROOM)
async def may_hear_activity(caller: Caller, key: str, extra: Extra) -> View | None:
    """Visitors hear what goes on in their conversation, users in rooms that they may read.

    Unlike elsewhere the name is in `token` alone, but clients send both.
    """
    return await may_follow_room(caller, key.partition("/")[0], extra)


@streams.telling(MESSAGES, wanted=lambda listeners, event: listeners.listen(MESSAGES, MINE))
def tell_bots(
    tx: Tx, settings: "Settings", listeners: Listeners, event: Event
) -> Iterator[ForSome]:
    """Tell a message to those who hear of all that they may read, and whether they are members."""
    room = find_room(tx, event.key)
    if room is None:
        return
    for each in listeners.of(MESSAGES, MINE):
        identity = each.session.identity
        if identity is None:
            continue
        user = find_principal(tx, identity[0], hash_token(identity[1]))
        if user is None or not may_read(tx, settings, user, room):
            continue
        member = subscription_of(tx, room.id, user.id) is not None
        about = {"roomParticipant": member, "roomType": room.kind}
        if room.name is not None:
            about["roomName"] = room.name
        told = Event(MESSAGES, MINE, (event.arguments[0], about))
        yield ForSome(told, frozenset([each.session.id]))


# Notifications -------------------------------------------------------------------------------


def _is_to_be_noticed(listeners: Listeners, event: Event) -> bool:
    """Tell whether a message is a new one of a person; one that was changed is told again, too."""
    message = event.arguments[0]
    is_new = message.get("t") is None and message["_updatedAt"] <= message["ts"]
    return is_new and listeners.anybody(_USERS, _NOTIFICATION)


@streams.telling(MESSAGES, wanted=_is_to_be_noticed)
def notify_members(
    tx: Tx, settings: "Settings", listeners: Listeners, event: Event
) -> Iterator[Event]:
    """Notify the other members of a conversation of a new message."""
    del settings
    message = event.arguments[0]
    members = [
        each
        for each in members_of(tx, event.key)
        if each != message["u"]["_id"] and listeners.listen(_USERS, f"{each}/{_NOTIFICATION}")
    ]
    room = find_room(tx, event.key) if members else None
    if room is None:
        return
    payload = {
        "_id": message["_id"],
        "rid": room.id,
        "sender": message["u"],
        "type": room.kind,
        "message": {"msg": message["msg"]},
    }
    if room.display_name or room.name:
        payload["name"] = room.display_name or room.name
    if "tmid" in message:
        payload["tmid"] = message["tmid"]
    author = message["u"].get("name") or message["u"]["username"]
    told = {"title": payload.get("name", author), "text": message["msg"], "payload": payload}
    for user_id in members:
        yield Event(_USERS, f"{user_id}/{_NOTIFICATION}", (told,))


# Writing -------------------------------------------------------------------------------------


@streams.writable(ROOM)
async def announce_activity(caller: Caller, key: str, words: list[Any]) -> Sequence[Event]:
    """Announce that somebody types: a visitor with the token, or a user under the own name.

    Old clients say `<rid>/typing` with a flag, others `<rid>/user-activity` with a list: both are
    understood, and both are announced. A visitor's token is not passed on.
    """
    room_id, _, name = key.partition("/")
    if name not in ("user-activity", "typing") or len(words) < 2 or not isinstance(words[0], str):
        return ()
    username, given = words[0], words[1]
    activities = _activities(name, given)
    if activities is None or len(username) > _LONGEST_NAME:
        return ()
    extra = words[2] if len(words) > 2 and isinstance(words[2], dict) else {}
    if not await caller.read(
        _may_announce, caller.settings, caller.user_or_none, room_id, username, token_of(extra)
    ):
        return ()
    return (
        Event(ROOM, f"{room_id}/user-activity", (username, activities)),
        Event(ROOM, f"{room_id}/typing", (username, "user-typing" in activities)),
    )


def _activities(name: str, given: Any) -> list[str] | None:
    if name == "typing":
        return (["user-typing"] if given else []) if isinstance(given, bool) else None
    if not isinstance(given, list) or len(given) > _MOST_ACTIVITIES:
        return None
    if not all(isinstance(each, str) and len(each) <= _LONGEST_NAME for each in given):
        return None
    return given


def _may_announce(
    tx: Tx,
    settings: "Settings",
    user: Principal | None,
    room_id: str,
    username: str,
    token: str | None,
) -> bool:
    if token is not None:
        return visitor_room(tx, room_id, token) is not None
    if user is None:
        return False
    own = user.name if settings.flag("UI_Use_Real_Name") else user.username
    room: Room | None = find_room(tx, room_id)
    return username == own and room is not None and may_read(tx, settings, user, room)
