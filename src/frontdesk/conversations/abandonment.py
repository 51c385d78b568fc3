"""Visitors who do not answer: when a conversation counts as abandoned, and what is done then.

Source: behaviour of the API, conversations, section 6.1.
"""

from typing import TYPE_CHECKING

from frontdesk.conversations import queries
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.jobs.queue import cancel, enqueue
from frontdesk.texts import text
from frontdesk.workforce.finding import find_department
from frontdesk.workforce.records import Department

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


CLOSE_ABANDONED = "conversations.close_abandoned"


def expect_answer(tx: Tx, settings: "Settings", room: Room) -> int | None:
    """Start the timer of the visitor's answer; return when (ms) silence becomes abandonment.

    None, and no timer, where nothing is to be done about it.
    """
    if settings.text("Livechat_abandoned_rooms_action") not in ("close", "on-hold"):
        return None
    if room.first_response_at is None:
        return None
    department = find_department(tx, room.department_id)
    seconds = _department_timeout(department)
    if seconds is None:
        seconds = settings.number("Livechat_visitor_inactivity_timeout")
    if seconds <= 0:
        return None
    due_at = room.first_response_at + seconds * 1000
    enqueue(
        tx,
        CLOSE_ABANDONED,
        {"room_id": room.id},
        due_at=due_at,
        key=_timer_key(room.id),
        replace=True,
    )
    return due_at


def stop_expecting(tx: Tx, room: Room) -> None:
    """Stop the timer of the visitor's answer; `room.abandoned_at` is the caller's to clear."""
    if room.abandoned_at is not None:
        cancel(tx, _timer_key(room.id))


def expect_answers_anew(tx: Tx, settings: "Settings") -> None:
    """Set the timers of all open conversations again, after their settings have changed."""
    for room in tx.all(queries.ANSWERED_ROOMS):
        tx.patch(
            queries.PATCH_ROOM,
            room.id,
            abandoned_at=expect_answer(tx, settings, room),
            updated_at=tx.now,
        )


def abandonment_comment(settings: "Settings", room: Room, department: Department | None) -> str:
    """Return the comment with which an abandoned conversation is closed."""
    own = department.abandoned_message if department is not None else None
    return (
        own
        or settings.text("Livechat_abandoned_rooms_closed_custom_message")
        or _sentence(settings, room, "Omnichannel_chat_closed_due_to_inactivity")
    )


def hold_comment(settings: "Settings", room: Room) -> str:
    """Return the comment with which an abandoned conversation is put on hold."""
    return _sentence(settings, room, "Omnichannel_On_Hold_due_to_inactivity")


def _sentence(settings: "Settings", room: Room, key: str) -> str:
    return text(
        key,
        settings.text("Language") or "en",
        guest=room.visitor_name or room.visitor_username or "",
        timeout=settings.number("Livechat_visitor_inactivity_timeout"),
    )


def _department_timeout(department: Department | None) -> int | None:
    return department.inactivity_timeout or None if department is not None else None


def _timer_key(room_id: str) -> str:
    return f"abandoned:{room_id}"
