"""Switching whether an agent takes conversations.

Source: behaviour of the API, workforce, section 4.6.
"""

from frontdesk.access.announcing import announce_user
from frontdesk.access.finding import user_to_change
from frontdesk.db import Tx
from frontdesk.errors import Forbidden, NotFound, Refused
from frontdesk.http.call import Principal
from frontdesk.workforce import queries
from frontdesk.workforce.schemas import AgentStatus


def switch_availability(tx: Tx, caller: Principal, request: AgentStatus) -> str:
    """Make an agent available or not, or the other of the two; return what he is now.

    Raises NotFound `Agent not found`, Refused `error-user-deactivated`, and Forbidden for a
    change of another agent without `manage-livechat-agents`.
    """
    agent = user_to_change(tx, request.agentId or caller.id)
    if agent is None or not agent.agent:
        raise NotFound("Agent not found")
    if not agent.active:
        raise Refused("error-user-deactivated")
    present = agent.status_livechat
    wanted: str = request.status or ("not-available" if present == "available" else "available")
    if wanted == present:
        return wanted
    if agent.id != caller.id and not caller.may("manage-livechat-agents"):
        raise Forbidden
    tx.patch(
        queries.PATCH_STAFF_MEMBER,
        agent.id,
        status_livechat=wanted,
        livechat_switched_by_system=False,
        updated_at=tx.now,
    )
    announce_user(tx, agent.id, statusLivechat=wanted, livechatStatusSystemModified=False)
    return wanted
