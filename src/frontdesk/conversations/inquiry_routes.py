"""The HTTP face of the queue and of memberships."""

from typing import Any

import msgspec

from frontdesk.conversations import marking, member_acts
from frontdesk.conversations.listing import list_queue, list_queue_for_user
from frontdesk.conversations.routing import routing_method
from frontdesk.conversations.schemas import (
    InquiryListQuery,
    ReadMarks,
    ReturnInquiry,
    RoomId,
    TakeInquiry,
    UpdatedSince,
    inquiry_document,
    room_document,
    subscription_document,
)
from frontdesk.http import Call, Routes
from frontdesk.http.paging import page

routes = Routes("Omnichannel Inquiries")
rooms = Routes("Rooms")

_EXAMPLE = {
    "_id": "65e1c0ffee00000000000001",
    "rid": "k3VbnQ7xTzP2mWc9d",
    "name": "Ann",
    "ts": "2026-03-01T10:00:00.005Z",
    "status": "queued",
}
_SUBSCRIPTION = {"_id": "z5sBqSSMfF9K8hR4u", "rid": "k3VbnQ7xTzP2mWc9d", "t": "l", "unread": 1}


@routes.get(
    "livechat/inquiries.list",
    permissions=["view-livechat-manager"],
    example={"inquiries": [_EXAMPLE], "count": 1, "offset": 0, "total": 1},
)
async def inquiries(call: Call, query: InquiryListQuery) -> dict[str, Any]:
    """List the queue.

    The queued conversations of the workspace, or of one department (id or name).
    """
    return await call.read(list_queue, query.department, page(call.settings, query))


@routes.get(
    "livechat/inquiries.queuedForUser",
    "livechat/inquiries.queued",
    permissions=["view-l-room"],
    example={"inquiries": [_EXAMPLE], "count": 1, "offset": 0, "total": 1},
    refusals=("error-not-authorized",),
)
async def queued_for_user(call: Call, query: InquiryListQuery) -> dict[str, Any]:
    """List what the caller may take.

    Queued conversations of the caller's departments, of no department, or meant for the caller.
    """
    return await call.read(
        list_queue_for_user,
        call.settings,
        call.user,
        query.department,
        page(call.settings, query),
    )


@routes.get("livechat/inquiries.getOne", permissions=["view-l-room"], example={"inquiry": _EXAMPLE})
async def inquiry(call: Call, query: RoomId) -> dict[str, Any]:
    """Read the inquiry of a room.

    `null` where there is none: closed conversations have left the queue. The visitor's token is
    shown to those who may read the conversation.
    """
    found, may_read = await call.read(
        member_acts.read_inquiry, call.settings, call.user, query.roomId
    )
    if found is None:
        return {"inquiry": None}
    document = inquiry_document(found)
    if not may_read:
        del document["v"]["token"]
    return {"inquiry": document}


@routes.post(
    "livechat/inquiries.take",
    permissions=["view-l-room"],
    refusals=(
        "The user is invalid",
        "Inquiry not found [error-not-found]",
        "Inquiry already taken [error-inquiry-taken]",
        "Agent status is offline or Omnichannel service is not active "
        "[error-agent-status-service-offline]",
        "error-max-number-simultaneous-chats-reached",
    ),
)
async def take_inquiry(call: Call, body: TakeInquiry) -> None:
    """Take a conversation from the queue.

    Of several agents who take at once exactly one gets it.
    """
    await call.write(member_acts.take, call.settings, call.user, body)


@routes.post(
    "livechat/inquiries.returnAsInquiry",
    permissions=["view-l-room"],
    style="typed",
    example={"result": True},
    refusals=("error-room-not-found", "room-closed", "error-room-onHold"),
)
async def return_inquiry(call: Call, body: ReturnInquiry) -> dict[str, Any]:
    """Return a conversation to the queue.

    `result` is false where nobody serves it.
    """
    returned = await call.write(
        member_acts.give_back, call.settings, call.user, body.roomId, body.departmentId
    )
    return {"result": returned}


@routes.get(
    "livechat/config/routing",
    style="typed",
    tag="Livechat",
    example={"config": {"previewRoom": False, "autoAssignAgent": True}},
)
async def routing_config(call: Call) -> dict[str, Any]:
    """Read how conversations are given to agents.

    The properties of the routing method that is set.
    """
    return {"config": msgspec.to_builtins(routing_method(call.settings))}


@rooms.get(
    "subscriptions.get",
    example={"update": [_SUBSCRIPTION], "remove": []},
    refusals=(
        'The "lastUpdate" query parameter must be a valid date. [error-roomId-param-invalid]',
    ),
)
async def subscriptions(call: Call, query: UpdatedSince) -> dict[str, Any]:
    """List the caller's memberships.

    With `updatedSince`: those that changed after that time, and in `remove` those that are over.
    """
    since = marking.since(query.updatedSince, "lastUpdate", "error-roomId-param-invalid")
    found = await call.read(marking.memberships, call.user.id, since)
    over = await call.read(marking.memberships_over, call.user.id, since)
    return {"update": [subscription_document(each) for each in found], "remove": over}


@rooms.get("subscriptions.getOne", example={"subscription": _SUBSCRIPTION})
async def subscription(call: Call, query: RoomId) -> dict[str, Any]:
    """Read the caller's membership in a room.

    `null` where the caller is no member.
    """
    found = await call.read(marking.membership, query.roomId, call.user.id)
    return {"subscription": None if found is None else subscription_document(found)}


@rooms.post("subscriptions.read", refusals=("error-invalid-subscription",))
async def read_marks(call: Call, body: ReadMarks) -> None:
    """Mark a room as read.

    Clears the caller's unread marks.
    """
    await call.write(marking.mark_read, body.rid or body.roomId or "", call.user.id)


@rooms.get(
    "rooms.get",
    example={"update": [{"_id": "k3VbnQ7xTzP2mWc9d", "t": "l", "fname": "Ann"}], "remove": []},
    refusals=(
        'The "updatedSince" query parameter must be a valid date. '
        "[error-updatedSince-param-invalid]",
    ),
)
async def member_rooms(call: Call, query: UpdatedSince) -> dict[str, Any]:
    """List the rooms that the caller is a member of.

    With `updatedSince`: those that changed after that time.
    """
    since = marking.since(query.updatedSince, "updatedSince", "error-updatedSince-param-invalid")
    found = await call.read(marking.rooms_of_member, call.user.id, since)
    return {"update": [room_document(each) for each in found], "remove": []}
