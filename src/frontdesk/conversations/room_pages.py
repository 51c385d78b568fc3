"""Which conversations stand on a page of a list, found in the quickest way that is known.

A list is either walked in its order until the page is full, which is quick when many fit, or what
fits is gathered and then put in order, which is quick when few do. How many fit is known: a list
tells its total anyway.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import msgspec
from sqlalchemy import ColumnElement, Select, func, select

from frontdesk.conversations.records import Room
from frontdesk.conversations.room_counts import can_gather, gathered
from frontdesk.conversations.room_filters import IS_OPEN, RoomFilter, unindexed
from frontdesk.conversations.room_texts import opening_order
from frontdesk.conversations.tables import room_tags, room_texts, rooms
from frontdesk.db import Tx, columns_of
from frontdesk.db.text_order import by_code_points
from frontdesk.http.paging import Page

Key: TypeAlias = tuple[str, Literal[1, -1]]

#: So many are gathered at the most. To walk through a million conversations until a page of 25 is
#: full takes about as long when so many fit. It is quicker where an index alone tells what fits.
FEW = 3_000
FEW_BY_NAME = 500
#: What `ix_rooms_listing` tells of a conversation.
_IN_LISTING = frozenset({"name", "created"})
#: Conditions of one value whose index keeps the order of opening.
_ONE_VALUE = ("name", "agents", "departments")
#: What is missing comes before all else, on every database.
_ORDER: dict[str, ColumnElement[Any]] = {
    "_id": rooms.c.id,
    "ts": rooms.c.opened_at,
    "lm": func.coalesce(rooms.c.last_message_at, 0),
    "fname": by_code_points(func.coalesce(rooms.c.display_name, "")),
    "name": by_code_points(func.coalesce(rooms.c.display_name, "")),
    "closedAt": func.coalesce(rooms.c.closed_at, 0),
    "departmentId": func.coalesce(rooms.c.department_id, ""),
    "servedBy": by_code_points(func.coalesce(rooms.c.agent_username, "")),
    "servedBy.username": by_code_points(func.coalesce(rooms.c.agent_username, "")),
    "servedBy._id": func.coalesce(rooms.c.agent_id, ""),
    "priorityWeight": rooms.c.priority_weight,
    "estimatedWaitingTimeQueue": rooms.c.estimated_wait,
    "queuedAt": func.coalesce(rooms.c.queued_at, 0),
    "msgs": rooms.c.message_count,
    "_updatedAt": rooms.c.updated_at,
}

#: Those that an index keeps in order, with the time of opening behind them or beside them.
_INDEXED = {
    "closedAt": rooms.c.closed_at,
    "departmentId": rooms.c.department_id,
    "servedBy._id": rooms.c.agent_id,
}


class _Moment(msgspec.Struct, frozen=True):
    """A conversation and a time of it in ms."""

    room_id: str
    at: int


def rooms_of_page(tx: Tx, wanted: RoomFilter, page: Page, total: int) -> list[Room]:
    """Return the conversations on a page of the `total` that fit; newest first by default."""
    if page.offset >= total:
        return []
    ids = _ids(tx, wanted, page, total)
    found = tx.select(columns_of(rooms, Room).where(rooms.c.id.in_(ids)), Room)
    by_id = {each.id: each for each in found}
    return [by_id[each] for each in ids]


def _ids(tx: Tx, wanted: RoomFilter, page: Page, total: int) -> list[str]:
    keys = [key for key in page.sort if key[0] in _ORDER] or [("ts", -1)]
    name, way = keys[0]
    if name == "ts":
        statement = _by_time(wanted, way, total)
        return tx.select(_cut(statement, page.offset, page.count), str)
    if total > FEW and wanted.state != "open":
        if name in _INDEXED:
            return _by_index(tx, wanted, _INDEXED[name], way, page)
        if name == "lm":
            return _by_last_message(tx, wanted, way, page)
    statement = _gathered(wanted).where(*wanted.where_state())
    statement = statement.order_by(*(_in_order(_ORDER[key], way) for key, way in keys))
    return tx.select(_cut(statement.order_by(rooms.c.id), page.offset, page.count), str)


def _by_time(wanted: RoomFilter, way: int, total: int) -> Select[tuple[str]]:
    """Return the select in the order in which conversations were opened."""
    by_index = wanted.state == "any" and _IN_LISTING.issuperset(wanted.conditions)
    many = total > (FEW_BY_NAME if by_index else FEW)
    alone = next((path for path in _ONE_VALUE if path in wanted.one_value), None)
    order: ColumnElement[Any] = rooms.c.opened_at
    if wanted.words is not None and not many:
        statement = (
            select(rooms.c.id)
            .join_from(room_texts, rooms, rooms.c.id == room_texts.c.room_id)
            .where(wanted.words, *wanted.where())
        )
        order = opening_order(rooms.c.opened_at)
    elif wanted.state == "open" and not many:
        statement = _gathered(wanted)
        order = unindexed(rooms.c.opened_at)
    elif alone is not None:
        statement = select(rooms.c.id).where(*wanted.where(alone))
    elif len(wanted.tags) == 1:
        statement = (
            select(rooms.c.id)
            .join_from(room_tags, rooms, rooms.c.id == room_tags.c.room_id)
            .where(room_tags.c.tag == wanted.tags[0], *wanted.where(known="tags"))
        )
        order = room_tags.c.opened_at
    elif not many and can_gather(wanted):
        statement = _gathered(wanted)
        order = unindexed(rooms.c.opened_at)
    else:
        statement = select(rooms.c.id).where(*wanted.where("created"))
    return statement.where(*wanted.where_state()).order_by(_in_order(order, way), rooms.c.id)


def _gathered(wanted: RoomFilter) -> Select[tuple[str]]:
    """Return the select of what fits but for the state, in no order; if only what is open is
    wanted, perhaps of that.
    """
    if wanted.state == "open" and wanted.words is None:
        conditions = [IS_OPEN, *wanted.where()]
    else:
        conditions = gathered(wanted)
    return select(rooms.c.id).where(*conditions)


def _by_index(
    tx: Tx, wanted: RoomFilter, column: ColumnElement[Any], way: int, page: Page
) -> list[str]:
    """Return the ids in the order of an index; what has no value comes before all that has."""
    conditions = [*wanted.where(), *wanted.where_state()]
    without = IS_OPEN if column is rooms.c.closed_at else column.is_(None)
    opened_at = unindexed(rooms.c.opened_at) if without is IS_OPEN else rooms.c.opened_at
    valued = (
        select(rooms.c.id)
        .where(column.is_not(None), *conditions)
        .order_by(_in_order(column, way), _in_order(rooms.c.opened_at, way), rooms.c.id)
    )
    others = (
        select(rooms.c.id)
        .where(without, *conditions)
        .order_by(_in_order(opened_at, way), rooms.c.id)
    )
    return _one_after_the_other(tx, (valued, others) if way == -1 else (others, valued), page)


def _one_after_the_other(tx: Tx, parts: Sequence[Select[tuple[str]]], page: Page) -> list[str]:
    found: list[str] = []
    offset, count = page.offset, page.count
    for part in parts:
        ids = tx.select(_cut(part, offset, count), str)
        found += ids
        if count is not None:
            count -= len(ids)
            if count == 0:
                break
        if not ids:
            before = select(func.count()).select_from(part.order_by(None).subquery())
            offset = max(0, offset - tx.select(before, int)[0])
        else:
            offset = 0
    return found


def _by_last_message(tx: Tx, wanted: RoomFilter, way: int, page: Page) -> list[str]:
    """Return the ids by the times of the last messages: that of a closed conversation is the one
    that closed it.
    """
    end = None if page.count is None else page.offset + page.count
    closed = (
        select(rooms.c.id, rooms.c.closed_at)
        .where(rooms.c.closed_at.is_not(None), *wanted.where())
        .order_by(_in_order(rooms.c.closed_at, way), rooms.c.id)
    )
    moments = tx.select(_cut(closed, 0, end), _Moment)
    if wanted.state != "closed":
        still_open = select(rooms.c.id, rooms.c.last_message_at).where(IS_OPEN, *wanted.where())
        moments += tx.select(still_open, _Moment)
    moments.sort(key=lambda moment: (way * moment.at, moment.room_id))
    return [moment.room_id for moment in moments[page.offset : end]]


def _in_order(column: ColumnElement[Any], way: int) -> ColumnElement[Any]:
    return column.asc() if way == 1 else column.desc()


def _cut(statement: Select[Any], offset: int, count: int | None) -> Select[Any]:
    statement = statement.offset(offset)
    return statement if count is None else statement.limit(count)
