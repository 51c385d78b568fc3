"""Whom a new conversation should go to before anybody else: who looks after the visitor, who
served it last, or a bot.

Source: behaviour of the API, conversations, section 2.2, steps 3 and 5.
"""

from typing import TYPE_CHECKING

from frontdesk.contacts.records import Contact
from frontdesk.conversations import queries
from frontdesk.db import Tx
from frontdesk.visitors.records import Visitor
from frontdesk.workforce.assigning import choose_bot
from frontdesk.workforce.finding import Agent, agent_by_name, find_agent, online_agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def preferred_agent(
    tx: Tx,
    settings: "Settings",
    visitor: Visitor,
    contact: Contact | None,
    requested: Agent | None,
) -> Agent | None:
    """Return the agent whom the conversation is for: who looks after the contact, or the visitor,
    who served the visitor last, or the one that is requested.

    With last-agent routing on and nobody remembered on the visitor, whoever served the latest
    closed conversation counts, and if that one is away, nobody is preferred.
    """
    manager = _manager(tx, visitor, contact)
    if manager is not None:
        if requested is not None and requested.id == manager.id:
            return requested
        if settings.flag("Omnichannel_contact_manager_routing") and _is_there(
            tx, settings, manager
        ):
            return manager
    if not settings.flag("Livechat_last_chatted_agent_routing"):
        return requested
    last = (visitor.last_agent or {}).get("agentId")
    agent = online_agent(tx, settings, last) if last else None
    if agent is not None:
        return agent
    server = tx.one(queries.LAST_SERVER, visitor_id=visitor.id)
    return requested if server is None else online_agent(tx, settings, server)


def bot_first(tx: Tx, settings: "Settings", department_id: str | None) -> Agent | None:
    """Return the bot that gets a conversation that is for nobody, if bots come first; counts it."""
    if not settings.flag("Livechat_assign_new_conversation_to_bot"):
        return None
    return choose_bot(tx, department_id)


def _manager(tx: Tx, visitor: Visitor, contact: Contact | None) -> Agent | None:
    if contact is not None and contact.manager_id is not None:
        return find_agent(tx, contact.manager_id)
    username = (visitor.contact_manager or {}).get("username")
    return agent_by_name(tx, username) if username else None


def _is_there(tx: Tx, settings: "Settings", manager: Agent) -> bool:
    if settings.flag("Livechat_accept_chats_with_no_agents"):
        return True
    return online_agent(tx, settings, manager.id) is not None
