"""In which months a customer was answered: once a month it is put on record.

Source: behaviour of the API, visitors, section 3.10.
"""

from frontdesk.contacts.activity import note_month
from frontdesk.conversations import queries
from frontdesk.conversations.finding import inquiry_of_room
from frontdesk.conversations.records import Room
from frontdesk.db import Tx


def note_active_month(tx: Tx, room: Room, month: str) -> None:
    """Note a month (`YYYY-MM`), which `room` does not have yet, on it, its inquiry and its contact.

    The room itself is stored by the caller.
    """
    room.visitor_activity = [*(room.visitor_activity or ()), month][-12:]
    if room.contact_id is not None:
        note_month(tx, room.contact_id, month)
    inquiry = inquiry_of_room(tx, room.id)
    if inquiry is not None:
        activity = room.visitor_activity
        tx.patch(queries.PATCH_INQUIRY, inquiry.id, visitor_activity=activity, updated_at=tx.now)
        tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)
