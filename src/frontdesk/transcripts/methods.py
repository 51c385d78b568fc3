"""The real-time methods of transcripts: for clients older than their REST successors.

Source: behaviour of the API, messages and transcripts, section 2.4.
"""

from frontdesk.errors import Coded, Refused
from frontdesk.http.limits import FixedWindows
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.failures import MethodFailure
from frontdesk.realtime.methods import Methods
from frontdesk.transcripts import asking
from frontdesk.transcripts.schemas import ScheduledTranscript

methods = Methods()

#: What this interface says where REST only names the code.
_REASONS = {
    "error-invalid-room": "Invalid room",
    "error-transcript-not-requested": "No transcript requested for this chat",
}
_MAY = ("send-omnichannel-chat-transcript",)
#: One transcript may be sent at once in so many milliseconds, on one connection.
SPAN = 5_000
_windows = FixedWindows()


@methods.method("livechat:sendTranscript", permissions=_MAY)
async def send(caller: Caller, token: str, room_id: str, email: str, subject: str = "") -> bool:
    """Send the transcript of a visitor's conversation to an address."""
    used, _ = _windows.count("livechat:sendTranscript", caller.connection, SPAN)
    if used > 1 and not caller.workspace.config.test_mode:
        raise MethodFailure("too-many-requests", "Error, too many requests. Please slow down.")
    await caller.write(asking.ask_as_user, caller.user, token, room_id, email, subject)
    return True


@methods.method("livechat:requestTranscript", permissions=_MAY)
async def request(caller: Caller, room_id: str, email: str, subject: str) -> bool:
    """Schedule an e-mail transcript for the close."""
    wanted = ScheduledTranscript(email=email, subject=subject)
    await caller.write(asking.schedule_email, caller.user, room_id, wanted)
    return True


@methods.method("livechat:discardTranscript", permissions=_MAY)
async def discard(caller: Caller, room_id: str) -> bool:
    """Cancel a scheduled e-mail transcript."""
    try:
        await caller.write(asking.cancel_email, room_id)
    except Refused as refusal:
        raise Coded(str(refusal), _REASONS[str(refusal)]) from refusal
    return True
