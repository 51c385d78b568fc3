"""Saving an agent's profile and departments.

Source: behaviour of the API, workforce, section 4.5.
"""

from typing import TYPE_CHECKING

from frontdesk.access.announcing import announce_user
from frontdesk.access.finding import user_to_change
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.workforce import queries
from frontdesk.workforce.limits import chat_limit
from frontdesk.workforce.linking import set_departments_of
from frontdesk.workforce.schemas import SaveAgent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def save_agent(tx: Tx, settings: "Settings", request: SaveAgent) -> None:
    """Replace an agent's profile, without its null members, and the departments he belongs to.

    Of the profile only `maxNumberSimultaneousChat` is read by the server. Raises Refused
    `error-user-is-not-agent`.
    """
    agent = user_to_change(tx, request.agentId)
    if agent is None or not agent.agent:
        raise Refused("error-user-is-not-agent")
    profile = {name: value for name, value in request.agentData.items() if value is not None}
    tx.patch(
        queries.PATCH_STAFF_MEMBER,
        agent.id,
        livechat=profile,
        chat_limit=chat_limit(profile.get("maxNumberSimultaneousChat")),
        updated_at=tx.now,
    )
    announce_user(tx, agent.id, livechat=profile)
    set_departments_of(tx, settings, agent.id, request.agentDepartments)
