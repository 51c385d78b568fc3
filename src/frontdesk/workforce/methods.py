"""The real-time methods of agents, managers and departments: for clients older than their REST
successors.

Source: behaviour of the API, workforce, section 10.
"""

from typing import Any

import msgspec
from msgspec import UNSET

from frontdesk.access.finding import user_by_name
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods
from frontdesk.workforce.appointing import appoint, dismiss
from frontdesk.workforce.finding import find_department
from frontdesk.workforce.retiring_departments import remove_department
from frontdesk.workforce.saving_agents import save_agent
from frontdesk.workforce.saving_departments import (
    change_department_agents,
    create_department,
    update_department,
)
from frontdesk.workforce.schemas import (
    AddedAgent,
    ChangeDepartmentAgents,
    SaveAgent,
    department_document,
)
from frontdesk.workforce.switching import switch_by_method

methods = Methods()

_MANAGE_AGENTS = ["manage-livechat-agents"]
_MANAGE_MANAGERS = ["manage-livechat-managers"]
_MANAGE_DEPARTMENTS = ["manage-livechat-departments"]
_NO_USER = ("error-invalid-user", "Invalid user")


class Switch(msgspec.Struct, rename="camel"):
    """Which agent is switched to what; none means oneself, and the other of the two."""

    status: str | None = None
    agent_id: str | None = None


class GivenAgent(msgspec.Struct, rename="camel"):
    """An agent who is to belong to a department; other members are tolerated."""

    agent_id: str
    count: float | None = None
    order: float | None = None


# Agents and managers -------------------------------------------------------------------------


@methods.method("livechat:changeLivechatStatus")
async def change_status(caller: Caller, wanted: Switch | None = None) -> None:
    """Make an agent available or not."""
    switch = wanted or Switch()
    await caller.write(
        switch_by_method, caller.settings, caller.user, switch.agent_id, switch.status
    )


@methods.method("livechat:saveAgentInfo", permissions=_MANAGE_AGENTS)
async def save_agent_info(
    caller: Caller, agent_id: str, profile: dict[str, Any], departments: list[str]
) -> bool:
    """Save an agent's profile and departments."""
    try:
        await caller.write(save_agent, caller.settings, SaveAgent(agent_id, profile, departments))
    except Refused as refusal:
        reason = "User is not a livechat agent"
        raise Coded(str(refusal), reason, {"method": "livechat:saveAgentInfo"}) from refusal
    return True


@methods.method("livechat:addAgent", permissions=_MANAGE_AGENTS)
async def add_agent(caller: Caller, username: str) -> dict[str, str]:
    """Make a user an agent."""
    return await _appoint(caller, "agent", username)


@methods.method("livechat:removeAgent", permissions=_MANAGE_AGENTS)
async def remove_agent(caller: Caller, username: str) -> bool:
    """Take the role of an agent from a user."""
    return await _dismiss(caller, "agent", username)


@methods.method("livechat:addManager", permissions=_MANAGE_MANAGERS)
async def add_manager(caller: Caller, username: str) -> dict[str, str]:
    """Make a user a manager."""
    return await _appoint(caller, "manager", username)


@methods.method("livechat:removeManager", permissions=_MANAGE_MANAGERS)
async def remove_manager(caller: Caller, username: str) -> bool:
    """Take the role of a manager from a user."""
    return await _dismiss(caller, "manager", username)


@methods.method("livechat:searchAgent", permissions=["view-livechat-manager"])
async def search_agent(caller: Caller, username: Any = None) -> dict[str, str]:
    """Answer who has a user name, whatever its case: whom to make an agent."""
    details = {"method": "livechat:searchAgent"}
    if not isinstance(username, str) or not username:
        raise Coded("error-invalid-arguments", "Invalid arguments", details)
    found = await caller.read(user_by_name, username)
    if found is None:
        raise Coded("error-invalid-user", "Invalid user", details)
    return {"_id": found.id, "username": found.username}


async def _appoint(caller: Caller, kind: str, username: str) -> dict[str, str]:
    user = await caller.write(appoint, caller.settings, caller.user, kind, username)
    return {"_id": user.id, "username": user.username}


async def _dismiss(caller: Caller, kind: str, username: str) -> bool:
    def use_case(tx: Tx) -> None:
        user = user_by_name(tx, username)
        user_id = user.id if user is not None and user.username == username else ""
        dismiss(tx, caller.settings, caller.user, kind, user_id)

    await caller.write(use_case)
    return True


# Departments ---------------------------------------------------------------------------------


@methods.method("livechat:saveDepartment", permissions=_MANAGE_DEPARTMENTS)
async def save_department(
    caller: Caller,
    department_id: str | None,
    given: dict[str, Any],
    agents: list[GivenAgent] | None = None,
    unit: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Make or change a department; without a unit it stays in the one that it is in."""
    unit_id = UNSET if unit is None else unit.get("_id") or None
    if unit_id is not None and unit_id is not UNSET and not isinstance(unit_id, str):
        raise Coded(
            "error-invalid-department-unit",
            "Invalid department unit id provided",
            {"method": "livechat:saveDepartment"},
        )
    settings, user = caller.settings, caller.user
    members = [msgspec.to_builtins(each) for each in agents or ()]
    if department_id and not user.may("add-livechat-department-agents"):
        members = []  # as over REST, where that is no error either

    def save(tx: Tx) -> dict[str, Any]:
        if department_id:
            saved = update_department(tx, settings, user, department_id, given, members, unit_id)
        else:
            saved = create_department(tx, settings, user, given, members, unit_id or None)
        return department_document(saved)

    return await caller.write(save)


@methods.method("livechat:saveDepartmentAgents", permissions=["add-livechat-department-agents"])
async def save_department_agents(
    caller: Caller, department_id: str, agents: list[GivenAgent]
) -> bool:
    """Add agents to a department, or change their numbers there."""
    upsert = [AddedAgent(each.agent_id, "", count=each.count, order=each.order) for each in agents]
    changes = ChangeDepartmentAgents(upsert, remove=[])
    await caller.write(change_department_agents, caller.settings, department_id, changes)
    return True


@methods.method("livechat:removeDepartment", permissions=_MANAGE_DEPARTMENTS)
async def remove(caller: Caller, department_id: str) -> bool:
    """Remove a department, where a setting allows it."""
    await caller.write(remove_department, caller.settings, department_id)
    return True


@methods.method("livechat:getDepartmentForwardRestrictions", refusal=_NO_USER)
async def forward_restrictions(caller: Caller, department_id: str) -> dict[str, Any]:
    """Answer which departments conversations may be forwarded to, as a filter; empty for all."""
    department = await caller.read(find_department, department_id)
    allowed = None if department is None else department.allowed_to_forward
    return {"_id": {"$in": allowed}} if allowed else {}
