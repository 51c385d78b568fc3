"""All SQL of departments, agents, units, business hours and agents' activity.

Agents are users with the role `livechat-agent`; this feature reads and writes the columns of
the users' table that belong to that role (see the floors in pyproject.toml).
"""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    true,
    type_coerce,
    update,
)

from frontdesk.access.tables import users
from frontdesk.db import Command, Insert, Patch, Query, columns_of
from frontdesk.db.text_order import by_code_points
from frontdesk.workforce.records import (
    AgentActivity,
    AgentHours,
    BusinessHour,
    Department,
    DepartmentAgent,
    StaffMember,
    Unit,
    WidgetDepartment,
    WorkHours,
)
from frontdesk.workforce.tables import (
    agent_activity,
    business_hours,
    department_agents,
    departments,
    unit_monitors,
    units,
)


class Agent(msgspec.Struct, frozen=True):
    """What routing knows of an agent. `chat_limit` is the agent's own, None where none is set."""

    id: str
    username: str
    name: str | None
    bot: bool
    chat_limit: int | None


AGENT_ROW = (users.c.id, users.c.username, users.c.name, users.c.bot, users.c.chat_limit)

# Departments ---------------------------------------------------------------------------------

_DEPARTMENTS = columns_of(departments, Department)
DEPARTMENT = Query(_DEPARTMENTS.where(departments.c.id == bindparam("department_id")), Department)
#: Keeps others from changing the department and its members until the commit (PostgreSQL).
DEPARTMENT_TO_CHANGE = Query(
    _DEPARTMENTS.where(departments.c.id == bindparam("department_id")).with_for_update(),
    Department,
)
DEPARTMENT_BY_ID_OR_NAME = Query(
    _DEPARTMENTS.where(
        or_(departments.c.id == bindparam("given"), departments.c.name == bindparam("given"))
    ).limit(1),
    Department,
)
ALL_DEPARTMENTS = Query(
    _DEPARTMENTS.order_by(by_code_points(departments.c.name), departments.c.id), Department
)
_SHOWN = (
    columns_of(departments, WidgetDepartment)
    .where(departments.c.enabled.is_(True))
    .order_by(by_code_points(departments.c.name), departments.c.id)
)
WIDGET_DEPARTMENTS = Query(_SHOWN.where(departments.c.agent_count > 0), WidgetDepartment)
WIDGET_DEPARTMENTS_OF_UNIT = Query(
    _SHOWN.where(departments.c.parent_id == bindparam("unit_id")), WidgetDepartment
)
REGISTRATION_DEPARTMENTS = Query(
    _DEPARTMENTS.where(
        departments.c.enabled.is_(True),
        departments.c.agent_count > 0,
        departments.c.show_on_registration.is_(True),
    ).order_by(departments.c.created_at, departments.c.id),
    Department,
)
INSERT_DEPARTMENT = Insert(departments)
PATCH_DEPARTMENT = Patch(departments)
DELETE_DEPARTMENT = Command(
    delete(departments).where(departments.c.id == bindparam("department_id"))
)

_LINKS = columns_of(department_agents, DepartmentAgent)
DEPARTMENT_AGENTS = Query(
    _LINKS.where(department_agents.c.department_id == bindparam("department_id")).order_by(
        department_agents.c.username
    ),
    DepartmentAgent,
)
DEPARTMENTS_OF_AGENT = Query(
    _LINKS.where(department_agents.c.agent_id == bindparam("agent_id")), DepartmentAgent
)
DEPARTMENT_AGENT = Query(
    _LINKS.where(
        department_agents.c.department_id == bindparam("department_id"),
        department_agents.c.agent_id == bindparam("agent_id"),
    ),
    DepartmentAgent,
)
UPSERT_DEPARTMENT_AGENT = Insert(department_agents, replace_on=["department_id", "agent_id"])
PATCH_DEPARTMENT_AGENT = Patch(department_agents)
REMOVE_DEPARTMENT_AGENT = Command(
    delete(department_agents).where(
        department_agents.c.department_id == bindparam("department_id"),
        department_agents.c.agent_id == bindparam("agent_id"),
    )
)
RENAME_DEPARTMENT_AGENT = Command(
    update(department_agents)
    .where(department_agents.c.agent_id == bindparam("user_id"))
    .values(username=bindparam("new_name"), updated_at=bindparam("now"))
)
COUNT_DEPARTMENT_AGENTS = Command(
    update(departments)
    .where(departments.c.id == bindparam("row_id"))
    .values(
        agent_count=select(func.count())
        .where(department_agents.c.department_id == bindparam("row_id"))
        .scalar_subquery(),
        updated_at=bindparam("now"),
    )
)


class Membership(msgspec.Struct, frozen=True):
    """Which department an agent belongs to."""

    agent_id: str
    department_id: str


def memberships_of(agent_ids: list[str]) -> Select[tuple[str, str]]:
    """Return the select of the memberships of some agents; its rows are `Membership`."""
    return (
        select(department_agents.c.agent_id, department_agents.c.department_id)
        .where(department_agents.c.agent_id.in_(agent_ids))
        .order_by(department_agents.c.department_id)
    )


# Agents and managers -------------------------------------------------------------------------

_STAFF = columns_of(users, StaffMember)
STAFF_MEMBER = Query(_STAFF.where(users.c.id == bindparam("user_id")), StaffMember)
AGENTS = Query(_STAFF.where(users.c.agent.is_(True)), StaffMember)
MANAGERS = Query(
    _STAFF.where(type_coerce(users.c.roles, Text).contains('"livechat-manager"')), StaffMember
)
MONITORS = Query(
    _STAFF.where(type_coerce(users.c.roles, Text).contains('"livechat-monitor"')), StaffMember
)
PATCH_STAFF_MEMBER = Patch(users)


def staff_of(user_ids: Collection[str]) -> Select[Any]:
    """Return the select of some users; its rows are `StaffMember`."""
    return _STAFF.where(users.c.id.in_(user_ids))


def serviceable() -> ColumnElement[bool]:
    """Return the condition of an agent who can take chats (workforce, 3.1)."""
    present = or_(
        users.c.bot.is_(True),
        users.c.status != "offline",
        bindparam("accept_offline") == true(),
    )
    not_idle = or_(users.c.status_connection != "away", bindparam("accept_idle") == true())
    return and_(
        users.c.agent.is_(True),
        users.c.active.is_(True),
        users.c.status_livechat == "available",
        present,
        not_idle,
    )


AGENT = Query(
    select(*AGENT_ROW).where(users.c.id == bindparam("agent_id"), users.c.agent.is_(True)), Agent
)
AGENT_BY_NAME = Query(
    select(*AGENT_ROW).where(users.c.username == bindparam("username"), users.c.agent.is_(True)),
    Agent,
)
ONLINE_AGENT = Query(
    select(*AGENT_ROW).where(users.c.id == bindparam("agent_id"), serviceable()), Agent
)
ANY_ONLINE_AGENT = Query(select(users.c.id).where(serviceable()).limit(1), str)
ANY_ONLINE_IN_DEPARTMENT = Query(
    select(users.c.id)
    .join_from(users, department_agents, department_agents.c.agent_id == users.c.id)
    .where(
        department_agents.c.department_id == bindparam("department_id"),
        department_agents.c.department_enabled.is_(True),
        serviceable(),
    )
    .limit(1),
    str,
)


# Units and their monitors --------------------------------------------------------------------

_UNITS = select(
    units.c.id,
    units.c.name,
    units.c.visibility,
    units.c.updated_at,
    select(func.count())
    .where(unit_monitors.c.unit_id == units.c.id)
    .scalar_subquery()
    .label("monitor_count"),
    select(func.count())
    .where(departments.c.parent_id == units.c.id)
    .scalar_subquery()
    .label("department_count"),
)
ALL_UNITS = Query(_UNITS.order_by(by_code_points(units.c.name), units.c.id), Unit)
UNIT = Query(_UNITS.where(units.c.id == bindparam("unit_id")), Unit)
#: Keeps others from changing the unit, its monitors and its departments (PostgreSQL).
UNIT_TO_CHANGE = Query(
    _UNITS.where(units.c.id == bindparam("unit_id")).with_for_update(of=units), Unit
)
ANY_UNIT = Query(select(units.c.id).limit(1), str)
INSERT_UNIT = Insert(units)
PATCH_UNIT = Patch(units)
DELETE_UNIT = Command(delete(units).where(units.c.id == bindparam("unit_id")))
DEPARTMENTS_OF_UNIT = Query(
    _DEPARTMENTS.where(departments.c.parent_id == bindparam("unit_id")).order_by(
        by_code_points(departments.c.name), departments.c.id
    ),
    Department,
)


class NamedMonitor(msgspec.Struct):
    """A monitor of a unit with the user name of this moment."""

    id: str
    unit_id: str
    monitor_id: str
    username: str
    updated_at: int


MONITORS_OF_UNIT = Query(
    select(
        unit_monitors.c.id,
        unit_monitors.c.unit_id,
        unit_monitors.c.monitor_id,
        users.c.username,
        unit_monitors.c.updated_at,
    )
    .join_from(unit_monitors, users, users.c.id == unit_monitors.c.monitor_id)
    .where(unit_monitors.c.unit_id == bindparam("unit_id"))
    .order_by(by_code_points(users.c.username)),
    NamedMonitor,
)
UNITS_OF_MONITOR = Query(
    select(unit_monitors.c.unit_id).where(unit_monitors.c.monitor_id == bindparam("user_id")), str
)
INSERT_UNIT_MONITOR = Insert(unit_monitors, skip_conflicts=True)
DELETE_MONITORS_OF_UNIT = Command(
    delete(unit_monitors).where(unit_monitors.c.unit_id == bindparam("unit_id"))
)
DELETE_UNITS_OF_MONITOR = Command(
    delete(unit_monitors).where(unit_monitors.c.monitor_id == bindparam("user_id"))
)

# Business hours ------------------------------------------------------------------------------


def _business_hour(*row: Any) -> BusinessHour:
    hour = BusinessHour(*row)
    hour.work_hours = msgspec.convert(hour.work_hours, list[WorkHours])
    return hour


_HOURS = columns_of(business_hours, BusinessHour)
ALL_BUSINESS_HOURS = Query(
    _HOURS.order_by(by_code_points(business_hours.c.name), business_hours.c.id), _business_hour
)
DEFAULT_BUSINESS_HOUR = Query(_HOURS.where(business_hours.c.kind == "default"), _business_hour)
BUSINESS_HOUR = Query(_HOURS.where(business_hours.c.id == bindparam("hour_id")), _business_hour)
BUSINESS_HOUR_TO_CHANGE = Query(
    _HOURS.where(business_hours.c.id == bindparam("hour_id")).with_for_update(), _business_hour
)
#: A name that another business hour has is not inserted; the unique rule decides.
INSERT_BUSINESS_HOUR = Insert(business_hours, skip_conflicts=True)
PATCH_BUSINESS_HOUR = Patch(business_hours)
DELETE_BUSINESS_HOUR = Command(
    delete(business_hours).where(business_hours.c.id == bindparam("hour_id"))
)
DEPARTMENTS_OF_BUSINESS_HOUR = Query(
    _DEPARTMENTS.where(departments.c.business_hour_id == bindparam("hour_id")).order_by(
        by_code_points(departments.c.name), departments.c.id
    ),
    Department,
)


def agents_to_switch(agent_ids: Collection[str] | None) -> Select[Any]:
    """Return the select of all agents, or some; its rows are `AgentHours`.

    Others cannot change them until the commit; in one order for everybody, so that two never wait
    for each other.
    """
    statement = columns_of(users, AgentHours).where(users.c.agent.is_(True))
    if agent_ids is not None:
        statement = statement.where(users.c.id.in_(agent_ids))
    return statement.order_by(users.c.id).with_for_update()


class HoursOfMembership(msgspec.Struct, frozen=True):
    """What an agent's department means for his business hours."""

    agent_id: str
    enabled: bool
    archived: bool
    business_hour_id: str | None


def hours_of_memberships(agent_ids: Collection[str] | None) -> Select[Any]:
    """Return the select of what the departments of all agents, or some, mean for their business
    hours; its rows are `HoursOfMembership`.
    """
    statement = select(
        department_agents.c.agent_id,
        departments.c.enabled,
        departments.c.archived,
        departments.c.business_hour_id,
    ).join_from(
        department_agents, departments, departments.c.id == department_agents.c.department_id
    )
    if agent_ids is None:
        return statement
    return statement.where(department_agents.c.agent_id.in_(agent_ids))


# Activity ------------------------------------------------------------------------------------

_ACTIVITY = columns_of(agent_activity, AgentActivity)
ACTIVITY_OF_DAYS = Query(
    _ACTIVITY.where(
        agent_activity.c.day >= bindparam("first_day"),
        agent_activity.c.day <= bindparam("last_day"),
    ).order_by(agent_activity.c.day, agent_activity.c.agent_id, agent_activity.c.started_at),
    AgentActivity,
)
OPEN_ACTIVITY = Query(
    _ACTIVITY.where(
        agent_activity.c.agent_id == bindparam("agent_id"), agent_activity.c.stopped_at.is_(None)
    ),
    AgentActivity,
)
OPEN_ACTIVITY_BEFORE = Query(
    _ACTIVITY.where(
        agent_activity.c.stopped_at.is_(None), agent_activity.c.day < bindparam("day")
    ).order_by(agent_activity.c.agent_id),
    AgentActivity,
)
#: Whoever is available already does not start again; the unique rule decides.
START_ACTIVITY = Insert(agent_activity, skip_conflicts=True)
STOP_ACTIVITY = Command(
    update(agent_activity)
    .where(agent_activity.c.id == bindparam("row_id"), agent_activity.c.stopped_at.is_(None))
    .values(stopped_at=bindparam("stopped_at"))
)
