"""Statements that count and add up conversations, by departments.

They read the tables of conversations, messages and departments, and change nothing.
"""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select

from frontdesk.conversations.room_filters import unindexed
from frontdesk.conversations.tables import CONVERSATION, rooms
from frontdesk.messages.tables import TRANSFER, messages


class Period(msgspec.Struct, frozen=True):
    """What is looked at: both ends in milliseconds and included; None means all departments."""

    start: int
    end: int
    department_id: str | None


class Group(msgspec.Struct, frozen=True):
    """Conversations of a department, or without one: how many, and the sum of what was asked."""

    department_id: str | None
    count: int
    total: float | None


def begun(period: Period) -> ColumnElement[bool]:
    """Return the condition that a conversation was opened in the period."""
    return rooms.c.opened_at.between(period.start, period.end)


def held(period: Period) -> ColumnElement[bool]:
    """Return the condition that a conversation was opened and closed in the period."""
    # Nothing is closed before it is opened: with both ends there are few rows to look at.
    return and_(begun(period), rooms.c.closed_at <= period.end)


def answered(is_answered: bool) -> ColumnElement[bool]:
    """Return the condition that nobody, or somebody, waits for an answer now."""
    return rooms.c.waiting_response.is_(not is_answered)


#: From the moment of taking to the last answer, in milliseconds.
SERVICE = rooms.c.last_response_at - rooms.c.agent_since
WAS_SERVED = and_(rooms.c.last_response_at.is_not(None), rooms.c.agent_since.is_not(None))
SERVICE_DURATION = rooms.c.service_duration
HAS_SERVICE_DURATION = rooms.c.service_duration.is_not(None)
CHAT_DURATION = rooms.c.chat_duration
FIRST_RESPONSE = rooms.c.first_response_time


def abandoned(after: int) -> ColumnElement[int]:
    """Return 1 for a conversation whose visitor was silent for so many seconds, else 0."""
    return case((rooms.c.visitor_inactivity >= after, 1), else_=0)


def by_department(
    period: Period, measure: ColumnElement[Any] | None, *conditions: ColumnElement[bool]
) -> Select[Any]:
    """Return the statement of the Groups of conversations that meet the conditions."""
    total = literal(0) if measure is None else func.sum(measure)
    statement = (
        select(rooms.c.department_id, func.count(), total)
        .where(CONVERSATION, *conditions)
        # Rows lie in the order of time, not of departments.
        .group_by(unindexed(rooms.c.department_id))
    )
    if period.department_id is not None:
        statement = statement.where(rooms.c.department_id == period.department_id)
    return statement


def transfers(period: Period) -> Select[Any]:
    """Return the statement of the Groups of transfers, by the present department."""
    statement = (
        select(rooms.c.department_id, func.count(), literal(0))
        .select_from(messages.outerjoin(rooms, rooms.c.id == messages.c.room_id))
        .where(TRANSFER, messages.c.sent_at.between(period.start, period.end))
        .group_by(rooms.c.department_id)
    )
    if period.department_id is not None:
        statement = statement.where(rooms.c.department_id == period.department_id)
    return statement
