"""The doors through which transcripts are asked for apart from a close.

Source: behaviour of the API, messages and transcripts, sections 2.1 to 2.3 and 2.7.
"""

from typing import TYPE_CHECKING

from frontdesk.conversations.finding import conversation_to_change, find_room
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.recording import set_transcript_request
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.http.call import Principal
from frontdesk.transcripts.requesting import (
    Requester,
    email_request,
    request_email_now,
    request_pdf,
    scheduled_request,
)
from frontdesk.transcripts.schemas import ScheduledTranscript, VisitorTranscript

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def ask_as_visitor(tx: Tx, request: VisitorTranscript) -> None:
    """Promise the visitor an e-mail with the conversation so far.

    Raises Refused `error-invalid-room`, `error-invalid-visitor`, Coded `invalid email`.
    """
    room = find_room(tx, request.rid)
    if room is None:
        raise Refused("error-invalid-room")
    if room.kind != "l" or room.visitor_token != request.token:
        raise Refused("error-invalid-visitor")
    request_email_now(tx, room.id, email_request(request.email, "", None))


def ask_as_user(
    tx: Tx, user: Principal, token: str, room_id: str, email: str, subject: str
) -> None:
    """Promise an e-mail with a visitor's conversation so far, on behalf of a user.

    Raises Coded `error-invalid-room`, `invalid email`.
    """
    room = find_room(tx, room_id)
    if room is None or room.kind != "l" or room.visitor_token != token:
        raise Coded("error-invalid-room", "Invalid room")
    request_email_now(tx, room.id, email_request(email, subject, _requester(user)))


def schedule_email(tx: Tx, user: Principal, room_id: str, request: ScheduledTranscript) -> None:
    """Note on an open conversation that its transcript is to be sent when it is closed.

    Raises Coded `error-invalid-room`, `error-transcript-already-requested`, `invalid email`.
    """
    room = conversation_to_change(tx, room_id)
    if room is None or not room.open:
        raise Coded("error-invalid-room", "Invalid room")
    if room.transcript_request is not None:
        raise Coded("error-transcript-already-requested", "Transcript already requested")
    wanted = email_request(request.email, request.subject, _requester(user))
    set_transcript_request(tx, room.id, scheduled_request(wanted, tx.now))


def cancel_email(tx: Tx, room_id: str) -> None:
    """Take a scheduled transcript back.

    Raises Refused `error-invalid-room`, `error-transcript-not-requested`.
    """
    room = conversation_to_change(tx, room_id)
    if room is None or not room.open:
        raise Refused("error-invalid-room")
    if room.transcript_request is None:
        raise Refused("error-transcript-not-requested")
    set_transcript_request(tx, room.id, None)


def ask_for_pdf(tx: Tx, settings: "Settings", user: Principal, room_id: str) -> None:
    """Promise a PDF of a closed conversation; nothing happens if there is one already.

    Raises Refused `error-invalid-room`, `error-not-allowed`, `room-still-open`,
    `improper-room-state`.
    """
    room = conversation_to_change(tx, room_id)
    if room is None:
        raise Refused("error-invalid-room")
    if not may_read(tx, settings, user, room):
        raise Refused("error-not-allowed")
    if room.open:
        raise Refused("room-still-open")
    if room.visitor_id is None:
        raise Refused("improper-room-state")
    if room.pdf_file_id is None:
        request_pdf(tx, room.id, _requester(user))


def _requester(user: Principal) -> Requester:
    return Requester(user.id, user.username, user.name, user.utc_offset)
