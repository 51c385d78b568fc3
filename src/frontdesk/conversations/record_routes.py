"""The HTTP face of what is kept of conversations: data, survey, sources, removal."""

from typing import Any

from frontdesk.conversations.changing_visitor import change_visitor
from frontdesk.conversations.record_schemas import (
    ChangeVisitor,
    RemoveClosedRooms,
    SaveInfo,
    Survey,
)
from frontdesk.conversations.removing import remove_all_closed, remove_closed
from frontdesk.conversations.saving_info import save_info
from frontdesk.conversations.schemas import RoomId, room_document
from frontdesk.conversations.sources import list_sources
from frontdesk.conversations.survey import answer_survey
from frontdesk.http import Call, Routes

routes = Routes("Omnichannel Rooms")


@routes.post(
    "livechat/room.saveInfo",
    permissions=["view-l-room"],
    request={
        "guestData": {"_id": "65e1c0ffee", "name": "Ann", "email": "ann@example.com"},
        "roomData": {"_id": "k3VbnQ7xTzP2mWc9d", "topic": "Parcel", "tags": ["shipping"]},
    },
    refusals=(
        "error-invalid-room",
        "error-invalid-visitor",
        "error-invalid-priority",
        "SLA not found with id: k3VbnQ7xTzP2mWc9d",
    ),
)
async def save_room_info(call: Call, body: SaveInfo) -> None:
    """Write on a conversation: visitor, topic, tags, priority, SLA policy.

    For the serving agent, or with `save-others-livechat-room-info`. Either all is stored or
    nothing. Leaving out the tags removes them; of topic, priority and SLA policy an empty text
    removes what is there.
    """
    await call.write(save_info, call.settings, call.user, body)


@routes.post(
    "livechat/room.survey",
    public=True,
    request={
        "rid": "k3VbnQ7xTzP2mWc9d",
        "token": "tok-ann",
        "data": [{"name": "satisfaction", "value": "5"}],
    },
    example={"rid": "k3VbnQ7xTzP2mWc9d", "data": {"satisfaction": "5"}},
    refusals=("invalid-token", "invalid-room", "invalid-data"),
)
async def room_survey(call: Call, body: Survey) -> dict[str, Any]:
    """Answer the survey as the visitor of a conversation.

    `satisfaction`, `agentKnowledge`, `agentResposiveness` and `agentFriendliness` are marks from
    `1` to `5`, `additionalFeedback` is any text. What else is sent is left out. New answers
    replace the earlier ones.
    """
    return {"rid": body.rid, "data": await call.write(answer_survey, call.settings, body)}


@routes.get(
    "livechat/rooms/filters",
    permissions=["view-l-room"],
    example={"filters": [{"type": "widget"}, {"type": "api"}]},
)
async def room_filters(call: Call) -> dict[str, Any]:
    """List where conversations came from.

    Every kind of source that a conversation has.
    """
    return {"filters": await call.read(list_sources)}


@routes.post(
    "livechat/rooms.delete",
    permissions=["remove-closed-livechat-room"],
    style="typed",
    refusals=("Invalid room", "error-room-is-not-closed"),
)
async def delete_room(call: Call, body: RoomId) -> None:
    """Remove a closed conversation for good.

    Messages and files go with it.
    """
    await call.write(remove_closed, call.user, body.roomId)


@routes.post(
    "livechat/rooms.removeAllClosedRooms",
    permissions=["remove-closed-livechat-rooms"],
    style="typed",
    example={"removedRooms": 12},
)
async def remove_all_closed_rooms(call: Call, body: RemoveClosedRooms) -> dict[str, Any]:
    """Remove all closed conversations for good.

    All, or those of some departments; messages and files go with them.
    """
    department_ids = body.departmentIds or ()
    return {"removedRooms": await remove_all_closed(call.workspace.db, call.user, department_ids)}


@routes.put(
    "livechat/room.visitor",
    permissions=["change-livechat-room-visitor"],
    deprecated=True,
    example={"room": {"_id": "k3VbnQ7xTzP2mWc9d", "t": "l", "open": True}},
    refusals=("invalid-visitor", "invalid-room", "invalid-room-visitor", "error-not-allowed"),
)
async def change_room_visitor(call: Call, body: ChangeVisitor) -> dict[str, Any]:
    """Give a conversation to another visitor, for old clients.

    Refused if it is open and the other visitor has an open conversation already.
    """
    return {"room": room_document(await call.write(change_visitor, body))}
