"""Conversations that the system passes on because their agent does not answer.

Source: behaviour of the API, conversations, section 6.4.
"""

from typing import TYPE_CHECKING

from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change, inquiry_of_room
from frontdesk.conversations.handing_over import Handover, hand_over, hand_to_queue
from frontdesk.conversations.records import Inquiry, Room
from frontdesk.conversations.routing import assigns_agents, next_agent
from frontdesk.conversations.taking import assign
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.messages.storing import SYSTEM_AUTHOR
from frontdesk.workforce.finding import Agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def pass_on_unanswered(tx: Tx, settings: "Settings", room_id: str, seconds: int) -> None:
    """Give a conversation, unanswered for so many seconds, to the next agent; where agents take
    conversations by hand, to the queue.

    Happens once. Where nobody else is free, or the conversation is on hold, it stays.
    """
    room = conversation_to_change(tx, room_id)
    inquiry = inquiry_of_room(tx, room_id)
    if room is None or not room.open or inquiry is None:
        return
    if room.agent_id is None or room.auto_transfer_due_at is None:
        return
    room.auto_transfer_due_at, room.auto_transferred_at = None, tx.now
    tx.patch(
        queries.PATCH_ROOM,
        room.id,
        auto_transfer_due_at=None,
        auto_transferred_at=tx.now,
        updated_at=tx.now,
    )
    if room.on_hold:
        return
    if assigns_agents(settings):
        agent = _next_agent(tx, settings, room)
        if agent is not None:
            _give(tx, settings, room, inquiry, agent, seconds)
        return
    handover = Handover(
        by=SYSTEM_AUTHOR,
        by_as="user",
        scope="autoTransferUnansweredChatsToQueue",
        comment=str(seconds),
    )
    hand_to_queue(tx, settings, room, inquiry, handover, department=None)


def _next_agent(tx: Tx, settings: "Settings", room: Room) -> Agent | None:
    try:
        agent = next_agent(tx, settings, room.department_id, ignored_id=room.agent_id)
    except Coded:  # another server names nobody
        return None
    return agent if agent is not None and agent.id != room.agent_id else None


def _give(
    tx: Tx, settings: "Settings", room: Room, inquiry: Inquiry, agent: Agent, seconds: int
) -> None:
    tx.patch(queries.PATCH_INQUIRY, inquiry.id, status="ready", updated_at=tx.now)
    assign(tx, settings, room, inquiry, agent, for_department=False)
    handover = Handover(
        by=SYSTEM_AUTHOR,
        by_as="user",
        scope="autoTransferUnansweredChatsToAgent",
        comment=str(seconds),
        to_agent={"_id": agent.id, "username": agent.username, "name": agent.name},
    )
    hand_over(tx, settings, room, handover, department=None, new_agent=agent)
