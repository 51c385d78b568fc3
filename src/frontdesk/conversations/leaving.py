"""Agents who come and go while they serve conversations: what visitors see of it, and what becomes
of the conversations of an agent who stays away.

In two points we differ on purpose: the timer is a durable job, and a conversation that cannot be
dealt with keeps no other one from it.

Source: behaviour of the API, conversations, section 6.5; workforce, sections 3.3 and 3.6.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from frontdesk.access.finding import find_user
from frontdesk.access.records import User
from frontdesk.conversations import queries
from frontdesk.conversations.closing import Closing, close_conversation
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.records import Room
from frontdesk.conversations.returning import return_to_queue
from frontdesk.conversations.transferring import Transfer, transfer
from frontdesk.conversations.visitor_stream import tell_presence
from frontdesk.db import Tx
from frontdesk.jobs.queue import cancel, enqueue
from frontdesk.messages.storing import Author
from frontdesk.visitors.finding import find_visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

AGENT_LEFT = "conversations.agent_left"
_LEAVE_ACTION = "Livechat_agent_leave_action"


def follow_agent(tx: Tx, settings: "Settings", user_id: str, changes: Mapping[str, Any]) -> None:
    """Follow a user who has come or gone; `changes` are the changed members, as the API names them.

    Losing the role of agent, which leaves no availability at all, is no leaving.
    """
    if not (changes.get("status") or changes.get("statusLivechat")):
        return
    agent = find_user(tx, user_id)
    if agent is None or not agent.agent:
        return
    if changes.get("status"):
        for room_id in tx.all(queries.ROOMS_SERVED_BY, agent_id=agent.id):
            tell_presence(tx, settings, room_id, agent.status)
    action = settings.text(_LEAVE_ACTION)
    if _is_there(agent):
        if action != "none":
            cancel(tx, _timer_key(agent.id))
    elif action in ("close", "forward") and _was_there(agent, changes):
        seconds = max(0, settings.number("Livechat_agent_leave_action_timeout"))
        enqueue(
            tx,
            AGENT_LEFT,
            {"agent_id": agent.id},
            due_at=tx.now + seconds * 1000,
            key=_timer_key(agent.id),
            replace=True,
        )


def conversations_left_behind(tx: Tx, agent_id: str) -> list[str]:
    """Return the ids of the open conversations that an agent serves."""
    return tx.all(queries.ROOMS_SERVED_BY, agent_id=agent_id)


def leave_conversation(tx: Tx, settings: "Settings", agent_id: str, room_id: str) -> None:
    """Do with a conversation of an agent who is gone what the workspace wants at this moment.

    Nothing if the agent is back, or does not serve it any more. Raises Failure where the rules of
    the workspace forbid it.
    """
    room = conversation_to_change(tx, room_id)
    agent = find_user(tx, agent_id)
    if room is None or not room.open or room.agent_id != agent_id:
        return
    if agent is None or _is_there(agent):
        return
    action = settings.text(_LEAVE_ACTION)
    if action == "close":
        comment = settings.text("Livechat_agent_leave_comment")
        closing = Closing(Author(agent.id, agent.username), comment)
        close_conversation(tx, settings, room, closing)
    elif action == "forward":
        _forward(tx, settings, agent, room)


def _forward(tx: Tx, settings: "Settings", agent: User, room: Room) -> None:
    """Pass a conversation on to its visitor's department; without one it stays.

    Where it is in that department already, it goes into the queue of it: nobody else would ever
    get it.
    """
    visitor = find_visitor(tx, room.visitor_id)
    if visitor is None or visitor.disabled or visitor.department_id is None:
        return
    if visitor.department_id == room.department_id:
        return_to_queue(tx, settings, room, None)
        return
    author = Author(agent.id, agent.username, agent.name)
    wanted = Transfer(by=author, by_as="agent", department_id=visitor.department_id)
    transfer(tx, settings, room, wanted)


def _is_there(agent: User) -> bool:
    return agent.status != "offline" and agent.status_livechat == "available"


def _was_there(agent: User, changes: Mapping[str, Any]) -> bool:
    """Tell whether an agent, who is not there, was there before these changes."""
    was_present = agent.status != "offline" or bool(changes.get("status"))
    was_available = agent.status_livechat == "available" or bool(changes.get("statusLivechat"))
    return was_present and was_available


def _timer_key(agent_id: str) -> str:
    return f"left:{agent_id}"
