"""Whose conversations agents may take where a workspace wants to know its customers, and the
contacts of conversations that began before there were any.

Source: behaviour of the API, visitors, sections 3.8 and 5.7.
"""

from typing import TYPE_CHECKING

from frontdesk.contacts.finding import find_contact, linked_contact
from frontdesk.contacts.linking import link_contact
from frontdesk.contacts.opening import blocked, is_blocked
from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.visitors.finding import find_visitor
from frontdesk.visitors.records import Visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_METHOD = {"method": "livechat:takeInquiry"}


def check_contact(tx: Tx, settings: "Settings", room: Room) -> None:
    """Raise Coded unless agents may take conversations of this contact by hand.

    `error-invalid-contact` where there is none any more, `error-unknown-contact` and
    `error-unverified-contact` as far as the workspace refuses such contacts.
    """
    known_only = settings.flag("Livechat_Block_Unknown_Contacts")
    verified_only = settings.flag("Livechat_Block_Unverified_Contacts")
    if not known_only and not verified_only:
        return
    if room.contact_id is None and (visitor := find_visitor(tx, room.visitor_id)) is not None:
        room = with_contact(tx, room, visitor)
    contact = find_contact(tx, room.contact_id)
    if contact is None or room.visitor_id is None:
        raise Coded("error-invalid-contact", "", _METHOD)
    if known_only and contact.unknown:
        raise Coded("error-unknown-contact", "", _METHOD)
    linked = linked_contact(tx, room.visitor_id, room.source)
    if verified_only and (linked is None or not linked.channel.verified):
        raise Coded("error-unverified-contact", "", _METHOD)


def with_contact(tx: Tx, room: Room, visitor: Visitor) -> Room:
    """Return a conversation from before there were contacts, now with the visitor's contact."""
    linked = link_contact(tx, visitor, room.source)
    verified = linked.channel.verified
    tx.patch(queries.PATCH_ROOM, room.id, contact_id=linked.contact.id, verified=verified)
    return conversation_to_change(tx, room.id) or room


def closed_or_blocked(tx: Tx, room: Room) -> Refused:
    """Return why a visitor cannot write in a closed conversation."""
    if room.visitor_id is not None and is_blocked(tx, room.visitor_id, room.source):
        return blocked()
    return Refused("room-closed")
