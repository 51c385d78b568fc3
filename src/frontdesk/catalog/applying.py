"""Giving a conversation a priority or an SLA policy, and taking it away.

Source: behaviour of the API, priorities, sections 3.5 to 3.7, 4.6 and 4.8.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.catalog.finding import find_priority, find_sla, sla_by_id_or_name
from frontdesk.catalog.schemas import priority_document, sla_document
from frontdesk.conversations.finding import conversation_to_change, inquiry_of_room
from frontdesk.conversations.ranking import rank_by_priority, rank_by_sla
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.messages.storing import Author, store_system_message

if TYPE_CHECKING:
    from frontdesk.http.call import Principal


def apply_priority(tx: Tx, room: Room, priority_id: str | None, by: Author) -> None:
    """Give a conversation, open or closed, a priority, or take it away with None.

    `room` was read with `conversation_to_change`. The conversation's history tells it, also when
    nothing changes. Raises Refused `error-invalid-priority`.
    """
    priority = None if priority_id is None else find_priority(tx, priority_id)
    if priority is None and priority_id is not None:
        raise Refused("error-invalid-priority")
    data: dict[str, Any] = {"definedBy": _by(by)}
    if priority is None:
        rank_by_priority(tx, room.id)
    else:
        rank_by_priority(tx, room.id, priority.id, priority.weight)
        data["priority"] = priority_document(priority)
    store_system_message(tx, room.id, "omnichannel_priority_change_history", by, priorityData=data)


def apply_sla(tx: Tx, room: Room, sla_id: str | None, by: Author) -> None:
    """Give a conversation, open or closed, an SLA policy, or take it away with None.

    `room` was read with `conversation_to_change`. The conversation's history tells it. Raises
    Refused `SLA not found with id: ...`.
    """
    sla = None if sla_id is None else find_sla(tx, sla_id)
    if sla is None and sla_id is not None:
        raise Refused(f"SLA not found with id: {sla_id}")
    data: dict[str, Any] = {"definedBy": _by(by)}
    if sla is None:
        rank_by_sla(tx, room.id)
    else:
        rank_by_sla(tx, room.id, sla.id, sla.due_minutes)
        data["sla"] = sla_document(sla)
    store_system_message(tx, room.id, "omnichannel_sla_change_history", by, slaData=data)


def set_priority(tx: Tx, user: "Principal", room_id: str, priority_id: str | None) -> None:
    """Give a conversation a priority for a user who is logged in, or take it away with None.

    Raises Refused `error-room-does-not-exist` and what `apply_priority` raises.
    """
    room = conversation_to_change(tx, room_id)
    if room is None:
        raise Refused("error-room-does-not-exist")
    apply_priority(tx, room, priority_id, _author(user))


def set_sla(tx: Tx, user: "Principal", body: Any) -> None:
    """Give a queued conversation an SLA policy, named by id or exact name in a decoded body.

    Raises Refused `The 'roomId' param is required`, `error-invalid-inquiry`, `error-invalid-sla`.
    """
    given = body if isinstance(body, dict) else {}
    room_id, wanted = given.get("roomId"), given.get("sla")
    if not room_id:
        raise Refused("The 'roomId' param is required")
    room = conversation_to_change(tx, room_id) if isinstance(room_id, str) else None
    inquiry = None if room is None else inquiry_of_room(tx, room.id)
    if room is None or inquiry is None or inquiry.status != "queued":
        raise Refused("error-invalid-inquiry")
    sla = sla_by_id_or_name(tx, wanted) if wanted and isinstance(wanted, str) else None
    if sla is None:
        raise Refused("error-invalid-sla")
    apply_sla(tx, room, sla.id, _author(user))


def _author(user: "Principal") -> Author:
    return Author(user.id, user.username, user.name)


def _by(author: Author) -> dict[str, str]:
    return {"_id": author.id, "username": author.username}
