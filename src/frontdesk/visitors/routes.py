"""The HTTP face of visitors."""

from typing import Any

import msgspec
import structlog

from frontdesk.clock import iso, now_ms
from frontdesk.conversations.record_schemas import CALL_STATUS, CallStatus
from frontdesk.conversations.visitor_calls import announce_call_status
from frontdesk.errors import Coded, Failure
from frontdesk.http import Call, Rate, Routes
from frontdesk.http.frame import body_value
from frontdesk.http.match import check_match
from frontdesk.visitors.agent_routes import routes as agent_routes
from frontdesk.visitors.announcing import announce_status
from frontdesk.visitors.finding import holder_of_token
from frontdesk.visitors.language import first_language
from frontdesk.visitors.registering import Connection, keep_fields, register_visitor
from frontdesk.visitors.removing import remove_by_token
from frontdesk.visitors.schemas import (
    REGISTER_VISITOR,
    VISITOR_STATUS,
    RegisterVisitor,
    VisitorStatus,
    visitor_document,
)

log = structlog.get_logger(__name__)

routes = Routes("Omnichannel Visitors")
ROUTES = (routes, agent_routes)

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
        "Missing required custom fields: tier",
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
    may not be those of a user. Values of custom fields that are not defined, or hidden, are
    skipped; if there are values at all, no required one may be missing. Then the visitor is
    registered all the same.
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
    if registration.customFields:
        visitor = await call.write(keep_fields, visitor, registration.customFields)
    return {"visitor": visitor_document(visitor, with_token=True)}


@routes.get(
    "livechat/visitor/{token}",
    public=True,
    rate=Rate(10, 60_000),
    example={"visitor": _VISITOR},
    refusals=("[invalid-token]",),
)
async def own_record(call: Call) -> dict[str, Any]:
    """Read what is known of a visitor.

    For the visitor alone: the token in the path is the proof.
    """
    visitor = await call.read(holder_of_token, call.path["token"])
    return {"visitor": visitor_document(visitor, with_token=True)}


@routes.delete(
    "livechat/visitor/{token}",
    public=True,
    rate=Rate(5, 60_000),
    example={
        "visitor": {"_id": _VISITOR["_id"], "ts": "2026-03-01T10:00:00.000Z"},
        "removed": {"visitors": 1, "rooms": 2, "messages": 31, "files": 1, "jobs": 1},
    },
    refusals=(
        "[invalid-token]",
        "Cannot remove visitors with opened rooms [visitor-has-open-rooms]",
        "An error ocurred while deleting visitor [error-removing-visitor]",
    ),
)
async def remove(call: Call) -> dict[str, Any]:
    """Remove a visitor for good, as data protection asks for.

    With all conversations, calls, messages, files and promised work, also those of other visitors
    who are the same contact. The token in the path is the proof. Open conversations prevent it,
    unless the workspace collects data of visitors' browsers. The answer tells how much is gone.
    """
    try:
        visitor, removed = await call.write(remove_by_token, call.settings, call.path["token"])
    except Failure:
        raise
    except Exception as error:
        log.exception("visitor_not_removed")
        text = "An error ocurred while deleting visitor"
        raise Coded("error-removing-visitor", text) from error
    counts: dict[str, int] = msgspec.to_builtins(removed)
    log.info("visitor_removed", visitor=visitor.id, **counts)
    return {"visitor": {"_id": visitor.id, "ts": iso(now_ms())}, "removed": counts}


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


@routes.post(
    "livechat/visitor.callStatus",
    public=True,
    body_by_hand=CallStatus,
    request={"token": "tok-ann", "callStatus": "ended", "rid": "k3VbnQ7xTzP2mWc9d", "callId": "c1"},
    example={"token": "tok-ann", "callStatus": "ended"},
    refusals=(
        "Match error: Missing key 'token'",
        "[invalid-token]",
        "invalid-room",
        "error-invalid-status",
    ),
)
async def call_status(call: Call) -> dict[str, Any]:
    """Tell how a visitor's call in the own conversation goes.

    For old widgets. A call that is `ended` or `declined` stands so in the message that began it.
    """
    value = body_value(call)
    check_match(value, CALL_STATUS)
    request = msgspec.convert(value, CallStatus)
    await call.write(announce_call_status, request)
    return {"token": request.token, "callStatus": request.callStatus}
