"""What visitors are told about agents: who serves them, and who would.

Source: behaviour of the API, workforce, sections 4.8 and 4.9.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.conversations.finding import open_room_of_visitor, visitor_room
from frontdesk.conversations.routing import next_agent
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.visitors.finding import visitor_by_token
from frontdesk.workforce import queries
from frontdesk.workforce.finding import registration_departments, somebody_is_online
from frontdesk.workforce.records import StaffMember

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def serving_agent(tx: Tx, settings: "Settings", room_id: str, token: str) -> dict[str, Any]:
    """Return the agent who serves the visitor's conversation, open or closed.

    Raises Refused `invalid-token`, `invalid-room` or `invalid-agent`.
    """
    visitor_by_token(tx, token)
    room = visitor_room(tx, room_id, token)
    if room is None:
        raise Refused("invalid-room")
    return _agent(tx, settings, room.agent_id)


def propose_agent(
    tx: Tx, settings: "Settings", token: str, department_id: str | None
) -> dict[str, Any] | None:
    """Return the agent who would get the visitor's conversation; None if it is open already.

    The choice counts like a conversation, so that the next visitor is told of the next agent.
    Raises Refused `agent-not-found` when nobody is free or agents take conversations by hand,
    `invalid-agent`, and Coded `no-agent-online` where another server chooses and names nobody.
    """
    if open_room_of_visitor(tx, token) is not None:
        return None
    if not department_id:
        served = (
            each.id
            for each in registration_departments(tx)
            if somebody_is_online(tx, settings, each.id)
        )
        department_id = next(served, None)
    agent = next_agent(tx, settings, department_id)
    if agent is None:
        raise Refused("agent-not-found")
    return _agent(tx, settings, agent.id)


def agent_for_visitors(tx: Tx, settings: "Settings", agent_id: str | None) -> dict[str, Any] | None:
    """Return what visitors may see of an agent; None if there is none."""
    member = None if agent_id is None else tx.one(queries.STAFF_MEMBER, user_id=agent_id)
    if member is None or "livechat-agent" not in member.roles:
        return None
    if not settings.flag("Livechat_show_agent_info"):
        return {"hiddenInfo": True}
    shows_email = settings.flag("Livechat_show_agent_email")
    document: dict[str, Any] = {
        "_id": member.id,
        "name": member.name,
        "username": member.username,
        "status": member.status,
        "livechat": _shown_profile(member, shows_email),
        "customFields": _shown_fields(settings, member),
        "emails": member.emails if shows_email else None,
    }
    return {name: value for name, value in document.items() if value is not None}


def _agent(tx: Tx, settings: "Settings", agent_id: str | None) -> dict[str, Any]:
    agent = agent_for_visitors(tx, settings, agent_id)
    if agent is None:
        raise Refused("invalid-agent")
    return agent


def _shown_profile(member: StaffMember, shows_email: bool) -> dict[str, Any] | None:
    """Return the profile; an address in it is no more public than the account's."""
    if member.livechat is None or shows_email:
        return member.livechat
    return {name: value for name, value in member.livechat.items() if name != "email"}


def _shown_fields(settings: "Settings", member: StaffMember) -> dict[str, Any] | None:
    """Return the custom fields of the account that are declared as `sendToIntegrations`."""
    if member.custom_fields is None:
        return None
    try:
        declared = msgspec.json.decode(settings.text("Accounts_CustomFields") or "{}")
    except (msgspec.DecodeError, RecursionError):
        declared = {}
    shown = [
        name
        for name, field in (declared.items() if isinstance(declared, dict) else ())
        if isinstance(field, dict) and field.get("sendToIntegrations") is True
    ]
    return {name: member.custom_fields[name] for name in shown if name in member.custom_fields}
