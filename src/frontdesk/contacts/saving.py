"""What the desk writes on contacts: new ones, changes, and what is right where data differ.

Source: behaviour of the API, visitors, sections 5.2 to 5.4.
"""

from typing import Any

from frontdesk.contacts.finding import channels_of, check_manager, contact_to_change, find_contact
from frontdesk.contacts.records import Contact
from frontdesk.contacts.schemas import (
    CreateContact,
    ResolveConflicts,
    UpdateContact,
    contact_document,
)
from frontdesk.contacts.storing import store_changes, store_new
from frontdesk.conversations.contact_rooms import hold_open_rooms, rename_rooms
from frontdesk.custom_fields.checking import LONGEST_VALUE, checked_values, not_fitting, value_text
from frontdesk.custom_fields.finding import visitor_fields
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.ids import hex_id
from frontdesk.settings.store import raise_number


def create_contact(tx: Tx, given: CreateContact) -> str:
    """Store a contact that waits for a visitor with one of its addresses; return the id.

    Raises Refused `error-contact-manager-not-found`, and what checking custom fields refuses.
    """
    if given.contactManager:
        check_manager(tx, given.contactManager)
    values = checked_values(visitor_fields(tx), given.customFields or {})
    contact = Contact(
        id=hex_id(),
        name=given.name,
        emails=_emails(given.emails),
        phones=_phones(given.phones),
        custom_fields=dict(values),
        manager_id=given.contactManager or None,
        pre_registration=True,
    )
    return store_new(tx, contact).id


def update_contact(tx: Tx, given: UpdateContact) -> dict[str, Any]:
    """Write what is given on a contact, which is known from then on; return it.

    Conversations follow the name. Raises Refused `error-contact-not-found`,
    `error-contact-manager-not-found`, `error-invalid-operation` for an empty name, and what
    checking custom fields refuses.
    """
    contact = _held(tx, given.contactId, renamed=given.name is not None)
    if given.contactManager:
        check_manager(tx, given.contactManager)
    changes: dict[str, Any] = {}
    if given.wipeConflicts:
        changes["conflicts"] = _wiped(tx, contact)
    if given.customFields is not None:
        changes["custom_fields"] = _checked_fields(tx, contact, given.customFields)
    if given.name is not None:
        changes["name"] = given.name
    if given.emails is not None:
        changes["emails"] = _emails(given.emails)
    if given.phones is not None:
        changes["phones"] = _phones(given.phones)
    if given.contactManager is not None:
        changes["manager_id"] = given.contactManager or None
    if changes:
        changed = store_changes(tx, contact, {**changes, "unknown": False})
        if given.name is not None and given.name != contact.name:
            if not given.name:
                raise Refused("error-invalid-operation")
            rename_rooms(tx, contact.id, given.name)
        contact = changed
    return contact_document(contact, channels_of(tx, contact.id))


def resolve_conflicts(tx: Tx, given: ResolveConflicts) -> dict[str, Any]:
    """Write what is right where data of a contact differ; return the contact.

    Values of custom fields are not held against their definitions. Raises Refused
    `error-contact-not-found`, `error-contact-has-no-conflicts`, `error-contact-manager-not-found`,
    and `Invalid value for <key> field` for one that is too long.
    """
    contact = _held(tx, given.contactId)
    if not contact.conflicts:
        raise Refused("error-contact-has-no-conflicts")
    if given.contactManager:
        check_manager(tx, given.contactManager)
    settled: set[str] = set()
    changes: dict[str, Any] = {}
    if given.name:
        settled.add("name")
        changes["name"] = given.name
    if given.contactManager is not None:
        settled.add("manager")
        changes["manager_id"] = given.contactManager or None
    if given.customFields:
        for key, value in given.customFields.items():
            if len(value_text(value)) > LONGEST_VALUE:
                raise not_fitting(key)
        settled |= {f"customFields.{key}" for key in given.customFields}
        changes["custom_fields"] = {**(contact.custom_fields or {}), **given.customFields}
    if given.wipeConflicts:
        changes["conflicts"] = _wiped(tx, contact)
    else:
        changes["conflicts"] = [each for each in contact.conflicts if each["field"] not in settled]
    contact = store_changes(tx, contact, {**changes, "unknown": False})
    return contact_document(contact, channels_of(tx, contact.id))


def _held(tx: Tx, contact_id: str, *, renamed: bool = False) -> Contact:
    """Return the contact to change; if conversations will follow it, they are held before it."""
    if renamed and not tx.alone and find_contact(tx, contact_id) is not None:
        hold_open_rooms(tx, contact_id)
    contact = contact_to_change(tx, contact_id)
    if contact is None:
        raise Refused("error-contact-not-found")
    return contact


def _wiped(tx: Tx, contact: Contact) -> list[dict[str, Any]]:
    """Count a contact's conflicts as resolved; return none."""
    if contact.conflicts:
        raise_number(tx, "Resolved_Conflicts_Count", len(contact.conflicts))
    return []


def _checked_fields(tx: Tx, contact: Contact, given: dict[str, Any]) -> dict[str, Any]:
    """Return the values as they are stored from now on.

    What stands on the contact in fields that are hidden or defined no more stays as it is.
    """
    fields = visitor_fields(tx)
    visible = {each.id for each in fields}
    kept = {
        key: value for key, value in (contact.custom_fields or {}).items() if key not in visible
    }
    values: dict[str, Any] = dict(checked_values(fields, given, ignore_unknown=True))
    for key in given:
        if key not in visible and key not in kept:
            raise Refused(f"Custom field {key} is not allowed")
    return {**values, **kept}


def _emails(given: list[str]) -> list[dict[str, str]]:
    return [{"address": each} for each in given]


def _phones(given: list[str]) -> list[dict[str, str]]:
    return [{"phoneNumber": each} for each in given]
