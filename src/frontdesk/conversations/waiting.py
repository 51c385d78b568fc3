"""A conversation begins to wait in the queue, and waits no more; the limit of the wait.

Source: behaviour of the API, conversations, section 6.3.
"""

from typing import TYPE_CHECKING

from frontdesk.conversations.queue_order import waiting_inquiries
from frontdesk.db import Tx
from frontdesk.jobs.queue import cancel, enqueue
from frontdesk.webhooks.room_events import tell_queued

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

CLOSE_WAITING = "conversations.close_waiting"
#: The setting: minutes, none for 0 or less.
WAIT_LIMIT = "Livechat_max_queue_wait_time"
#: The stream of the queue: its key is the room, its arguments what happened (`JOINED`, `LEFT`)
#: and the department.
QUEUE = "queue"
JOINED = "joined"
LEFT = "left"


def begin_to_wait(tx: Tx, settings: "Settings", room_id: str, department_id: str | None) -> None:
    """Follow what the caller has written: the inquiry of the conversation is queued now."""
    wait_elsewhere(tx, settings, room_id, department_id)
    tell_queued(tx, settings, room_id)


def wait_elsewhere(tx: Tx, settings: "Settings", room_id: str, department_id: str | None) -> None:
    """Follow what the caller has written: a queued conversation waits in another department."""
    _limit(tx, settings, room_id, tx.now)
    tx.emit(QUEUE, room_id, JOINED, department_id)


def wait_no_more(tx: Tx, settings: "Settings", room_id: str, department_id: str | None) -> None:
    """Follow what the caller has written: somebody has the conversation now."""
    if settings.number(WAIT_LIMIT) > 0:
        cancel(tx, _timer_key(room_id))
    tx.emit(QUEUE, room_id, LEFT, department_id)


def limit_waits_anew(tx: Tx, settings: "Settings") -> None:
    """Set the timers of all that wait again, after the setting has changed."""
    for inquiry in waiting_inquiries(tx):
        if settings.number(WAIT_LIMIT) > 0:
            _limit(tx, settings, inquiry.room_id, inquiry.updated_at)
        else:
            cancel(tx, _timer_key(inquiry.room_id))


def _limit(tx: Tx, settings: "Settings", room_id: str, since: int) -> None:
    minutes = settings.number(WAIT_LIMIT)
    if minutes <= 0:
        return
    enqueue(
        tx,
        CLOSE_WAITING,
        {"room_id": room_id},
        due_at=since + minutes * 60_000,
        key=_timer_key(room_id),
        replace=True,
    )


def _timer_key(room_id: str) -> str:
    return f"waiting:{room_id}"
