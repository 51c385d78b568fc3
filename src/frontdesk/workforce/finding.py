"""Looking up departments and agents, for this feature and others."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from frontdesk.db import Tx
from frontdesk.workforce import candidates, queries
from frontdesk.workforce.queries import Agent
from frontdesk.workforce.records import (
    Department,
    DepartmentAgent,
    StaffMember,
    WidgetDepartment,
)

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

__all__ = ["Agent"]


def find_department(tx: Tx, department_id: str | None) -> Department | None:
    """Return a department by id."""
    return None if not department_id else tx.one(queries.DEPARTMENT, department_id=department_id)


def department_by_id_or_name(tx: Tx, given: str) -> Department | None:
    """Return the department with this id or name."""
    return tx.one(queries.DEPARTMENT_BY_ID_OR_NAME, given=given)


def find_agent(tx: Tx, agent_id: str) -> Agent | None:
    """Return an agent, whether or not he can take chats now."""
    return tx.one(queries.AGENT, agent_id=agent_id)


def agent_by_name(tx: Tx, username: str) -> Agent | None:
    """Return the agent with exactly this user name, whether or not he can take chats now."""
    return tx.one(queries.AGENT_BY_NAME, username=username)


def online_agent(tx: Tx, settings: "Settings", agent_id: str) -> Agent | None:
    """Return the agent if he can take chats now (workforce, 3.1)."""
    return tx.one(queries.ONLINE_AGENT, agent_id=agent_id, **presence_rules(settings))


def somebody_is_online(tx: Tx, settings: "Settings", department_id: str | None = None) -> bool:
    """Tell whether any agent, or any of a department, can take chats now."""
    rules = presence_rules(settings)
    if department_id is None:
        return tx.one(queries.ANY_ONLINE_AGENT, **rules) is not None
    found = tx.one(queries.ANY_ONLINE_IN_DEPARTMENT, department_id=department_id, **rules)
    return found is not None


def department_is_online(tx: Tx, settings: "Settings", department_id: str) -> bool:
    """Tell whether anybody of a department, or of those it falls back on, can take chats now.

    The chain of fallbacks is followed as far as the setting says (workforce, 3.1).
    """
    departments = {department_id}
    candidate = find_department(tx, department_id)
    hops = settings.number("Omnichannel_max_fallback_forward_depth")
    while candidate is not None:
        if somebody_is_online(tx, settings, candidate.id):
            return True
        if candidate.fallback_id is None or candidate.fallback_id in departments or hops <= 0:
            return False
        departments.add(candidate.fallback_id)
        hops -= 1
        candidate = find_department(tx, candidate.fallback_id)
    return False


def bot_is_there(tx: Tx, department_id: str | None) -> bool:
    """Tell whether there is any bot agent, or any of a department, whatever its presence."""
    query = candidates.NEXT_BOT if department_id is None else candidates.NEXT_BOT_IN_DEPARTMENT
    return tx.one(query, department_id=department_id, ignored_id="") is not None


def widget_departments(tx: Tx) -> list[WidgetDepartment]:
    """Return the departments that are shown to visitors: enabled, with at least one agent."""
    return tx.all(queries.WIDGET_DEPARTMENTS)


def widget_departments_of_unit(tx: Tx, unit_id: str) -> list[WidgetDepartment] | None:
    """Return the departments of a unit that are shown to its visitors: the enabled ones.

    None for an unknown unit.
    """
    if tx.one(queries.UNIT, unit_id=unit_id) is None:
        return None
    return tx.all(queries.WIDGET_DEPARTMENTS_OF_UNIT, unit_id=unit_id)


def registration_departments(tx: Tx) -> list[Department]:
    """Return the departments that a visitor without one may be given, oldest first."""
    return tx.all(queries.REGISTRATION_DEPARTMENTS)


def departments_of_agent(tx: Tx, agent_id: str) -> list[DepartmentAgent]:
    """Return an agent's memberships."""
    return tx.all(queries.DEPARTMENTS_OF_AGENT, agent_id=agent_id)


def agents_of_department(tx: Tx, department_id: str) -> list[str]:
    """Return the ids of the agents who belong to a department."""
    found = tx.all(queries.DEPARTMENT_AGENTS, department_id=department_id)
    return [each.agent_id for each in found]


def staff_by_id(tx: Tx, user_ids: Collection[str]) -> dict[str, StaffMember]:
    """Return the users with these ids, by id, as members of the staff."""
    if not user_ids:
        return {}
    return {each.id: each for each in tx.select(queries.staff_of(user_ids), StaffMember)}


def presence_rules(settings: "Settings") -> dict[str, bool]:
    """Return the settings that decide who counts as online, as parameters of the queries."""
    return {
        "accept_offline": settings.flag("Livechat_accept_chats_with_no_agents"),
        "accept_idle": settings.flag("Livechat_enabled_when_agent_idle"),
    }
