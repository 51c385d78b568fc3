"""What waiting visitors are told: their place, and how long it will take.

Source: behaviour of the API, conversations, section 2.9; messages, section 5.1.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, func, select

from frontdesk.conversations.finding import inquiry_of_room
from frontdesk.conversations.queue_order import place_in_queue, whole_queue
from frontdesk.conversations.tables import CLOSED_IN_DEPARTMENT, rooms
from frontdesk.conversations.visitor_stream import place_event
from frontdesk.db import Event, Query, Tx
from frontdesk.workforce.finding import find_department

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def tells_places(settings: "Settings") -> bool:
    """Tell whether waiting visitors learn their places."""
    return settings.flag("Livechat_waiting_queue") and settings.flag(
        "Omnichannel_calculate_dispatch_service_queue_statistics"
    )


def queue_info(tx: Tx, settings: "Settings", room_id: str) -> dict[str, Any] | None:
    """Return the place of a conversation, from 1, the text for it, and the expected wait in
    seconds if anything is known about that; None if it does not wait, or nobody is told.
    """
    if not tells_places(settings):
        return None
    inquiry = inquiry_of_room(tx, room_id)
    if inquiry is None or inquiry.status != "queued":
        return None
    queue = _Queue(tx, settings, inquiry.department_id)
    return queue.info(place_in_queue(tx, settings, inquiry))


def own_place(tx: Tx, settings: "Settings", room_id: str) -> list[Event]:
    """Return the event that tells the visitor of a waiting conversation its place."""
    info = queue_info(tx, settings, room_id)
    return [] if info is None else [place_event(room_id, info)]


def all_places(tx: Tx, settings: "Settings", department_id: str | None) -> list[Event]:
    """Return the events that tell all who wait for a department, or for none, their places."""
    if not tells_places(settings):
        return []
    waiting = whole_queue(tx, settings, department_id)
    queue = _Queue(tx, settings, department_id) if waiting else None
    # Without a department the place counts all that wait: those of departments, too.
    return [
        place_event(each.room_id, queue.info(place))
        for place, each in enumerate(waiting, start=1)
        if queue is not None and each.department_id == department_id
    ]


class _Queue:
    """What is the same for all who wait in one queue: the text, and how long chats take."""

    def __init__(self, tx: Tx, settings: "Settings", department_id: str | None) -> None:
        department = find_department(tx, department_id)
        own_text = department.queue_message if department is not None else None
        self._text = own_text or settings.text("Livechat_waiting_queue_message")
        self._chats = settings.number("Livechat_number_most_recent_chats_estimate_wait_time")
        self._average = 0.0
        if self._chats > 0:
            query = _AVERAGE if department_id is None else _AVERAGE_OF_DEPARTMENT
            found = tx.one(query, department_id=department_id, chats=self._chats)
            self._average = found or 0.0

    def info(self, place: int) -> dict[str, Any]:
        user = {"_id": "rocket.cat", "username": "rocket.cat"}
        info: dict[str, Any] = {"spot": place, "message": {"text": self._text, "user": user}}
        if self._average:
            wait = ((place - 1) / self._chats + 1) * self._average
            info["estimatedWaitTimeSeconds"] = wait
        return info


def _seconds(average: float | None) -> float | None:
    return average


def _average(*conditions: Any) -> Query[float | None]:
    """Return the query for how long the conversations lasted that were closed last; seconds."""
    latest = (
        select(rooms.c.chat_duration)
        .where(*conditions)
        .order_by(rooms.c.closed_at.desc())
        .limit(bindparam("chats", type_=Integer))
        .subquery()
    )
    return Query(select(func.avg(latest.c.chat_duration)), _seconds)


_AVERAGE = _average(rooms.c.closed_at.is_not(None))
_AVERAGE_OF_DEPARTMENT = _average(
    CLOSED_IN_DEPARTMENT, rooms.c.department_id == bindparam("department_id")
)
