"""The contact of a visitor on a source: found, taken over from the desk, or made.

Source: behaviour of the API, visitors, section 3.8. In one point we differ on purpose: a contact
manager who is no agent any more is left out, where the API would refuse the conversation.
"""

from typing import Any

from frontdesk.contacts import queries
from frontdesk.contacts.finding import contact_to_change, linked_contact
from frontdesk.contacts.merging import Facts, merged, mode_for
from frontdesk.contacts.records import Channel, Contact, Linked, source_key
from frontdesk.contacts.storing import store_changes, store_new
from frontdesk.conversations.contact_rooms import activity_before_contacts, adopt_rooms
from frontdesk.custom_fields.checking import checked_values
from frontdesk.custom_fields.finding import visitor_fields
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.ids import hex_id
from frontdesk.visitors.records import Visitor
from frontdesk.workforce.finding import agent_by_name


def link_contact(tx: Tx, visitor: Visitor, source: dict[str, Any] | None) -> Linked:
    """Return the visitor's contact on a source, with the channel; make it if there is none.

    A contact that the desk has made with one of the visitor's addresses or numbers, and that no
    visitor has taken yet, becomes the visitor's. Conversations that the visitor had on the source
    become the contact's. Also of several requests at once each gets the same contact.

    Raises Refused for a visitor who was removed.
    """
    found = linked_contact(tx, visitor.id, source)
    if found is not None:
        return found
    if visitor.disabled:
        raise Refused("Failed to migrate visitor data into Contact information: visitor not found.")
    candidate = _pre_registered(tx, visitor)
    channel = _new_channel(tx, visitor, source, hex_id() if candidate is None else candidate.id)
    if not tx.insert(queries.INSERT_CHANNEL, channel):
        # Another request of the visitor was first, and is committed.
        found = linked_contact(tx, visitor.id, source)
        if found is None:
            raise Refused("error-invalid-contact")
        return found
    contact = None if candidate is None else _taken(tx, candidate, visitor)
    if contact is None:
        if candidate is not None:  # another visitor was first
            channel.contact_id = hex_id()
            _move(tx, channel)
        contact = store_new(tx, _new_contact(tx, visitor, channel))
    if visitor.last_chat is not None:
        adopt_rooms(
            tx, visitor.id, channel.source_type, channel.source_id, contact.id, contact.name
        )
    return Linked(contact, channel)


def _pre_registered(tx: Tx, visitor: Visitor) -> Contact | None:
    """Return the oldest contact that waits for a visitor with one of these addresses."""
    wanted = [("email", each["address"]) for each in visitor.emails or ()]
    wanted += [("phone", each["phoneNumber"]) for each in visitor.phones or ()]
    found = [
        contact
        for kind, value in wanted
        if (contact := tx.one(queries.PRE_REGISTERED, value=value, kind=kind)) is not None
    ]
    return min(found, key=lambda contact: (contact.created_at, contact.id), default=None)


def _taken(tx: Tx, candidate: Contact, visitor: Visitor) -> Contact | None:
    """Return the contact with what is known of the visitor, None if another visitor has it."""
    if not tx.run(queries.TAKE_PRE_REGISTERED, of_contact=candidate.id):
        return None
    contact = contact_to_change(tx, candidate.id)
    assert contact is not None, "it was changed just now"
    facts = facts_of(visitor)
    facts.managers = _managers(tx, visitor)
    facts.custom_fields = _custom_fields(tx, visitor)
    return store_changes(tx, contact, merged(contact, facts, mode_for(contact)))


def facts_of(visitor: Visitor) -> Facts:
    """Return what a visitor has said about himself."""
    return Facts(
        names=[visitor.name] if visitor.name else [],
        username=visitor.username,
        emails=[each["address"] for each in visitor.emails or ()],
        phones=[each["phoneNumber"] for each in visitor.phones or ()],
    )


def _new_contact(tx: Tx, visitor: Visitor, channel: Channel) -> Contact:
    before = visitor.last_chat is not None
    activity = activity_before_contacts(tx, visitor.id) if before else None
    return Contact(
        id=channel.contact_id,
        name=visitor.name or visitor.username,
        emails=visitor.emails,
        phones=visitor.phones,
        custom_fields=_custom_fields(tx, visitor),
        manager_id=next(iter(_managers(tx, visitor)), None),
        unknown=not activity,
        last_chat=visitor.last_chat,
        activity=activity,
    )


def _custom_fields(tx: Tx, visitor: Visitor) -> dict[str, Any]:
    if not visitor.livechat_data:
        return {}
    fields = visitor_fields(tx)
    given = visitor.livechat_data
    return dict(checked_values(fields, given, ignore_unknown=True, ignore_errors=True))


def _managers(tx: Tx, visitor: Visitor) -> list[str]:
    username = (visitor.contact_manager or {}).get("username")
    agent = agent_by_name(tx, username) if username else None
    return [] if agent is None else [agent.id]


def _new_channel(
    tx: Tx, visitor: Visitor, source: dict[str, Any] | None, contact_id: str
) -> Channel:
    source_type, source_id = source_key(source)
    return Channel(
        visitor_id=visitor.id,
        source_type=source_type,
        source_id=source_id,
        contact_id=contact_id,
        name=str((source or {}).get("label") or source_type),
        details=source or {"type": source_type},
        last_chat=visitor.last_chat,
        added_at=tx.now,
    )


def _move(tx: Tx, channel: Channel) -> None:
    tx.run(
        queries.MOVE_CHANNEL,
        of_visitor=channel.visitor_id,
        of_type=channel.source_type,
        of_id=channel.source_id,
        new_contact=channel.contact_id,
    )
