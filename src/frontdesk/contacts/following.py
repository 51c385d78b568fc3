"""Contacts follow what happens to visitors.

Source: behaviour of the API, visitors, sections 3.4, 4.2 and 4.4.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from frontdesk.contacts.finding import channels_of, contact_to_change, contacts_of_visitor
from frontdesk.contacts.linking import facts_of
from frontdesk.contacts.merging import merged, mode_for, with_conflicts
from frontdesk.contacts.storing import disable, store_changes
from frontdesk.db import Tx
from frontdesk.visitors.records import Visitor

if TYPE_CHECKING:
    from frontdesk.custom_fields.records import FieldValue


def follow_registration(tx: Tx, visitor: Visitor, registration: object) -> None:
    """Put what a visitor who has registered again says of himself into his contacts; where somebody
    of the desk has looked at them, a name that differs waits for a decision.
    """
    del registration  # the visitor has all of it
    if visitor.last_chat is None:  # contacts come with conversations
        return
    for contact_id in contacts_of_visitor(tx, visitor.id):
        contact = contact_to_change(tx, contact_id)
        if contact is not None:
            changes = merged(contact, facts_of(visitor), mode_for(contact))
            store_changes(tx, contact, changes)


def follow_values(tx: Tx, visitor_id: str, fields: Sequence["FieldValue"]) -> None:
    """Write values of custom fields that were set for a visitor on his contacts.

    One that must not overwrite another becomes a conflict where there is one, also if both are
    the same.
    """
    for contact_id in contacts_of_visitor(tx, visitor_id):
        contact = contact_to_change(tx, contact_id)
        if contact is None:
            continue
        values = dict(contact.custom_fields or {})
        conflicts: list[dict[str, Any]] = []
        for each in fields:
            if each.overwrite or not values.get(each.key):
                values[each.key] = each.value
            else:
                conflicts.append({"field": f"customFields.{each.key}", "value": each.value})
        changes: dict[str, Any] = {}
        if values != (contact.custom_fields or {}):
            changes["custom_fields"] = values
        if conflicts:
            changes["conflicts"] = with_conflicts(contact, conflicts)
        store_changes(tx, contact, changes)


def follow_removal(tx: Tx, visitor_id: str) -> list[str]:
    """Empty the contacts of a visitor who is removed; return all visitors they are made of."""
    same: list[str] = []
    for contact_id in contacts_of_visitor(tx, visitor_id):
        contact = contact_to_change(tx, contact_id)
        if contact is not None:
            same += [each.visitor_id for each in channels_of(tx, contact_id)]
            disable(tx, contact)
    return same
