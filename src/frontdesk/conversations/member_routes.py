"""The HTTP face of what users do with rooms in their lists, whatever kind of room it is."""

from typing import Any

from frontdesk.conversations import marking, member_acts
from frontdesk.conversations.direct_schemas import MarkUnread, RoomNameQuery
from frontdesk.conversations.schemas import RoomId, RoomInfoQuery, room_document
from frontdesk.http import Call, Routes

routes = Routes("Rooms")


@routes.post("rooms.open")
async def open_room(call: Call, body: RoomId) -> None:
    """Show a room in the caller's list.

    For members; others are refused with 403.
    """
    await call.write(marking.show_membership, body.roomId, call.user.id)


@routes.post("rooms.hide", refusals=("error-room-already-hidden",))
async def hide_room(call: Call, body: RoomId) -> None:
    """Take a room out of the caller's list.

    Until something is said there. For members; others are refused with 403.
    """
    await call.write(marking.hide_membership, body.roomId, call.user.id)


@routes.get("rooms.nameExists", example={"exists": True})
async def name_exists(call: Call, query: RoomNameQuery) -> dict[str, Any]:
    """Tell whether there is a channel of a name.

    Conversations have no names.
    """
    return {"exists": await call.read(member_acts.channel_exists, query.roomName)}


@routes.get(
    "channels.info",
    tag="Channels",
    example={"channel": {"_id": "k3VbnQ7xTzP2mWc9d", "t": "l", "fname": "Ann"}},
    refusals=(
        'The parameter "roomId" or "roomName" is required [error-roomid-param-not-provided]',
        'The required "roomId" or "roomName" param provided does not match any channel '
        "[error-room-not-found]",
    ),
)
async def channel_info(call: Call, query: RoomInfoQuery) -> dict[str, Any]:
    """Read a channel or a conversation.

    As rooms.info, for older clients; who may not read it is refused with 403.
    """
    room = await call.read(member_acts.read_channel, call.settings, call.user, query)
    return {"channel": room_document(room)}


@routes.post(
    "subscriptions.unread",
    refusals=(
        "There are no messages to mark unread [error-no-message-for-unread]",
        "Not allowed [error-action-not-allowed]",
    ),
)
async def mark_unread(call: Call, body: MarkUnread) -> None:
    """Mark a room as unread.

    From a message on that somebody else wrote: the one that is named, or the last one.
    """
    first = None if body.firstUnreadMessage is None else body.firstUnreadMessage.id
    await call.write(marking.mark_unread, call.user.id, body.roomId, first)
