"""The doors of the real-time methods: what they check and say differently from REST.

Source: behaviour of the API, conversations, section 9.3; real time, section 5.4.
"""

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from frontdesk.conversations import member_acts, survey
from frontdesk.conversations.closing import Closing, close_conversation
from frontdesk.conversations.closing_doors import transcripts_asked_for
from frontdesk.conversations.finding import (
    conversation_to_change,
    find_room,
    inquiry_of_room,
    subscription_of,
)
from frontdesk.conversations.record_schemas import Survey, SurveyAnswer
from frontdesk.conversations.records import Room
from frontdesk.conversations.removing import remove_closed
from frontdesk.conversations.returning import return_to_queue
from frontdesk.conversations.schemas import CloseByUser
from frontdesk.conversations.transfer_schemas import ForwardRoom
from frontdesk.conversations.transferring import transfer
from frontdesk.conversations.transferring_doors import (
    require_visitor,
    transfer_by_user,
    transfer_own,
)
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.http.call import Principal
from frontdesk.messages.checking import check_length
from frontdesk.messages.storing import Author
from frontdesk.workforce.agents_for_visitors import propose_agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def close(
    tx: Tx, settings: "Settings", user: Principal, request: CloseByUser, by_client: bool
) -> None:
    """Close a conversation; tags are demanded only of clients that can ask for them.

    Raises Coded `error-invalid-room`, `room-closed`, `error-not-authorized`, and whatever
    `close_conversation` refuses.
    """
    room = _open_room(tx, request.rid, "livechat:closeRoom")
    if not user.may("close-others-livechat-room") and not subscription_of(tx, room.id, user.id):
        raise _refusal("error-not-authorized", "Not authorized", "livechat:closeRoom")
    check_length(settings, request.comment or "")
    closing = Closing(
        closer=Author(user.id, user.username),
        comment=request.comment or "",
        tags=tuple(request.tags or ()),
        by_client=by_client,
        transcripts=transcripts_asked_for(user, request),
    )
    close_conversation(tx, settings, room, closing)


def forward(tx: Tx, settings: "Settings", user: Principal, request: ForwardRoom) -> bool:
    """Transfer a conversation, for its members also without `transfer-livechat-guest`.

    Raises Coded `error-invalid-room`, `room-closed`, `error-not-authorized`, Refused
    `error-invalid-visitor`, and whatever `transfer` refuses.
    """
    room = _open_room(tx, request.roomId, "livechat:transfer")
    if not user.may("transfer-livechat-guest") and not subscription_of(tx, room.id, user.id):
        raise _refusal("error-not-authorized", "Not authorized", "livechat:transfer")
    require_visitor(tx, room)
    return transfer(tx, settings, room, transfer_by_user(tx, settings, user, room, request))


def transfer_for_visitor(
    tx: Tx, settings: "Settings", room_id: str, token: str, department_id: str
) -> bool:
    """Transfer the visitor's own conversation; raises Coded `error-invalid-room`."""
    room = conversation_to_change(tx, room_id)
    if room is None or room.visitor_token != token:
        raise _refusal("error-invalid-room", "Invalid room", "livechat:setDepartmentForVisitor")
    return transfer_own(tx, settings, room, department_id)


def give_back(tx: Tx, settings: "Settings", room_id: str, department_id: str | None) -> bool:
    """Return a conversation to the queue; raises Coded `error-invalid-room`, `room-closed`."""
    room = _open_room(tx, room_id, "livechat:returnAsInquiry")
    return return_to_queue(tx, settings, room, department_id)


def resume(tx: Tx, settings: "Settings", user: Principal, room_id: str) -> None:
    """Take up a held conversation.

    Raises Coded `error-invalid-room`, `room-closed`, `inquiry-not-found`, and whatever
    `member_acts.resume_held` refuses.
    """
    method = "livechat:resumeOnHold"
    room = conversation_to_change(tx, room_id)
    if room is None:
        raise _refusal("error-invalid-room", "Invalid room", method)
    if not room.on_hold:
        raise _refusal("room-closed", "Room is not OnHold", method)
    if inquiry_of_room(tx, room.id) is None:
        raise _refusal("inquiry-not-found", "Error! No inquiry found for this room", method)
    member_acts.resume_held(tx, settings, user, room_id)


def answer_survey(
    tx: Tx, settings: "Settings", token: str, room_id: str, answers: Sequence[SurveyAnswer]
) -> None:
    """Record a visitor's answers, or nothing if that is not possible."""
    with contextlib.suppress(Refused):
        survey.answer_survey(tx, settings, Survey(room_id, token, list(answers)))


def remove(tx: Tx, user: Principal, room_id: str) -> None:
    """Remove a closed conversation for good.

    Raises Coded `error-invalid-room`, `error-this-is-not-a-livechat-room`,
    `error-room-is-not-closed`.
    """
    method = "livechat:removeRoom"
    room = find_room(tx, room_id)
    if room is None:
        raise _refusal("error-invalid-room", "Invalid room", method)
    if room.kind != "l":
        reason = "This is not a Livechat room"
        raise _refusal("error-this-is-not-a-livechat-room", reason, method)
    if room.open:
        raise _refusal("error-room-is-not-closed", "Room is not closed", method)
    remove_closed(tx, user, room_id)


def propose(
    tx: Tx, settings: "Settings", token: str, department_id: str | None
) -> dict[str, Any] | None:
    """Return the agent who would get the visitor's conversation; None if nobody would."""
    try:
        return propose_agent(tx, settings, token, department_id)
    except Refused:
        return None


def _open_room(tx: Tx, room_id: str, method: str) -> Room:
    room = conversation_to_change(tx, room_id)
    if room is None:
        raise _refusal("error-invalid-room", "Invalid room", method)
    if not room.open:
        raise _refusal("room-closed", "Room closed", method)
    return room


def _refusal(code: str, reason: str, method: str) -> Coded:
    return Coded(code, reason, {"method": method})
