"""Switching whether an agent takes conversations.

Source: behaviour of the API, workforce, sections 3.4, 4.6 and 10.
"""

from typing import TYPE_CHECKING

from frontdesk.access.announcing import announce_user
from frontdesk.access.availability import AVAILABLE, NOT_AVAILABLE
from frontdesk.access.finding import user_to_change
from frontdesk.db import Tx
from frontdesk.errors import Coded, Forbidden, NotFound, Refused
from frontdesk.http.call import Principal
from frontdesk.workforce import queries
from frontdesk.workforce.keeping_hours import hours_are_kept
from frontdesk.workforce.schemas import AgentStatus

if TYPE_CHECKING:
    from frontdesk.access.records import User
    from frontdesk.settings.workspace import Settings

_METHOD = {"method": "livechat:changeLivechatStatus"}


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
    wanted = request.status or _opposite(present)
    if wanted == present:
        return wanted
    if agent.id != caller.id and not caller.may("manage-livechat-agents"):
        raise Forbidden
    if wanted == AVAILABLE and not _is_within_hours(settings, agent):
        if agent.id != caller.id:
            return present
        raise Refused("error-business-hours-are-closed")
    _write(tx, agent, wanted)
    return wanted


def switch_by_method(
    tx: Tx, settings: "Settings", caller: Principal, agent_id: str | None, status: str | None
) -> None:
    """Make an agent available or not, as the real-time method does.

    Unlike `switch_availability` it takes deactivated agents too, and who manages agents makes them
    available outside of business hours. Raises Coded `error-not-allowed` with the reasons `Invalid
    Agent Id`, `Invalid Status` and `Not allowed`, and `error-business-hours-are-closed`.
    """
    agent = user_to_change(tx, agent_id or caller.id)
    if agent is None or not agent.agent:
        raise _not_allowed("Invalid Agent Id")
    present = agent.status_livechat
    wanted = status or _opposite(present)
    if wanted not in (AVAILABLE, NOT_AVAILABLE):
        raise _not_allowed("Invalid Status")
    if wanted == present:
        return
    if agent.id != caller.id:
        if not caller.may("manage-livechat-agents"):
            raise _not_allowed("Not allowed")
    elif wanted == AVAILABLE and not _is_within_hours(settings, agent):
        raise Coded("error-business-hours-are-closed", "Not allowed", _METHOD)
    _write(tx, agent, wanted)


def _opposite(status: str | None) -> str:
    return NOT_AVAILABLE if status == AVAILABLE else AVAILABLE


def _write(tx: Tx, agent: "User", status: str) -> None:
    tx.patch(
        queries.PATCH_STAFF_MEMBER,
        agent.id,
        status_livechat=status,
        livechat_switched_by_system=False,
        updated_at=tx.now,
    )
    announce_user(tx, agent.id, statusLivechat=status, livechatStatusSystemModified=False)


def _is_within_hours(settings: "Settings", agent: "User") -> bool:
    return not hours_are_kept(settings) or agent.bot or bool(agent.open_business_hours)


def _not_allowed(reason: str) -> Coded:
    return Coded("error-not-allowed", reason, _METHOD)
