"""Choosing the agent of a conversation.

Source: behaviour of the API, conversations, sections 2.3 and 2.8.
"""

from typing import TYPE_CHECKING

import msgspec

from frontdesk.conversations import queries
from frontdesk.conversations.external_routing import who_is_next
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.workforce.assigning import choose_agent, hold_agent
from frontdesk.workforce.finding import Agent, agent_by_name, find_department, online_agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class RoutingMethod(msgspec.Struct, frozen=True):
    """What a routing method means for queues and clients, by the API's names."""

    previewRoom: bool = False  # noqa: N815
    showConnecting: bool = False  # noqa: N815
    showQueue: bool = False  # noqa: N815
    showQueueLink: bool = False  # noqa: N815
    returnQueue: bool = False  # noqa: N815
    enableTriggerAction: bool = True  # noqa: N815
    autoAssignAgent: bool = True  # noqa: N815


_METHODS = {
    "Auto_Selection": RoutingMethod(showQueueLink=True),
    "Manual_Selection": RoutingMethod(
        previewRoom=True,
        showConnecting=True,
        showQueue=True,
        returnQueue=True,
        enableTriggerAction=False,
        autoAssignAgent=False,
    ),
    "External": RoutingMethod(),
    "Load_Balancing": RoutingMethod(),
    "Load_Rotation": RoutingMethod(),
}


def routing_method(settings: "Settings") -> RoutingMethod:
    """Return the workspace's method; raises Coded `error-routing-method-not-available`."""
    found = _METHODS.get(settings.text("Livechat_Routing_Method"))
    if found is None:
        raise Coded("error-routing-method-not-available")
    return found


def assigns_agents(settings: "Settings") -> bool:
    """Tell whether conversations are given to agents; a method that is not available gives none."""
    found = _METHODS.get(settings.text("Livechat_Routing_Method"))
    return found is not None and found.autoAssignAgent


def next_agent(
    tx: Tx, settings: "Settings", department_id: str | None, ignored_id: str | None = None
) -> Agent | None:
    """Choose who gets the next conversation, and count it; None with manual selection or when
    nobody is free.

    Whoever is chosen is held until the commit: no other assignment can pass his limit meanwhile.
    Raises Coded `no-agent-online` where another server chooses and names nobody who is online.
    """
    if not routing_method(settings).autoAssignAgent:
        return None
    if settings.text("Livechat_Routing_Method") == "External":
        return _named_agent(tx, settings, department_id, ignored_id)
    return choose_agent(tx, settings, department_id, ignored_id)


def _named_agent(
    tx: Tx, settings: "Settings", department_id: str | None, ignored_id: str | None
) -> Agent:
    for username in tx.ask(who_is_next(settings, department_id, ignored_id)):
        found = agent_by_name(tx, username)
        if found is None:
            continue
        hold_agent(tx, found.id)
        agent = online_agent(tx, settings, found.id)
        if agent is not None:
            return agent
    raise Coded("no-agent-online", "Sorry, no online agents")


def within_limits(tx: Tx, settings: "Settings", agent: Agent, department_id: str | None) -> bool:
    """Tell whether the agent may have one more chat; held chats do not count.

    A department's limit and the agent's own (or else the workspace's) must both leave room.
    Call `hold_agent` first: the count is only worth something while nobody else adds to it.
    """
    own = _limit(agent.chat_limit) or _limit(settings.number("Livechat_maximum_chats_per_agent"))
    if own and (tx.one(queries.OPEN_CHATS, agent_id=agent.id) or 0) >= own:
        return False
    department = find_department(tx, department_id)
    allowed = _limit(department.chat_limit) if department is not None else None
    if not allowed:
        return True
    chats = tx.one(queries.OPEN_CHATS_IN_DEPARTMENT, agent_id=agent.id, department_id=department_id)
    return (chats or 0) < allowed


def _limit(number: int | None) -> int | None:
    return number if number is not None and number > 0 else None
