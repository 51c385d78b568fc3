"""Removing closed conversations for good, with all that was said and sent in them.

Source: behaviour of the API, conversations, sections 3.16 and 3.17.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select

from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.records import Room
from frontdesk.conversations.restricting import is_within_units, within_units
from frontdesk.conversations.tables import rooms
from frontdesk.db import Database, Tx
from frontdesk.errors import Refused
from frontdesk.files.keeping import files_of_room, remove_file
from frontdesk.http.call import Principal
from frontdesk.messages.storing import remove_messages
from frontdesk.transcripts.requesting import copy_of_pdf

#: Conversations removed in one transaction: others do not wait for it for long.
BATCH = 50


class Erased(msgspec.Struct):
    """What was removed: rooms by id, and how many messages and files."""

    room_ids: list[str]
    messages: int = 0
    files: int = 0


def remove_closed(tx: Tx, user: Principal, room_id: str) -> None:
    """Remove one closed conversation that the user may see.

    Raises Refused `Invalid room` and `error-room-is-not-closed`.
    """
    room = conversation_to_change(tx, room_id)
    if room is None or not is_within_units(tx, user, room):
        raise Refused("Invalid room")
    if room.open:
        raise Refused("error-room-is-not-closed")
    erase(tx, room)


async def remove_all_closed(db: Database, user: Principal, department_ids: Sequence[str]) -> int:
    """Remove all closed conversations that a user may see, of some departments or, if none is
    named, of all; return how many. Each batch is a transaction.
    """
    removed = 0
    while True:
        batch = await db.write(lambda tx: _remove_some(tx, user, department_ids))
        if batch is None:
            return removed
        removed += batch


def _remove_some(tx: Tx, user: Principal, department_ids: Sequence[str]) -> int | None:
    """Remove the next closed conversations; return how many, None when there are none left."""
    wanted = [
        rooms.c.kind == "l",
        rooms.c.open.is_(False),
        rooms.c.closed_at.is_not(None),
        *within_units(tx, user),
    ]
    if department_ids:
        wanted.append(rooms.c.department_id.in_(department_ids))
    oldest = select(rooms.c.id).where(*wanted).order_by(rooms.c.closed_at).limit(BATCH)
    found = tx.select(oldest, str)
    if not found:
        return None
    removed = 0
    for room_id in found:
        room = conversation_to_change(tx, room_id)
        if room is not None and not room.open:  # nobody was faster
            erase(tx, room)
            removed += 1
    return removed


def erase_conversations(tx: Tx, visitor_id: str) -> Erased:
    """Remove all conversations of a visitor, open ones too."""
    erased = Erased([])
    for room_id in tx.all(queries.ROOMS_OF_VISITOR, visitor_id=visitor_id):
        room = conversation_to_change(tx, room_id)
        if room is not None:
            of_room = erase(tx, room)
            erased.room_ids.append(room_id)
            erased.messages += of_room.messages
            erased.files += of_room.files
    return erased


def has_open_conversation(tx: Tx, visitor_id: str) -> bool:
    """Tell whether a visitor has an open conversation."""
    return tx.one(queries.OPEN_ROOM_OF_VISITOR_ID, visitor_id=visitor_id) is not None


def erase(tx: Tx, room: Room) -> Erased:
    """Remove a conversation, whatever its state, and everything that belongs to it.

    `room` was read with `conversation_to_change`. The bytes of its files are deleted by jobs.
    """
    erased = Erased([room.id])
    for file in files_of_room(tx, room.id):
        erased.files += remove_file(tx, file.id)
        # Whoever asked for a PDF got one in a room of his own.
        remove_file(tx, copy_of_pdf(file.id))
    erased.messages = remove_messages(tx, room.id)
    inquiry = tx.one(queries.REMOVE_INQUIRY, room_id=room.id)
    removed = tx.all(queries.REMOVE_SUBSCRIPTIONS, room_id=room.id)
    tx.run(queries.REMOVE_ROOM, room_id=room.id)
    if inquiry is not None:
        tx.emit("inquiry", inquiry.id, "removed", inquiry.department_id, inquiry.default_agent_id)
    for each in removed:
        tx.emit("subscription", each.user_id, "removed", each.id, room.id)
    tx.emit("room", room.id, "removed")
    return erased
