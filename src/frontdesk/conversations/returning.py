"""Giving a served conversation back to the queue.

Source: behaviour of the API, conversations, sections 2.10 and 4.5.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.clock import iso
from frontdesk.conversations import queries
from frontdesk.conversations.finding import inquiry_of_room
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.ids import random_id
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import message_document
from frontdesk.messages.storing import Author, store_message, store_system_message

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def return_to_queue(tx: Tx, settings: "Settings", room: Room, department_id: str | None) -> bool:
    """Take the agent off an open conversation and queue it again; False if nobody serves it.

    `room` was read with `conversation_to_change`. Raises Refused `room-closed` or
    `error-room-onHold`.
    """
    if not room.open:
        raise Refused("room-closed")
    if room.on_hold:
        raise Refused("error-room-onHold")
    inquiry = inquiry_of_room(tx, room.id)
    if room.agent_id is None or room.agent_username is None or inquiry is None:
        return False
    history = _history(tx, room, Author(room.agent_id, room.agent_username))
    document = message_document(history)
    removed = tx.all(queries.REMOVE_SUBSCRIPTIONS, room_id=room.id)
    keeps_last = settings.flag("Store_Last_Message")
    department_id = department_id or room.department_id
    tx.run(
        queries.REMOVE_AGENT,
        row_id=room.id,
        now=tx.now,
        department_id=department_id,
        messages_added=2 + len(removed),  # the history message notifies and counts twice
        last_message=document if keeps_last else room.last_message,
    )
    tx.run(
        queries.QUEUE_INQUIRY,
        room_id=room.id,
        now=tx.now,
        department_id=department_id,
        last_message=room.last_message,
    )
    store_message(tx, history)
    for each in removed:
        left = Author(each.user_id, each.username)
        store_system_message(tx, room.id, "ul", left, each.username)
        tx.emit("subscription", each.user_id, "removed", each.id, room.id)
    tx.emit("room", room.id, "returned")
    tx.emit("inquiry", inquiry.id, "updated", department_id)
    return True


def _history(tx: Tx, room: Room, agent: Author) -> Message:
    by: dict[str, Any] = {"_id": agent.id, "username": agent.username, "userType": "agent"}
    transfer: dict[str, Any] = {"transferredBy": by, "ts": iso(tx.now), "scope": "queue"}
    if room.department_id is not None:
        transfer["previousDepartment"] = room.department_id
    return Message(
        id=random_id(),
        room_id=room.id,
        sent_at=tx.now,
        kind="livechat_transfer_history",
        text="",
        author_id=agent.id,
        author_username=agent.username,
        groupable=False,
        extras={"transferData": transfer},
        updated_at=tx.now,
    )
