"""The HTTP face of agents and managers."""

from typing import Any

from frontdesk.http import Call, Routes
from frontdesk.http.paging import page
from frontdesk.workforce.agents_for_visitors import propose_agent, serving_agent
from frontdesk.workforce.appointing import appoint, dismiss
from frontdesk.workforce.saving_agents import save_agent
from frontdesk.workforce.schemas import (
    AgentDepartmentsQuery,
    AgentStatus,
    NextAgentQuery,
    SaveAgent,
    StaffListQuery,
    Username,
)
from frontdesk.workforce.staff_listing import (
    list_departments_of_agent,
    list_staff,
    read_staff_member,
)
from frontdesk.workforce.switching import switch_availability

routes = Routes("Omnichannel Agents")

_AGENT = {
    "_id": "rbAXPnMktTFbNpwtJ",
    "username": "ann",
    "name": "Ann Smith",
    "status": "online",
    "statusLivechat": "available",
    "emails": [{"address": "ann@example.org", "verified": True}],
    "livechat": {"maxNumberSimultaneousChat": 5},
}
_AGENT_FOR_VISITORS = {
    "_id": "rbAXPnMktTFbNpwtJ",
    "name": "Ann Smith",
    "username": "ann",
    "status": "online",
}
_MEMBERSHIP = {
    "_id": "zGhzEqySqhtkzQ5dN",
    "agentId": "rbAXPnMktTFbNpwtJ",
    "departmentId": "k7vXpSxrYhLfbTqGW",
    "departmentName": "Sales",
    "username": "ann",
    "count": 3,
    "order": 0,
    "departmentEnabled": True,
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}


@routes.get(
    "livechat/users/{type}",
    example={
        "users": [{**_AGENT, "departments": ["k7vXpSxrYhLfbTqGW"]}],
        "count": 1,
        "offset": 0,
        "total": 1,
    },
    refusals=("Invalid type",),
)
async def staff(call: Call, query: StaffListQuery) -> dict[str, Any]:
    """List agents or managers.

    `type` is `agent` (for holders of `transfer-livechat-guest` or `edit-omnichannel-contact`) or
    `manager` (for holders of `view-livechat-manager`). `text` is looked for in user name, name
    and e-mail addresses. All filters are combined; those about availability count for agents
    only. Deactivated accounts are listed too.
    """
    wanted = page(call.settings, query)
    return await call.read(list_staff, call.user, call.path["type"], query, wanted)


@routes.post(
    "livechat/users/{type}",
    permissions=["view-livechat-manager"],
    example={"user": {"_id": "rbAXPnMktTFbNpwtJ", "username": "ann"}},
    refusals=("Invalid type", "error-invalid-user"),
)
async def appoint_user(call: Call, body: Username) -> dict[str, Any]:
    """Make a user an agent or a manager.

    `type` is `agent` or `manager`; a manager is made by holders of `manage-livechat-managers`
    only. An agent is available at once, also one who had switched himself off.
    """
    user = await call.write(appoint, call.settings, call.user, call.path["type"], body.username)
    return {"user": {"_id": user.id, "username": user.username}}


@routes.get(
    "livechat/users/{type}/{_id}",
    permissions=["view-livechat-manager"],
    example={"user": _AGENT},
    refusals=("Invalid type",),
)
async def staff_member(call: Call) -> dict[str, Any]:
    """Read an agent or a manager.

    `null` for a user who does not hold the role, and for an unknown id.
    """
    return {"user": await call.read(read_staff_member, call.path["type"], call.path["_id"])}


@routes.delete(
    "livechat/users/{type}/{_id}",
    permissions=["view-livechat-manager"],
    refusals=("Invalid type", "error-invalid-user"),
)
async def dismiss_user(call: Call) -> None:
    """Take the role of agent or manager from a user.

    A dismissed agent leaves all departments; the conversations that are open stay with him. A
    manager is dismissed by holders of `manage-livechat-managers` only. A user who does not hold
    the role is no error.
    """
    await call.write(dismiss, call.settings, call.user, call.path["type"], call.path["_id"])


@routes.post(
    "livechat/agents.saveInfo",
    permissions=["manage-livechat-agents"],
    style="typed",
    request={
        "agentId": "rbAXPnMktTFbNpwtJ",
        "agentData": {"maxNumberSimultaneousChat": 5},
        "agentDepartments": ["k7vXpSxrYhLfbTqGW"],
    },
    refusals=("error-user-is-not-agent",),
)
async def save_agent_info(call: Call, body: SaveAgent) -> None:
    """Save an agent's profile and departments.

    The profile is replaced as a whole; of its members the server reads
    `maxNumberSimultaneousChat`, the number of conversations at a time. Memberships in
    departments that are not named end; those that stay keep their place in the order.
    """
    await call.write(save_agent, call.settings, body)


@routes.post(
    "livechat/agent.status",
    permissions=["view-l-room"],
    request={"status": "available"},
    example={"status": "available"},
    refusals=("error-user-deactivated", "error-business-hours-are-closed"),
)
async def agent_status(call: Call, body: AgentStatus) -> dict[str, Any]:
    """Switch whether an agent takes conversations.

    The caller, or another agent with `manage-livechat-agents`. Without `status` the agent is
    switched over. While no business hour is open for him, an agent cannot become available; another
    agent then stays as he is, without an error. 404 `Agent not found` for a user who is no agent.
    """
    status = await call.write(switch_availability, call.settings, call.user, body)
    return {} if status is None else {"status": status}


@routes.get(
    "livechat/agents/{agentId}/departments",
    permissions=["view-l-room"],
    example={"departments": [_MEMBERSHIP]},
)
async def agent_departments(call: Call, query: AgentDepartmentsQuery) -> dict[str, Any]:
    """List an agent's departments.

    With `enabledDepartmentsOnly=true` only those that are enabled.
    """
    enabled_only = query.enabledDepartmentsOnly == "true"
    found = await call.read(list_departments_of_agent, call.path["agentId"], enabled_only)
    return {"departments": found}


@routes.get(
    "livechat/agent.info/{rid}/{token}",
    public=True,
    example={"agent": _AGENT_FOR_VISITORS},
    refusals=("invalid-token", "invalid-room", "invalid-agent"),
)
async def agent_info(call: Call) -> dict[str, Any]:
    """Read who serves a visitor's conversation.

    For the visitor, whose token is the proof; also when the conversation is closed. Settings say
    whether anything, and whether the e-mail address is shown.
    """
    path = call.path
    return {"agent": await call.read(serving_agent, call.settings, path["rid"], path["token"])}


@routes.get(
    "livechat/agent.next/{token}",
    public=True,
    example={"agent": _AGENT_FOR_VISITORS},
    refusals=(
        "agent-not-found",
        "invalid-agent",
        "Sorry, no online agents [no-agent-online]",
        "[error-routing-method-not-available]",
    ),
)
async def agent_next(call: Call, query: NextAgentQuery) -> dict[str, Any]:
    """Read who would get a visitor's conversation.

    Of a department, or of the first one that is offered on registration and has somebody online.
    The answer counts like a conversation, so that the next visitor is told of the next agent.
    Without `agent` when the visitor's conversation is open already.
    """
    token = call.path["token"]
    agent = await call.write(propose_agent, call.settings, token, query.department)
    return {} if agent is None else {"agent": agent}
