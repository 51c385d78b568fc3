"""Values of custom fields in a visitor's open conversation.

Source: behaviour of the API, visitors, section 3.3.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change, open_room_of_visitor
from frontdesk.db import Tx

if TYPE_CHECKING:
    from frontdesk.custom_fields.records import FieldValue


def write_room_fields(tx: Tx, token: str, fields: Sequence["FieldValue"]) -> None:
    """Write values into the open conversation of the visitor who holds the token, if there is one.

    A value that must not overwrite another is only written where its key is not there at all.
    """
    found = open_room_of_visitor(tx, token)
    room = None if found is None else conversation_to_change(tx, found.id)
    if room is None or not room.open:
        return
    values = dict(room.livechat_data or {})
    for each in fields:
        if each.overwrite or each.key not in values:
            values[each.key] = each.value
    if values != (room.livechat_data or {}):
        tx.patch(queries.PATCH_ROOM, room.id, livechat_data=values, updated_at=tx.now)
        tx.emit("room", room.id, "changed")
