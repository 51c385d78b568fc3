"""Counting conversations by when they were opened: what overviews and their charts are made of.

They are counted by quarters of an hour, for those begin together in all zones of the world; days
and hours of a zone are put together from them.

Source: behaviour of the API, analytics, sections 8.7, 9 and 16.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from frontdesk.conversations.tables import CONVERSATION, rooms
from frontdesk.db import Tx

#: Milliseconds.
QUARTER = 900_000
Condition: TypeAlias = ColumnElement[bool]

#: In the words of the partial indexes, see conversations/tables.py.
IS_CONVERSATION = and_(CONVERSATION)


class Interval(msgspec.Struct, frozen=True):
    """What is looked at: moments (ms), both included; None means all departments; `seen` are the
    conditions of what the caller may see.
    """

    start: int
    end: int
    department_id: str | None = None
    seen: Sequence[Condition] = ()

    def conditions(self) -> list[Condition]:
        """Return the conditions of the conversations that were opened in it."""
        found: list[Condition] = [
            IS_CONVERSATION,
            rooms.c.opened_at.between(self.start, self.end),
            *self.seen,
        ]
        if self.department_id is not None:
            found.append(rooms.c.department_id == self.department_id)
        return found


class Measure(msgspec.Struct, frozen=True):
    """What is added up, over the conversations that have it: None counts them."""

    value: ColumnElement[Any] | None
    having: Sequence[Condition] = ()


class Group(msgspec.Struct, frozen=True):
    """The conversations of a user, or of a quarter of an hour: how many have a measure, the sum of
    it and the least.
    """

    key: Any
    count: int
    total: float
    least: float


class Counts(msgspec.Struct, frozen=True):
    """How many conversations there are, are open and are on hold, and their messages."""

    conversations: int
    open: int
    on_hold: int
    messages: int


class Responses(msgspec.Struct, frozen=True):
    """How many conversations were answered, and sums of seconds over them: of average and first
    responses, and of first reactions.
    """

    count: int
    response: float
    first_response: float
    first_reaction: float


def at_least_one(messages: ColumnElement[int]) -> ColumnElement[int]:
    """Return a number of messages as sums count it: none counts as one (section 8.7)."""
    return case((messages < 1, 1), else_=messages)


def how_many(condition: Condition) -> ColumnElement[int]:
    """Return how many rows meet a condition."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def added_up(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the sum of a value that may be missing; 0 over nothing."""
    return func.coalesce(func.sum(value), 0)


ALL_MESSAGES = at_least_one(rooms.c.visitor_messages + rooms.c.agent_messages)
AGENT_MESSAGES = at_least_one(rooms.c.agent_messages)
#: Only after a first message there is anything to measure.
HAS_METRICS = or_(rooms.c.visitor_asked_at.is_not(None), rooms.c.responses > 0)
SERVED = rooms.c.agent_id.is_not(None)
RESPONDED = rooms.c.responder_id.is_not(None)
#: Seconds to an answer, on average in a conversation.
RESPONSE = rooms.c.response_time / func.nullif(rooms.c.responses, 0)
_FIRST = rooms.c.first_response_time

#: By the names of the charts (sections 9.2 and 9.3). What took no time at all was not measured.
MEASURES = {
    "Total_conversations": Measure(None),
    "Avg_chat_duration": Measure(rooms.c.chat_duration, [rooms.c.chat_duration != 0]),
    "Total_messages": Measure(AGENT_MESSAGES),
    "Avg_first_response_time": Measure(_FIRST, [_FIRST != 0]),
    "Best_first_response_time": Measure(_FIRST, [_FIRST != 0]),
    "Avg_response_time": Measure(RESPONSE, [rooms.c.responses > 0, rooms.c.response_time != 0]),
    "Avg_reaction_time": Measure(rooms.c.first_reaction_time, [rooms.c.first_reaction_time != 0]),
}


def counts(tx: Tx, interval: Interval) -> Counts:
    """Count the conversations of an interval; those on hold without its last millisecond."""
    unfinished = func.coalesce(rooms.c.chat_duration, 0) == 0
    is_open = and_(HAS_METRICS, unfinished, rooms.c.on_hold.is_(False))
    on_hold = and_(rooms.c.on_hold.is_(True), rooms.c.opened_at < interval.end)
    columns = (func.count(), how_many(is_open), how_many(on_hold), added_up(ALL_MESSAGES))
    (found,) = tx.select(select(*columns).where(*interval.conditions()), Counts)
    return found


def responses(tx: Tx, interval: Interval) -> Responses:
    """Add up how fast the conversations of an interval were answered."""
    sums = (RESPONSE, rooms.c.first_response_time, rooms.c.first_reaction_time)
    statement = select(func.count(), *(added_up(each) for each in sums)).where(
        *interval.conditions(), rooms.c.responses > 0
    )
    (found,) = tx.select(statement, Responses)
    return found


def by_quarter(tx: Tx, interval: Interval, measure: Measure) -> list[Group]:
    """Return the conversations of an interval by quarters of an hour, oldest first. Keys are the
    moments (ms) at which quarters begin.
    """
    number = rooms.c.opened_at // QUARTER
    inner = (
        select(number.label("key"), _value(measure).label("value"))
        .where(*interval.conditions(), *measure.having)
        .subquery()
    )
    statement = (
        select(
            inner.c.key,
            func.count(),
            added_up(inner.c.value),
            func.coalesce(func.min(inner.c.value), 0),
        )
        .group_by(inner.c.key)
        .order_by(inner.c.key)
    )
    return [
        msgspec.structs.replace(each, key=int(each.key) * QUARTER)
        for each in tx.select(statement, Group)
    ]


def by_user(
    tx: Tx, interval: Interval, measure: Measure, username: ColumnElement[Any], *having: Condition
) -> list[Group]:
    """Return the conversations of an interval by user names."""
    value = _value(measure)
    statement = (
        select(username, func.count(), added_up(value), func.coalesce(func.min(value), 0))
        .where(*interval.conditions(), *measure.having, *having)
        .group_by(username)
    )
    return tx.select(statement, Group)


def _value(measure: Measure) -> ColumnElement[Any]:
    return literal(1) if measure.value is None else measure.value
