"""What editing or deleting a message means for its conversation.

Source: behaviour of the API, messages, section 1.6.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change, find_room
from frontdesk.db import Tx
from frontdesk.messages.records import Message
from frontdesk.webhooks.room_events import tell_message

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def note_edit(tx: Tx, settings: "Settings", room_id: str, document: dict[str, Any]) -> None:
    """Show an edited message as the room's last one, if it is that, and tell of it."""
    room = conversation_to_change(tx, room_id) or find_room(tx, room_id)
    if room is None:
        return
    tell_message(tx, settings, room, document)
    if not settings.flag("Store_Last_Message"):
        return
    if room.last_message is None or room.last_message.get("_id") != document["_id"]:
        return
    tx.patch(queries.PATCH_ROOM, room_id, last_message=document, updated_at=tx.now)
    tx.emit("room", room_id, "message")


def note_deletion(
    tx: Tx, settings: "Settings", message: Message, last: dict[str, Any] | None
) -> None:
    """Count a deleted message no more; `last` is what is the room's last message now."""
    room_id = message.room_id
    room = conversation_to_change(tx, room_id) or find_room(tx, room_id)
    if room is None:
        return
    changes: dict[str, Any] = {
        "message_count": max(0, room.message_count - 1),
        "updated_at": tx.now,
    }
    if message.kind is None and message.visitor_token is not None:
        changes["visitor_messages"] = max(0, room.visitor_messages - 1)
    elif message.kind is None:
        changes["agent_messages"] = max(0, room.agent_messages - 1)
    shown = room.last_message
    if settings.flag("Store_Last_Message") and (shown is None or shown.get("_id") == message.id):
        changes["last_message"] = last
    tx.patch(queries.PATCH_ROOM, room_id, **changes)
    tx.emit("room", room_id, "message")
