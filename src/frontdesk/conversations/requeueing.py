"""A conversation that has come back into the queue: who else could have it?

Source: behaviour of the API, conversations, section 2.5.
"""

from typing import TYPE_CHECKING

from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change, inquiry_of_room
from frontdesk.conversations.preferring import bot_first
from frontdesk.conversations.taking import delegate
from frontdesk.db import Tx
from frontdesk.visitors.noting import note_department
from frontdesk.workforce.finding import find_department, somebody_is_online

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def requeue(tx: Tx, settings: "Settings", room_id: str) -> None:
    """Give a queued conversation to a bot if bots come first, or else move it to where somebody is.

    A department with nobody online falls back on another one, once; the visitor goes with it.
    """
    room = conversation_to_change(tx, room_id)
    inquiry = inquiry_of_room(tx, room_id)
    if room is None or inquiry is None:
        return
    bot = bot_first(tx, settings, inquiry.department_id)
    if bot is not None:
        inquiry.default_agent_id, inquiry.default_agent_username = bot.id, bot.username
        delegate(tx, settings, inquiry, room)
        return
    # Here nobody counts as online who is not, whatever the workspace accepts.
    strict = settings.with_value("Livechat_accept_chats_with_no_agents", False)
    department = find_department(tx, inquiry.department_id)
    if department is None or somebody_is_online(tx, strict, department.id):
        return
    fallback = find_department(tx, department.fallback_id)
    if fallback is None:
        return
    tx.patch(
        queries.PATCH_ROOM,
        room.id,
        department_id=fallback.id,
        department_ancestors=fallback.ancestors,
        updated_at=tx.now,
    )
    tx.patch(queries.PATCH_INQUIRY, inquiry.id, department_id=fallback.id, updated_at=tx.now)
    note_department(tx, room.visitor_id, fallback.id)
    tx.emit("room", room.id, "changed")
    tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)  # it leaves that queue
    tx.emit("inquiry", inquiry.id, "updated", fallback.id)
