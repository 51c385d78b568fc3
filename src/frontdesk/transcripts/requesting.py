"""Asking for transcripts: now, for the close, or not any more.

Source of rules and texts: behaviour of the API, messages and transcripts, section 2.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.clock import iso
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.jobs.queue import enqueue
from frontdesk.mail.address import require_address
from frontdesk.visitors.finding import first_email_of

if TYPE_CHECKING:
    from frontdesk.conversations.records import Room
    from frontdesk.settings.workspace import Settings


class Requester(msgspec.Struct, frozen=True):
    """The user on whose behalf a transcript is made."""

    id: str
    username: str
    name: str | None = None
    utc_offset: float | None = None

    def document(self) -> dict[str, Any]:
        """Return the requester as the API shows it."""
        document = {
            "_id": self.id,
            "username": self.username,
            "name": self.name,
            "utcOffset": self.utc_offset,
        }
        return {name: value for name, value in document.items() if value is not None}


class EmailRequest(msgspec.Struct, frozen=True):
    """An e-mail transcript to an address; an empty subject stands for the standard one."""

    email: str
    subject: str
    requested_by: Requester | None


class TranscriptOptions(msgspec.Struct, frozen=True):
    """What a door asks for at the close.

    `email` is a request, or None: then one that was scheduled earlier is sent, unless
    `no_email` says that none is wanted. `pdf_for` is who gets a PDF, if anybody.
    """

    email: EmailRequest | None = None
    no_email: bool = False
    pdf_for: Requester | None = None


NO_TRANSCRIPTS = TranscriptOptions()
#: Who asks where no agent serves: the author of automatic messages.
SYSTEM_REQUESTER = Requester("rocket.cat", "rocket.cat", "Rocket.Cat", 0)


def request_at_close(
    tx: Tx, settings: "Settings", room: "Room", options: TranscriptOptions
) -> dict[str, Any] | None:
    """Promise the transcripts of a room that is being closed, as jobs of this transaction.

    Returns the scheduled request that stays on the room: None, unless the door wanted no mail.
    """
    if options.pdf_for is not None:
        request_pdf(tx, room.id, options.pdf_for)
    request = _always_sent(tx, settings, room)
    if request is None and options.no_email:
        return room.transcript_request
    request = request or options.email or _scheduled(room)
    if request is not None:
        # A forced close closes again, and its transcript is another one: the time tells them apart.
        _promise_email(tx, room.id, request, f"transcript:{room.id}:{tx.now}")
    return None


def email_request(email: str, subject: str, requester: Requester | None) -> EmailRequest:
    """Return a request for an e-mail that can really be sent.

    Raises Coded `invalid email`, or Refused for a subject of several lines: what is accepted is
    delivered, so what cannot be delivered is refused now.
    """
    require_address(email)
    if "\n" in subject or "\r" in subject:
        raise Refused("error-invalid-subject")
    return EmailRequest(email, subject, requester)


def request_email_now(tx: Tx, room_id: str, request: EmailRequest) -> None:
    """Promise an e-mail transcript of the conversation so far."""
    _promise_email(tx, room_id, request, None)


def request_pdf(tx: Tx, room_id: str, requester: Requester) -> None:
    """Promise a PDF transcript. While one is under way for the room, no second is begun."""
    enqueue(
        tx,
        "transcripts.pdf",
        {"room_id": room_id, "requester": msgspec.to_builtins(requester)},
        key=f"pdf:{room_id}",
    )


def copy_of_pdf(file_id: str) -> str:
    """Return the id of the copy of a conversation's PDF that whoever asked for it gets."""
    return f"{file_id}-copy"


def scheduled_request(request: EmailRequest, now: int) -> dict[str, Any]:
    """Return a request in the form in which it is kept on the room until the close."""
    requester = request.requested_by or SYSTEM_REQUESTER
    return {
        "requestedAt": iso(now),
        "requestedBy": requester.document(),
        "email": request.email,
        "subject": request.subject,
    }


def _scheduled(room: "Room") -> EmailRequest | None:
    kept = room.transcript_request
    if kept is None:
        return None
    by = kept["requestedBy"]
    requester = Requester(by["_id"], by["username"], by.get("name"), by.get("utcOffset"))
    return EmailRequest(kept["email"], kept["subject"], requester)


def _always_sent(tx: Tx, settings: "Settings", room: "Room") -> EmailRequest | None:
    """Return the transcript that the workspace sends after every chat, whatever the door says."""
    if settings.flag("Livechat_enable_transcript"):
        return None
    if not settings.flag("Livechat_transcript_send_always"):
        return None
    email = first_email_of(tx, room.visitor_id)
    if email is None:
        return None
    requester = SYSTEM_REQUESTER
    if room.agent_id is not None and room.agent_username is not None:
        requester = Requester(room.agent_id, room.agent_username)
    return EmailRequest(email, "", requester)


def _promise_email(tx: Tx, room_id: str, request: EmailRequest, key: str | None) -> None:
    enqueue(
        tx,
        "transcripts.email",
        {"room_id": room_id, **msgspec.to_builtins(request)},
        key=key,
    )
