"""Switching whether an agent takes conversations.

Source: behaviour of the API, workforce, sections 3.4 and 4.6.
"""

from typing import TYPE_CHECKING

from frontdesk.access.announcing import announce_user
from frontdesk.access.availability import AVAILABLE, NOT_AVAILABLE
from frontdesk.access.finding import user_to_change
from frontdesk.db import Tx
from frontdesk.errors import Forbidden, NotFound, Refused
from frontdesk.http.call import Principal
from frontdesk.workforce import queries
from frontdesk.workforce.keeping_hours import hours_are_kept
from frontdesk.workforce.schemas import AgentStatus

if TYPE_CHECKING:
    from frontdesk.access.records import User
    from frontdesk.settings.workspace import Settings


def switch_availability(
    tx: Tx, settings: "Settings", caller: Principal, request: AgentStatus
) -> str | None:
    """Make an agent available or not, or the other of the two; return what he is now.

    Where business hours forbid that another agent becomes available, he stays as he is. Raises
    NotFound `Agent not found`, Refused `error-user-deactivated` or
    `error-business-hours-are-closed`, and Forbidden for a change of another agent without
    `manage-livechat-agents`.
    """
    agent = user_to_change(tx, request.agentId or caller.id)
    if agent is None or not agent.agent:
        raise NotFound("Agent not found")
    if not agent.active:
        raise Refused("error-user-deactivated")
    present = agent.status_livechat
    wanted = request.status or (NOT_AVAILABLE if present == AVAILABLE else AVAILABLE)
    if wanted == present:
        return wanted
    if agent.id != caller.id and not caller.may("manage-livechat-agents"):
        raise Forbidden
    if wanted == AVAILABLE and not _is_within_hours(settings, agent):
        if agent.id != caller.id:
            return present
        raise Refused("error-business-hours-are-closed")
    tx.patch(
        queries.PATCH_STAFF_MEMBER,
        agent.id,
        status_livechat=wanted,
        livechat_switched_by_system=False,
        updated_at=tx.now,
    )
    announce_user(tx, agent.id, statusLivechat=wanted, livechatStatusSystemModified=False)
    return wanted


def _is_within_hours(settings: "Settings", agent: "User") -> bool:
    return not hours_are_kept(settings) or agent.bot or bool(agent.open_business_hours)
