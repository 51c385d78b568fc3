"""The HTTP face of direct rooms, each endpoint under its two names."""

from typing import Any

from frontdesk.conversations import direct_acts, marking
from frontdesk.conversations.direct_schemas import (
    CreateDirectRoom,
    DirectRoom,
    DirectRoomList,
    DirectTopic,
    RoomIdByHand,
)
from frontdesk.errors import Coded
from frontdesk.http import Call, Routes
from frontdesk.http.paging import ListQuery, OpenListQuery, page

routes = Routes("Direct Messages")

_ROOM_ID = 'Body param "roomId" is required [error-room-param-not-provided]'
_NOT_FOUND = "[invalid-channel]"
_ROOM = {
    "_id": "aZ8kQn2ZxTzP4mWc9rocket.cat",
    "rid": "aZ8kQn2ZxTzP4mWc9rocket.cat",
    "t": "d",
    "usernames": ["bea", "rocket.cat"],
    "msgs": 1,
    "usersCount": 2,
}


@routes.post(
    "im.create",
    "dm.create",
    example={"room": _ROOM},
    refusals=("Invalid user [error-invalid-user]", "Not allowed [error-not-allowed]"),
)
async def create(call: Call, body: CreateDirectRoom) -> dict[str, Any]:
    """Open a direct room.

    With one user or several, by their user names; a room that is there already is used again.
    """
    return {"room": await call.write(direct_acts.create, call.settings, call.user, body)}


@routes.post("im.open", "dm.open", refusals=(_ROOM_ID,))
async def open_room(call: Call, body: RoomIdByHand) -> None:
    """Show a direct room in the caller's list.

    Only its members may do that.
    """
    await call.write(marking.show_membership, _room_id(body.roomId), call.user.id)


@routes.post(
    "im.close",
    "dm.close",
    refusals=(
        _ROOM_ID,
        "The user is not subscribed to the room",
        "The direct message room, is already closed to the sender",
    ),
)
async def close_room(call: Call, body: RoomIdByHand) -> None:
    """Take a direct room out of the caller's list.

    Until something is said there.
    """
    await call.write(direct_acts.hide, call.user.id, _room_id(body.roomId))


@routes.get("im.list", "dm.list", example={"ims": [_ROOM], "count": 1, "offset": 0, "total": 1})
async def own_rooms(call: Call, query: ListQuery) -> dict[str, Any]:
    """List the caller's direct rooms.

    Those with the newest messages first.
    """
    return await call.read(direct_acts.own_direct_rooms, call.user.id, page(call.settings, query))


@routes.get(
    "im.members",
    "dm.members",
    example={
        "members": [{"_id": "aZ8kQn2ZxTzP4mWc9", "username": "bea", "status": "online"}],
        "count": 1,
        "offset": 0,
        "total": 1,
    },
    refusals=(_NOT_FOUND,),
)
async def members(call: Call, query: DirectRoomList) -> dict[str, Any]:
    """List the people in a direct room.

    In the order of their user names.
    """
    named = DirectRoom(query.roomId, query.username)
    wanted = page(call.settings, _list(query))
    return await call.read(direct_acts.members, call.settings, call.user, named, wanted)


@routes.get(
    "im.messages",
    "dm.messages",
    example={"messages": [], "count": 0, "offset": 0, "total": 0},
    refusals=(_NOT_FOUND,),
)
async def messages(call: Call, query: DirectRoomList) -> dict[str, Any]:
    """List the messages of a direct room.

    The newest message comes first.
    """
    named = DirectRoom(query.roomId, query.username)
    wanted = page(call.settings, _list(query))
    return await call.read(direct_acts.messages, call.settings, call.user, named, wanted)


@routes.get(
    "im.counters",
    "dm.counters",
    example={"joined": True, "members": 2, "unreads": 0, "msgs": 1, "userMentions": 0},
    refusals=(
        'Query param "roomId" is required [error-room-param-not-provided]',
        _NOT_FOUND,
    ),
)
async def counters(call: Call, query: DirectRoom) -> dict[str, Any]:
    """Count what is in a direct room.

    Messages, members, and what the caller has not read.
    """
    return await call.read(direct_acts.counters, call.settings, call.user, query)


@routes.post(
    "im.setTopic",
    "dm.setTopic",
    example={"topic": "Transcripts"},
    refusals=(
        _ROOM_ID,
        'Body param "topic" is required [error-topic-param-not-provided]',
        _NOT_FOUND,
    ),
)
async def set_topic(call: Call, body: DirectTopic) -> dict[str, Any]:
    """Set the topic of a direct room.

    Only its members may do that.
    """
    room_id = _room_id(body.roomId)
    if body.topic is None:
        raise Coded("error-topic-param-not-provided", 'Body param "topic" is required')
    topic = await call.write(direct_acts.set_topic, call.settings, call.user, room_id, body.topic)
    return {"topic": topic}


def _room_id(given: str | None) -> str:
    if not given:
        raise Coded("error-room-param-not-provided", 'Body param "roomId" is required')
    return given


def _list(query: DirectRoomList) -> OpenListQuery:
    return OpenListQuery(count=query.count, offset=query.offset, sort=query.sort)
