"""It is verified who writes on a channel: contacts that turn out to be one person become one.

No endpoint leads here: what verifies a visitor (a code by e-mail, say) calls it.

Source: behaviour of the API, visitors, section 5.7.
"""

from typing import TYPE_CHECKING

import msgspec

from frontdesk.contacts import queries
from frontdesk.contacts.finding import channels_of, contact_to_change, linked_contact
from frontdesk.contacts.merging import Facts, merged
from frontdesk.contacts.opening import channel_key
from frontdesk.contacts.records import Contact
from frontdesk.contacts.storing import remove, store_changes
from frontdesk.conversations.contact_rooms import move_rooms
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.verified import begin_verified
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.settings.store import raise_number

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class Verification(msgspec.Struct, frozen=True):
    """What was verified: that the visitor of a conversation has this `email` or `phone` (field)."""

    contact_id: str
    visitor_id: str
    room_id: str
    field: str
    value: str


def verify_channel(tx: Tx, settings: "Settings", verification: Verification) -> None:
    """Mark the channel of a conversation as verified; the conversation begins to wait, if it did
    not yet.

    Other contacts with the same verified value are this one: what they have and had becomes its.
    Raises Refused `error-invalid-room`, `error-invalid-contact`, `error-invalid-channel`,
    `error-invalid-inquiry`.
    """
    room = conversation_to_change(tx, verification.room_id)
    if room is None:
        raise Refused("error-invalid-room")
    contact = contact_to_change(tx, verification.contact_id)
    if contact is None:
        raise Refused("error-invalid-contact")
    linked = linked_contact(tx, verification.visitor_id, room.source)
    if linked is None or linked.contact.id != contact.id:
        raise Refused("error-invalid-channel")
    value = verification.value.lower()
    tx.run(
        queries.VERIFY_CHANNEL,
        **channel_key(linked.channel),
        now=tx.now,
        new_field=verification.field,
        new_value=value,
    )
    others = tx.all(queries.VERIFIED_CONTACTS, value=value, field=verification.field)
    count = 0
    for other_id in others:
        other = None if other_id == contact.id else contact_to_change(tx, other_id)
        if other is not None:
            contact = _absorbed(tx, contact, other)
            count += 1
    if count:
        raise_number(tx, "Merged_Contacts_Count", count)
    begin_verified(tx, settings, room)


def _absorbed(tx: Tx, contact: Contact, other: Contact) -> Contact:
    """Return a contact that has what another had; the other is no more."""
    facts = Facts(
        names=[each for each in [other.name, *_contested(other, "name")] if each],
        emails=[each["address"] for each in other.emails or ()],
        phones=[each["phoneNumber"] for each in other.phones or ()],
        managers=[each for each in [other.manager_id, *_contested(other, "manager")] if each],
        activity=other.activity or [],
        custom_fields=other.custom_fields or {},
    )
    changes = merged(contact, facts, "conflict")
    if channels_of(tx, other.id):
        changes["pre_registration"] = False
    tx.run(queries.MOVE_CHANNELS, of_contact=other.id, new_contact=contact.id)
    move_rooms(tx, other.id, contact.id)
    remove(tx, other)
    return store_changes(tx, contact, changes)


def _contested(contact: Contact, field: str) -> list[str]:
    return [each["value"] for each in contact.conflicts or () if each["field"] == field]
