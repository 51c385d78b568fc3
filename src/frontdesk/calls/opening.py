"""Opening a call room: the record that binds a phone call to a visitor and an agent.

Source: behaviour of the call centre, sections 3.1 and 3.2.
"""

import msgspec

from frontdesk.calls import queries
from frontdesk.calls.finding import call_of_visitor, open_call_of_visitor
from frontdesk.calls.records import CallRoom
from frontdesk.calls.schemas import CallRoomQuery
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.ids import random_id
from frontdesk.visitors.finding import visitor_by_token
from frontdesk.visitors.records import Visitor
from frontdesk.workforce.finding import Agent, find_agent


class OpenedCall(msgspec.Struct, frozen=True):
    """The visitor's call room, and whether it is new."""

    room: CallRoom
    new: bool


def find_or_open_call(tx: Tx, request: CallRoomQuery) -> OpenedCall:
    """Return the call room with the given id, else the visitor's open one, else a new one.

    There is one open call room per visitor, also when two requests race; who serves it is
    decided by the first. The agent need be neither the caller nor online.

    Raises Refused `invalid-token`, `invalid-room`, `agent-not-found`, `cannot-access-room`.
    """
    visitor = visitor_by_token(tx, request.token)
    if request.rid is not None:
        return OpenedCall(call_of_visitor(tx, request.rid, request.token), new=False)
    found = open_call_of_visitor(tx, request.token)
    if found is not None:
        return OpenedCall(found, new=False)
    agent = find_agent(tx, request.agentId)
    if agent is None:
        raise Refused("agent-not-found")

    room = _new_call(tx, visitor, agent, request)
    if tx.insert(queries.INSERT_CALL, room):
        tx.emit("call-room", room.id, "opened")
        return OpenedCall(room, new=True)
    # Another request of the same visitor was first: both get its room.
    winner = open_call_of_visitor(tx, request.token)
    if winner is None:
        raise Refused("cannot-access-room")
    return OpenedCall(winner, new=False)


def _new_call(tx: Tx, visitor: Visitor, agent: Agent, request: CallRoomQuery) -> CallRoom:
    room_id = random_id()
    username = visitor.username or ""
    guest = visitor.name or username
    return CallRoom(
        id=room_id,
        # The reference ends the name with the id of the telephone system's call; without one
        # the room's own id keeps names apart.
        name=f"{guest}-{room_id}",
        display_name=guest,
        opened_at=tx.now,
        last_message_at=tx.now,
        message_count=0,
        department_id=visitor.department_id,
        visitor_id=visitor.id,
        visitor_token=request.token,
        visitor_username=username,
        visitor_status="online",
        visitor_phone=visitor.phone,
        agent_id=agent.id,
        agent_username=agent.username,
        open=True,
        queue="default",
        call_id=None,
        direction=request.direction,
        updated_at=tx.now,
    )
