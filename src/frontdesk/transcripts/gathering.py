"""Gathering what a transcript says from the store.

Source: behaviour of the API, messages and transcripts, sections 2.6 and 2.8.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.access.finding import find_user
from frontdesk.clock import parse_iso
from frontdesk.conversations.finding import find_conversation
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.files.keeping import find_file
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import message_document
from frontdesk.messages.storing import closing_message_at, messages_of_room
from frontdesk.texts import text
from frontdesk.transcripts.document import AuthorKind, File, Line, Quote, Transcript
from frontdesk.transcripts.system_texts import system_text
from frontdesk.transcripts.time_zone import transcript_zone
from frontdesk.visitors.finding import find_visitor
from frontdesk.visitors.records import Visitor
from frontdesk.workforce.finding import find_department

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: System messages that an e-mail never shows.
_NOT_IN_EMAIL = frozenset(
    {
        "livechat_navigation_history",
        "livechat_transcript_history",
        "command",
        "livechat-close",
        "livechat-started",
        "livechat_video_call",
        "omnichannel_priority_change_history",
    }
)
_NOT_IN_PDF = frozenset({"command"})
#: Bytes of pictures in one transcript at the most; further ones are listed by name.
PICTURES_LIMIT = 20 * 1024 * 1024


class Gathered(msgspec.Struct):
    """A transcript without its pictures, and the ids under which those are stored.

    `pictures` has an entry for each file, in the order of lines and files: an id, or None for a
    file that is only named.
    """

    transcript: Transcript
    pictures: list[str | None]
    room: Room
    visitor: Visitor | None


def gather_for_email(tx: Tx, settings: "Settings", room_id: str) -> Gathered | None:
    """Return what an e-mail says: the messages up to the close, in the visitor's language.

    None for a room that has been removed meanwhile.
    """
    room = find_conversation(tx, room_id)
    if room is None:
        return None
    visitor = find_visitor(tx, room.visitor_id)
    language = (visitor.language if visitor else None) or settings.text("Language") or "en"
    closed_at = closing_message_at(tx, room.id)
    shows_agents = settings.flag("Livechat_show_agent_info")
    messages = [
        each
        for each in messages_of_room(tx, room.id)
        if (closed_at is None or each.sent_at < closed_at) and each.kind not in _NOT_IN_EMAIL
    ]
    return _gathered(
        tx, settings, room, visitor, messages,
        language=language,
        zone=transcript_zone(settings, None),
        shows_agents=shows_agents,
    )  # fmt: skip


def gather_for_pdf(
    tx: Tx, settings: "Settings", room_id: str, language: str | None
) -> Gathered | None:
    """Return what a PDF says: all messages of the room, in the requester's language."""
    room = find_conversation(tx, room_id)
    if room is None:
        return None
    agent = find_user(tx, room.agent_id) if room.agent_id is not None else None
    messages = [each for each in messages_of_room(tx, room.id) if each.kind not in _NOT_IN_PDF]
    return _gathered(
        tx, settings, room, find_visitor(tx, room.visitor_id), messages,
        language=language or settings.text("Language") or "en",
        zone=transcript_zone(settings, agent.utc_offset if agent is not None else None),
        shows_agents=True,
    )  # fmt: skip


def with_pictures(gathered: Gathered, data: dict[str, bytes]) -> Transcript:
    """Return the transcript with the bytes of its pictures, by file id."""
    ids = iter(gathered.pictures)
    lines = []
    for line in gathered.transcript.messages:
        files = []
        for file in line.files:
            picture = next(ids)
            found = data.get(picture) if picture is not None else None
            files.append(msgspec.structs.replace(file, data=found))
        lines.append(msgspec.structs.replace(line, files=tuple(files)))
    return msgspec.structs.replace(gathered.transcript, messages=tuple(lines))


def _gathered(
    tx: Tx,
    settings: "Settings",
    room: Room,
    visitor: Visitor | None,
    messages: list[Message],
    *,
    language: str,
    zone: str,
    shows_agents: bool,
) -> Gathered:
    shows_system = settings.flag("Livechat_transcript_show_system_messages")
    pictures: list[str | None] = []

    def author_of(message: Message) -> str:
        if message.visitor_token is not None or shows_agents:
            return message.alias or message.author_name or message.author_username
        return text("Agent", language)

    lines = []
    for message in messages:
        if message.hidden or (message.kind is not None and not shows_system):
            continue
        line = _line(tx, message, author_of, language, zone, shows_agents, pictures)
        if line is not None:
            lines.append(line)
    department = find_department(tx, room.department_id)
    agent = find_user(tx, room.agent_id) if room.agent_id is not None else None
    agent_name = None if agent is None else agent.name or agent.username
    transcript = Transcript(
        site_name=settings.text("Site_Name"),
        visitor=room.visitor_name or room.visitor_username or "",
        agent=agent_name if shows_agents else (text("Agent", language) if agent_name else None),
        department=department.name if department is not None else None,
        opened_at=room.opened_at,
        closed_at=room.closed_at,
        tags=tuple(room.tags or ()),
        comment=_closing_comment(tx, room),
        language=language,
        time_zone=zone,
        messages=tuple(lines),
    )
    return Gathered(transcript, pictures, room, visitor)


def _closing_comment(tx: Tx, room: Room) -> str:
    last = room.last_message or {}
    if last.get("t") == "livechat-close":
        return str(last.get("msg", ""))
    comments = [m.text for m in messages_of_room(tx, room.id) if m.kind == "livechat-close"]
    return comments[-1] if comments else ""


def _line(
    tx: Tx,
    message: Message,
    author_of: Callable[[Message], str],
    language: str,
    zone: str,
    shows_agents: bool,
    pictures: list[str | None],
) -> Line | None:
    if message.kind is not None:
        sentence = system_text(
            message_document(message), language, hide_agents=not shows_agents, time_zone=zone
        )
        if sentence is None:
            return None
        return Line(
            author=author_of(message),
            kind="system",
            ts=message.sent_at,
            text=sentence,
            system=True,
        )
    extras = message.extras or {}
    attachments: list[dict[str, Any]] = extras.get("attachments") or []
    files = []
    for attachment in attachments:
        if attachment.get("type") == "file":
            files.append(_file(tx, message, extras, attachment, pictures))
    described = next((a["description"] for a in attachments if a.get("description")), "")
    kind: AuthorKind = "visitor" if message.visitor_token is not None else "agent"
    return Line(
        author=author_of(message),
        kind=kind,
        ts=message.sent_at,
        text=message.text or described,
        files=tuple(files),
        quotes=tuple(_quote(each) for each in attachments if "message_link" in each),
    )


def _file(
    tx: Tx,
    message: Message,
    extras: dict[str, Any],
    attachment: dict[str, Any],
    pictures: list[str | None],
) -> File:
    """Return a file of a message; a picture is noted by its id, for its bytes to be read later."""
    title = str(attachment.get("title", ""))
    known = {each.get("name"): each.get("_id") for each in extras.get("files") or ()}
    file_id = known.get(title) or (extras.get("file") or {}).get("_id")
    stored = find_file(tx, file_id) if file_id else None
    # A file of another room, smuggled in by its id, is only named.
    if stored is not None and stored.room_id != message.room_id:
        stored = None
    is_picture = stored is not None and stored.content_type.startswith("image/")
    pictures.append(stored.id if stored is not None and is_picture else None)
    return File(
        name=title or (stored.name if stored is not None else ""),
        content_type=stored.content_type if stored is not None else "",
        size=stored.size if stored is not None else None,
    )


def _quote(attachment: dict[str, Any]) -> Quote:
    written = attachment.get("ts")
    try:
        sent_at = parse_iso(str(written)) if written else None
    except ValueError:
        sent_at = None
    nested = attachment.get("attachments") or ()
    return Quote(
        author=str(attachment.get("author_name", "")),
        text=str(attachment.get("text", "")),
        ts=sent_at,
        quotes=tuple(_quote(each) for each in nested if "message_link" in each),
    )
