"""Closing a conversation.

Many doors lead here: the visitor, an agent or manager, the inactivity timer, the timer of held
chats, the queue's wait limit, an agent who leaves or is deactivated. Each makes its own checks
(who may, in which words it refuses) and then calls `close_conversation`, which decides once,
writes once and announces once.

Source of rules and texts: behaviour of the API, conversations, section 5.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.conversations import queries
from frontdesk.conversations.holding import forget_hold
from frontdesk.conversations.records import Room
from frontdesk.conversations.unanswered import forget_reply
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.ids import random_id
from frontdesk.messages.records import Message
from frontdesk.messages.storing import (
    Author,
    first_agent_message_after,
    store_message,
    store_system_message,
)
from frontdesk.transcripts.requesting import (
    NO_TRANSCRIPTS,
    TranscriptOptions,
    request_at_close,
)
from frontdesk.webhooks.room_events import tell_closed
from frontdesk.workforce.finding import find_department

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class Closing(msgspec.Struct, frozen=True):
    """How a conversation is to be closed.

    `closer` is a visitor if it has a token. `by_client` is true where a person presses a button
    and can be asked for tags. `forced` closes again what is closed or damaged.
    """

    closer: Author
    comment: str = ""
    tags: tuple[str, ...] = ()
    by_client: bool = False
    forced: bool = False
    transcripts: TranscriptOptions = NO_TRANSCRIPTS


def close_conversation(tx: Tx, settings: "Settings", room: Room, closing: Closing) -> None:
    """Close `room`, which must have been read with `conversation_to_change`.

    Writes the room's record, removes its inquiry and all memberships, stores the closing
    message, and promises the transcripts as jobs: all in this transaction, so that of many
    closers exactly one succeeds.

    Raises Refused, with nothing written, when the room is closed (`error-room-closed`), a
    comment or tags are required and missing, or somebody else was faster.
    """
    if not room.open and not closing.forced:
        raise Refused("error-room-closed")
    if _comment_is_missing(settings, closing):
        raise Refused("error-comment-is-required")
    tags = _final_tags(tx, room, closing)

    inquiry = tx.one(queries.REMOVE_INQUIRY, room_id=room.id)
    if inquiry is None and not closing.forced:
        raise Refused("Error removing inquiry")
    message = store_message(tx, _closing_message(tx, settings, room, closing))
    request = request_at_close(tx, settings, room, closing.transcripts)
    _write_record(tx, settings, room, closing, tags, message, request)
    removed = tx.all(queries.REMOVE_SUBSCRIPTIONS, room_id=room.id)
    if _asks_for_transcript(settings):
        store_system_message(tx, room.id, "command", closing.closer, "promptTranscript")
    if room.on_hold:
        forget_hold(tx, room.id)
    if room.auto_transfer_due_at is not None:
        forget_reply(tx, room.id)

    tx.emit("room", room.id, "closed")
    if inquiry is not None:
        tx.emit("inquiry", inquiry.id, "removed", inquiry.department_id, inquiry.default_agent_id)
    for subscription in removed:
        tx.emit("subscription", subscription.user_id, "removed", subscription.id, room.id)
    tell_closed(tx, settings, room.id)


def _comment_is_missing(settings: "Settings", closing: Closing) -> bool:
    required = settings.flag("Livechat_request_comment_when_closing_conversation")
    return required and not closing.comment.strip()


def _final_tags(tx: Tx, room: Room, closing: Closing) -> list[str]:
    """Return the tags of the record: those asked for, the room's, the department's; each once."""
    chosen = list(dict.fromkeys([*closing.tags, *(room.tags or ())]))
    department = find_department(tx, room.department_id)
    if department is None:
        return chosen
    standard = department.closing_tags or []
    if department.request_tag_before_closing:
        satisfied = (chosen or not closing.by_client) and standard
        if not satisfied:
            raise Refused("error-tags-must-be-assigned-before-closing-chat")
    return list(dict.fromkeys([*chosen, *standard]))


def _closing_message(tx: Tx, settings: "Settings", room: Room, closing: Closing) -> Message:
    always = _always_sends_transcript(settings)
    return Message(
        id=random_id(),
        room_id=room.id,
        sent_at=tx.now,
        kind="livechat-close",
        text=closing.comment,
        author_id=closing.closer.id,
        author_username=closing.closer.username,
        visitor_token=closing.closer.token,
        groupable=False,
        extras={"transcriptRequested": room.transcript_request is not None or always},
        updated_at=tx.now,
    )


def _write_record(
    tx: Tx,
    settings: "Settings",
    room: Room,
    closing: Closing,
    tags: list[str],
    message: dict[str, Any],
    transcript_request: dict[str, Any] | None,
) -> None:
    closer = closing.closer
    keeps_last = settings.flag("Store_Last_Message")
    changed = tx.run(
        queries.CLOSE_ROOM,
        row_id=room.id,
        forced=closing.forced,
        closed_at=tx.now,
        closer="visitor" if closer.token else "user",
        closed_by_id=closer.id,
        closed_by_username=closer.username,
        tags=tags or None,
        chat_duration=(tx.now - room.opened_at) / 1000,
        service_duration=None if room.agent_since is None else (tx.now - room.agent_since) / 1000,
        visitor_inactivity=_visitor_inactivity(tx, room, closing),
        transcript_request=transcript_request,
        last_message=message if keeps_last else room.last_message,
        # A message that notifies counts twice, as clients of the API are used to.
        messages_added=3 if _asks_for_transcript(settings) else 2,
    )
    if changed != 1:
        raise Refused("Error closing room")


def _visitor_inactivity(tx: Tx, room: Room, closing: Closing) -> int | None:
    """Return for how many whole seconds the visitor had left the last answer unanswered.

    None when the visitor closes, never wrote, or had the last word.
    """
    wrote_at = room.visitor_last_message_at
    if closing.closer.token or wrote_at is None:
        return None
    answered_at = first_agent_message_after(tx, room.id, wrote_at)
    return None if answered_at is None else (tx.now - answered_at) // 1000


def _asks_for_transcript(settings: "Settings") -> bool:
    """Tell whether the visitor is asked, after the close, if a transcript is wanted."""
    return settings.flag("Livechat_enable_transcript") and not settings.flag(
        "Livechat_transcript_send_always"
    )


def _always_sends_transcript(settings: "Settings") -> bool:
    return settings.flag("Livechat_transcript_send_always") and not settings.flag(
        "Livechat_enable_transcript"
    )
