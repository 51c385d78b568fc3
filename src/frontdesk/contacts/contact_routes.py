"""The HTTP face of contacts."""

from typing import Any

from frontdesk.contacts import reading, saving
from frontdesk.contacts.blocking import block, unblock
from frontdesk.contacts.deleting import delete_contact
from frontdesk.contacts.schemas import (
    BlockChannel,
    ChannelsQuery,
    ContactQuery,
    CreateContact,
    DeleteContact,
    ExistenceQuery,
    HistoryQuery,
    ResolveConflicts,
    SearchQuery,
    UpdateContact,
)
from frontdesk.contacts.searching import search_contacts
from frontdesk.http import Call, Routes

routes = Routes("Omnichannel Contacts")

_ID = "674eeb4343725ce31dd9bdae"
_CHANNEL = {
    "name": "widget",
    "visitor": {"visitorId": "6a22b1765528fa64dd29de70", "source": {"type": "widget"}},
    "blocked": False,
    "verified": False,
    "details": {"type": "widget", "destination": "shop.example.com"},
    "lastChat": {"_id": "k3VbnQ7xTzP2mWc9d", "ts": "2026-03-01T10:00:00.000Z"},
}
_CONTACT = {
    "_id": _ID,
    "name": "Ann",
    "emails": [{"address": "ann@example.org"}],
    "phones": [],
    "channels": [_CHANNEL],
    "customFields": {"tier": "gold"},
    "contactManager": "k7vXpSxrYhLfbTqGW",
    "unknown": False,
    "preRegistration": False,
    "lastChat": {"_id": "k3VbnQ7xTzP2mWc9d", "ts": "2026-03-01T10:00:00.000Z"},
    "createdAt": "2026-02-01T09:00:00.000Z",
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_NO_MANAGER = "error-contact-manager-not-found"
_NO_CONTACT = "error-contact-not-found"
_FIELD_REFUSALS = ("Invalid value for Tier field", "Custom field tier is not allowed")
_VISITOR = {
    "visitor": {"visitorId": "6a22b1765528fa64dd29de70", "source": {"type": "widget"}},
}


@routes.post(
    "omnichannel/contacts",
    permissions=["create-livechat-contact"],
    request={"name": "Ann", "emails": ["ann@example.org"], "phones": []},
    example={"contactId": _ID},
    refusals=(_NO_MANAGER, *_FIELD_REFUSALS),
)
async def create(call: Call, body: CreateContact) -> dict[str, Any]:
    """Make a contact.

    The first visitor with one of its e-mail addresses or telephone numbers who opens a conversation
    becomes this contact. `contactManager` is the id of an agent, who gets its conversations.
    """
    return {"contactId": await call.write(saving.create_contact, body)}


@routes.post(
    "omnichannel/contacts.update",
    permissions=["update-livechat-contact"],
    request={"contactId": _ID, "name": "Ann Lee", "emails": ["ann@example.org"]},
    example={"contact": _CONTACT},
    refusals=(_NO_CONTACT, _NO_MANAGER, "error-invalid-operation", *_FIELD_REFUSALS),
)
async def update(call: Call, body: UpdateContact) -> dict[str, Any]:
    """Change a contact.

    What is given replaces what was there, also whole lists and all custom fields; an empty
    `contactManager` removes it. The contact counts as known from then on. Its conversations are
    renamed with it. `wipeConflicts` forgets what differs.
    """
    return {"contact": await call.write(saving.update_contact, body)}


@routes.post(
    "omnichannel/contacts.conflicts",
    permissions=["update-livechat-contact"],
    request={"contactId": _ID, "name": "Ann Lee", "customFields": {"tier": "gold"}},
    example={"result": _CONTACT},
    refusals=(_NO_CONTACT, "error-contact-has-no-conflicts", _NO_MANAGER),
)
async def conflicts(call: Call, body: ResolveConflicts) -> dict[str, Any]:
    """Decide what is right where data of a contact differ.

    What is given is stored, and the conflicts about it are gone; with `wipeConflicts` all.
    """
    return {"result": await call.write(saving.resolve_conflicts, body)}


@routes.get(
    "omnichannel/contacts.get",
    permissions=["view-livechat-contact"],
    example={"contact": _CONTACT},
)
async def get(call: Call, query: ContactQuery) -> dict[str, Any]:
    """Read a contact.

    404 `Resource not found` for one that is not there, or was removed.
    """
    return {"contact": await call.read(reading.read_contact, query.contactId)}


@routes.get(
    "omnichannel/contacts.search",
    permissions=["view-livechat-contact"],
    example={
        "contacts": [
            {
                **_CONTACT,
                "contactManager": {"_id": "k7vXpSxrYhLfbTqGW", "name": "Bo", "username": "bo"},
            }
        ],
        "count": 50,
        "offset": 0,
        "total": 1,
    },
)
async def search(call: Call, query: SearchQuery) -> dict[str, Any]:
    """Find contacts.

    By a piece of the name, of an e-mail address or of a telephone number, in any case. Contacts
    that visitors have brought about and nobody has looked at are found with `unknown=true` only.
    `count` is the page size.
    """
    return await call.read(search_contacts, call.settings, query)


@routes.get(
    "omnichannel/contacts.channels",
    permissions=["view-livechat-contact"],
    example={"channels": [_CHANNEL]},
)
async def channels(call: Call, query: ChannelsQuery) -> dict[str, Any]:
    """List the channels of a contact.

    Of several with one name the one that was used last. An unknown contact has none.
    """
    return {"channels": await call.read(reading.read_channels, query.contactId)}


@routes.get(
    "omnichannel/contacts.history",
    permissions=["view-livechat-contact-history"],
    example={
        "history": [
            {
                "_id": "k3VbnQ7xTzP2mWc9d",
                "fname": "Ann",
                "ts": "2026-03-01T10:00:00.000Z",
                "closedAt": "2026-03-01T10:20:00.000Z",
                "msgs": 12,
                "source": {"type": "widget"},
            }
        ],
        "count": 1,
        "offset": 0,
        "total": 1,
    },
    refusals=(_NO_CONTACT,),
)
async def history(call: Call, query: HistoryQuery) -> dict[str, Any]:
    """List the closed conversations of a contact.

    Those closed last come first. `source` is a piece of the type or the alias of the channel.
    """
    return await call.read(reading.read_history, call.settings, query)


@routes.get(
    "omnichannel/contacts.checkExistence",
    permissions=["view-livechat-contact"],
    example={"exists": True},
    parameters={
        "contactId": "A contact's id.",
        "email": "Exactly the e-mail address of a contact.",
        "phone": "Exactly the telephone number of a contact.",
    },
)
async def check_existence(call: Call, query: ExistenceQuery) -> dict[str, Any]:
    """Ask whether there is a contact.

    By exactly one of `contactId`, `email` and `phone`. The id of a contact that was removed is
    still taken.
    """
    return {"exists": await call.read(reading.contact_exists, query)}


@routes.post(
    "omnichannel/contacts.block",
    permissions=["block-livechat-contact"],
    request=_VISITOR,
    refusals=(_NO_CONTACT, "error-visitor-not-found"),
)
async def block_channel(call: Call, body: BlockChannel) -> None:
    """Block a visitor on a channel.

    The visitor's open conversation there is closed, and there will be no other one and no message
    until the channel is unblocked. Other channels of the contact stay as they are.
    """
    await call.write(block, call.settings, call.user, body.visitor)


@routes.post(
    "omnichannel/contacts.unblock",
    permissions=["unblock-livechat-contact"],
    request=_VISITOR,
    refusals=(_NO_CONTACT,),
)
async def unblock_channel(call: Call, body: BlockChannel) -> None:
    """Unblock a visitor on a channel.

    The visitor may open conversations again.
    """
    await call.write(unblock, body.visitor)


@routes.post(
    "omnichannel/contacts.delete",
    permissions=["delete-livechat-contact"],
    style="typed",
    request={"contactId": _ID},
    refusals=(_NO_CONTACT, "error-contact-has-open-rooms"),
)
async def delete(call: Call, body: DeleteContact) -> None:
    """Remove a contact and all that is known of the person.

    Its visitors, their conversations, messages and files are removed for good. With open
    conversations only where the workspace stores what browsers tell of visitors (setting).
    """
    await call.write(delete_contact, call.settings, body.contactId)
