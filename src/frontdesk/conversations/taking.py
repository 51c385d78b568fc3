"""An agent gets a conversation: taken by hand, or given by routing.

Source: behaviour of the API, conversations, section 2.7.
"""

from typing import TYPE_CHECKING

from frontdesk.conversations import queries
from frontdesk.conversations.contact_checks import check_contact
from frontdesk.conversations.records import Inquiry, Room, Subscription
from frontdesk.conversations.routing import assigns_agents, next_agent, within_limits
from frontdesk.conversations.unanswered import expect_reply
from frontdesk.conversations.visitor_stream import tell_who_serves
from frontdesk.conversations.waiting import wait_no_more
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.ids import random_id
from frontdesk.messages.storing import Author, store_system_message
from frontdesk.visitors.noting import note_agent
from frontdesk.webhooks.room_events import tell_taken
from frontdesk.workforce.assigning import hold_agent
from frontdesk.workforce.finding import Agent, find_agent, online_agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_METHOD = {"method": "livechat:takeInquiry"}


def take_inquiry(
    tx: Tx, settings: "Settings", inquiry: Inquiry, room: Room, agent_id: str, *, by_client: bool
) -> bool:
    """Let an agent take a queued conversation by hand; return whether he has it now.

    `room` must have been read with `conversation_to_change`. Raises Coded
    `error-agent-status-service-offline`, `error-inquiry-taken`, and what `check_contact` raises.
    Being over the limit is told only to clients that ask to be told (`by_client`); otherwise it is
    a silent False.
    """
    if inquiry.status == "taken":
        raise _taken()
    agent = online_agent(tx, settings, agent_id)
    if agent is None:
        raise Coded(
            "error-agent-status-service-offline",
            "Agent status is offline or Omnichannel service is not active",
            _METHOD,
        )
    if not room.open or room.agent_id == agent.id:
        return False
    check_contact(tx, settings, room)
    hold_agent(tx, agent.id)
    if not may_take_one_more(tx, settings, agent, inquiry.department_id):
        if by_client:
            raise Refused("error-max-number-simultaneous-chats-reached")
        return False
    assign(tx, settings, room, inquiry, agent)
    return True


def may_serve(tx: Tx, settings: "Settings", agent_id: str, department_id: str | None) -> None:
    """Raise Refused unless the agent is online and may have one more chat."""
    agent = online_agent(tx, settings, agent_id)
    if agent is None:
        raise Refused("Provided agent is not online")
    hold_agent(tx, agent.id)
    if not may_take_one_more(tx, settings, agent, department_id):
        raise Refused("error-max-number-simultaneous-chats-reached")


def delegate(tx: Tx, settings: "Settings", inquiry: Inquiry, room: Room) -> bool:
    """Give a waiting conversation to its preferred agent or to the next in turn.

    Returns whether somebody has it now; if not, nothing is changed.
    """
    agent = _preferred(tx, settings, inquiry)
    if agent is None:
        agent = next_agent(tx, settings, inquiry.department_id)
    if agent is None or not may_take_one_more(tx, settings, agent, inquiry.department_id):
        return False
    assign(tx, settings, room, inquiry, agent)
    return True


def _preferred(tx: Tx, settings: "Settings", inquiry: Inquiry) -> Agent | None:
    """Return the agent whom a conversation waits for, held, if he is there; a bot always is."""
    if inquiry.default_agent_id is None:
        return None
    agent = find_agent(tx, inquiry.default_agent_id)
    if agent is None or not (agent.bot or online_agent(tx, settings, agent.id)):
        return None
    hold_agent(tx, agent.id)
    return agent if agent.bot else online_agent(tx, settings, agent.id)


def assign(
    tx: Tx,
    settings: "Settings",
    room: Room,
    inquiry: Inquiry,
    agent: Agent,
    *,
    for_department: bool = True,
) -> None:
    """Make `agent` the serving agent of `room`, with a membership and the messages of it.

    The agent was chosen and found free by the caller. The conversation counts for the limit of
    the inquiry's department unless it is not `for_department`. Raises Coded
    `error-inquiry-taken` when somebody else took it in the meantime.
    """
    if tx.run(queries.TAKE_INQUIRY, row_id=inquiry.id, now=tx.now) != 1:
        raise _taken()
    tx.insert(queries.INSERT_SUBSCRIPTION, _membership(tx, room, inquiry, agent, for_department))
    tx.run(
        queries.ASSIGN_AGENT,
        row_id=room.id,
        agent_id=agent.id,
        agent_username=agent.username,
        now=tx.now,
    )
    author = Author(agent.id, agent.username)
    store_system_message(tx, room.id, "command", author, "connected")
    store_system_message(tx, room.id, "uj", author)
    tx.emit("room", room.id, "taken")
    tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)
    tx.emit("subscription", agent.id, "inserted", room.id)
    _follow(tx, settings, room, inquiry, agent)


def _follow(tx: Tx, settings: "Settings", room: Room, inquiry: Inquiry, agent: Agent) -> None:
    """Do what follows from the assignment."""
    tell_who_serves(tx, settings, room.id, agent.id)
    if inquiry.status == "queued":
        wait_no_more(tx, settings, room.id, inquiry.department_id)
    if settings.flag("Livechat_last_chatted_agent_routing") and assigns_agents(settings):
        note_agent(tx, room.visitor_id, agent.id, agent.username)
    expect_reply(tx, settings, room)
    tell_taken(tx, settings, room.id)


def _membership(
    tx: Tx, room: Room, inquiry: Inquiry, agent: Agent, for_department: bool
) -> Subscription:
    return Subscription(
        id=random_id(),
        room_id=room.id,
        user_id=agent.id,
        username=agent.username,
        kind="l",
        name=room.display_name,
        display_name=room.display_name,
        created_at=tx.now,
        department_id=inquiry.department_id if for_department else None,
        on_hold=room.on_hold,
        visitor={
            "_id": room.visitor_id,
            "username": room.visitor_username,
            "token": room.visitor_token,
            "status": room.visitor_status,
        },
        updated_at=tx.now,
    )


def may_take_one_more(
    tx: Tx, settings: "Settings", agent: Agent, department_id: str | None
) -> bool:
    """Tell whether an agent, held with `hold_agent`, may be given a conversation.

    Limits bind at the taking only where a waiting queue is kept; bots have none.
    """
    if agent.bot or not settings.flag("Livechat_waiting_queue"):
        return True
    return within_limits(tx, settings, agent, department_id)


def _taken() -> Coded:
    return Coded("error-inquiry-taken", "Inquiry already taken", _METHOD)
