"""A visitor's open conversation follows what changes about the visitor.

Source: behaviour of the API, visitors, sections 4.1 and 4.6.
"""

from frontdesk.conversations import queries
from frontdesk.conversations.finding import (
    conversation_to_change,
    inquiry_of_room,
    open_room_of_visitor,
)
from frontdesk.conversations.records import Room
from frontdesk.db import Tx


def follow_visitor_name(tx: Tx, token: str, name: str) -> None:
    """Show a visitor's new name in the open conversation, in its queue place and to its members."""
    room = _open_room(tx, token)
    if room is None or (room.display_name == name and room.visitor_name == name):
        return
    tx.patch(queries.PATCH_ROOM, room.id, display_name=name, visitor_name=name, updated_at=tx.now)
    tx.emit("room", room.id, "changed")
    inquiry = inquiry_of_room(tx, room.id)
    if inquiry is not None:
        tx.patch(queries.PATCH_INQUIRY, inquiry.id, name=name, updated_at=tx.now)
        tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)
    tx.run(queries.RENAME_SUBSCRIPTIONS, of_room=room.id, new_name=name, now=tx.now)
    for each in tx.all(queries.SUBSCRIPTIONS_OF_ROOM, room_id=room.id):
        tx.emit("subscription", each.user_id, "updated", room.id)


def follow_visitor_status(tx: Tx, token: str, status: str) -> None:
    """Show a visitor's presence in the open conversation, and in the queue while it waits."""
    room = _open_room(tx, token)
    if room is None:
        return
    tx.patch(queries.PATCH_ROOM, room.id, visitor_status=status, updated_at=tx.now)
    tx.emit("room", room.id, "changed")
    inquiry = inquiry_of_room(tx, room.id)
    if inquiry is not None and inquiry.status == "queued":
        tx.patch(queries.PATCH_INQUIRY, inquiry.id, visitor_status=status, updated_at=tx.now)
        tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)


def _open_room(tx: Tx, token: str) -> Room | None:
    """Return the visitor's open conversation; others cannot change it until the commit."""
    found = open_room_of_visitor(tx, token)
    room = None if found is None else conversation_to_change(tx, found.id)
    return room if room is not None and room.open else None
