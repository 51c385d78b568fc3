"""Closing what a visitor has open on a channel that is being blocked.

Source: behaviour of the API, conversations, section 5.1; visitors, section 5.6.
"""

from typing import TYPE_CHECKING

from frontdesk.contacts.records import source_key
from frontdesk.conversations.closing import Closing, close_conversation
from frontdesk.conversations.contact_rooms import hold_open_rooms
from frontdesk.conversations.finding import conversation_to_change, open_room_of_visitor
from frontdesk.db import Tx
from frontdesk.http.call import Principal
from frontdesk.messages.storing import Author
from frontdesk.texts import text
from frontdesk.visitors.records import Visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def close_of_blocked(
    tx: Tx,
    settings: "Settings",
    user: Principal,
    visitor: Visitor,
    contact_id: str,
    source: tuple[str, str],
) -> None:
    """Close, in the name of the user who blocks, what the visitor has open on the source (type,
    and id or "").

    Raises what `close_conversation` refuses.
    """
    comment = text("close-blocked-room-comment", settings.text("Language") or "en")
    found = hold_open_rooms(tx, contact_id)
    own = None if visitor.token is None else open_room_of_visitor(tx, visitor.token)
    if own is not None and own.id not in found:  # from before it had a contact
        found.append(own.id)
    for room_id in found:
        room = conversation_to_change(tx, room_id)
        if room is None or not room.open or room.visitor_id != visitor.id:
            continue
        source_type, source_id = source_key(room.source)
        if source_type != source[0] or (source[1] and source_id != source[1]):
            continue
        closing = Closing(Author(user.id, user.username, user.name), comment)
        close_conversation(tx, settings, room, closing)
