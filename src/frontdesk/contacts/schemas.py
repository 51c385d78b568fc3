"""Contacts on the wire, and the input of their endpoints."""

from typing import Any, ClassVar

import msgspec

from frontdesk.clock import iso, iso_or_none
from frontdesk.contacts.records import Channel, Contact
from frontdesk.http.paging import PageQuery

#: Characters of a name, an e-mail address (RFC 5321, 4.5.3.1.3) and a telephone number at the most:
#: those of visitors.
LONGEST_NAME = 255
LONGEST_EMAIL = 254
LONGEST_PHONE = 64
#: Addresses and numbers of one contact at the most, and custom fields that are sent at once.
MOST_ADDRESSES = 100
MOST_FIELDS = 100
#: Characters that are looked for at the most.
LONGEST_SEARCH = 500


def contact_document(contact: Contact, channels: list[Channel]) -> dict[str, Any]:
    """Return a contact as the API sends it; absent members are left out."""
    document: dict[str, Any] = {
        "_id": contact.id,
        "name": contact.name,
        "emails": contact.emails,
        "phones": contact.phones,
        "channels": [channel_document(each) for each in channels],
        "customFields": contact.custom_fields,
        "contactManager": contact.manager_id,
        "unknown": contact.unknown,
        "preRegistration": contact.pre_registration,
        "conflictingFields": contact.conflicts,
        "lastChat": contact.last_chat,
        "activity": contact.activity,
        "createdAt": iso(contact.created_at),
        "_updatedAt": iso(contact.updated_at),
    }
    return {name: value for name, value in document.items() if value is not None}


def channel_document(channel: Channel) -> dict[str, Any]:
    """Return a channel of a contact as the API sends it."""
    source = {"type": channel.source_type}
    if channel.source_id:
        source["id"] = channel.source_id
    document: dict[str, Any] = {
        "name": channel.name,
        "visitor": {"visitorId": channel.visitor_id, "source": source},
        "blocked": channel.blocked,
        "verified": channel.verified,
        "verifiedAt": iso_or_none(channel.verified_at),
        "field": channel.field,
        "value": channel.value,
        "details": channel.details,
        "lastChat": channel.last_chat,
    }
    return {name: value for name, value in document.items() if value is not None}


# Input ---------------------------------------------------------------------------------------


def _list_of(longest: int, *, nullable: bool = False) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "array",
        "items": {"type": "string", "maxLength": longest},
        "uniqueItems": True,
        "maxItems": MOST_ADDRESSES,
    }
    return {**schema, "nullable": True} if nullable else schema


_NAME = {"type": "string", "maxLength": LONGEST_NAME}
_FIELDS = {
    "type": "object",
    "maxProperties": MOST_FIELDS,
    "propertyNames": {"type": "string", "maxLength": LONGEST_NAME},
}
_NULLABLE_TEXT = {"type": "string", "nullable": True}


class CreateContact(msgspec.Struct):
    """Body of POST omnichannel/contacts; `contactManager` is the id of an agent."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "name": _NAME,
            "emails": _list_of(LONGEST_EMAIL),
            "phones": _list_of(LONGEST_PHONE),
            "customFields": {**_FIELDS, "nullable": True},
            "contactManager": _NULLABLE_TEXT,
        },
        "required": ["name", "emails", "phones"],
        "additionalProperties": False,
    }

    name: str
    emails: list[str]
    phones: list[str]
    customFields: dict[str, Any] | None = None
    contactManager: str | None = None


class UpdateContact(msgspec.Struct):
    """Body of POST omnichannel/contacts.update; null leaves a member as it is."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "contactId": {"type": "string"},
            "name": _NAME,
            "emails": _list_of(LONGEST_EMAIL, nullable=True),
            "phones": _list_of(LONGEST_PHONE, nullable=True),
            "customFields": {**_FIELDS, "nullable": True},
            "contactManager": _NULLABLE_TEXT,
            "wipeConflicts": {"type": "boolean", "nullable": True},
        },
        "required": ["contactId"],
        "additionalProperties": False,
    }

    contactId: str
    name: str | None = None
    emails: list[str] | None = None
    phones: list[str] | None = None
    customFields: dict[str, Any] | None = None
    contactManager: str | None = None
    wipeConflicts: bool | None = None


class ResolveConflicts(msgspec.Struct):
    """Body of POST omnichannel/contacts.conflicts: what is right, or that all conflicts go."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "contactId": {"type": "string"},
            "name": {**_NAME, "nullable": True},
            "customFields": _FIELDS,
            "contactManager": _NULLABLE_TEXT,
            "wipeConflicts": {"type": "boolean", "nullable": True},
        },
        "required": ["contactId"],
        "additionalProperties": False,
    }

    contactId: str
    name: str | None = None
    customFields: dict[str, Any] | None = None
    contactManager: str | None = None
    wipeConflicts: bool | None = None


class ContactQuery(msgspec.Struct):
    """Query of GET omnichannel/contacts.get."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"contactId": {"type": "string", "isNotEmpty": True}},
        "required": ["contactId"],
        "additionalProperties": False,
    }

    contactId: str


class ChannelsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Query of GET omnichannel/contacts.channels."""

    contactId: str


class HistoryQuery(PageQuery, kw_only=True):
    """Query of GET omnichannel/contacts.history; `source` is a piece of a type or an alias."""

    contactId: str
    source: str | None = None


class SearchQuery(PageQuery, kw_only=True):
    """Query of GET omnichannel/contacts.search."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "count": {"type": "number"},
            "offset": {"type": "number"},
            "sort": {"type": "string"},
            "searchText": {"type": "string", "maxLength": LONGEST_SEARCH},
            "unknown": {"type": "boolean"},
        },
        "additionalProperties": False,
    }

    searchText: str | None = None
    unknown: bool = False


def _alone(name: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": "string", "isNotEmpty": True, **more}},
        "required": [name],
        "additionalProperties": False,
    }


class ExistenceQuery(msgspec.Struct):
    """Query of GET omnichannel/contacts.checkExistence: exactly one of the three."""

    json_schema: ClassVar[dict[str, Any]] = {
        "oneOf": [_alone("contactId"), _alone("email", format="basic_email"), _alone("phone")]
    }

    contactId: str | None = None
    email: str | None = None
    phone: str | None = None


class ChannelSource(msgspec.Struct):
    """Where somebody writes; without an id any source of the type. Further members are ignored."""

    type: str
    id: str | None = None


class ChannelVisitor(msgspec.Struct):
    """Who writes where; further members are ignored."""

    visitorId: str
    source: ChannelSource


class BlockChannel(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST omnichannel/contacts.block and contacts.unblock."""

    visitor: ChannelVisitor


class DeleteContact(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST omnichannel/contacts.delete."""

    contactId: str
