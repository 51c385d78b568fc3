"""All SQL of call rooms."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    delete,
    false,
    func,
    or_,
    select,
    update,
)

from frontdesk.calls.records import CallRoom
from frontdesk.calls.tables import call_rooms
from frontdesk.db import Command, Insert, Query, columns_of
from frontdesk.db.json_text import holds_any
from frontdesk.db.text_order import by_code_points
from frontdesk.http.paging import Page

_CALLS = columns_of(call_rooms, CallRoom)

CALL = Query(_CALLS.where(call_rooms.c.id == bindparam("room_id")), CallRoom)
#: PostgreSQL: whoever changes a room waits for the one before. SQLite has one writer anyway.
CALL_TO_CHANGE = Query(
    _CALLS.where(call_rooms.c.id == bindparam("room_id")).with_for_update(), CallRoom
)
OPEN_CALL_OF_VISITOR = Query(
    _CALLS.where(call_rooms.c.visitor_token == bindparam("token"), call_rooms.c.open.is_(True)),
    CallRoom,
)
CALLS_OF_VISITOR = Query(
    select(call_rooms.c.id).where(call_rooms.c.visitor_token == bindparam("token")), str
)
REMOVE_CALL = Command(delete(call_rooms).where(call_rooms.c.id == bindparam("room_id")))
#: A second open room of the same visitor is not inserted; the unique rule decides.
INSERT_CALL = Insert(call_rooms, skip_conflicts=True)
NOTE_MESSAGE = Command(
    update(call_rooms)
    .where(call_rooms.c.id == bindparam("room_id"))
    .values(
        message_count=call_rooms.c.message_count + 1,
        last_message_at=bindparam("last_message_at"),
        last_message=bindparam("last_message"),
        updated_at=bindparam("now"),
    )
)
#: One closer: `open` is part of the condition.
CLOSE_CALL = Command(
    update(call_rooms)
    .where(call_rooms.c.id == bindparam("room_id"), call_rooms.c.open.is_(True))
    .values(
        open=false(),
        visitor_status="offline",
        closed_at=bindparam("closed_at"),
        closer=bindparam("closer"),
        closed_by_id=bindparam("closed_by_id"),
        closed_by_username=bindparam("closed_by_username"),
        duration=bindparam("duration"),
        hold_time=bindparam("hold_time"),
        tags=bindparam("tags"),
        message_count=call_rooms.c.message_count + 1,
        last_message_at=bindparam("last_message_at"),
        last_message=bindparam("last_message"),
        updated_at=bindparam("closed_at"),
    )
)

# Lists ---------------------------------------------------------------------------------------


class CallFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which call rooms are wanted; None or nothing means any. Times are milliseconds, both ends
    included; `agents` are ids or user names, `tags` any of which must be there, `name` a part of
    the room's name in any case.
    """

    open: bool
    agents: Sequence[str] = ()
    tags: Sequence[str] = ()
    opened_from: int | None = None
    opened_to: int | None = None
    closed_from: int | None = None
    closed_to: int | None = None
    queue: str | None = None
    visitor_id: str | None = None
    direction: str | None = None
    name: str | None = None


def calls_page(wanted: CallFilter, page: Page, columns: Mapping[str, str]) -> Select[Any]:
    """Return the statement of one page of the wanted call rooms, newest first by default.

    `columns` names the column of each key that `page.sort` may hold; other keys are ignored.
    """
    order = [(columns[key], direction) for key, direction in page.sort if key in columns]
    statement = _CALLS.where(*_conditions(wanted))
    for name, direction in order or [("opened_at", -1)]:
        column = call_rooms.c[name]
        each = by_code_points(column) if isinstance(column.type, String) else column
        # What is missing comes before everything else, as clients of the API are used to.
        statement = statement.order_by(
            each.asc().nulls_first() if direction == 1 else each.desc().nulls_last()
        )
    # The id at the end makes the order total.
    return statement.order_by(call_rooms.c.id).offset(page.offset).limit(page.count)


def calls_total(wanted: CallFilter) -> Select[Any]:
    """Return the statement that counts all wanted call rooms."""
    return select(func.count()).select_from(call_rooms).where(*_conditions(wanted))


def _conditions(wanted: CallFilter) -> list[ColumnElement[bool]]:
    rooms = call_rooms.c
    conditions: list[ColumnElement[bool]] = [rooms.open.is_(wanted.open)]
    if wanted.agents:
        conditions.append(
            or_(rooms.agent_id.in_(wanted.agents), rooms.agent_username.in_(wanted.agents))
        )
    if wanted.tags:
        conditions.append(holds_any(rooms.tags, wanted.tags))
    if wanted.opened_from is not None:
        conditions.append(rooms.opened_at >= wanted.opened_from)
    if wanted.opened_to is not None:
        conditions.append(rooms.opened_at <= wanted.opened_to)
    if wanted.closed_from is not None:
        conditions.append(rooms.closed_at >= wanted.closed_from)
    if wanted.closed_to is not None:
        conditions.append(rooms.closed_at <= wanted.closed_to)
    if wanted.queue:
        conditions.append(rooms.queue == wanted.queue)
    if wanted.visitor_id:
        conditions.append(rooms.visitor_id == wanted.visitor_id)
    if wanted.direction:
        conditions.append(rooms.direction == wanted.direction)
    if wanted.name:
        conditions.append(rooms.name.icontains(wanted.name, autoescape=True))
    return conditions
