"""Totals and charts of the real-time page.

Source: behaviour of the API, analytics, sections 12 and 13.
"""

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Select, and_, case, func, or_, select

from frontdesk.access.tables import users
from frontdesk.analytics import agents, departments
from frontdesk.analytics.conversation_counts import (
    RESPONSE,
    SERVED,
    Interval,
    counts,
    how_many,
)
from frontdesk.analytics.days import Days
from frontdesk.analytics.departments import Rows
from frontdesk.analytics.numbers import clock_time, mean, plain
from frontdesk.analytics.overview import (
    Figures,
    busiest_time,
    count_figures,
    figure,
    productivity_figures,
)
from frontdesk.analytics.queries import Period
from frontdesk.conversations.tables import rooms
from frontdesk.db import Tx
from frontdesk.visitors.tables import visitors
from frontdesk.workforce.tables import department_agents
from frontdesk.workforce.tables import departments as department_table

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class Wanted(msgspec.Struct, frozen=True):
    """What is looked at: two moments, and the days that the same texts name, if they do."""

    period: Period
    days: Days | None

    @property
    def opened(self) -> Interval:
        """The conversations opened from one moment to the other."""
        return Interval(self.period.start, self.period.end, self.period.department_id)

    @property
    def on_days(self) -> Interval | None:
        """The conversations opened on the days."""
        if self.days is None:
            return None
        return Interval(self.days.start, self.days.end, self.period.department_id)


# Totals --------------------------------------------------------------------------------------


def conversation_totals(tx: Tx, wanted: Wanted) -> Figures:
    """Return how many conversations, messages and visitors there were."""
    period, on_days = wanted.period, wanted.on_days
    statement: Select[Any] = select(func.count()).where(
        visitors.c.disabled.is_(False),
        visitors.c.updated_at >= period.start,
        visitors.c.updated_at < period.end,
    )
    if period.department_id is not None:
        statement = statement.where(visitors.c.department_id == period.department_id)
    (seen,) = tx.select(statement, int)
    figures = [] if on_days is None else count_figures(counts(tx, on_days))
    return [*figures, figure("Total_visitors", seen)]


def agent_totals(tx: Tx, wanted: Wanted, availability_of: str | None) -> Figures:
    """Return the busiest hour, and how long agents were available and served on average.

    `availability_of` is the department whose agents' availability counts; None for all.
    """
    period, days, on_days = wanted.period, wanted.days, wanted.on_days
    figures = []
    if days is not None and on_days is not None:
        figures.append(busiest_time(tx, days, on_days))
    available = agents.mean_availability(tx, period.start, availability_of)
    service = departments.average_service_time(tx, period)
    return [
        *figures,
        figure("Avg_of_available_service_time", clock_time(available)),
        figure("Avg_of_service_time", _mean_time(service, "averageServiceTimeInSeconds")),
    ]


def chat_totals(tx: Tx, settings: "Settings", wanted: Wanted) -> Figures:
    """Return how many chats were abandoned, and how long chats took on average."""
    period = wanted.period
    abandoned = departments.abandoned_chats(tx, settings, period)
    shares = departments.percentage_abandoned(tx, settings, period)
    durations = departments.average_chat_duration(tx, period)
    share = plain(_mean_of(shares, "percentageOfAbandonedChats"))
    return [
        figure("Total_abandoned_chats", sum(each["abandonedRooms"] for each in abandoned)),
        figure("Avg_of_abandoned_chats", f"{share}%"),
        figure(
            "Avg_of_chat_duration_time", _mean_time(durations, "averageChatDurationTimeInSeconds")
        ),
    ]


def productivity_totals(tx: Tx, wanted: Wanted, seen: Interval | None) -> Figures:
    """Return how fast visitors were answered; `seen` is what of the days the caller may see."""
    figures = [] if seen is None else productivity_figures(tx, seen)
    waiting = departments.average_waiting_time(tx, wanted.period)
    return [
        *figures,
        figure("Avg_of_waiting_time", _mean_time(waiting, "averageWaitingTimeInSeconds")),
    ]


def _mean_of(rows: Rows, name: str) -> float:
    return mean(sum(each[name] for each in rows), len(rows))


def _mean_time(rows: Rows, name: str) -> str:
    return clock_time(_mean_of(rows, name))


# Charts --------------------------------------------------------------------------------------

_OPEN, _HELD = rooms.c.open.is_(True), rooms.c.on_hold.is_(True)
_CLOSED = rooms.c.chat_duration.is_not(None)


class _States(msgspec.Struct):
    open: int
    closed: int
    queued: int
    onhold: int


class _Agent(msgspec.Struct):
    username: str
    open: int
    onhold: int
    closed: int


class _Presence(msgspec.Struct):
    agents: int
    offline: int
    away: int
    busy: int
    available: int


class _Department(msgspec.Struct):
    name: str | None
    open: int
    closed: int


def chats(tx: Tx, wanted: Wanted) -> dict[str, Any]:
    """Count chats by their state."""
    held = and_(_HELD, rooms.c.opened_at < wanted.period.end)
    columns: tuple[Any, ...] = (
        how_many(and_(rooms.c.chat_duration.is_(None), rooms.c.on_hold.is_(False), SERVED)),
        how_many(_CLOSED),
        how_many(and_(_OPEN, rooms.c.agent_id.is_(None))),
        how_many(held),
    )
    statement: Select[Any] = select(*columns).where(*wanted.opened.conditions())
    (found,) = tx.select(statement, _States)
    return msgspec.structs.asdict(found)


def chats_per_agent(tx: Tx, wanted: Wanted) -> dict[str, Any]:
    """Count chats by state and the names of those who serve or served them: open ones by when they
    were opened, closed ones by when they were closed, too.
    """
    current = (
        select(
            rooms.c.agent_username,
            how_many(rooms.c.on_hold.is_(False)),
            how_many(_HELD),
            how_many(rooms.c.open.is_(False)),
        )
        .where(*wanted.opened.conditions(), SERVED, _OPEN)
        .group_by(rooms.c.agent_username)
    )
    found = {each.username: each for each in tx.select(current, _Agent)}
    past = (
        select(
            rooms.c.agent_username,
            how_many(_OPEN),
            how_many(_OPEN),
            func.count(),
        )
        .where(
            *wanted.opened.conditions(),
            rooms.c.closed_at <= wanted.period.end,
            SERVED,
            rooms.c.open.is_(False),
        )
        .group_by(rooms.c.agent_username)
    )
    for each in tx.select(past, _Agent):
        found.setdefault(each.username, each).closed = each.closed
    return {
        name: {"open": each.open, "closed": each.closed, "onhold": each.onhold}
        for name, each in sorted(found.items())
    }


def agents_status(tx: Tx, department_id: str | None) -> dict[str, Any]:
    """Count the agents, or those of a department, by whether they are there now; nothing where
    there are none.
    """
    ready = users.c.status_livechat == "available"
    offline = or_(
        and_(users.c.status == "offline", ready), users.c.status_livechat == "not-available"
    )
    columns: tuple[Any, ...] = (
        func.count(),
        how_many(offline),
        how_many(and_(users.c.status == "away", ready)),
        how_many(and_(users.c.status == "busy", ready)),
        how_many(and_(users.c.status == "online", ready)),
    )
    statement: Select[Any] = select(*columns).where(users.c.agent.is_(True))
    if department_id is not None:
        members = select(department_agents.c.agent_id).where(
            department_agents.c.department_id == department_id
        )
        statement = statement.where(users.c.id.in_(members))
    (found,) = tx.select(statement, _Presence)
    if not found.agents:
        return {}
    return {
        "_id": None,
        "offline": found.offline,
        "away": found.away,
        "busy": found.busy,
        "available": found.available,
    }


def chats_per_department(tx: Tx, wanted: Wanted) -> dict[str, Any]:
    """Count chats by the names of departments; those of departments that are gone together."""
    statement: Select[Any] = (
        select(
            department_table.c.name,
            how_many(_OPEN),
            how_many(rooms.c.open.is_(False)),
        )
        .select_from(
            rooms.outerjoin(department_table, department_table.c.id == rooms.c.department_id)
        )
        .where(*wanted.opened.conditions(), rooms.c.department_id.is_not(None))
        .group_by(department_table.c.name)
    )
    found = tx.select(statement, _Department)
    return {
        each.name or "undefined": {"open": each.open, "closed": each.closed}
        for each in sorted(found, key=lambda each: each.name or "")
    }


def timings(tx: Tx, wanted: Wanted) -> dict[str, Any]:
    """Return how long first answers, first reactions and chats took: whole seconds on average, and
    the longest.
    """
    first, reaction = rooms.c.first_response_time, rooms.c.first_reaction_time
    chat = rooms.c.chat_duration
    has_response = case((rooms.c.responses > 0, 1))
    columns: tuple[Any, ...] = (
        *(func.sum(RESPONSE), func.count(has_response), func.max(first)),
        *(func.sum(reaction), func.count(reaction), func.max(reaction)),
        *(func.sum(chat), func.count(chat), func.max(chat)),
    )
    statement: Select[Any] = select(*columns).where(*wanted.opened.conditions())
    (numbers,) = tx.select(statement, lambda *found: found)
    return {
        name: _timing(*numbers[place : place + 3])
        for name, place in (("response", 0), ("reaction", 3), ("chatDuration", 6))
    }


def _timing(total: float | None, count: int, longest: float | None) -> dict[str, Any]:
    return {"avg": int(mean(total or 0, count)), "longest": plain(longest or 0)}
