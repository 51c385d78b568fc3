"""The order in which agents are given conversations, and the counters behind it."""

from typing import TYPE_CHECKING

from frontdesk.db import Tx
from frontdesk.workforce import queries
from frontdesk.workforce.finding import presence_rules
from frontdesk.workforce.queries import Agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def next_agents(tx: Tx, settings: "Settings", department_id: str | None) -> list[Agent]:
    """Return the agents who can take chats now, in the order of Auto_Selection.

    Within a department by chats given, position, user name; without one by chats given and
    user name (workforce, 4.10).
    """
    rules = presence_rules(settings)
    if department_id is None:
        return tx.all(queries.NEXT_AGENTS, **rules)
    return tx.all(queries.NEXT_AGENTS_OF_DEPARTMENT, department_id=department_id, **rules)


def hold_agent(tx: Tx, agent_id: str) -> None:
    """Keep other assignments to this agent waiting until the commit."""
    tx.one(queries.HOLD_AGENT, agent_id=agent_id)


def count_chat(tx: Tx, agent_id: str, department_id: str | None) -> None:
    """Count a conversation that was given to the agent; the counter is never lowered."""
    if department_id is None:
        tx.run(queries.COUNT_CHAT_OF_AGENT, agent_id=agent_id)
    else:
        tx.run(queries.COUNT_CHAT_OF_MEMBER, agent_id=agent_id, department_id=department_id)
