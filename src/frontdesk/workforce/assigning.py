"""Whose turn it is to be given a conversation, and the counters behind it.

Source: behaviour of the API, conversations, section 2.3; workforce, 4.10.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.db import Query, Tx
from frontdesk.db.turns import take_turn
from frontdesk.workforce import candidates
from frontdesk.workforce.finding import presence_rules
from frontdesk.workforce.queries import Agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: How often somebody else may be next by the time we hold who was.
_TRIES = 20


def choose_agent(
    tx: Tx, settings: "Settings", department_id: str | None, ignored_id: str | None = None
) -> Agent | None:
    """Return who is next by the workspace's method (one that gives conversations away), and
    count it; None if nobody is free.

    Whoever is chosen can take chats, is within the limits, and is held until the commit: no other
    assignment can pass his limit meanwhile.
    """
    method = settings.text("Livechat_Routing_Method")
    # The counters of Auto_Selection are a department's own; the other methods compare all agents.
    by_department = method == "Auto_Selection" and department_id is not None
    take_turn(tx, f"routing:{department_id}" if by_department else "routing")
    rules = {
        **presence_rules(settings),
        "general_limit": max(0, settings.number("Livechat_maximum_chats_per_agent")),
        "ignored_id": ignored_id or "",
    }
    if department_id is None:
        agent = _hold_next(tx, candidates.NEXT[method], rules)
    else:
        rules["department_id"] = department_id
        agent = _hold_next(tx, candidates.NEXT_IN_DEPARTMENT[method], rules)
    if agent is None:
        return None
    if method == "Auto_Selection":
        _count_chat(tx, agent, department_id)
    else:
        tx.run(candidates.NOTE_ROUTING, agent_id=agent.id, now=tx.now)
    return agent


def choose_bot(tx: Tx, department_id: str | None) -> Agent | None:
    """Return the bot that is next, of a department or of all, and count it; None without any.

    A bot has no presence and no limits.
    """
    rules = {"ignored_id": "", "department_id": department_id}
    take_turn(tx, f"bots:{department_id or ''}")
    query = candidates.NEXT_BOT if department_id is None else candidates.NEXT_BOT_IN_DEPARTMENT
    bot = _hold_next(tx, query, rules)
    if bot is not None:
        _count_chat(tx, bot, department_id)
    return bot


def hold_agent(tx: Tx, agent_id: str) -> None:
    """Keep other assignments to this agent waiting until the commit."""
    if not tx.alone:
        tx.one(candidates.HOLD_AGENT, agent_id=agent_id)


def _hold_next(tx: Tx, query: Query[Agent], rules: dict[str, Any]) -> Agent | None:
    """Return who is first in the order of a query, held."""
    held = None
    for _ in range(_TRIES):
        agent = tx.one(query, **rules)
        # Looked at again once he is held: he may have taken one by hand in between.
        if agent is None or agent.id == held or tx.alone:
            return agent
        hold_agent(tx, agent.id)
        held = agent.id
    return None


def _count_chat(tx: Tx, agent: Agent, department_id: str | None) -> None:
    """Count a conversation that was given to the agent; the counter is never lowered."""
    if department_id is None:
        tx.run(candidates.COUNT_CHAT, agent_id=agent.id)
    else:
        tx.run(candidates.COUNT_CHAT_IN_DEPARTMENT, agent_id=agent.id, department_id=department_id)
