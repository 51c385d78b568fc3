"""All SQL of departments and agents.

Agents are users with the role `livechat-agent`; this feature reads and writes the columns of
the users' table that belong to that role (see the floors in pyproject.toml).
"""

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
from frontdesk.workforce.records import Department, DepartmentAgent, StaffMember
from frontdesk.workforce.tables import department_agents, departments


class Agent(msgspec.Struct, frozen=True):
    """What routing knows of an agent. `chat_limit` is the agent's own, None where none is set."""

    id: str
    username: str
    name: str | None
    bot: bool
    chat_limit: int | None
    department_limit: int | None = None


_AGENT = (users.c.id, users.c.username, users.c.name, users.c.bot, users.c.chat_limit)

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
ALL_DEPARTMENTS = Query(_DEPARTMENTS.order_by(departments.c.name, departments.c.id), Department)
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
PATCH_STAFF_MEMBER = Patch(users)


def _serviceable() -> ColumnElement[bool]:
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
    select(*_AGENT).where(users.c.id == bindparam("agent_id"), users.c.agent.is_(True)), Agent
)
ONLINE_AGENT = Query(
    select(*_AGENT).where(users.c.id == bindparam("agent_id"), _serviceable()), Agent
)
ANY_ONLINE_AGENT = Query(select(users.c.id).where(_serviceable()).limit(1), str)
ANY_ONLINE_IN_DEPARTMENT = Query(
    select(users.c.id)
    .join_from(users, department_agents, department_agents.c.agent_id == users.c.id)
    .where(
        department_agents.c.department_id == bindparam("department_id"),
        department_agents.c.department_enabled.is_(True),
        _serviceable(),
    )
    .limit(1),
    str,
)
#: Fewest chats given first; agents without a number before all others.
NEXT_AGENTS = Query(
    select(*_AGENT).where(_serviceable()).order_by(users.c.livechat_count, users.c.username), Agent
)
NEXT_AGENTS_OF_DEPARTMENT = Query(
    select(*_AGENT, departments.c.chat_limit)
    .join_from(users, department_agents, department_agents.c.agent_id == users.c.id)
    .join(departments, departments.c.id == department_agents.c.department_id)
    .where(department_agents.c.department_id == bindparam("department_id"), _serviceable())
    .order_by(
        department_agents.c.chats_given, department_agents.c.position, department_agents.c.username
    ),
    Agent,
)
#: Keeps others from assigning to the agent until the commit (PostgreSQL), so that a count of
#: open chats stays true; on SQLite there is one writer anyway.
HOLD_AGENT = Query(
    select(users.c.id).where(users.c.id == bindparam("agent_id")).with_for_update(), str
)
COUNT_CHAT_OF_AGENT = Command(
    update(users)
    .where(users.c.id == bindparam("agent_id"))
    .values(livechat_count=users.c.livechat_count + 1)
)
COUNT_CHAT_OF_MEMBER = Command(
    update(department_agents)
    .where(
        department_agents.c.department_id == bindparam("department_id"),
        department_agents.c.agent_id == bindparam("agent_id"),
    )
    .values(chats_given=department_agents.c.chats_given + 1)
)
