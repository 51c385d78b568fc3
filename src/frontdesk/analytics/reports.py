"""Reports: how many conversations of some time there were, by what they have in common.

Source: behaviour of the API, analytics, section 14.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from frontdesk.access.tables import users
from frontdesk.analytics.conversation_counts import (
    IS_CONVERSATION,
    SERVED,
    Condition,
    how_many,
)
from frontdesk.analytics.days import first_moment, local
from frontdesk.analytics.instants import instant
from frontdesk.clock import server_zone
from frontdesk.conversations.room_filters import unindexed
from frontdesk.conversations.tables import rooms
from frontdesk.db import Tx
from frontdesk.db.json_text import json_member, texts_of
from frontdesk.errors import Refused
from frontdesk.workforce.tables import departments

Sort: TypeAlias = Sequence[tuple[str, int]]

#: A year and a few days more: 366 days and two more are still a year.
_LONGEST = 1.01
_DAY = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?", re.ASCII)


class Stretch(msgspec.Struct, frozen=True):
    """What is looked at: from one moment (ms) to another, which is not included; `seen` are the
    conditions of what the caller may see.
    """

    start: int
    end: int
    seen: Sequence[Condition] = ()

    def conditions(self) -> list[Condition]:
        """Return the conditions of the conversations that were opened in it."""
        opened = and_(rooms.c.opened_at >= self.start, rooms.c.opened_at < self.end)
        return [IS_CONVERSATION, opened, *self.seen]


class Row(msgspec.Struct):
    """How many conversations have something in common: what it is called, its id if it has one."""

    label: str
    value: int
    row_id: str | None = None


class _States(msgspec.Struct):
    rooms: int
    open: int
    closed: int
    queued: int
    on_hold: int


class _Source(msgspec.Struct):
    type: str
    alias: str | None
    value: int


def stretch_between(start: str, end: str) -> tuple[int, int]:
    """Return the moments (ms) that two ISO texts name; a day begins at midnight of the server.

    Raises Refused for what is no date, for more than a year, and for a start after the end.
    """
    first, last = _moment("start", start), _moment("end", end)
    zone = ZoneInfo(server_zone())
    try:
        years = _months(local(first, zone).date(), local(last, zone).date()) / 12
    except (ValueError, OverflowError):  # beyond the calendar
        years = 9_999.0
    if years > _LONGEST:
        raise Refused('The "start" and "end" query parameters must be less than 1 year apart.')
    if first > last:
        raise Refused('The "start" query parameter must be before the "end" query parameter.')
    return first, last


def _moment(name: str, given: str) -> int:
    text = given.strip()
    found = _DAY.fullmatch(text)
    if found is not None:
        try:
            day = date(int(found[1]), int(found[2]), int(found[3] or 1))
            return first_moment(day, server_zone())
        except (ValueError, OverflowError):
            pass
    elif _DAY.match(text) is not None and text[10:11] in ("T", "t"):
        return instant(name, text)
    raise Refused(f'The "{name}" query parameter must be a valid date.')


def _months(start: date, end: date) -> float:
    """Return how many months lie between two days, the last one by its part."""
    whole = (end.year - start.year) * 12 + end.month - start.month
    before = _months_later(start, whole)
    if end < before:
        whole -= 1
        before = _months_later(start, whole)
    after = _months_later(start, whole + 1)
    return whole + (end - before).days / (after - before).days


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def by_status(tx: Tx, stretch: Stretch) -> dict[str, Any]:
    """Count by state; a reopened conversation counts as open and as closed."""
    columns: tuple[Any, ...] = (
        func.count(),
        how_many(and_(rooms.c.open.is_(True), rooms.c.on_hold.is_(False), SERVED)),
        how_many(rooms.c.chat_duration.is_not(None)),
        how_many(and_(rooms.c.open.is_(True), rooms.c.agent_id.is_(None))),
        how_many(rooms.c.on_hold.is_(True)),
    )
    statement: Select[Any] = select(*columns).where(*stretch.conditions())
    (found,) = tx.select(statement, _States)
    rows = [
        Row("Open", found.open),
        Row("Closed", found.closed),
        Row("Queued", found.queued),
        Row("On_Hold", found.on_hold),
    ]
    shown = sorted(rows, key=lambda each: (-each.value, each.label)) if found.rooms else []
    return {"total": found.rooms, "data": [_shown(each) for each in shown]}


def by_source(tx: Tx, stretch: Stretch) -> dict[str, Any]:
    """Count by where conversations came from."""
    inner = (
        select(
            json_member(rooms.c.source, "type").label("type"),
            json_member(rooms.c.source, "alias").label("alias"),
        )
        .where(*stretch.conditions(), rooms.c.source.is_not(None))
        .subquery()
    )
    statement: Select[Any] = select(inner.c.type, inner.c.alias, func.count()).group_by(
        inner.c.type, inner.c.alias
    )
    rows = [Row(each.alias or each.type, each.value) for each in tx.select(statement, _Source)]
    rows.sort(key=lambda each: (-each.value, each.label))
    return _report(rows)


def by_department(tx: Tx, stretch: Stretch, sort: Sort) -> dict[str, Any]:
    """Count by the names of departments; of those that are gone nothing is counted."""
    statement: Select[Any] = (
        select(departments.c.name, func.count())
        .join_from(rooms, departments, departments.c.id == rooms.c.department_id)
        .where(*stretch.conditions())
        .group_by(departments.c.name)
    )
    rows = _sorted(tx.select(statement, Row), sort, {"_id": _label}, [("total", 1)])
    return _report(rows, _count(tx, stretch, rooms.c.department_id.is_(None)))


def by_tag(tx: Tx, stretch: Stretch, sort: Sort) -> dict[str, Any]:
    """Count by tags; a conversation counts for each of its tags."""
    tags = texts_of(rooms.c.tags)
    statement: Select[Any] = (
        select(tags.c.value, func.count())
        .select_from(rooms.join(tags, true()))
        .where(*stretch.conditions(), rooms.c.tags.is_not(None))
        .group_by(tags.c.value)
    )
    rows = _sorted(tx.select(statement, Row), sort, {"_id": _label}, [("total", 1)])
    untagged = or_(rooms.c.tags.is_(None), rooms.c.tags == [])
    return _report(rows, _count(tx, stretch, untagged))


def by_agent(tx: Tx, stretch: Stretch, sort: Sort) -> dict[str, Any]:
    """Count by who serves or served the conversations at their end."""
    counted = (
        select(rooms.c.agent_id, func.count().label("value"))
        .where(*stretch.conditions(), SERVED)
        .group_by(unindexed(rooms.c.agent_id))
        .subquery()
    )
    name = func.coalesce(func.nullif(users.c.name, ""), counted.c.agent_id)
    statement: Select[Any] = select(name, counted.c.value, counted.c.agent_id).select_from(
        counted.outerjoin(users, users.c.id == counted.c.agent_id)
    )
    keys = {"_id": _row_id, "name": _label}
    rows = _sorted(tx.select(statement, Row), sort, keys, [("name", 1)])
    return _report(rows, _count(tx, stretch, rooms.c.agent_id.is_(None)))


def _count(tx: Tx, stretch: Stretch, condition: ColumnElement[bool]) -> int:
    statement: Select[Any] = select(func.count()).where(*stretch.conditions(), condition)
    (found,) = tx.select(statement, int)
    return found


def _label(row: Row) -> Any:
    return row.label


def _row_id(row: Row) -> Any:
    return row.row_id or ""


def _value(row: Row) -> Any:
    return row.value


def _sorted(
    rows: list[Row], sort: Sort, keys: Mapping[str, Callable[[Row], Any]], default: Sort
) -> list[Row]:
    """Return the rows in the order that is wanted, as far as there are keys for it."""
    known = {"total": _value, **keys}
    order = [each for each in sort if each[0] in known] or default
    found = sorted(rows, key=_label)
    for name, direction in reversed(order):
        found.sort(key=known[name], reverse=direction == -1)
    return found


def _report(rows: list[Row], unspecified: int | None = None) -> dict[str, Any]:
    report: dict[str, Any] = {
        "total": sum(each.value for each in rows),
        "data": [_shown(each) for each in rows],
    }
    return report if unspecified is None else {**report, "unspecified": unspecified}


def _shown(row: Row) -> dict[str, Any]:
    return {"label": row.label, "value": row.value}
