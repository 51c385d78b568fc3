"""What clients report of a running call, kept as messages in its room.

Source: behaviour of the call centre, section 5.1.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.calls import queries
from frontdesk.calls.finding import call_to_change
from frontdesk.calls.reading_rights import may_read_call
from frontdesk.calls.schemas import call_message_data
from frontdesk.clock import parse_iso
from frontdesk.db import Tx
from frontdesk.errors import Forbidden, NotFound
from frontdesk.http.call import Principal
from frontdesk.http.match import STRING, check_match, maybe, object_of, where
from frontdesk.messages.storing import Author, store_system_message

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: What a client may report; it is the kind of the message, too.
CLIENT_EVENTS = (
    "voip-call-started",
    "voip-call-ended",
    "voip-call-declined",
    "voip-call-on-hold",
    "voip-call-unhold",
    "voip-call-duration",
)


class CallEvent(msgspec.Struct, frozen=True):
    """One of CLIENT_EVENTS in a call room, with what the client says of it."""

    event: str
    room_id: str
    comment: str = ""


_SHAPE = object_of(
    {"event": where(CLIENT_EVENTS.__contains__), "rid": STRING},
    optional={"comment": maybe(STRING)},
)


def read_event(body: Any) -> CallEvent:
    """Return the event that a decoded body describes; raises Refused `Match error: ...`."""
    check_match(body, _SHAPE)
    return CallEvent(body["event"], body["rid"], body.get("comment") or "")


def note_event(tx: Tx, settings: "Settings", user: Principal, event: CallEvent) -> None:
    """Store an event as a message of the user, if the call room is open.

    A closed room stays as it is, without an error: clients report the end of a call after they
    have closed its room. No event changes the room's state.

    Unlike the reference, a call that no telephone system has told us of gets its messages, too:
    its history would be empty otherwise.

    Raises NotFound for an unknown call room, Forbidden for one that the user may not read.
    """
    room = call_to_change(tx, event.room_id)
    if room is None:
        raise NotFound
    if not may_read_call(tx, user, room):
        raise Forbidden
    if not room.open:
        return
    message = store_system_message(
        tx,
        room.id,
        event.event,
        Author(user.id, user.username, user.name),
        event.comment,
        voipData=call_message_data(room),
    )
    tx.run(
        queries.NOTE_MESSAGE,
        room_id=room.id,
        now=tx.now,
        last_message_at=parse_iso(message["ts"]),
        last_message=message if settings.flag("Store_Last_Message") else room.last_message,
    )
