"""The HTTP face of transcripts."""

from typing import Any

from frontdesk.http import Call, Routes
from frontdesk.texts import text
from frontdesk.transcripts import asking
from frontdesk.transcripts.schemas import ScheduledTranscript, VisitorTranscript

routes = Routes("Omnichannel Transcript")
ROUTES = (routes,)


@routes.post(
    "livechat/transcript",
    public=True,
    example={"message": "Omnichannel transcript sent"},
    refusals=("error-invalid-room", "error-invalid-visitor", "[invalid email]"),
)
async def ask_for_transcript(call: Call, body: VisitorTranscript) -> dict[str, Any]:
    """Send the transcript to the visitor.

    An e-mail with the conversation so far goes to the address. It is delivered also if the
    server restarts before it could be sent.
    """
    await call.write(asking.ask_as_visitor, body)
    language = call.settings.text("Language") or "en"
    return {"message": text("Livechat_transcript_sent", language)}


@routes.post(
    "livechat/transcript/{rid}",
    permissions=["send-omnichannel-chat-transcript"],
    refusals=(
        "Transcript already requested [error-transcript-already-requested]",
        "Invalid room [error-invalid-room]",
        "[invalid email]",
    ),
)
async def schedule_transcript(call: Call, body: ScheduledTranscript) -> None:
    """Schedule an e-mail transcript for the close.

    Sent once the open conversation is closed, through whatever door.
    """
    await call.write(asking.schedule_email, call.user, call.path["rid"], body)


@routes.delete(
    "livechat/transcript/{rid}",
    permissions=["send-omnichannel-chat-transcript"],
    refusals=("error-invalid-room", "error-transcript-not-requested"),
)
async def cancel_transcript(call: Call) -> None:
    """Cancel a scheduled e-mail transcript.

    Only as long as the conversation is open.
    """
    await call.write(asking.cancel_email, call.path["rid"])


@routes.post(
    "omnichannel/{rid}/request-transcript",
    permissions=["request-pdf-transcript"],
    refusals=("error-invalid-room", "error-not-allowed", "room-still-open", "improper-room-state"),
)
async def request_pdf(call: Call) -> None:
    """Request the PDF transcript of a closed conversation.

    The file comes as a message from `rocket.cat`, in the conversation and to the caller. Where
    there is one already, or one is under way, nothing more is made.
    """
    await call.write(asking.ask_for_pdf, call.settings, call.user, call.path["rid"])
