"""Removing a contact with all that is known of the person; what stays is the id.

Source: behaviour of the API, visitors, section 5.6.
"""

from typing import TYPE_CHECKING

from frontdesk.contacts.finding import channels_of, contact_to_change, contacts_of_visitor
from frontdesk.contacts.storing import disable
from frontdesk.conversations.contact_rooms import has_open_room
from frontdesk.conversations.removing import has_open_conversation
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.visitors.removing import Removed, remove_visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_KEEPS_HEADERS = "Livechat_Allow_collect_and_store_HTTP_header_informations"


def delete_contact(tx: Tx, settings: "Settings", contact_id: str) -> None:
    """Remove a contact, its visitors and their conversations, and the contacts that these visitors
    have on other channels.

    Raises Refused `error-contact-not-found`, and `error-contact-has-open-rooms` unless the
    workspace collects what visitors' browsers tell of themselves: only then may conversations be
    removed that are open.
    """
    contact = contact_to_change(tx, contact_id)
    if contact is None:
        raise Refused("error-contact-not-found")
    waiting = [each.visitor_id for each in channels_of(tx, contact.id)]
    if not settings.flag(_KEEPS_HEADERS) and (
        has_open_room(tx, contact.id) or any(has_open_conversation(tx, each) for each in waiting)
    ):
        raise Refused("error-contact-has-open-rooms")
    removed, seen = Removed(), set(waiting)
    disable(tx, contact)
    while waiting:
        visitor_id = waiting.pop()
        remove_visitor(tx, visitor_id, removed)
        for other_id in contacts_of_visitor(tx, visitor_id):
            other = contact_to_change(tx, other_id)
            if other is not None:
                same = {each.visitor_id for each in channels_of(tx, other_id)} - seen
                waiting += sorted(same)
                seen |= same
                disable(tx, other)
