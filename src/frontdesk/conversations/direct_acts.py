"""What users do with direct rooms.

Source: behaviour of the API, API frame, section 12; the published document for dm.*.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.access.documents import user_document
from frontdesk.access.finding import find_user, user_by_name
from frontdesk.access.records import User
from frontdesk.clock import iso_or_none
from frontdesk.conversations import queries
from frontdesk.conversations.direct import direct_room
from frontdesk.conversations.direct_schemas import CreateDirectRoom, DirectRoom
from frontdesk.conversations.finding import find_room, subscription_of
from frontdesk.conversations.marking import hide_membership
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.records import Room
from frontdesk.conversations.schemas import room_document
from frontdesk.db import Tx
from frontdesk.errors import Coded, Forbidden, Refused
from frontdesk.http.call import Principal
from frontdesk.http.paging import Page, listed
from frontdesk.messages.histories import page_of_room

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Members of a direct room at the most.
MOST = 20
_MEMBER = ("_id", "username", "name", "status", "statusText", "utcOffset")


def create(
    tx: Tx, settings: "Settings", user: Principal, request: CreateDirectRoom
) -> dict[str, Any]:
    """Return the direct room with the named users, made if need be.

    Raises Coded `error-not-allowed` without `create-d`, for a room with oneself where that is
    switched off, and for a room without oneself without `view-room-administration`;
    `error-invalid-user` for a name that nobody has.
    """
    if not user.may("create-d"):
        raise _not_allowed()
    if request.excludeSelf and not user.may("view-room-administration"):
        raise _not_allowed()
    names = [request.username] if request.username else (request.usernames or "").split(",")
    people: dict[str, User] = {}
    own = find_user(tx, user.id)
    if own is not None and not request.excludeSelf:
        people[own.id] = own
    for name in names:
        found = user_by_name(tx, name.strip()) if name.strip() else None
        if found is None or not found.active:
            raise Coded("error-invalid-user", "Invalid user", {"method": "createDirectMessage"})
        people[found.id] = found
    alone = list(people) == [user.id]
    if len(people) > MOST or (alone and not settings.flag("Message_AllowDirectMessagesToYourself")):
        raise _not_allowed()
    room = direct_room(tx, list(people.values()))
    return {**room_document(room), "rid": room.id}


def own_direct_rooms(tx: Tx, user_id: str, page: Page) -> dict[str, Any]:
    """Return a page of a user's direct rooms, those with the newest messages first."""
    rooms = tx.all(queries.DIRECT_ROOMS_OF_MEMBER, user_id=user_id)
    end = None if page.count is None else page.offset + page.count
    shown = [room_document(each) for each in rooms[page.offset : end]]
    return listed("ims", shown, page, len(rooms))


def readable_direct_room(tx: Tx, settings: "Settings", user: Principal, named: DirectRoom) -> Room:
    """Return a direct room by its id, or by the other user in it.

    Raises Coded `invalid-channel` where there is none that the user may read.
    """
    room = None
    if named.roomId:
        room = find_room(tx, named.roomId)
    elif named.username:
        other = user_by_name(tx, named.username)
        if other is not None:
            room = find_room(tx, "".join(sorted((user.id, other.id))))
    if room is None or room.kind != "d" or not may_read(tx, settings, user, room):
        raise Coded("invalid-channel")
    return room


def members(
    tx: Tx, settings: "Settings", user: Principal, named: DirectRoom, page: Page
) -> dict[str, Any]:
    """Return a page of the people in a direct room; raises as `readable_direct_room`."""
    room = readable_direct_room(tx, settings, user, named)
    documents = []
    for name in sorted(room.usernames or ()):
        found = user_by_name(tx, name)
        if found is not None:
            document = user_document(found)
            documents.append({key: document[key] for key in _MEMBER if key in document})
    end = None if page.count is None else page.offset + page.count
    return listed("members", documents[page.offset : end], page, len(documents))


def messages(
    tx: Tx, settings: "Settings", user: Principal, named: DirectRoom, page: Page
) -> dict[str, Any]:
    """Return a page of the messages in a direct room; raises as `readable_direct_room`."""
    room = readable_direct_room(tx, settings, user, named)
    shown, total = page_of_room(tx, settings, room.id, page)
    return listed("messages", shown, page, total)


def counters(tx: Tx, settings: "Settings", user: Principal, named: DirectRoom) -> dict[str, Any]:
    """Return the numbers of a direct room, and the user's own in it.

    Raises Coded `error-room-param-not-provided` and `invalid-channel`.
    """
    if not named.roomId:
        raise Coded("error-room-param-not-provided", 'Query param "roomId" is required')
    room = readable_direct_room(tx, settings, user, named)
    own = subscription_of(tx, room.id, user.id)
    return {
        "joined": own is not None and own.open,
        "members": room.user_count,
        "unreads": own.unread if own is not None else 0,
        "unreadsFrom": iso_or_none(own.seen_at or own.created_at) if own is not None else None,
        "msgs": room.message_count,
        "latest": iso_or_none(room.last_message_at),
        "userMentions": own.user_mentions if own is not None else 0,
    }


def hide(tx: Tx, user_id: str, room_id: str) -> None:
    """Take a direct room out of the user's list.

    Raises Refused where it is none of the user's, or hidden already.
    """
    try:
        hide_membership(tx, room_id, user_id)
    except Forbidden as refusal:
        raise Refused("The user is not subscribed to the room") from refusal
    except Refused as refusal:
        raise Refused("The direct message room, is already closed to the sender") from refusal


def set_topic(tx: Tx, settings: "Settings", user: Principal, room_id: str, topic: str) -> str:
    """Set the topic of a direct room; raises as `readable_direct_room`."""
    room = readable_direct_room(tx, settings, user, DirectRoom(roomId=room_id))
    tx.patch(queries.PATCH_ROOM, room.id, topic=topic, updated_at=tx.now)
    tx.emit("room", room.id, "changed")
    return topic


def _not_allowed() -> Coded:
    return Coded("error-not-allowed", "Not allowed", {"method": "createDirectMessage"})
