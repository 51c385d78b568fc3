"""Figures by agents: how long they served, and how long they were available.

Source: behaviour of the API, analytics, section 11.
"""

import math
from collections import defaultdict
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Select, func, select

from frontdesk.access.tables import users
from frontdesk.analytics.conversation_counts import SERVED
from frontdesk.clock import iso, server_zone
from frontdesk.conversations.room_filters import unindexed
from frontdesk.conversations.tables import CONVERSATION, rooms
from frontdesk.db import Tx
from frontdesk.workforce.activity import day_number
from frontdesk.workforce.tables import agent_activity, department_agents

Rows: TypeAlias = list[dict[str, Any]]

#: The year 9000: no clock of any zone goes further than that.
_FAR_AWAY = 221_845_392_000_000

#: A stretch of availability in whole seconds, counted only once it has ended.
_SECONDS = (agent_activity.c.stopped_at - agent_activity.c.started_at) // 1000


class _Service(msgspec.Struct):
    agent_id: str
    username: str
    chats: int
    seconds: float


class _Stretch(msgspec.Struct):
    agent_id: str
    started_at: int
    stopped_at: int | None


class _Available(msgspec.Struct):
    agent_id: str
    username: str
    seconds: int | None


def average_service_time(tx: Tx, start: int, end: int) -> Rows:
    """Return how long agents served the chats opened from `start` to `end` (ms), on average: from
    taking to closing. Only closed chats count.
    """
    return [
        {
            "_id": each.agent_id,
            "username": each.username,
            "averageServiceTimeInSeconds": _ceiling(each.seconds / each.chats),
        }
        for each in _services(tx, start, end)
    ]


def total_service_time(tx: Tx, start: int, end: int) -> Rows:
    """Return how many chats opened from `start` to `end` (ms) agents served, and how long."""
    return [
        {
            "_id": each.agent_id,
            "username": each.username,
            "chats": each.chats,
            "serviceTimeDuration": _ceiling(each.seconds),
        }
        for each in _services(tx, start, end)
    ]


def _services(tx: Tx, start: int, end: int) -> list[_Service]:
    statement = (
        select(
            rooms.c.agent_id,
            rooms.c.agent_username,
            func.count(),
            func.sum(rooms.c.service_duration),
        )
        .where(
            CONVERSATION,
            rooms.c.opened_at.between(start, end),
            SERVED,
            rooms.c.service_duration.is_not(None),
        )
        .group_by(unindexed(rooms.c.agent_id), rooms.c.agent_username)
    )
    return sorted(tx.select(statement, _Service), key=lambda each: (each.username, each.agent_id))


def availability(tx: Tx, start: int, end: int) -> list[tuple[str, dict[str, Any]]]:
    """Return the ids of agents who were available on some days, by user name, each with the row
    that shows how long. The days are those of two moments (ms) on the server's clock; what has
    not ended yet does not count.
    """
    first, last = _day(start), _day(end)
    statement = (
        select(users.c.id, users.c.username, func.sum(_SECONDS))
        .join_from(agent_activity, users, users.c.id == agent_activity.c.agent_id)
        .where(agent_activity.c.day.between(first, last))
        .group_by(users.c.id, users.c.username)
    )
    found = sorted(tx.select(statement, _Available), key=lambda each: each.username)
    return [
        (
            each.agent_id,
            {"username": each.username, "availableTimeInSeconds": int(each.seconds or 0)},
        )
        for each in found
    ]


def stretches(tx: Tx, agent_ids: list[str], start: int, end: int) -> dict[str, Rows]:
    """Return when agents were available, by their ids, oldest first; days as for `availability`."""
    first, last = _day(start), _day(end)
    statement = (
        _stretches(first, last)
        .where(agent_activity.c.agent_id.in_(agent_ids), agent_activity.c.stopped_at.is_not(None))
        .order_by(agent_activity.c.started_at)
    )
    found: defaultdict[str, Rows] = defaultdict(list)
    for each in tx.select(statement, _Stretch):
        found[each.agent_id].append(
            {"startedAt": iso(each.started_at), "stoppedAt": iso(each.stopped_at or 0)}
        )
    return found


def mean_availability(tx: Tx, moment: int, department_id: str | None) -> int:
    """Return how many seconds the agents who were available on the day of a moment (ms) were so on
    average, also those of them who still are; 0 if nobody was.
    """
    day = _day(moment)
    statement = _stretches(day, day)
    if department_id is not None:
        members = select(department_agents.c.agent_id).where(
            department_agents.c.department_id == department_id
        )
        statement = statement.where(agent_activity.c.agent_id.in_(members))
    seconds: defaultdict[str, int] = defaultdict(int)
    for each in tx.select(statement, _Stretch):
        until = tx.now if each.stopped_at is None else each.stopped_at
        seconds[each.agent_id] += max(0, until - each.started_at) // 1000
    return sum(seconds.values()) // len(seconds) if seconds else 0


def _stretches(first_day: int, last_day: int) -> Select[Any]:
    columns = agent_activity.c
    return select(columns.agent_id, columns.started_at, columns.stopped_at).where(
        columns.day.between(first_day, last_day)
    )


def _day(moment: int) -> int:
    """Return the day of a moment (ms) on the server's clock, as YYYYMMDD."""
    return day_number(min(max(moment, 0), _FAR_AWAY), server_zone())


def _ceiling(seconds: float) -> int:
    # Sums of milliseconds as fractions end in noise that must not become a second.
    return math.ceil(round(seconds, 6))
