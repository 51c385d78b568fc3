"""Calls that old widgets hold inside of a conversation.

Source: behaviour of the API, visitors, section 4.7. There, a visitor may tell the status of any
room; here of the own conversation only. There are no conference calls to be declined.
"""

from frontdesk.clock import iso
from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.record_schemas import CallStatus
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.messages.storing import change_message, find_message
from frontdesk.visitors.finding import holder_of_token

#: Characters of a status at the most; it is shown to agents with the conversation.
LONGEST_STATUS = 64
_OVER = ("ended", "declined")


def announce_call_status(tx: Tx, request: CallStatus) -> None:
    """Show how the call goes, and that it is over in the message that began it.

    Raises Coded `invalid-token`, Refused `invalid-room`, `error-invalid-status`.
    """
    holder_of_token(tx, request.token)
    room = conversation_to_change(tx, request.rid)
    if room is None or room.visitor_token != request.token:
        raise Refused("invalid-room")
    if len(request.callStatus) > LONGEST_STATUS:
        raise Refused("error-invalid-status")
    tx.patch(queries.PATCH_ROOM, room.id, call_status=request.callStatus, updated_at=tx.now)
    tx.emit("room", room.id, "changed")
    message = find_message(tx, request.callId)
    if request.callStatus in _OVER and message is not None and message.room_id == room.id:
        extras = {**(message.extras or {}), "actionLinks": [], "webRtcCallEndTs": iso(tx.now)}
        change_message(tx, message, text=request.callStatus, extras=extras)
