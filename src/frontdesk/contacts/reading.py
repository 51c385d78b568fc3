"""Reading one contact: itself, its channels, its history, and whether there is one at all.

Source: behaviour of the API, visitors, section 5.5.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.contacts import queries
from frontdesk.contacts.finding import channels_of, find_contact
from frontdesk.contacts.records import Channel
from frontdesk.contacts.schemas import (
    ExistenceQuery,
    HistoryQuery,
    channel_document,
    contact_document,
)
from frontdesk.conversations.contact_rooms import closed_rooms_of_contact
from frontdesk.db import Tx
from frontdesk.errors import NotFound, Refused
from frontdesk.http.paging import page

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def read_contact(tx: Tx, contact_id: str) -> dict[str, Any]:
    """Return a contact; raises NotFound."""
    contact = find_contact(tx, contact_id)
    if contact is None:
        raise NotFound
    return contact_document(contact, channels_of(tx, contact.id))


def read_channels(tx: Tx, contact_id: str) -> list[dict[str, Any]]:
    """Return a contact's channels, of those with one name the one that was used last.

    An unknown contact has none.
    """
    newest: dict[str, Channel] = {}
    for each in channels_of(tx, contact_id):
        other = newest.get(each.name)
        if other is None or _last_used(each) > _last_used(other):
            newest[each.name] = each
    return [channel_document(each) for each in newest.values()]


def _last_used(channel: Channel) -> str:
    return str((channel.last_chat or {}).get("ts", ""))


def read_history(tx: Tx, settings: "Settings", query: HistoryQuery) -> dict[str, Any]:
    """Return the closed conversations of a contact.

    Raises Refused `error-contact-not-found`, Coded `error-invalid-sort`.
    """
    wanted = page(settings, query)
    if find_contact(tx, query.contactId) is None:
        raise Refused("error-contact-not-found")
    return closed_rooms_of_contact(tx, query.contactId, query.source, wanted)


def contact_exists(tx: Tx, query: ExistenceQuery) -> bool:
    """Tell whether there is a contact with exactly this id, address or number.

    By its id one that was removed is found too.
    """
    if query.contactId is not None:
        return tx.one(queries.CONTACT, contact_id=query.contactId) is not None
    if query.email is not None:
        return tx.one(queries.ADDRESS_EXISTS, kind="email", value=query.email) is not None
    return tx.one(queries.ADDRESS_EXISTS, kind="phone", value=query.phone) is not None
