"""Removing the calls of a visitor who is removed, with all that was said and sent in them."""

from frontdesk.calls import queries
from frontdesk.calls.finding import call_to_change
from frontdesk.db import Tx
from frontdesk.files.keeping import files_of_room, remove_file
from frontdesk.messages.storing import remove_messages


def erase_calls(tx: Tx, token: str) -> list[str]:
    """Remove all call rooms of the visitor who holds the token, open ones too; return their ids."""
    found: list[str] = tx.all(queries.CALLS_OF_VISITOR, token=token)
    for room_id in found:
        call_to_change(tx, room_id)
        for file in files_of_room(tx, room_id):
            remove_file(tx, file.id)
        remove_messages(tx, room_id)
        tx.run(queries.REMOVE_CALL, room_id=room_id)
        tx.emit("call-room", room_id, "removed")
    return found
