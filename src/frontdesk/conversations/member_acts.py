"""What agents and managers do to a conversation besides closing it, with who may do it."""

from typing import TYPE_CHECKING

from frontdesk.access.finding import find_user
from frontdesk.conversations import holding, queries
from frontdesk.conversations.finding import (
    conversation_to_change,
    find_room,
    inquiry_of_room,
    subscription_of,
)
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.records import Inquiry, Room
from frontdesk.conversations.returning import return_to_queue
from frontdesk.conversations.schemas import RoomInfoQuery, TakeInquiry
from frontdesk.conversations.taking import may_serve, take_inquiry
from frontdesk.db import Tx
from frontdesk.errors import Coded, Forbidden, Refused, Typed
from frontdesk.http.call import Principal
from frontdesk.messages.storing import Author
from frontdesk.texts import text

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_TAKING = {"method": "livechat:takeInquiry"}


def hold(tx: Tx, settings: "Settings", user: Principal, room_id: str) -> None:
    """Put a conversation on hold by hand; raises Refused as `place_on_hold` does."""
    room = _room_of(tx, user, room_id)
    language = settings.text("Language") or "en"
    comment = text("Omnichannel_On_Hold_manually", language, user=_shown(user))
    holding.place_on_hold(tx, settings, room, Author(user.id, user.username), comment)


def resume_held(tx: Tx, settings: "Settings", user: Principal, room_id: str) -> None:
    """Take up a held conversation by hand."""
    if not room_id.strip():
        raise Refused("invalid-param")
    room = _room_of(tx, user, room_id)
    if not room.open:
        raise Refused("This_conversation_is_already_closed")
    if not room.on_hold:
        raise Refused("error-room-not-on-hold")
    if room.agent_id is None:
        raise Refused("error-room-not-served")
    inquiry = inquiry_of_room(tx, room_id)
    if inquiry is None:
        raise Refused("error-invalid-inquiry")
    may_serve(tx, settings, room.agent_id, inquiry.department_id)
    language = settings.text("Language") or "en"
    comment = text("Omnichannel_on_hold_chat_resumed_manually", language, user=_shown(user))
    holding.resume(tx, room, Author(user.id, user.username), comment)


def take(tx: Tx, settings: "Settings", user: Principal, request: TakeInquiry) -> None:
    """Take a queued conversation, for oneself or for another agent."""
    agent_id = user.id
    if request.userId is not None:
        taker = find_user(tx, request.userId)
        if taker is None:
            raise Refused("The user is invalid")
        agent_id = taker.id
    inquiry = tx.one(queries.INQUIRY, inquiry_id=request.inquiryId)
    room = conversation_to_change(tx, inquiry.room_id) if inquiry is not None else None
    if inquiry is None or room is None:
        raise Coded("error-not-found", "Inquiry not found", _TAKING)
    # Once more, now that the room is ours: somebody may have been faster.
    inquiry = tx.one(queries.INQUIRY, inquiry_id=request.inquiryId)
    if inquiry is None:
        raise Coded("error-not-found", "Inquiry not found", _TAKING)
    by_client = request.options is not None and request.options.clientAction
    take_inquiry(tx, settings, inquiry, room, agent_id, by_client=by_client)


def give_back(
    tx: Tx, settings: "Settings", user: Principal, room_id: str, department_id: str | None
) -> bool:
    """Return a conversation to the queue; False where nobody serves it."""
    del user
    room = conversation_to_change(tx, room_id)
    if room is None:
        raise Refused("error-room-not-found")
    return return_to_queue(tx, settings, room, department_id)


def read_room(tx: Tx, settings: "Settings", user: Principal, query: RoomInfoQuery) -> Room:
    """Return a room that the user may read.

    Raises Coded `error-roomid-param-not-provided`, `error-room-not-found`, and Typed
    `not-allowed`.
    """
    if query.roomId is None and query.roomName is None:
        raise Coded(
            "error-roomid-param-not-provided", 'The parameter "roomId" or "roomName" is required'
        )
    room = None
    if query.roomId is not None:
        room = find_room(tx, query.roomId)
    elif query.roomName is not None:
        room = tx.one(queries.CHANNEL_BY_NAME, name=query.roomName)
    if room is None:
        raise Coded(
            "error-room-not-found",
            'The required "roomId" or "roomName" param provided does not match any channel',
        )
    if not may_read(tx, settings, user, room):
        raise Typed("not-allowed", "Not Allowed")
    return room


def read_channel(tx: Tx, settings: "Settings", user: Principal, query: RoomInfoQuery) -> Room:
    """Return a channel or a conversation that the user may read; as `read_room`, but raises
    Forbidden for one that the user may not read.
    """
    try:
        room = read_room(tx, settings, user, query)
    except Typed as refusal:
        raise Forbidden from refusal
    if room.kind not in ("c", "l"):
        raise Coded(
            "error-room-not-found",
            'The required "roomId" or "roomName" param provided does not match any channel',
        )
    return room


def channel_exists(tx: Tx, name: str) -> bool:
    """Tell whether there is a channel of that name."""
    return tx.one(queries.CHANNEL_BY_NAME, name=name) is not None


def read_inquiry(
    tx: Tx, settings: "Settings", user: Principal, room_id: str
) -> tuple[Inquiry | None, bool]:
    """Return the inquiry of a conversation, whatever its state, and whether the user may read
    the conversation itself: only then may the visitor's token, which opens it, be shown.
    """
    room = find_room(tx, room_id)
    allowed = room is not None and may_read(tx, settings, user, room)
    return inquiry_of_room(tx, room_id), allowed


def _room_of(tx: Tx, user: Principal, room_id: str) -> Room:
    """Return the conversation if the user is a member or may act in those of others."""
    room = conversation_to_change(tx, room_id)
    if room is None:
        raise Refused("error-invalid-room")
    if not user.may("on-hold-others-livechat-room") and not subscription_of(tx, room_id, user.id):
        raise Refused("Not_authorized")
    return room


def _shown(user: Principal) -> str:
    return user.name or f"@{user.username}"
