"""Writing contacts, with what they are found by."""

from typing import Any

import msgspec

from frontdesk.contacts import queries
from frontdesk.contacts.records import Contact, Kind, searched_words
from frontdesk.db import Tx

_FOUND_BY = frozenset(("name", "emails", "phones"))
_ADDRESSES = frozenset(("emails", "phones"))


class Address(msgspec.Struct, frozen=True):
    """A row of `contact_addresses`."""

    value: str
    kind: Kind
    contact_id: str


def addresses_of(contact: Contact) -> list[Address]:
    """Return the rows by which a contact is found exactly."""
    return [Address(value, kind, contact.id) for kind, value in sorted(contact.addresses)]


def store_new(tx: Tx, contact: Contact) -> Contact:
    """Store a new contact; return it as it is stored."""
    contact = msgspec.structs.replace(
        contact, words=searched_words(contact), created_at=tx.now, updated_at=tx.now
    )
    tx.insert(queries.INSERT_CONTACT, contact)
    for each in addresses_of(contact):
        tx.insert(queries.INSERT_ADDRESS, each)
    return contact


def store_changes(tx: Tx, contact: Contact, changes: dict[str, Any]) -> Contact:
    """Set some columns of a contact, which was read to be changed; return it as it is then."""
    if not changes:
        return contact
    changed = msgspec.structs.replace(contact, **changes, updated_at=tx.now)
    changes = {**changes, "updated_at": tx.now}
    if not _FOUND_BY.isdisjoint(changes):
        changed.words = changes["words"] = searched_words(changed)
    tx.patch(queries.PATCH_CONTACT, contact.id, **changes)
    if not _ADDRESSES.isdisjoint(changes):
        _index(tx, contact, changed)
    return changed


def disable(tx: Tx, contact: Contact) -> None:
    """Empty a contact, which was read to be changed: nobody finds it any more but by its id."""
    tx.run(queries.DELETE_CHANNELS, contact_id=contact.id)
    emptied = ("name", "emails", "phones", "custom_fields", "last_chat", "conflicts")
    store_changes(tx, contact, {"enabled": False, **dict.fromkeys(emptied)})


def remove(tx: Tx, contact: Contact) -> None:
    """Remove a contact, which has become part of another, without a trace."""
    for kind, value in sorted(contact.addresses):
        tx.run(queries.DELETE_ADDRESS, value=value, kind=kind, contact_id=contact.id)
    tx.run(queries.DELETE_CONTACT, contact_id=contact.id)


def _index(tx: Tx, before: Contact, after: Contact) -> None:
    for kind, value in sorted(before.addresses - after.addresses):
        tx.run(queries.DELETE_ADDRESS, value=value, kind=kind, contact_id=after.id)
    for kind, value in sorted(after.addresses - before.addresses):
        tx.insert(queries.INSERT_ADDRESS, Address(value, kind, after.id))
