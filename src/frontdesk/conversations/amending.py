"""What editing or deleting a message means for its conversation.

Source: behaviour of the API, messages, section 1.6.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change, find_room
from frontdesk.db import Tx

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def note_edit(tx: Tx, settings: "Settings", room_id: str, document: dict[str, Any]) -> None:
    """Show an edited message as the room's last one, if it is that."""
    room = conversation_to_change(tx, room_id) or find_room(tx, room_id)
    if room is None or not settings.flag("Store_Last_Message"):
        return
    if room.last_message is None or room.last_message.get("_id") != document["_id"]:
        return
    tx.patch(queries.PATCH_ROOM, room_id, last_message=document, updated_at=tx.now)
    tx.emit("room", room_id, "message")


def note_deletion(
    tx: Tx, settings: "Settings", room_id: str, message_id: str, last: dict[str, Any] | None
) -> None:
    """Count a deleted message no more; `last` is what is the room's last message now."""
    room = conversation_to_change(tx, room_id) or find_room(tx, room_id)
    if room is None:
        return
    changes: dict[str, Any] = {
        "message_count": max(0, room.message_count - 1),
        "updated_at": tx.now,
    }
    shown = room.last_message
    if settings.flag("Store_Last_Message") and (shown is None or shown.get("_id") == message_id):
        changes["last_message"] = last
    tx.patch(queries.PATCH_ROOM, room_id, **changes)
    tx.emit("room", room_id, "message")
