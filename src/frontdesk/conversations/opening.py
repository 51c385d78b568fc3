"""Opening a conversation: the room, its place in the queue, and its first agent if one is free.

Source: behaviour of the API, conversations, sections 2.2 to 2.4.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change, open_room_of_visitor
from frontdesk.conversations.records import Inquiry, Room
from frontdesk.conversations.routing import routing_method
from frontdesk.conversations.taking import delegate
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.ids import hex_id, random_id
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import message_document
from frontdesk.messages.storing import store_message
from frontdesk.visitors.noting import note_chat
from frontdesk.visitors.records import Visitor
from frontdesk.workforce.finding import (
    find_agent,
    find_department,
    registration_departments,
    somebody_is_online,
)

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class Opening(msgspec.Struct, frozen=True):
    """What is asked for: where the visitor comes from, and an agent if one is wished."""

    source: dict[str, Any]
    agent_id: str | None = None


class Opened(msgspec.Struct, frozen=True):
    """The visitor's conversation, and whether it is new."""

    room: Room
    new: bool


def open_conversation(tx: Tx, settings: "Settings", visitor: Visitor, opening: Opening) -> Opened:
    """Return the visitor's open conversation, or open one.

    There is one open conversation per visitor, also when two requests race. Raises Coded
    `error-omnichannel-is-disabled` or `no-agent-online`.
    """
    assert visitor.token is not None
    found = open_room_of_visitor(tx, visitor.token)
    if found is not None:
        return Opened(found, new=False)
    if not settings.flag("Livechat_enabled"):
        raise Coded("error-omnichannel-is-disabled")
    agent = find_agent(tx, opening.agent_id) if opening.agent_id else None
    department_id = _department(tx, settings, visitor, agent is not None)
    _require_somebody(tx, settings, visitor, department_id, agent is not None)

    started = _started_message(tx, visitor)
    room = _new_room(tx, settings, visitor, opening, department_id, started)
    if not tx.insert(queries.INSERT_ROOM, room):
        # Another request of the same visitor was first: both get its room.
        winner = open_room_of_visitor(tx, visitor.token)
        if winner is None:
            raise Refused("error-failed-to-start-conversation")
        return Opened(winner, new=False)
    inquiry = _inquiry(tx, settings, room, visitor)
    if agent is not None:
        inquiry.default_agent_id = agent.id
        inquiry.default_agent_username = agent.username
    tx.insert(queries.INSERT_INQUIRY, inquiry)
    store_message(tx, started)
    note_chat(tx, visitor, room.id)
    tx.emit("room", room.id, "opened")
    tx.emit("inquiry", inquiry.id, "inserted", inquiry.department_id)
    if inquiry.status == "ready":
        delegate(tx, settings, inquiry, room)
    return Opened(conversation_to_change(tx, room.id) or room, new=True)


def _department(tx: Tx, settings: "Settings", visitor: Visitor, agent_wished: bool) -> str | None:
    """Return the department of the conversation: one that somebody serves, if there is any."""
    if visitor.department_id is None:
        if agent_wished:
            return None
        for department in registration_departments(tx):
            if somebody_is_online(tx, settings, department.id):
                return department.id
        return None
    seen: set[str] = set()
    candidate = find_department(tx, visitor.department_id)
    while candidate is not None and candidate.id not in seen:
        if somebody_is_online(tx, settings, candidate.id):
            return candidate.id
        seen.add(candidate.id)
        candidate = find_department(tx, candidate.fallback_id)
    return None


def _require_somebody(
    tx: Tx,
    settings: "Settings",
    visitor: Visitor,
    department_id: str | None,
    agent_wished: bool,
) -> None:
    if settings.flag("Livechat_accept_chats_with_no_agents") or agent_wished:
        return
    if visitor.department_id is not None:
        served = department_id is not None
    else:
        served = department_id is not None or somebody_is_online(tx, settings)
    if not served:
        raise Coded("no-agent-online", "Sorry, no online agents")


def _new_room(
    tx: Tx,
    settings: "Settings",
    visitor: Visitor,
    opening: Opening,
    department_id: str | None,
    started: Message,
) -> Room:
    # Without anybody online the visitor's own department keeps the conversation.
    department_id = department_id or visitor.department_id
    department = find_department(tx, department_id)
    keeps_last = settings.flag("Store_Last_Message")
    return Room(
        id=started.room_id,
        kind="l",
        display_name=visitor.name or visitor.username,
        opened_at=tx.now,
        last_message_at=tx.now,
        message_count=2,  # a message that notifies counts twice
        visitor_id=visitor.id,
        visitor_token=visitor.token,
        visitor_username=visitor.username,
        visitor_name=visitor.name,
        visitor_status=visitor.status or "online",
        visitor_phones=visitor.phones,
        department_id=department_id,
        department_ancestors=department.ancestors if department is not None else None,
        source=opening.source,
        queued_at=tx.now,
        waiting_response=True,
        last_message=message_document(started) if keeps_last else None,
        updated_at=tx.now,
    )


def _started_message(tx: Tx, visitor: Visitor) -> Message:
    return Message(
        id=random_id(),
        room_id=random_id(),
        sent_at=tx.now,
        kind="livechat-started",
        text="",
        author_id=visitor.id,
        author_username=visitor.username or "",
        visitor_token=visitor.token,
        groupable=False,
        updated_at=tx.now,
    )


def _inquiry(tx: Tx, settings: "Settings", room: Room, visitor: Visitor) -> Inquiry:
    """Return the new conversation's place: waiting in the queue, or ready to be given away."""
    waits = settings.flag("Livechat_waiting_queue") or not routing_method(settings).autoAssignAgent
    return Inquiry(
        id=hex_id(),
        room_id=room.id,
        name=room.display_name,
        message="",
        created_at=tx.now,
        status="queued" if waits else "ready",
        department_id=room.department_id,
        visitor_id=visitor.id,
        visitor_token=visitor.token or "",
        visitor_username=visitor.username or "",
        visitor_status=room.visitor_status,
        source=room.source,
        queued_at=tx.now if waits else None,
        updated_at=tx.now,
    )
