"""The HTTP face of conversations: opening, reading, holding, closing."""

from typing import Any

from frontdesk.conversations import member_acts
from frontdesk.conversations.closing_doors import close_by_user, close_by_visitor
from frontdesk.conversations.listing import list_rooms
from frontdesk.conversations.schemas import (
    CloseByUser,
    CloseByVisitor,
    RoomId,
    RoomInfoQuery,
    RoomListQuery,
    room_document,
)
from frontdesk.conversations.visitor_acts import open_or_resume
from frontdesk.http import Call, Rate, Routes
from frontdesk.http.paging import page
from frontdesk.http.querystring import parse_query

routes = Routes("Omnichannel Rooms")

_ROOM_EXAMPLE = {
    "_id": "k3VbnQ7xTzP2mWc9d",
    "t": "l",
    "fname": "Ann",
    "open": True,
    "ts": "2026-03-01T10:00:00.000Z",
    "v": {"_id": "65e1c0ffee", "username": "guest-7", "token": "tok-ann", "status": "online"},
}


@routes.get(
    "livechat/room",
    public=True,
    rate=Rate(5, 60_000),
    example={"room": _ROOM_EXAMPLE, "newRoom": True},
    refusals=(
        "Match error: Missing key 'token'",
        "invalid-token",
        "invalid-room",
        "[error-omnichannel-is-disabled]",
        "Sorry, no online agents [no-agent-online]",
        "Invalid sla [error-invalid-sla]",
        "Invalid priority [error-invalid-priority]",
    ),
    parameters={"token": "The visitor's token.", "rid": "An open room of the visitor.",
                "agentId": "The agent that is wished.",
                "sla": "An SLA policy for a new conversation: its id or name.",
                "priority": "A priority for a new conversation: its id or name."},
)  # fmt: skip
async def open_room(call: Call) -> dict[str, Any]:
    """Open or resume a visitor's conversation.

    Without `rid`: the visitor's open conversation, or a new one. With `rid`: that conversation,
    if it is open and belongs to the visitor.
    """
    source = {"type": "api"}
    if call.cookies.get("rc_is_widget") == "t" and call.cookies.get("rc_room_type") == "l":
        source = {"type": "widget", "destination": call.headers.get("host", "")}
    opened = await call.write(open_or_resume, call.settings, parse_query(call.query_string), source)
    return {"room": room_document(opened.room), "newRoom": opened.new}


@routes.get(
    "livechat/rooms",
    example={"rooms": [_ROOM_EXAMPLE], "count": 1, "offset": 0, "total": 1},
    refusals=('The "createdAt.start" query parameter must be a valid date.',),
)
async def rooms(call: Call, query: RoomListQuery) -> dict[str, Any]:
    """List conversations.

    All filters are combined. Agents without `view-livechat-rooms` see their own with `agents`
    set to exactly their id.
    """
    return await call.read(list_rooms, call.settings, call.user, query, page(call.settings, query))


@routes.post(
    "livechat/room.close",
    public=True,
    example={"rid": "XFzMqgn33DcsQkpJp", "comment": "Closed by visitor"},
    refusals=(
        "error-not-allowed-to-close-conversation",
        "invalid-token",
        "invalid-room",
        "room-closed",
    ),
)
async def close_room(call: Call, body: CloseByVisitor) -> dict[str, Any]:
    """Close a conversation as its visitor.

    The token is the visitor's proof. The conversation stays closed; writing again opens another.
    """
    comment = await call.write(close_by_visitor, call.settings, body)
    return {"rid": body.rid, "comment": comment}


@routes.post(
    "livechat/room.closeByUser",
    permissions=["close-livechat-room"],
    refusals=(
        "error-room-already-closed",
        "error-invalid-room",
        "error-not-authorized",
        "error-comment-is-required",
        "error-tags-must-be-assigned-before-closing-chat",
    ),
)
async def close_room_by_user(call: Call, body: CloseByUser) -> None:
    """Close a conversation as agent, manager, administrator or bot.

    For those who are members of the room or hold `close-others-livechat-room`. A comment may be
    required (setting), tags too (department). Transcripts that are asked for are delivered
    after the close, also if the server restarts meanwhile. `forceClose` counts only with the
    setting for it.
    """
    await call.write(close_by_user, call.settings, call.user, body)


@routes.post(
    "livechat/room.onHold",
    permissions=["on-hold-livechat-room"],
    refusals=(
        "error-invalid-room",
        "Not_authorized",
        "error-room-already-closed",
        "error-room-is-already-on-hold",
        "error-cannot-place-chat-on-hold",
        "error-unserved-rooms-cannot-be-placed-onhold",
    ),
)
async def hold_room(call: Call, body: RoomId) -> None:
    """Put a conversation on hold.

    A held conversation does not count for the agent's limit and is closed after a time (setting)
    unless it is resumed or the visitor writes.
    """
    await call.write(member_acts.hold, call.settings, call.user, body.roomId)


@routes.post(
    "livechat/room.resumeOnHold",
    permissions=["view-l-room"],
    refusals=(
        "invalid-param",
        "error-invalid-room",
        "Not_authorized",
        "This_conversation_is_already_closed",
        "error-room-not-on-hold",
    ),
)
async def resume_room(call: Call, body: RoomId) -> None:
    """Resume a conversation that is on hold.

    The serving agent must be online and within the limits.
    """
    await call.write(member_acts.resume_held, call.settings, call.user, body.roomId)


@routes.get(
    "rooms.info",
    tag="Rooms",
    example={"room": _ROOM_EXAMPLE},
    refusals=(
        'The parameter "roomId" or "roomName" is required [error-roomid-param-not-provided]',
        'The required "roomId" or "roomName" param provided does not match any channel '
        "[error-room-not-found]",
        "not-allowed",
    ),
)
async def room_info(call: Call, query: RoomInfoQuery) -> dict[str, Any]:
    """Read one room.

    By id, or a channel by name. For those who may read it.
    """
    room = await call.read(member_acts.read_room, call.settings, call.user, query)
    return {"room": room_document(room)}
