"""The HTTP face of the call centre: opening, listing and closing call rooms."""

from typing import Any

from frontdesk.calls.closing import close_by_client
from frontdesk.calls.events import note_event, read_event
from frontdesk.calls.listing import list_calls
from frontdesk.calls.opening import find_or_open_call
from frontdesk.calls.schemas import CallListQuery, CallRoomQuery, CloseCall, call_document
from frontdesk.http import Call, Rate, Routes
from frontdesk.http.frame import body_value
from frontdesk.http.paging import page

routes = Routes("Call Centre")

_ROOM_EXAMPLE = {
    "_id": "c9YW3rejo7HeL6ZDW",
    "t": "v",
    "name": "Ann-c9YW3rejo7HeL6ZDW",
    "fname": "Ann",
    "open": True,
    "ts": "2026-03-01T10:00:00.000Z",
    "v": {
        "_id": "65e1c0ffee",
        "token": "yHoawq4s9bDn4dM5H",
        "status": "online",
        "username": "guest-7",
        "phone": "+15551234567",
    },
    "servedBy": {
        "_id": "rbAXPnMktTFbNpwtJ",
        "ts": "2026-03-01T10:00:00.000Z",
        "username": "tom",
    },
    "queue": "default",
    "direction": "inbound",
}


@routes.get(
    "voip/room",
    permissions=["inbound-voip-calls"],
    rate=Rate(5, 60_000),
    example={"room": _ROOM_EXAMPLE, "newRoom": True},
    refusals=("invalid-token", "invalid-room", "agent-not-found", "cannot-access-room"),
)
async def open_call(call: Call, query: CallRoomQuery) -> dict[str, Any]:
    """Open or find a call room.

    With `rid`: that room, open or closed, if it belongs to the visitor. With `agentId`: the
    visitor's open room, or a new one that the agent serves. There is one open room per visitor.
    """
    opened = await call.write(find_or_open_call, query)
    return {"room": call_document(opened.room), "newRoom": opened.new}


@routes.get(
    "voip/rooms",
    example={"rooms": [_ROOM_EXAMPLE], "count": 1, "offset": 0, "total": 1},
    refusals=('The "createdAt.start" query parameter must be a valid date.',),
)
async def list_call_rooms(call: Call, query: CallListQuery) -> dict[str, Any]:
    """List call rooms.

    Closed ones, or open ones with `open=true`; all filters are combined. Agents without
    `view-livechat-rooms` see their own with `agents` set to exactly their id.
    """
    return await call.read(list_calls, call.user, query, page(call.settings, query.paging()))


@routes.post(
    "voip/room.close",
    permissions=["inbound-voip-calls"],
    example={"rid": "c9YW3rejo7HeL6ZDW"},
    refusals=("invalid-token", "invalid-room", "room-closed"),
)
async def close_call_room(call: Call, body: CloseCall) -> dict[str, Any]:
    """Close a call room.

    The visitor's token is the proof, so the user need not be the serving agent. `options` may
    bring a comment, which becomes the wrap-up note, and tags. A closed room is never reopened.
    """
    await call.write(close_by_client, call.settings, call.user, body)
    return {"rid": body.rid}


@routes.post(
    "voip/events",
    permissions=["view-l-room"],
    refusals=(
        "Match error: Missing key 'rid'",
        "Match error: Failed Match.Where validation in field event",
        "Resource not found",
        "unauthorized",
    ),
)
async def report_call_event(call: Call) -> None:
    """Report what happens in a call: started, held, resumed, declined, ended, lasted.

    Stored as a message in the call room as long as the room is open; changes nothing else.
    """
    await call.write(note_event, call.settings, call.user, read_event(body_value(call)))


ROUTES = (routes,)
