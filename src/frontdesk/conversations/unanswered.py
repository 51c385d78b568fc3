"""Agents who do not answer: the timer after which somebody else gets the conversation.

It runs once in a conversation, from the first assignment. Source: behaviour of the API,
conversations, section 6.4.
"""

from typing import TYPE_CHECKING

from frontdesk.conversations import queries
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.jobs.queue import cancel, enqueue

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

PASS_ON_UNANSWERED = "conversations.pass_on_unanswered"
#: The setting: seconds, none for 0 or less.
ANSWER_LIMIT = "Livechat_auto_transfer_chat_timeout"


def expect_reply(tx: Tx, settings: "Settings", room: Room) -> None:
    """Start the timer of the agent's answer, unless it runs or has run."""
    seconds = settings.number(ANSWER_LIMIT)
    if (
        seconds <= 0
        or room.auto_transfer_due_at is not None
        or room.auto_transferred_at is not None
    ):
        return
    room.auto_transfer_due_at = tx.now + seconds * 1000
    tx.patch(
        queries.PATCH_ROOM,
        room.id,
        auto_transfer_due_at=room.auto_transfer_due_at,
        updated_at=tx.now,
    )
    enqueue(
        tx,
        PASS_ON_UNANSWERED,
        {"room_id": room.id, "seconds": seconds},
        due_at=room.auto_transfer_due_at,
        key=_timer_key(room.id),
        replace=True,
    )


def replied(tx: Tx, room: Room) -> None:
    """Stop the timer: somebody has answered."""
    tx.patch(queries.PATCH_ROOM, room.id, auto_transfer_due_at=None, updated_at=tx.now)
    forget_reply(tx, room.id)


def forget_reply(tx: Tx, room_id: str) -> None:
    """Take back the job of the timer; the room's record is the caller's."""
    cancel(tx, _timer_key(room_id))


def _timer_key(room_id: str) -> str:
    return f"unanswered:{room_id}"
