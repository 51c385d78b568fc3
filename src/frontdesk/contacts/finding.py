"""Looking up contacts, for this feature and others."""

from typing import Any

from frontdesk.contacts import queries
from frontdesk.contacts.records import Channel, Contact, Linked, source_key
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.workforce.finding import find_agent


def find_contact(tx: Tx, contact_id: str | None) -> Contact | None:
    """Return a contact that is enabled."""
    contact = None if not contact_id else tx.one(queries.CONTACT, contact_id=contact_id)
    return contact if contact is not None and contact.enabled else None


def contact_to_change(tx: Tx, contact_id: str) -> Contact | None:
    """Return an enabled contact as it is now and keep others from changing it until the commit."""
    contact = tx.one(queries.CONTACT_TO_CHANGE, contact_id=contact_id)
    return contact if contact is not None and contact.enabled else None


def channels_of(tx: Tx, contact_id: str) -> list[Channel]:
    """Return a contact's channels, the oldest first."""
    return tx.all(queries.CHANNELS_OF_CONTACT, contact_id=contact_id)


def linked_contact(tx: Tx, visitor_id: str, source: dict[str, Any] | None) -> Linked | None:
    """Return the contact of a visitor on a source, with the channel.

    A source without an id is any source of its type (behaviour of the API, visitors, 3.8).
    """
    source_type, source_id = source_key(source)
    return tx.one(
        queries.LINKED, visitor_id=visitor_id, source_type=source_type, source_id=source_id
    )


def contacts_of_visitor(tx: Tx, visitor_id: str) -> list[str]:
    """Return the ids of the enabled contacts that a visitor has a channel of."""
    return tx.all(queries.CONTACTS_OF_VISITOR, visitor_id=visitor_id)


def check_manager(tx: Tx, user_id: str) -> None:
    """Raise Refused `error-contact-manager-not-found` unless the user is an agent.

    Source: behaviour of the API, visitors, section 3.11.
    """
    if find_agent(tx, user_id) is None:
        raise Refused("error-contact-manager-not-found")
