"""The real-time methods of visitors: for clients older than their REST successors.

Source: behaviour of the API, visitors, section 4.9; real time, section 5.4. In one point we differ
on purpose: values of custom fields that nobody has defined are skipped here too.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from frontdesk.conversations.finding import visitor_room
from frontdesk.custom_fields.setting import set_guest_values
from frontdesk.db import Tx
from frontdesk.errors import Coded, Failure
from frontdesk.http.limits import FixedWindows
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.limits import too_many_requests
from frontdesk.realtime.methods import Methods
from frontdesk.visitors import queries
from frontdesk.visitors.announcing import announce_status
from frontdesk.visitors.finding import find_visitor
from frontdesk.visitors.records import Visitor
from frontdesk.visitors.registering import Connection, register_visitor
from frontdesk.visitors.schemas import (
    GuestField,
    Registration,
    VisitorStatus,
    guest_document,
)
from frontdesk.workforce.agents_for_visitors import agent_for_visitors

methods = Methods()
_windows = FixedWindows()

#: Registrations of one address in so many milliseconds, on however many connections: as over REST.
MOST_REGISTRATIONS = 5
SPAN = 60_000


class Guest(msgspec.Struct):
    """Who registers; other members are tolerated."""

    token: str | None = None
    name: str | None = None
    email: str | None = None
    department: str | None = None
    customFields: list[GuestField] | None = None  # noqa: N815


class ByToken(msgspec.Struct):
    """A visitor, by token."""

    token: str


class OwnRoom(msgspec.Struct, rename="camel"):
    """A visitor's own conversation."""

    room_id: str
    token: str


@methods.method("livechat:loginByToken", public=True)
async def login_by_token(caller: Caller, token: str) -> dict[str, Any] | None:
    """Answer the id of the visitor who holds the token; nothing for an unknown one."""
    visitor = await caller.read(_holder, token)
    return None if visitor is None else {"_id": visitor.id}


@methods.method("livechat:registerGuest", public=True)
async def register_guest(caller: Caller, guest: Guest) -> dict[str, Any]:
    """Register a visitor, or bring one up to date."""
    if not guest.token:
        details = {"method": "livechat:registerGuest"}
        raise Coded("error-invalid-token", "Invalid token", details)
    _limit(caller)
    registration = Registration(
        token=guest.token, name=guest.name, email=guest.email, department=guest.department
    )
    connection = Connection(address=caller.address)

    def register(tx: Tx) -> Visitor:
        visitor = register_visitor(tx, caller.settings, registration, connection)
        set_guest_values(tx, visitor, _of_visitor(guest.customFields or ()))
        return find_visitor(tx, visitor.id) or visitor

    visitor = await caller.write(register)
    return {"userId": visitor.id, "visitor": guest_document(visitor)}


@methods.method("livechat:setUpConnection", public=True)
async def set_up_connection(caller: Caller, visitor: ByToken) -> None:
    """Bind the connection to a visitor, who is offline when it ends. The first call counts."""
    session = caller.session
    if session is None:  # a call over REST, which has no connection
        return

    async def leave() -> None:
        if not session.server_stops:
            await _go_offline(caller, visitor.token)

    session.at_end("visitor", leave)


@methods.method("livechat:getAgentData", public=True)
async def agent_data(caller: Caller, room: OwnRoom) -> dict[str, Any] | None:
    """Answer who serves the visitor's own conversation; nothing if nobody does."""

    def agent(tx: Tx) -> dict[str, Any] | None:
        found = visitor_room(tx, room.room_id, room.token)
        if found is None:
            details = {"method": "livechat:getAgentData"}
            raise Coded("error-invalid-room", "Invalid room", details)
        return agent_for_visitors(tx, caller.settings, found.agent_id)

    return await caller.read(agent)


def _limit(caller: Caller) -> None:
    """Count a registration; raises MethodFailure `too-many-requests`."""
    limited = caller.settings.flag("API_Enable_Rate_Limiter")
    if caller.workspace.config.test_mode or not limited:
        return
    used, ends = _windows.count("livechat:registerGuest", caller.address, SPAN)
    if used > MOST_REGISTRATIONS:
        raise too_many_requests(ends)


def _holder(tx: Tx, token: str) -> Visitor | None:
    return tx.one(queries.VISITOR_BY_TOKEN, token=token)


def _of_visitor(fields: Sequence[GuestField]) -> list[GuestField]:
    return [each for each in fields if each.scope != "room"]


async def _go_offline(caller: Caller, token: str) -> None:
    try:
        await caller.write(partial(announce_status, request=VisitorStatus(token, "offline")))
    except Failure:
        return  # the visitor is no more
