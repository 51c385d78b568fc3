"""The input of the older endpoints of contacts, where a contact is a visitor."""

from typing import Any

import msgspec

from frontdesk.http.match import STRING, anything, maybe, object_of


class OldContactManager(msgspec.Struct, forbid_unknown_fields=True):
    """An agent by user name."""

    username: str


class SaveOldContact(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST omnichannel/contact; the token says which visitor it is."""

    token: str
    name: str
    contact_id: str | None = msgspec.field(default=None, name="_id")
    email: str | None = None
    phone: str | None = None
    username: str | None = None
    customFields: dict[str, Any] | None = None
    contactManager: OldContactManager | None = None


#: The shapes of what is checked by hand.
SAVE_OLD_CONTACT = object_of(
    {"token": STRING, "name": STRING},
    optional={
        **dict.fromkeys(("_id", "email", "phone", "username"), maybe(STRING)),
        "customFields": maybe(object_of({}, others=anything)),
        "contactManager": maybe(object_of({"username": STRING})),
    },
)
OLD_CONTACT_QUERY = object_of({"contactId": STRING})
OLD_SEARCH_QUERY = object_of(
    {}, optional=dict.fromkeys(("email", "phone", "custom"), maybe(STRING))
)
