"""Looking up call rooms, for this feature and others."""

from frontdesk.calls import queries
from frontdesk.calls.records import CallRoom
from frontdesk.db import Tx
from frontdesk.errors import Refused


def find_call(tx: Tx, room_id: str) -> CallRoom | None:
    """Return a call room by id, open or closed."""
    return tx.one(queries.CALL, room_id=room_id)


def call_to_change(tx: Tx, room_id: str) -> CallRoom | None:
    """Return a call room as it is now and keep others from changing it until the commit."""
    return tx.one(queries.CALL_TO_CHANGE, room_id=room_id)


def call_of_visitor(tx: Tx, room_id: str, token: str) -> CallRoom:
    """Return the call room if it belongs to the token, open or closed.

    Raises Refused `invalid-room`, also for the id of a chat.
    """
    room = find_call(tx, room_id)
    if room is None or room.visitor_token != token:
        raise Refused("invalid-room")
    return room


def open_call_of_visitor(tx: Tx, token: str) -> CallRoom | None:
    """Return the visitor's open call room; there is one at the most."""
    return tx.one(queries.OPEN_CALL_OF_VISITOR, token=token)
