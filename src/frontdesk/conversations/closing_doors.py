"""The doors through which people and timers come to close a conversation.

Each makes its own checks, in the order and the words that the API documents (conversations,
section 5.1), and then calls `closing.close_conversation`.
"""

from typing import TYPE_CHECKING

from frontdesk.access.finding import find_user
from frontdesk.conversations.abandonment import abandonment_comment, hold_comment
from frontdesk.conversations.closing import Closing, close_conversation
from frontdesk.conversations.finding import (
    conversation_to_change,
    inquiry_of_room,
    subscription_of,
)
from frontdesk.conversations.holding import place_on_hold
from frontdesk.conversations.ownership import clear_abandonment, conversations_of_member
from frontdesk.conversations.records import Room
from frontdesk.conversations.schemas import CloseByUser, CloseByVisitor
from frontdesk.db import Tx
from frontdesk.errors import Failure, Refused
from frontdesk.http.call import Principal
from frontdesk.messages.checking import check_length
from frontdesk.messages.storing import SYSTEM_AUTHOR, Author
from frontdesk.texts import text
from frontdesk.transcripts.requesting import (
    EmailRequest,
    Requester,
    TranscriptOptions,
    email_request,
)
from frontdesk.visitors.finding import visitor_by_token
from frontdesk.visitors.records import Visitor
from frontdesk.workforce.finding import find_department

if TYPE_CHECKING:
    from frontdesk.access.records import User
    from frontdesk.settings.workspace import Settings

_SUBJECT = "Transcript_of_your_livechat_conversation"


def close_by_visitor(tx: Tx, settings: "Settings", request: CloseByVisitor) -> str:
    """Close the visitor's own conversation; return the comment that was recorded.

    Raises Refused `error-not-allowed-to-close-conversation`, `invalid-token`, `invalid-room`,
    `room-closed`.
    """
    if not settings.flag("Omnichannel_allow_visitors_to_close_conversation"):
        raise Refused("error-not-allowed-to-close-conversation")
    visitor = visitor_by_token(tx, request.token)
    room = conversation_to_change(tx, request.rid)
    if room is None or room.visitor_token != request.token:
        raise Refused("invalid-room")
    if not room.open:
        raise Refused("room-closed")
    comment = text("Closed_by_visitor", settings.text("Language") or "en")
    closer = Author(visitor.id, visitor.username or "", visitor.name, request.token)
    transcripts = _agents_wishes(tx, settings, room, visitor)
    close_conversation(tx, settings, room, Closing(closer, comment, transcripts=transcripts))
    return comment


def close_by_user(tx: Tx, settings: "Settings", user: Principal, request: CloseByUser) -> None:
    """Close a conversation for an agent or manager who is logged in.

    Raises Refused `error-invalid-room`, `error-not-authorized`, `error-room-already-closed`,
    Coded `error-message-size-exceeded` for a comment longer than any message, and whatever
    `close_conversation` refuses.
    """
    room = conversation_to_change(tx, request.rid)
    if room is None:
        raise Refused("error-invalid-room")
    if not user.may("close-others-livechat-room") and not subscription_of(tx, room.id, user.id):
        raise Refused("error-not-authorized")
    transcripts = transcripts_asked_for(user, request)
    allowed = settings.flag("Omnichannel_allow_force_close_conversations")
    forced = bool(request.forceClose) and allowed
    if not room.open and not forced:
        raise Refused("error-room-already-closed")
    check_length(settings, request.comment or "")
    closing = Closing(
        closer=Author(user.id, user.username),
        comment=request.comment or "",
        tags=tuple(request.tags or ()),
        by_client=True,
        forced=forced,
        transcripts=transcripts,
    )
    close_conversation(tx, settings, room, closing)


def close_abandoned(tx: Tx, settings: "Settings", room_id: str) -> None:
    """Close or hold a conversation whose visitor has been silent for too long.

    Looks again whether that is still so: an answer may have come since the timer saw it.
    """
    room = conversation_to_change(tx, room_id)
    if room is None or not room.open or room.waiting_response:
        return
    if room.abandoned_at is None or room.abandoned_at > tx.now:
        return
    if settings.text("Livechat_abandoned_rooms_action") == "on-hold":
        room.abandoned_at = None
        try:
            place_on_hold(tx, settings, room, SYSTEM_AUTHOR, hold_comment(settings, room))
        except Refused:
            # Cannot be held: then it is not looked at again and again.
            clear_abandonment(tx, room_id)
        return
    department = find_department(tx, room.department_id)
    close_by_system(tx, settings, room, abandonment_comment(settings, room, department))


def close_held(tx: Tx, settings: "Settings", room_id: str, comment: str) -> None:
    """Close a conversation whose time on hold is over, if it is still held."""
    room = conversation_to_change(tx, room_id)
    if room is not None and room.open and room.on_hold:
        close_by_system(tx, settings, room, comment)


def close_waiting(tx: Tx, settings: "Settings", room_id: str) -> None:
    """Close a conversation that has waited in the queue for too long, if it still waits."""
    room = conversation_to_change(tx, room_id)
    inquiry = inquiry_of_room(tx, room_id)
    if room is None or inquiry is None or inquiry.status != "queued":
        return
    comment = text("Closed_automatically_chat_queued_too_long", settings.text("Language") or "en")
    close_by_system(tx, settings, room, comment)


def close_of_deactivated(tx: Tx, settings: "Settings", agent: "User") -> None:
    """Close all conversations of a user whose account is being deactivated.

    A conversation that cannot be closed by the rules (a comment or tags are required) does not
    keep the others open.
    """
    comment = text("Agent_deactivated", settings.text("Language") or "en")
    for room_id in conversations_of_member(tx, agent.id):
        room = conversation_to_change(tx, room_id)
        if room is None or not room.open:
            continue
        try:
            closer = Author(agent.id, agent.username)
            close_conversation(tx, settings, room, Closing(closer, comment))
        except Failure:
            continue


def close_by_system(tx: Tx, settings: "Settings", room: Room, comment: str) -> None:
    """Close a conversation in the name of the system user."""
    close_conversation(tx, settings, room, Closing(SYSTEM_AUTHOR, comment))


def transcripts_asked_for(user: Principal, request: CloseByUser) -> TranscriptOptions:
    """Return the transcripts that a user asks for with the close.

    Raises Refused `error-transcript-request-data-required`.
    """
    requester = Requester(user.id, user.username, user.name, user.utc_offset)
    pdf_for = requester if request.generateTranscriptPdf else None
    wish = request.transcriptEmail
    if wish is None:
        return TranscriptOptions(pdf_for=pdf_for)
    if not wish.sendToVisitor:
        return TranscriptOptions(no_email=True, pdf_for=pdf_for)
    if wish.requestData is None:
        raise Refused("error-transcript-request-data-required")
    data = wish.requestData
    email = email_request(data.email, data.subject, requester)
    return TranscriptOptions(email=email, pdf_for=pdf_for)


def _agents_wishes(tx: Tx, settings: "Settings", room: Room, visitor: Visitor) -> TranscriptOptions:
    """Return the transcripts that the serving agent has chosen for when a visitor closes."""
    agent = find_user(tx, room.agent_id) if room.agent_id is not None else None
    if agent is None or not agent.preferences:
        return TranscriptOptions()
    requester = Requester(agent.id, agent.username, agent.name, agent.utc_offset)
    email = None
    wants_email = agent.preferences.get("omnichannelTranscriptEmail")
    if wants_email and visitor.email and not settings.flag("Livechat_enable_transcript"):
        language = agent.language or settings.text("Language") or "en"
        email = EmailRequest(visitor.email, text(_SUBJECT, language), requester)
    wants_pdf = agent.preferences.get("omnichannelTranscriptPDF")
    return TranscriptOptions(email=email, pdf_for=requester if wants_pdf else None)
