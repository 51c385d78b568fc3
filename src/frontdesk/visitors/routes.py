"""The HTTP face of visitors."""

from typing import Any

import msgspec

from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.http import Call, Rate, Routes
from frontdesk.http.frame import body_value
from frontdesk.http.match import check_match
from frontdesk.visitors.announcing import announce_status
from frontdesk.visitors.finding import find_visitor
from frontdesk.visitors.language import first_language
from frontdesk.visitors.registering import Connection, register_visitor
from frontdesk.visitors.schemas import (
    REGISTER_VISITOR,
    VISITOR_STATUS,
    RegisterVisitor,
    VisitorQuery,
    VisitorStatus,
    WidgetConfigQuery,
    visitor_document,
)
from frontdesk.visitors.widget_config import widget_config

routes = Routes("Livechat")
ROUTES = (routes,)

_VISITOR = {
    "_id": "65e1c0ffee00000000000002",
    "token": "tok-ann",
    "username": "guest-7",
    "name": "Ann",
    "status": "online",
    "ts": "2026-03-01T10:00:00.000Z",
    "visitorEmails": [{"address": "ann@example.org"}],
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}


@routes.post(
    "livechat/visitor",
    public=True,
    rate=Rate(5, 60_000),
    body_by_hand=RegisterVisitor,
    request={"visitor": {"token": "tok-ann", "name": "Ann", "email": "ann@example.org"}},
    example={"visitor": _VISITOR},
    refusals=(
        "Match error: Missing key 'visitor'",
        "Match error: Missing key 'token' in field visitor",
        "Token cannot be empty [error-invalid-token]",
        "Name contains invalid characters",
        "error-invalid-department",
        "Error registering visitor [error-livechat-visitor-registration]",
    ),
)
async def register(call: Call) -> dict[str, Any]:
    """Register a visitor, or bring one up to date.

    The token is chosen by the client and is the visitor's key to everything: choose a long random
    one and keep it secret. Who comes back with a known token is the same visitor; what is not
    sent stays as it was. A known e-mail address or phone number with another token makes a new
    visitor. `department` is an id or a name; `id` and `username` count for new visitors only and
    may not be those of a user. Values of custom fields that are not defined are skipped.
    """
    value = body_value(call)
    check_match(value, REGISTER_VISITOR)
    registration = msgspec.convert(value, RegisterVisitor).visitor
    headers = call.headers
    connection = Connection(
        address=call.address,
        user_agent=headers.get("user-agent"),
        host=headers.get("host"),
        language=first_language(headers.get("accept-language")),
    )
    visitor = await call.write(register_visitor, call.settings, registration, connection)
    return {"visitor": visitor_document(visitor, with_token=True)}


@routes.post(
    "livechat/visitor.status",
    "livechat/visitors.status",
    public=True,
    body_by_hand=VisitorStatus,
    request={"token": "tok-ann", "status": "away"},
    example={"token": "tok-ann", "status": "away"},
    refusals=(
        "Match error: Missing key 'token'",
        "Match error: Missing key 'status'",
        "[invalid-token]",
        "error-invalid-status",
    ),
)
async def status(call: Call) -> dict[str, Any]:
    """Tell whether a visitor is there.

    The widget sends `online` and `away`. Agents see it with the open conversation.
    """
    value = body_value(call)
    check_match(value, VISITOR_STATUS)
    request = msgspec.convert(value, VisitorStatus)
    await call.write(announce_status, request)
    return {"token": request.token, "status": request.status}


@routes.get(
    "livechat/visitors.info",
    permissions=["view-l-room"],
    tag="Omnichannel Visitors",
    example={"visitor": {name: value for name, value in _VISITOR.items() if name != "token"}},
    refusals=("visitor-not-found",),
)
async def info(call: Call, query: VisitorQuery) -> dict[str, Any]:
    """Read a visitor.

    Without the token, which is the visitor's alone.
    """

    def visitor(tx: Tx) -> dict[str, Any]:
        found = find_visitor(tx, query.visitorId)
        if found is None or found.disabled:
            raise Refused("visitor-not-found")
        return visitor_document(found)

    return {"visitor": await call.read(visitor)}


@routes.get(
    "livechat/config",
    public=True,
    example={
        "config": {
            "enabled": True,
            "online": True,
            "settings": {"registrationForm": True, "language": "en"},
            "theme": {"title": "Frontdesk", "color": "#C1272D", "position": "right"},
            "departments": [],
        }
    },
    refusals=("Error! No Active Business Unit found with id: u1 [error-unit-not-found]",),
)
async def config(call: Call, query: WidgetConfigQuery) -> dict[str, Any]:
    """Read what the widget needs to know.

    Settings, theme and texts, the departments to choose from, and whether somebody is online (in
    `department`, if given). With a known `token` also the visitor, the open conversation and who
    serves it.
    """
    return {"config": await call.read(widget_config, call.settings, query)}
