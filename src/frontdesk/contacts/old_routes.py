"""The HTTP face of the older generation of contacts, where a contact is a visitor."""

from typing import Any

import msgspec

from frontdesk.contacts import old_contacts
from frontdesk.contacts.old_schemas import (
    OLD_CONTACT_QUERY,
    OLD_SEARCH_QUERY,
    SAVE_OLD_CONTACT,
    SaveOldContact,
)
from frontdesk.http import Call, Routes
from frontdesk.http.frame import body_value
from frontdesk.http.match import check_match
from frontdesk.http.querystring import parse_query

routes = Routes("Omnichannel Contacts")

_VISITOR = {
    "_id": "6a22b1765528fa64dd29de70",
    "username": "guest-7",
    "name": "Ann",
    "status": "online",
    "ts": "2026-03-01T10:00:00.000Z",
    "visitorEmails": [{"address": "ann@example.org"}],
    "contactManager": {"username": "bo"},
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}


@routes.post(
    "omnichannel/contact",
    permissions=["view-l-room"],
    deprecated=True,
    body_by_hand=SaveOldContact,
    request={
        "token": "tok-ann",
        "name": "Ann",
        "email": "ann@example.org",
        "contactManager": {"username": "bo"},
    },
    example={"contact": "6a22b1765528fa64dd29de70"},
    refusals=(
        "Match error: Missing key 'token'",
        "Invalid visitor token [error-invalid-contact-data]",
        "No user found with username bo [error-contact-manager-not-found]",
        'The contact manager must have the role "livechat-agent" [error-invalid-contact-manager]',
        "Invalid value for Tier field",
        "Name contains invalid characters",
    ),
)
async def save(call: Call) -> dict[str, Any]:
    """Register or change a visitor.

    The visitor who holds the token, or has the e-mail address, or a new one. Answers his id. What
    is not sent stays, but for the e-mail address and the contact manager, which go.
    """
    value = body_value(call)
    check_match(value, SAVE_OLD_CONTACT)
    given = msgspec.convert(value, SaveOldContact)
    return {"contact": await call.write(old_contacts.save_old_contact, call.user, given)}


@routes.get(
    "omnichannel/contact",
    permissions=["view-l-room"],
    deprecated=True,
    parameters={"contactId": "A visitor's id."},
    example={"contact": _VISITOR},
    refusals=("Match error: Missing key 'contactId'",),
)
async def read(call: Call) -> dict[str, Any]:
    """Read a visitor.

    `null` where there is none.
    """
    query = parse_query(call.query_string)
    check_match(query, OLD_CONTACT_QUERY)
    return {"contact": await call.read(old_contacts.read_old_contact, query["contactId"])}


@routes.get(
    "omnichannel/contact.search",
    permissions=["view-l-room"],
    deprecated=True,
    parameters={
        "email": "Exactly an e-mail address.",
        "phone": "Exactly a telephone number.",
        "custom": "JSON of pieces that searchable custom fields hold.",
    },
    example={"contact": _VISITOR},
    refusals=("[error-invalid-params-custom]", "[error-invalid-params]"),
)
async def search(call: Call) -> dict[str, Any]:
    """Find a visitor.

    The first to whom all that is given fits; `null` where there is none.
    """
    query = parse_query(call.query_string)
    check_match(query, OLD_SEARCH_QUERY)
    wanted = (query.get("email"), query.get("phone"), query.get("custom"))
    return {"contact": await call.read(old_contacts.search_old_contact, *wanted)}
