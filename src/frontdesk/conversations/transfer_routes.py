"""The HTTP face of transfers: who takes part in a conversation, and who did."""

from typing import Any

from frontdesk.conversations.handing_over import list_handovers
from frontdesk.conversations.joining import join
from frontdesk.conversations.schemas import RoomId
from frontdesk.conversations.transfer_schemas import (
    ForwardRoom,
    TransferByVisitor,
    transferred_document,
)
from frontdesk.conversations.transferring_doors import (
    forward,
    transfer_by_old_widget,
    transfer_by_visitor,
)
from frontdesk.http import Call, Routes
from frontdesk.http.paging import OpenListQuery, page

routes = Routes("Omnichannel Rooms")

_TO_DEPARTMENT = (
    "error-room-onHold",
    "error-invalid-department",
    "The forwarding to the target department is not allowed. "
    "[error-forwarding-department-target-not-allowed]",
    "error-forwarding-chat-same-department",
    "error-no-agents-available-for-service-on-department",
)
_HANDOVER = {
    "transferredBy": {"_id": "rbAXPnMktTFbNpwtJ", "username": "ann", "userType": "agent"},
    "ts": "2026-03-01T10:05:00.000Z",
    "scope": "department",
    "comment": "Knows about invoices",
    "nextDepartment": {"_id": "k7vXpSxrYhLfbTqGW", "name": "Billing"},
}


@routes.post(
    "livechat/room.forward",
    permissions=["view-l-room", "transfer-livechat-guest"],
    request={"roomId": "k3VbnQ7xTzP2mWc9d", "departmentId": "k7vXpSxrYhLfbTqGW"},
    refusals=(
        "error-invalid-room",
        "This_conversation_is_already_closed",
        "error-invalid-visitor",
        "error-user-is-offline",
        "error-user-not-belong-to-department",
        "error-selected-agent-room-agent-are-same",
        "error-max-number-simultaneous-chats-reached",
        *_TO_DEPARTMENT,
        "error-forwarding-chat",
    ),
)
async def forward_room(call: Call, body: ForwardRoom) -> None:
    """Transfer a conversation to an agent or a department.

    With both, to that agent of the department. A department where nobody is there passes it on
    to the one that it falls back on. If nobody can take it, it stays where it is.
    """
    await call.write(forward, call.settings, call.user, body)


@routes.post(
    "livechat/visitor/department.transfer",
    public=True,
    style="typed",
    request={"token": "tok-ann", "rid": "k3VbnQ7xTzP2mWc9d", "department": "k7vXpSxrYhLfbTqGW"},
    refusals=(
        "invalid-token",
        "error-invalid-room",
        "This_conversation_is_already_closed",
        "error-invalid-visitor",
        *_TO_DEPARTMENT,
        "error-transfering-chat",
    ),
)
async def transfer_for_visitor(call: Call, body: TransferByVisitor) -> None:
    """Transfer a conversation to a department as its visitor.

    The token is the visitor's proof.
    """
    await call.write(transfer_by_visitor, call.settings, body)


@routes.post(
    "livechat/room.transfer",
    public=True,
    deprecated=True,
    example={
        "room": {
            "_id": "k3VbnQ7xTzP2mWc9d",
            "t": "l",
            "departmentId": "k7vXpSxrYhLfbTqGW",
            "open": True,
            "v": {"_id": "65e1c0ffee", "username": "guest-7", "token": "tok-ann"},
            "ts": "2026-03-01T10:00:00.000Z",
        }
    },
    refusals=("invalid-token", "invalid-room", *_TO_DEPARTMENT),
)
async def transfer_for_old_widget(call: Call, body: TransferByVisitor) -> dict[str, Any]:
    """Transfer a conversation to a department as its visitor, for old widgets.

    Use POST livechat/visitor/department.transfer.
    """
    room = await call.write(transfer_by_old_widget, call.settings, body)
    return {"room": transferred_document(room)}


@routes.get(
    "livechat/transfer.history/{rid}",
    permissions=["view-livechat-rooms"],
    example={"history": [_HANDOVER], "count": 1, "offset": 0, "total": 1},
    refusals=("invalid-room",),
)
async def transfer_history(call: Call, query: OpenListQuery) -> dict[str, Any]:
    """List how a conversation changed hands.

    Transfers and returns to the queue, oldest first.
    """
    return await call.read(list_handovers, call.path["rid"], page(call.settings, query))


@routes.get(
    "livechat/room.join",
    permissions=["view-l-room"],
    refusals=(
        "error-invalid-room",
        "room-closed",
        "error-not-allowed",
        "error-max-number-simultaneous-chats-reached",
    ),
)
async def join_room(call: Call, query: RoomId) -> None:
    """Join a conversation.

    For those who may read it. The agent who serves it stays the same.
    """
    await call.write(join, call.settings, call.user, query.roomId)
