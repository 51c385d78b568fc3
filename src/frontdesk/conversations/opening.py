"""Opening a conversation: the room, its place in the queue, and its first agent if one is free.

Source: behaviour of the API, conversations, sections 2.2 to 2.4.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.catalog.finding import priority_by_id_or_name, sla_by_id_or_name
from frontdesk.contacts.opening import (
    contact_for_opening,
    needs_verification,
    note_contact_chat,
)
from frontdesk.contacts.records import Linked
from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change, open_room_of_visitor
from frontdesk.conversations.preferring import bot_first, preferred_agent
from frontdesk.conversations.records import Inquiry, Room
from frontdesk.conversations.routing import routing_method
from frontdesk.conversations.taking import delegate
from frontdesk.conversations.waiting import begin_to_wait
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.ids import hex_id, random_id
from frontdesk.messages.navigating import adopt_page_visits
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import message_document
from frontdesk.messages.storing import store_message
from frontdesk.visitors.noting import note_chat
from frontdesk.visitors.records import Visitor
from frontdesk.webhooks.room_events import tell_started
from frontdesk.workforce.finding import (
    Agent,
    find_agent,
    find_department,
    registration_departments,
    somebody_is_online,
)

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class Opening(msgspec.Struct, frozen=True):
    """What is asked for: where the visitor comes from, an agent if one is wished, an SLA policy
    and a priority by id or name, and what the channel keeps on the room (`Room.channel`).

    Who comes `by_mail` may have several open conversations, and nobody need be online.
    """

    source: dict[str, Any]
    agent_id: str | None = None
    sla: str | None = None
    priority: str | None = None
    channel: dict[str, Any] | None = None
    by_mail: bool = False


class Opened(msgspec.Struct, frozen=True):
    """The visitor's conversation, and whether it is new."""

    room: Room
    new: bool


def open_conversation(tx: Tx, settings: "Settings", visitor: Visitor, opening: Opening) -> Opened:
    """Return the visitor's open conversation, or open one.

    There is one open conversation per visitor, also when two requests race; only each of those
    `by_mail` is new. Raises Coded
    `error-omnichannel-is-disabled`, `no-agent-online`, `error-invalid-sla` or
    `error-invalid-priority`, Refused `error-contact-channel-blocked`.
    """
    assert visitor.token is not None
    found = None if opening.by_mail else open_room_of_visitor(tx, visitor.token)
    if found is not None:
        return Opened(found, new=False)
    if not settings.flag("Livechat_enabled"):
        raise Coded("error-omnichannel-is-disabled")
    linked = contact_for_opening(tx, settings, visitor, opening.source)
    requested = find_agent(tx, opening.agent_id) if opening.agent_id else None
    wished = preferred_agent(tx, settings, visitor, linked.contact, requested)
    wanted_id = _wanted_department(tx, settings, visitor, wished)
    agent = wished or bot_first(tx, settings, wanted_id)
    department_id = _served_department(tx, settings, wanted_id)
    if not opening.by_mail:
        _require_somebody(tx, settings, wanted_id, department_id, wished, agent)

    started = _started_message(tx, visitor)
    # Without anybody online the department that was wanted keeps the conversation.
    department_id = department_id or wanted_id
    room = _new_room(tx, settings, visitor, linked, opening, department_id, started)
    _rank(tx, room, opening)
    if not tx.insert(queries.INSERT_ROOM, room):
        # Another request of the same visitor was first: both get its room.
        winner = open_room_of_visitor(tx, visitor.token)
        if winner is None:
            raise Refused("error-failed-to-start-conversation")
        return Opened(winner, new=False)
    inquiry = new_inquiry(tx, settings, room, agent)
    tx.insert(queries.INSERT_INQUIRY, inquiry)
    store_message(tx, started)
    adopt_page_visits(tx, visitor.token, room.id)
    note_chat(tx, visitor, room.id)
    note_contact_chat(tx, linked, room.id)
    tx.emit("room", room.id, "opened")
    tx.emit("inquiry", inquiry.id, "inserted", inquiry.department_id)
    tell_started(tx, settings, room.id)
    if inquiry.status == "ready":
        give_away(tx, settings, inquiry, room, anybody_needed=not opening.by_mail)
    elif inquiry.status == "queued":
        begin_to_wait(tx, settings, room.id, room.department_id)
    return Opened(conversation_to_change(tx, room.id) or room, new=True)


def _wanted_department(
    tx: Tx, settings: "Settings", visitor: Visitor, wished: Agent | None
) -> str | None:
    """Return the visitor's department; where nothing is wished for, the first that is served."""
    if visitor.department_id is not None or wished is not None:
        return visitor.department_id
    for department in registration_departments(tx):
        if somebody_is_online(tx, settings, department.id):
            return department.id
    return None


def _served_department(tx: Tx, settings: "Settings", department_id: str | None) -> str | None:
    """Return the department, or the first one it falls back on, that somebody serves."""
    seen: set[str] = set()
    candidate = find_department(tx, department_id)
    while candidate is not None and candidate.id not in seen:
        if somebody_is_online(tx, settings, candidate.id):
            return candidate.id
        seen.add(candidate.id)
        candidate = find_department(tx, candidate.fallback_id)
    return None


def _require_somebody(
    tx: Tx,
    settings: "Settings",
    wanted_id: str | None,
    department_id: str | None,
    wished: Agent | None,
    agent: Agent | None,
) -> None:
    """Raise Coded `no-agent-online` where the conversation would find nobody.

    An agent who is wished for need not be there. A bot is enough for a department, but without
    one somebody must be online all the same.
    """
    if settings.flag("Livechat_accept_chats_with_no_agents") or wished is not None:
        return
    if wanted_id is not None:
        served = department_id is not None or agent is not None
    else:
        served = somebody_is_online(tx, settings)
    if not served:
        raise Coded("no-agent-online", "Sorry, no online agents")


def give_away(
    tx: Tx, settings: "Settings", inquiry: Inquiry, room: Room, *, anybody_needed: bool
) -> None:
    """Give a conversation that is ready to an agent, if one is free."""
    try:
        delegate(tx, settings, inquiry, room)
    except Coded:  # another server names nobody: that may be, where nobody need be online
        if anybody_needed and not settings.flag("Livechat_accept_chats_with_no_agents"):
            raise


def _new_room(
    tx: Tx,
    settings: "Settings",
    visitor: Visitor,
    linked: Linked,
    opening: Opening,
    department_id: str | None,
    started: Message,
) -> Room:
    department = find_department(tx, department_id)
    keeps_last = settings.flag("Store_Last_Message")
    return Room(
        id=started.room_id,
        kind="l",
        display_name=linked.contact.name or visitor.name or visitor.username,
        opened_at=tx.now,
        last_message_at=tx.now,
        message_count=2,  # a message that notifies counts twice
        visitor_id=visitor.id,
        visitor_token=None if opening.by_mail else visitor.token,
        visitor_username=visitor.username,
        visitor_name=visitor.name,
        visitor_status=visitor.status or "online",
        visitor_phones=visitor.phones,
        visitor_activity=linked.contact.activity,
        department_id=department_id,
        department_ancestors=department.ancestors if department is not None else None,
        source=opening.source,
        channel=opening.channel,
        queued_at=tx.now,
        waiting_response=True,
        last_message=message_document(started) if keeps_last else None,
        contact_id=linked.contact.id,
        verified=linked.channel.verified,
        updated_at=tx.now,
    )


def _rank(tx: Tx, room: Room, opening: Opening) -> None:
    """Give a new room the SLA policy and the priority that are asked for."""
    if opening.sla:
        sla = sla_by_id_or_name(tx, opening.sla)
        if sla is None:
            raise Coded("error-invalid-sla", "Invalid sla", {"function": "livechat.beforeRoom"})
        room.sla_id, room.estimated_wait = sla.id, sla.due_minutes
    if opening.priority:
        priority = priority_by_id_or_name(tx, opening.priority)
        if priority is None:
            where = {"function": "livechat.beforeInquiry"}
            raise Coded("error-invalid-priority", "Invalid priority", where)
        room.priority_id, room.priority_weight = priority.id, priority.weight


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


def first_status(settings: "Settings", agent: Agent | None) -> str:
    """Return the state of a conversation that nobody serves yet and that is meant for `agent`, if
    anybody: `queued`, or `ready` to be given away at once.
    """
    if agent is not None and agent.bot:
        return "ready"
    waits = settings.flag("Livechat_waiting_queue") or not routing_method(settings).autoAssignAgent
    return "queued" if waits else "ready"


def new_inquiry(tx: Tx, settings: "Settings", room: Room, agent: Agent | None) -> Inquiry:
    """Return the place of a conversation that begins, or begins again: waiting in the queue, or
    ready to be given away, to `agent` before anybody else; or out of sight until it is verified
    who writes.
    """
    verifying = needs_verification(settings, room.verified)
    status = "verifying" if verifying else first_status(settings, agent)
    return Inquiry(
        id=hex_id(),
        room_id=room.id,
        name=room.display_name,
        message="",
        created_at=tx.now,
        status=status,
        department_id=room.department_id,
        visitor_id=room.visitor_id or "",
        visitor_token=room.visitor_token or "",
        visitor_username=room.visitor_username or "",
        visitor_status=room.visitor_status,
        visitor_activity=room.visitor_activity,
        source=room.source,
        default_agent_id=None if agent is None else agent.id,
        default_agent_username=None if agent is None else agent.username,
        priority_id=room.priority_id,
        priority_weight=room.priority_weight,
        sla_id=room.sla_id,
        estimated_wait=room.estimated_wait,
        queued_at=tx.now if status == "queued" else None,
        updated_at=tx.now,
    )
