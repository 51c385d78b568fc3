"""All SQL of contacts."""

from typing import Any

from sqlalchemy import bindparam, delete, false, or_, select, true, update

from frontdesk.contacts.records import Channel, Contact, Linked
from frontdesk.contacts.tables import contact_addresses, contact_channels, contacts
from frontdesk.db import Command, Insert, Patch, Query, columns_of

_CONTACTS = columns_of(contacts, Contact)
_CHANNELS = columns_of(contact_channels, Channel)
_WIDTH = len(Contact.__struct_fields__)
_OF_CHANNEL = (
    contact_channels.c.visitor_id == bindparam("of_visitor"),
    contact_channels.c.source_type == bindparam("of_type"),
    contact_channels.c.source_id == bindparam("of_id"),
)


def _linked(*values: Any) -> Linked:
    return Linked(Contact(*values[:_WIDTH]), Channel(*values[_WIDTH:]))


# Contacts ------------------------------------------------------------------------------------

CONTACT = Query(_CONTACTS.where(contacts.c.id == bindparam("contact_id")), Contact)
CONTACT_TO_CHANGE = Query(
    _CONTACTS.where(contacts.c.id == bindparam("contact_id")).with_for_update(), Contact
)
CONTACTS_OF_VISITOR = Query(
    select(contacts.c.id)
    .join(contact_channels, contact_channels.c.contact_id == contacts.c.id)
    .where(contact_channels.c.visitor_id == bindparam("visitor_id"), contacts.c.enabled.is_(True))
    .distinct()
    .order_by(contacts.c.id),
    str,
)
#: Made by the desk, with this address, and no visitor has taken it yet: the oldest.
PRE_REGISTERED = Query(
    _CONTACTS.join(contact_addresses, contact_addresses.c.contact_id == contacts.c.id)
    .where(
        contact_addresses.c.value == bindparam("value"),
        contact_addresses.c.kind == bindparam("kind"),
        contacts.c.pre_registration.is_(True),
        contacts.c.enabled.is_(True),
    )
    .order_by(contacts.c.created_at, contacts.c.id)
    .limit(1),
    Contact,
)
#: Of several visitors one takes it.
TAKE_PRE_REGISTERED = Command(
    update(contacts)
    .where(
        contacts.c.id == bindparam("of_contact"),
        contacts.c.pre_registration.is_(True),
        contacts.c.enabled.is_(True),
    )
    .values(pre_registration=false())
)
MANAGER_BY_EMAIL = Query(
    select(contacts.c.manager_id)
    .join(contact_addresses, contact_addresses.c.contact_id == contacts.c.id)
    .where(
        contact_addresses.c.value == bindparam("address"),
        contact_addresses.c.kind == "email",
        contacts.c.manager_id.is_not(None),
    )
    .order_by(contacts.c.created_at, contacts.c.id)
    .limit(1),
    str,
)
INSERT_CONTACT = Insert(contacts)
PATCH_CONTACT = Patch(contacts)
NOTE_CHAT = Command(
    update(contacts)
    .where(contacts.c.id == bindparam("of_contact"), contacts.c.enabled.is_(True))
    .values(last_chat=bindparam("last_chat"), updated_at=bindparam("now"))
)
FORGET_MANAGER = Command(
    update(contacts)
    .where(contacts.c.manager_id == bindparam("gone_id"))
    .values(manager_id=None, updated_at=bindparam("now"))
)
DELETE_CONTACT = Command(delete(contacts).where(contacts.c.id == bindparam("contact_id")))

# Channels ------------------------------------------------------------------------------------

#: A source without an id is any source of its type.
LINKED = Query(
    select(
        *(contacts.c[name] for name in Contact.__struct_fields__),
        *(contact_channels.c[name] for name in Channel.__struct_fields__),
    )
    .join(contact_channels, contact_channels.c.contact_id == contacts.c.id)
    .where(
        contact_channels.c.visitor_id == bindparam("visitor_id"),
        contact_channels.c.source_type == bindparam("source_type"),
        or_(
            bindparam("source_id") == "",
            contact_channels.c.source_id == bindparam("source_id"),
        ),
    )
    .order_by(contact_channels.c.added_at, contact_channels.c.source_id)
    .limit(1),
    _linked,
)
CHANNELS_OF_CONTACT = Query(
    _CHANNELS.where(contact_channels.c.contact_id == bindparam("contact_id")).order_by(
        contact_channels.c.added_at,
        contact_channels.c.visitor_id,
        contact_channels.c.source_type,
        contact_channels.c.source_id,
    ),
    Channel,
)
VERIFIED_CONTACTS = Query(
    select(contact_channels.c.contact_id)
    .where(
        contact_channels.c.verified.is_(True),
        contact_channels.c.value == bindparam("value"),
        contact_channels.c.field == bindparam("field"),
    )
    .distinct()
    .order_by(contact_channels.c.contact_id),
    str,
)
#: One channel per visitor and source; the key decides.
INSERT_CHANNEL = Insert(contact_channels, skip_conflicts=True)
MOVE_CHANNEL = Command(
    update(contact_channels).where(*_OF_CHANNEL).values(contact_id=bindparam("new_contact"))
)
MOVE_CHANNELS = Command(
    update(contact_channels)
    .where(contact_channels.c.contact_id == bindparam("of_contact"))
    .values(contact_id=bindparam("new_contact"))
)
#: No conversation begins on a channel that is blocked at this very moment.
NOTE_CHAT_ON_CHANNEL = Command(
    update(contact_channels)
    .where(*_OF_CHANNEL, contact_channels.c.blocked.is_(False))
    .values(last_chat=bindparam("last_chat"))
)
BLOCK_CHANNEL = Command(
    update(contact_channels).where(*_OF_CHANNEL).values(blocked=bindparam("is_blocked"))
)
UNVERIFY_CHANNEL = Command(update(contact_channels).where(*_OF_CHANNEL).values(verified=false()))
VERIFY_CHANNEL = Command(
    update(contact_channels)
    .where(*_OF_CHANNEL)
    .values(
        verified=true(),
        verified_at=bindparam("now"),
        field=bindparam("new_field"),
        value=bindparam("new_value"),
    )
)
DELETE_CHANNELS = Command(
    delete(contact_channels).where(contact_channels.c.contact_id == bindparam("contact_id"))
)

# Addresses -----------------------------------------------------------------------------------

ADDRESS_EXISTS = Query(
    select(contact_addresses.c.contact_id)
    .where(
        contact_addresses.c.value == bindparam("value"),
        contact_addresses.c.kind == bindparam("kind"),
    )
    .limit(1),
    str,
)
INSERT_ADDRESS = Insert(contact_addresses, skip_conflicts=True)
DELETE_ADDRESS = Command(
    delete(contact_addresses).where(
        contact_addresses.c.value == bindparam("value"),
        contact_addresses.c.kind == bindparam("kind"),
        contact_addresses.c.contact_id == bindparam("contact_id"),
    )
)
