"""What a message does to its conversation: counters, waiting marks, metrics, unread marks.

Source: behaviour of the API, conversations, section 8; messages, section 1.5.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.conversations import queries
from frontdesk.conversations.abandonment import expect_answer
from frontdesk.conversations.contact_activity import note_active_month
from frontdesk.conversations.records import Room
from frontdesk.conversations.routing import routing_method
from frontdesk.conversations.unanswered import replied
from frontdesk.db import Tx
from frontdesk.messages.records import Message
from frontdesk.webhooks.room_events import tell_message

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def note_message(
    tx: Tx,
    settings: "Settings",
    room: Room,
    message: Message,
    document: dict[str, Any],
    *,
    automatic: bool = False,
) -> None:
    """Bring a room, its inquiry and its memberships up to date after a new message.

    `room` was read with `conversation_to_change`; `document` is the message as the API sends
    it; `automatic` messages (of bots) do not count as answers where the workspace says so.
    System messages change counters and unread marks only.
    """
    noted = msgspec.structs.replace(room)
    by_visitor = message.kind is None and message.visitor_token is not None
    by_agent = message.kind is None and message.visitor_token is None
    if room.kind == "l" and message.kind is None:
        if message.visitor_token is None and room.auto_transfer_due_at is not None:
            replied(tx, room)
        if message.visitor_token is not None:
            _note_visitor(noted, message)
        elif not (automatic and settings.flag("Omnichannel_Metrics_Ignore_Automatic_Messages")):
            _note_agent(tx, settings, noted, message)
    if settings.flag("Store_Last_Message"):
        noted.last_message = document
    tx.run(
        queries.NOTE_MESSAGE,
        row_id=room.id,
        messages_added=1,
        visitor_messages_added=int(by_visitor),
        agent_messages_added=int(by_agent),
        now=tx.now,
        last_message_at=message.sent_at,
        **{name: getattr(noted, name) for name in _NOTED},
    )
    note_unread(tx, settings, room.id, message.author_id)
    if room.agent_id is None and message.kind is None and routing_method(settings).showQueue:
        tx.run(
            queries.NOTE_LAST_MESSAGE,
            room_id=room.id,
            last_message=noted.last_message,
            now=tx.now,
        )
    tell_message(tx, settings, room, document)


def note_unread(tx: Tx, settings: "Settings", room_id: str, author_id: str) -> None:
    """Raise the unread marks of all members but the author, whose own are cleared."""
    counts_all = settings.text("Unread_Count_Omni") in ("all_messages", "")
    tx.run(
        queries.NOTE_UNREAD,
        room_id=room_id,
        author_id=author_id,
        added=1 if counts_all else 0,
        now=tx.now,
    )
    tx.emit("room", room_id, "message")


_NOTED = (
    "last_message",
    "visitor_last_message_at",
    "visitor_activity",
    "waiting_response",
    "responder_id",
    "responder_username",
    "first_response_at",
    "last_response_at",
    "visitor_asked_at",
    "agent_replied_at",
    "responses",
    "response_time",
    "first_response_time",
    "first_response_noted_at",
    "reaction_time",
    "first_reaction_time",
    "abandoned_at",
)


def _note_visitor(room: Room, message: Message) -> None:
    asked_at = room.visitor_asked_at or room.opened_at
    replied_at = room.agent_replied_at or room.opened_at
    room.visitor_last_message_at = message.sent_at
    if replied_at >= asked_at:
        room.visitor_asked_at = message.sent_at  # only the first of several in a row counts
    if not room.waiting_response:
        room.waiting_response = True
        room.responder_id = room.responder_username = None
        room.first_response_at = room.last_response_at = None


def _note_agent(tx: Tx, settings: "Settings", room: Room, message: Message) -> None:
    month = datetime.fromtimestamp(tx.now / 1000, UTC).strftime("%Y-%m")
    if month not in (room.visitor_activity or ()):
        note_active_month(tx, room, month)
    _measure_response(tx, room, message)
    if room.waiting_response:
        first = room.responder_id is None
        room.waiting_response = False
        if first:
            room.responder_id = message.author_id
            room.responder_username = message.author_username
            room.first_response_at = message.sent_at
            room.abandoned_at = expect_answer(tx, settings, room) or room.abandoned_at
        room.last_response_at = message.sent_at
    elif room.responder_id is not None:
        room.last_response_at = tx.now


def _measure_response(tx: Tx, room: Room, message: Message) -> None:
    """Add this answer to the metrics; seconds since the question and since the agent came."""
    asked_at = room.visitor_asked_at or room.opened_at
    replied_at = room.agent_replied_at or room.opened_at
    answers = asked_at > replied_at
    if room.agent_replied_at is None:
        response = (tx.now - asked_at) / 1000
        reaction = (tx.now - (room.agent_since or room.opened_at)) / 1000
        room.reaction_time += reaction
        if response:
            room.first_response_time = response
            room.first_response_noted_at = tx.now
            room.first_reaction_time = reaction
        room.responses += 1
        room.response_time += response
    elif answers:
        response = (tx.now - asked_at) / 1000
        room.responses += 1
        room.response_time += response
        room.reaction_time += response
    if answers:
        room.agent_replied_at = message.sent_at
