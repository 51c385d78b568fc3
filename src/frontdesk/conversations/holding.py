"""Putting a conversation on hold, taking it up again, and the timer that closes held ones.

Source: behaviour of the API, conversations, sections 3.13, 3.14 and 6.2.
"""

from typing import TYPE_CHECKING

from frontdesk.conversations import queries
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.jobs.queue import cancel, enqueue
from frontdesk.messages.storing import Author, store_system_message
from frontdesk.texts import text

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

CLOSE_HELD = "conversations.close_held"


def place_on_hold(tx: Tx, settings: "Settings", room: Room, by: Author, comment: str) -> None:
    """Put a conversation on hold and start the timer that closes it.

    `room` was read with `conversation_to_change`. Raises Refused when it is closed, held,
    unserved, or the visitor waits for an answer.
    """
    if not room.open:
        raise Refused("error-room-already-closed")
    if room.on_hold:
        raise Refused("error-room-is-already-on-hold")
    only_after_answer = settings.flag("Livechat_allow_manual_on_hold_upon_agent_engagement_only")
    if only_after_answer and "token" in (room.last_message or {}):
        raise Refused("error-cannot-place-chat-on-hold")
    if room.agent_id is None:
        raise Refused("error-unserved-rooms-cannot-be-placed-onhold")
    _set_hold(tx, room, held=True)
    store_system_message(tx, room.id, "omnichannel_placed_chat_on_hold", by, comment=comment)
    _start_timer(tx, settings, room.id)


def resume(tx: Tx, room: Room, by: Author, comment: str) -> None:
    """Take up a held conversation and stop its timer.

    Whether the serving agent may have one more chat is the caller's question.
    """
    _set_hold(tx, room, held=False)
    store_system_message(tx, room.id, "omnichannel_on_hold_chat_resumed", by, comment=comment)
    forget_hold(tx, room.id)


def forget_hold(tx: Tx, room_id: str) -> None:
    """Stop the timer of a held conversation."""
    cancel(tx, _timer_key(room_id))


def _set_hold(tx: Tx, room: Room, *, held: bool) -> None:
    tx.run(queries.HOLD_ROOM, row_id=room.id, held=held, abandoned_at=room.abandoned_at, now=tx.now)
    tx.run(queries.HOLD_SUBSCRIPTIONS, room_id=room.id, held=held, now=tx.now)
    tx.emit("room", room.id, "held" if held else "resumed")


def _start_timer(tx: Tx, settings: "Settings", room_id: str) -> None:
    seconds = settings.number("Livechat_auto_close_on_hold_chats_timeout")
    if seconds <= 0:
        return
    # The comment is fixed now: a later change of the settings does not change what was promised.
    comment = settings.text("Livechat_auto_close_on_hold_chats_custom_message") or text(
        "Closed_automatically_because_chat_was_onhold_for_seconds",
        settings.text("Language") or "en",
        onHoldTime=seconds,
    )
    enqueue(
        tx,
        CLOSE_HELD,
        {"room_id": room_id, "comment": comment},
        due_at=tx.now + seconds * 1000,
        key=_timer_key(room_id),
        replace=True,
    )


def _timer_key(room_id: str) -> str:
    return f"held:{room_id}"
