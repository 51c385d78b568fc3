"""Call rooms on the wire, and the input of their endpoints."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import msgspec

from frontdesk.calls.records import CallRoom
from frontdesk.clock import iso, iso_or_none
from frontdesk.http.paging import ListQuery


def call_document(room: CallRoom) -> dict[str, Any]:
    """Return a call room as the API sends it; absent members are left out.

    A closed room has no `open` at all, as clients expect. Source: behaviour of the call centre,
    section 1.1.
    """
    opened = iso(room.opened_at)
    agent = {"_id": room.agent_id, "username": room.agent_username}
    document: dict[str, Any] = {
        "_id": room.id,
        "t": "v",
        "name": room.name,
        "fname": room.display_name,
        "msgs": room.message_count,
        "usersCount": 1,
        "ts": opened,
        "lm": iso(room.last_message_at),
        "lastMessage": room.last_message,
        "queuedAt": opened,
        "callStarted": opened,
        "departmentId": room.department_id,
        "v": _visitor(room),
        "servedBy": {**agent, "ts": opened},
        "open": True if room.open else None,
        "waitingResponse": True,
        "source": {"type": "api"},
        "queue": room.queue,
        "callUniqueId": room.call_id,
        "direction": room.direction,
        "u": agent,
        "uids": [],
        "autoTranslateLanguage": "",
        "livechatData": "",
        "callWaitingTime": room.waiting_time,
        "callDuration": room.duration,
        "callTotalHoldTime": room.hold_time,
        "tags": room.tags,
        "closedAt": iso_or_none(room.closed_at),
        "closer": room.closer,
        "closedBy": _closed_by(room),
        "_updatedAt": iso(room.updated_at),
    }
    return {name: value for name, value in document.items() if value is not None}


def _visitor(room: CallRoom) -> dict[str, Any]:
    visitor = {
        "_id": room.visitor_id,
        "token": room.visitor_token,
        "status": room.visitor_status,
        "username": room.visitor_username,
    }
    return visitor if room.visitor_phone is None else {**visitor, "phone": room.visitor_phone}


def _closed_by(room: CallRoom) -> dict[str, Any] | None:
    if room.closed_by_id is None:
        return None
    return {"_id": room.closed_by_id, "username": room.closed_by_username}


def call_message_data(room: CallRoom) -> dict[str, Any]:
    """Return the `voipData` of a message about a call (call centre, 1.2)."""
    return {"callDuration": room.duration or 0, "callStarted": iso(room.opened_at)}


#: By which members a list of call rooms can be sorted, and the columns behind them.
SORT_COLUMNS: Mapping[str, str] = {
    "_id": "id",
    "name": "name",
    "fname": "display_name",
    "msgs": "message_count",
    "ts": "opened_at",
    "lm": "last_message_at",
    "queuedAt": "opened_at",
    "callStarted": "opened_at",
    "departmentId": "department_id",
    "v._id": "visitor_id",
    "v.username": "visitor_username",
    "v.phone": "visitor_phone",
    "servedBy": "agent_username",
    "servedBy._id": "agent_id",
    "servedBy.username": "agent_username",
    "queue": "queue",
    "direction": "direction",
    "callWaitingTime": "waiting_time",
    "callDuration": "duration",
    "callTotalHoldTime": "hold_time",
    "closedAt": "closed_at",
    "_updatedAt": "updated_at",
}

# Input ---------------------------------------------------------------------------------------

_TEXT = {"type": "string"}


class CallRoomQuery(msgspec.Struct):
    """Query of GET voip/room: a token with an agent, or a room with its token."""

    json_schema: ClassVar[dict[str, Any]] = {
        "oneOf": [
            {
                "type": "object",
                "properties": {
                    "token": _TEXT,
                    "agentId": _TEXT,
                    "direction": {"type": "string", "enum": ["inbound", "outbound"]},
                },
                "required": ["token", "agentId"],
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": {"rid": _TEXT, "token": _TEXT},
                "required": ["rid", "token"],
                "additionalProperties": False,
            },
        ]
    }

    token: str
    agentId: str = ""
    direction: Literal["inbound", "outbound"] = "inbound"
    rid: str | None = None


class CloseCallOptions(msgspec.Struct):
    """What an agent notes when a call is over."""

    comment: str | None = None
    tags: list[str] | None = None


class CloseCall(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST voip/room.close. `rid` comes first: it is what is named as missing."""

    rid: str
    token: str
    options: CloseCallOptions | None = None


class CallListQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Query of GET voip/rooms. `query` is accepted and ignored; `fields` is refused."""

    agents: list[str] | None = None
    open: Literal["true", "false"] | None = None
    createdAt: str | None = None
    closedAt: str | None = None
    tags: list[str] | None = None
    queue: str | None = None
    visitorId: str | None = None
    direction: Literal["inbound", "outbound"] | None = None
    roomName: str | None = None
    count: float | None = None
    offset: float | None = None
    sort: str | None = None
    query: str | None = None

    def paging(self) -> ListQuery:
        """Return the parameters that every list understands."""
        return ListQuery(count=self.count, offset=self.offset, sort=self.sort)
