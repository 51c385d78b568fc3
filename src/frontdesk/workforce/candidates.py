"""The SQL of routing: who can take one more conversation, and who of them is next.

Agents are users, and what keeps them busy are memberships in conversations, so that this module
alone reads the tables of three features (see the floors in pyproject.toml): limits and order are
decided where the numbers are.

Source: behaviour of the API, conversations, sections 2.3 and 2.8; workforce, 4.10.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)

from frontdesk.access.tables import users
from frontdesk.conversations.tables import subscriptions
from frontdesk.db import Command, Query
from frontdesk.db.text_order import by_code_points
from frontdesk.workforce.queries import AGENT_ROW, Agent, serviceable
from frontdesk.workforce.tables import department_agents, departments

_NAME = by_code_points(users.c.username)
#: Who was never routed comes before all others.
_ROUTED = users.c.last_routing_at.asc().nulls_first()


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """Return how many memberships of the user that is looked at meet the conditions."""
    counted = select(func.count()).select_from(subscriptions)
    mine = subscriptions.c.user_id == users.c.id
    return counted.where(mine, *conditions).correlate(users).scalar_subquery()


_NOT_HELD = subscriptions.c.on_hold.is_(False)
_CHATS = _count(subscriptions.c.kind == "l", _NOT_HELD)
_CHATS_IN_DEPARTMENT = _count(
    subscriptions.c.kind == "l",
    _NOT_HELD,
    subscriptions.c.department_id == bindparam("department_id"),
)
#: Load_Balancing without a department counts rooms of every kind.
_ROOMS = _count(subscriptions.c.open.is_(True), _NOT_HELD)


def _below(limit: ColumnElement[Any], chats: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that the limit, 0 meaning none, leaves room for one more."""
    return or_(limit == 0, chats < limit)


def _within_limits() -> ColumnElement[bool]:
    general = bindparam("general_limit", type_=Integer)
    own = case((users.c.chat_limit > 0, users.c.chat_limit), else_=general)
    return _below(own, _CHATS)


def _everywhere(*order: ColumnElement[Any], of: ColumnElement[bool]) -> Query[Agent]:
    statement = select(*AGENT_ROW).where(of, users.c.id != bindparam("ignored_id"))
    return _first(statement, order)


def _in_department(*order: ColumnElement[Any], of: ColumnElement[bool]) -> Query[Agent]:
    statement = (
        select(*AGENT_ROW)
        .join_from(users, department_agents, department_agents.c.agent_id == users.c.id)
        .join(departments, departments.c.id == department_agents.c.department_id)
        .where(
            department_agents.c.department_id == bindparam("department_id"),
            of,
            users.c.id != bindparam("ignored_id"),
        )
    )
    return _first(statement, order)


def _first(statement: Select[Any], order: tuple[ColumnElement[Any], ...]) -> Query[Agent]:
    return Query(statement.order_by(*order).limit(1), Agent)


_FREE = serviceable() & _within_limits()
_limit = case((departments.c.chat_limit > 0, departments.c.chat_limit), else_=0)
_FREE_IN_DEPARTMENT = _FREE & _below(_limit, _CHATS_IN_DEPARTMENT)
_BY_COUNT = (users.c.livechat_count, _NAME)
_BY_COUNT_IN_DEPARTMENT = (department_agents.c.chats_given, department_agents.c.position, _NAME)

#: By routing method: the agent who is next, of all.
NEXT: Mapping[str, Query[Agent]] = {
    "Auto_Selection": _everywhere(*_BY_COUNT, of=_FREE),
    "Load_Balancing": _everywhere(_ROOMS, _ROUTED, _NAME, of=_FREE),
    "Load_Rotation": _everywhere(_ROUTED, _NAME, of=_FREE),
}
#: The same, of a department.
NEXT_IN_DEPARTMENT: Mapping[str, Query[Agent]] = {
    "Auto_Selection": _in_department(*_BY_COUNT_IN_DEPARTMENT, of=_FREE_IN_DEPARTMENT),
    "Load_Balancing": _in_department(_CHATS_IN_DEPARTMENT, _ROUTED, _NAME, of=_FREE_IN_DEPARTMENT),
    "Load_Rotation": _in_department(_ROUTED, _NAME, of=_FREE_IN_DEPARTMENT),
}

_BOT = users.c.agent.is_(True) & users.c.bot.is_(True) & users.c.active.is_(True)
NEXT_BOT = _everywhere(*_BY_COUNT, of=_BOT)
NEXT_BOT_IN_DEPARTMENT = _in_department(*_BY_COUNT_IN_DEPARTMENT, of=_BOT)

#: Keeps others from assigning to the agent until the commit, so that a count of open chats stays
#: true.
HOLD_AGENT = Query(
    select(users.c.id).where(users.c.id == bindparam("agent_id")).with_for_update(), str
)
COUNT_CHAT = Command(
    update(users)
    .where(users.c.id == bindparam("agent_id"))
    .values(livechat_count=users.c.livechat_count + 1)
)
COUNT_CHAT_IN_DEPARTMENT = Command(
    update(department_agents)
    .where(
        department_agents.c.department_id == bindparam("department_id"),
        department_agents.c.agent_id == bindparam("agent_id"),
    )
    .values(chats_given=department_agents.c.chats_given + 1)
)
_others = users.alias("others")
_latest = func.coalesce(
    select(func.max(_others.c.last_routing_at)).where(_others.c.agent.is_(True)).scalar_subquery(),
    0,
)
#: Later than everybody else also within one millisecond: otherwise names would break the turn.
NOTE_ROUTING = Command(
    update(users)
    .where(users.c.id == bindparam("agent_id"))
    .values(
        last_routing_at=case((_latest >= bindparam("now"), _latest + 1), else_=bindparam("now"))
    )
)
