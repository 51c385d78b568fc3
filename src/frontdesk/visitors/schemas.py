"""Visitors on the wire, and the input of their endpoints."""

from typing import Any

import msgspec

from frontdesk.clock import iso, iso_or_none
from frontdesk.custom_fields.records import FieldValue
from frontdesk.http.match import (
    BOOLEAN,
    STRING,
    anything,
    array_of,
    maybe,
    object_of,
)
from frontdesk.http.paging import PageQuery
from frontdesk.visitors.records import Visitor


def visitor_document(visitor: Visitor, *, with_token: bool = False) -> dict[str, Any]:
    """Return a visitor as the API sends it; absent members are left out.

    The token is the visitor's key to everything: only the visitor may see it.
    """
    document = {
        "_id": visitor.id,
        "token": visitor.token if with_token else None,
        "username": visitor.username,
        "name": visitor.name,
        "status": visitor.status,
        "ts": iso_or_none(visitor.created_at),
        "phone": visitor.phones,
        "visitorEmails": visitor.emails,
        "department": visitor.department_id,
        "livechatData": visitor.livechat_data,
        "userAgent": visitor.user_agent,
        "ip": visitor.ip,
        "host": visitor.host,
        "lastChat": visitor.last_chat,
        "lastAgent": visitor.last_agent,
        "contactManager": visitor.contact_manager,
        "disabled": visitor.disabled or None,
        "_updatedAt": iso(visitor.updated_at),
    }
    return {name: value for name, value in document.items() if value is not None}


def guest_document(visitor: Visitor) -> dict[str, Any]:
    """Return what the widget is told of its own visitor."""
    document = visitor_document(visitor, with_token=True)
    wanted = ("_id", "name", "username", "token", "visitorEmails", "department")
    return {name: document[name] for name in wanted if name in document}


# Input ---------------------------------------------------------------------------------------


class Registration(msgspec.Struct):
    """What a visitor says about itself. `department` is an id or a name; `id` and `username`
    count for a new visitor only.
    """

    token: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    department: str | None = None
    username: str | None = None
    id: str | None = None
    customFields: list[FieldValue] | None = None


class RegisterVisitor(msgspec.Struct):
    """Body of POST livechat/visitor."""

    visitor: Registration


class GuestField(FieldValue, kw_only=True):
    """A value with which a guest registers by the real-time method."""

    overwrite: bool = True
    scope: str | None = None


class VisitorStatus(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/visitor.status."""

    token: str
    status: str


class SearchVisitorsQuery(PageQuery, kw_only=True):
    """Query of GET livechat/visitors.search."""

    term: str


class SelectorQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Query of GET livechat/visitors.autocomplete; `selector` is JSON text."""

    selector: str


class VisitorQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Query of GET livechat/visitors.info."""

    visitorId: str


_CUSTOM_FIELD = object_of({"key": STRING, "value": STRING, "overwrite": BOOLEAN}, others=anything)
_VISITOR = object_of(
    {"token": STRING},
    optional={
        **dict.fromkeys(("name", "email", "phone", "department", "username", "id"), maybe(STRING)),
        "customFields": maybe(array_of(_CUSTOM_FIELD)),
    },
    others=anything,
)
#: The shape of the bodies that are checked by hand.
REGISTER_VISITOR = object_of({"visitor": _VISITOR})
VISITOR_STATUS = object_of({"token": STRING, "status": STRING})
