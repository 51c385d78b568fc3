"""What agents say in a conversation that came by SMS goes out as SMS, in its order.

What is to be sent waits in the outbox of its conversation, which one job empties; while a message
cannot be sent, those after it wait. Agents are told what was not sent, and why.

Source: behaviour of the API, messages, section 4.9.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.access.finding import find_user
from frontdesk.channels import queries
from frontdesk.channels.records import Waiting
from frontdesk.channels.sms.provider import NotSent, OutgoingSms, Provider
from frontdesk.channels.sms.providers import provider_in_use
from frontdesk.conversations.direct import tell_user
from frontdesk.conversations.finding import find_conversation
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.files.keeping import find_file
from frontdesk.files.rules import size_text
from frontdesk.http.call import Principal
from frontdesk.ids import random_id
from frontdesk.jobs import Handler, JobRun, enqueue
from frontdesk.messages.file_links import public_link
from frontdesk.messages.records import Message
from frontdesk.messages.storing import SYSTEM_AUTHOR, find_message
from frontdesk.messages.whispering import whisper
from frontdesk.texts import text
from frontdesk.visitors.finding import find_visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings
    from frontdesk.workspace import Workspace

#: The kind of job that empties the outbox of a conversation.
SEND = "channels.sms"
#: Tries for one message; with the worker's delays more than an hour.
TRIES = 20
#: The job goes on while there are messages, and each of them has its own tries.
ATTEMPTS = {SEND: 1_000_000}
#: Largest file that is sent along; bytes (behaviour of the API, messages, section 4.9).
LARGEST_FILE = 5_242_880


class SmsCarrier:
    """See `frontdesk.messages.carrying.Carrier`."""

    def prepare(
        self, tx: Tx, settings: "Settings", user: Principal, room: Room, message: Message
    ) -> Message:
        """Return the message as it is."""
        return message

    def carry(
        self, tx: Tx, settings: "Settings", user: Principal, room: Room, message: Message
    ) -> None:
        """Promise that the customer gets the message by SMS, or tell the agent why not."""
        if "sms" not in (room.channel or {}) or message.kind is not None:
            return
        provider = provider_in_use(settings)
        visitor = find_visitor(tx, room.visitor_id)
        if provider is None or visitor is None or not visitor.phone:
            return
        language = user.language or settings.text("Language") or "en"
        obstacle = _obstacle(tx, settings, provider, message, language)
        if obstacle is not None:
            whisper(tx, user.id, room.id, obstacle)
            return
        tx.insert(queries.ADD_WAITING, Waiting(message.id, room.id, message.sent_at))
        # Replaced, so that a job that is about to end looks once more.
        enqueue(tx, SEND, {"room_id": room.id}, key=f"{SEND}:{room.id}", replace=True)


def _obstacle(
    tx: Tx, settings: "Settings", provider: Provider, message: Message, language: str
) -> str | None:
    """Return why a message cannot be sent at all, in the agent's language."""
    if not provider.is_configured(settings):
        return text("SMS_Twilio_NotConfigured", language)
    shown = (message.extras or {}).get("file")
    if shown is None:
        return None
    enabled, types = provider.media_rules(settings)
    file = find_file(tx, str(shown.get("_id")))
    if not enabled:
        return text("FileUpload_Disabled", language)
    if file is None:
        return text("FileUpload_NotAllowed", language)
    if file.size > LARGEST_FILE:
        limit = size_text(LARGEST_FILE)
        return text("File_exceeds_allowed_size_of_bytes", language, size=limit)
    kind = file.content_type.partition(";")[0].strip().lower()
    if not {kind, f"{kind.partition('/')[0]}/*", "*"} & {each.lower() for each in types}:
        return text("File_type_is_not_accepted", language)
    if not settings.text("Site_Url").strip():
        return text("FileUpload_NotAllowed", language)
    signs = settings.flag("FileUpload_Enable_json_web_token_for_files") and settings.text(
        "FileUpload_json_web_token_secret_for_files"
    )
    if settings.flag("FileUpload_ProtectFiles") and not signs:
        return text("FileUpload_ProtectFilesEnabled_JWTNotSet", language)
    return None


def send_waiting(workspace: "Workspace") -> Handler:
    """Return the handler of SEND."""

    async def send(run: JobRun) -> None:
        room_id: str = run.payload["room_id"]

        def next_waiting(tx: Tx) -> Waiting | None:
            return tx.one(queries.NEXT_WAITING, room_id=room_id)

        while (waiting := await workspace.db.read(next_waiting)) is not None:
            await _send(workspace, waiting)

    return send


async def _send(workspace: "Workspace", waiting: Waiting) -> None:
    """Send a message, or give it up; raises NotSent if it is to be tried again."""
    settings, db, message_id = workspace.settings, workspace.db, waiting.message_id
    outgoing = await db.read(lambda tx: _outgoing(tx, settings, message_id))
    try:
        if outgoing is not None:
            provider = provider_in_use(settings)
            if provider is None:
                raise NotSent("SMS are switched off", for_good=True)
            await provider.send(settings, outgoing)
    except NotSent as refusal:
        tries, reason = waiting.tries + 1, str(refusal)
        if not refusal.for_good and tries < TRIES:
            await db.write(lambda tx: _count_try(tx, message_id, reason, tries))
            raise
        await db.write(lambda tx: _give_up(tx, settings, message_id, reason, tries))
    else:
        await db.write(lambda tx: tx.run(queries.REMOVE_WAITING, gone=message_id))


def _outgoing(tx: Tx, settings: "Settings", message_id: str) -> OutgoingSms | None:
    """Return what is to be sent; None if message, conversation or number are gone."""
    message = find_message(tx, message_id)
    room = None if message is None else find_conversation(tx, message.room_id)
    visitor = None if room is None else find_visitor(tx, room.visitor_id)
    if message is None or room is None or visitor is None or not visitor.phone:
        return None
    extras = message.extras or {}
    said, media_url, location = message.text, None, _location(extras)
    if extras.get("file"):
        file = find_file(tx, str(extras["file"].get("_id")))
        media_url = None if file is None else public_link(settings, file, tx.now)
        said = said or str((extras.get("attachments") or [{}])[0].get("description") or "")
    if location is not None:
        said = text("Location", settings.text("Language") or "en")
    sender = str((room.channel or {}).get("sms", {}).get("from", ""))
    return OutgoingSms(sender, visitor.phone, said, media_url, location)


def _location(extras: dict[str, Any]) -> tuple[float, float] | None:
    match extras.get("location"):
        case {"coordinates": [int() | float() as longitude, int() | float() as latitude]}:
            return float(latitude), float(longitude)
    return None


def _count_try(tx: Tx, message_id: str, reason: str, tries: int) -> None:
    """Note a try that failed; the agent is told of the first one."""
    tx.run(queries.COUNT_TRY, of_message=message_id)
    message = find_message(tx, message_id) if tries == 1 else None
    if message is not None:
        whisper(tx, message.author_id, message.room_id, reason)


def _give_up(tx: Tx, settings: "Settings", message_id: str, reason: str, tries: int) -> None:
    """Stop trying to send a message and tell its author; if it took long, in a direct message,
    which waits for an agent who is away by now.
    """
    tx.run(queries.REMOVE_WAITING, gone=message_id)
    message = find_message(tx, message_id)
    if message is None:
        return
    whisper(tx, message.author_id, message.room_id, reason)
    author = find_user(tx, message.author_id)
    if author is not None and tries > 1:
        notice = Message(
            id=random_id(),
            room_id="",
            sent_at=tx.now,
            kind=None,
            text=f"SMS: {reason}\n> {message.text[:200]}",
            author_id=SYSTEM_AUTHOR.id,
            author_username=SYSTEM_AUTHOR.username,
            author_name=SYSTEM_AUTHOR.name,
            groupable=False,
            extras={"urls": [], "mentions": [], "channels": []},
            updated_at=tx.now,
        )
        tell_user(tx, settings, author, notice)
