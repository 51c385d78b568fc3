"""Lists of conversations and of the queue.

Source: behaviour of the API, conversations, sections 3.2, 4.1 and 4.3.
"""

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, func, or_, select

from frontdesk.conversations.records import Inquiry, Room
from frontdesk.conversations.schemas import RoomListQuery, inquiry_document, room_document
from frontdesk.conversations.tables import inquiries, rooms
from frontdesk.db import Tx, columns_of
from frontdesk.db.json_text import holds_any, json_member
from frontdesk.errors import Forbidden, Refused
from frontdesk.http.call import Principal
from frontdesk.http.date_range import date_range
from frontdesk.http.paging import Page, listed
from frontdesk.workforce.finding import (
    department_by_id_or_name,
    departments_of_agent,
    find_department,
)

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_TRUE = ("t", "true", "1")
_ROOM_ORDER: dict[str, ColumnElement[Any]] = {
    "_id": rooms.c.id,
    "ts": rooms.c.opened_at,
    "lm": rooms.c.last_message_at,
    "fname": rooms.c.display_name,
    "name": rooms.c.display_name,
    "closedAt": rooms.c.closed_at,
    "departmentId": rooms.c.department_id,
    "servedBy": rooms.c.agent_username,
    "servedBy.username": rooms.c.agent_username,
    "servedBy._id": rooms.c.agent_id,
    "priorityWeight": rooms.c.priority_weight,
    "estimatedWaitingTimeQueue": rooms.c.estimated_wait,
    "queuedAt": rooms.c.queued_at,
    "msgs": rooms.c.message_count,
    "_updatedAt": rooms.c.updated_at,
}
_INQUIRY_ORDER: dict[str, ColumnElement[Any]] = {
    "_id": inquiries.c.id,
    "ts": inquiries.c.created_at,
    "name": inquiries.c.name,
    "status": inquiries.c.status,
    "department": inquiries.c.department_id,
    "queuedAt": inquiries.c.queued_at,
    "priorityWeight": inquiries.c.priority_weight,
    "estimatedWaitingTimeQueue": inquiries.c.estimated_wait,
    "_updatedAt": inquiries.c.updated_at,
}


def list_rooms(
    tx: Tx, settings: "Settings", user: Principal, query: RoomListQuery, page: Page
) -> dict[str, Any]:
    """Return the conversations that fit all filters, newest first unless sorted otherwise.

    Raises Refused for dates and custom fields that cannot be read, Forbidden for an agent who
    asks for more than the own conversations.
    """
    created = date_range("createdAt", query.createdAt)
    closed = date_range("closedAt", query.closedAt)
    if not user.may("view-livechat-rooms"):
        own = user.may("view-l-room") and query.agents == [user.id]
        if not own:
            raise Forbidden
    conditions = [
        rooms.c.kind == "l",
        *_between(rooms.c.opened_at, created),
        *_between(rooms.c.closed_at, closed),
        *_filters(query),
    ]
    found = tx.select(
        _paged(columns_of(rooms, Room).where(*conditions), page, _ROOM_ORDER, [("ts", -1)]), Room
    )
    total = tx.select(select(func.count()).select_from(rooms).where(*conditions), int)[0]
    return listed("rooms", [_with_department(tx, room) for room in found], page, total)


def _with_department(tx: Tx, room: Room) -> dict[str, Any]:
    document = room_document(room)
    department = find_department(tx, room.department_id)
    if department is not None:
        document["department"] = {"_id": department.id, "name": department.name}
    return document


def _filters(query: RoomListQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.agents:
        conditions.append(rooms.c.agent_id.in_(query.agents))
    departments = [each for each in query.departmentId or () if each != "undefined"]
    if departments:
        conditions.append(rooms.c.department_id.in_(departments))
    if query.roomName:
        conditions.append(_named(query.roomName))
    conditions.extend(_state(query))
    if query.tags:
        conditions.append(holds_any(rooms.c.tags, query.tags))
    if query.units:
        conditions.append(holds_any(rooms.c.department_ancestors, query.units))
    if query.customFields is not None:
        conditions.extend(_custom_fields(query.customFields))
    return conditions


def _state(query: RoomListQuery) -> list[ColumnElement[bool]]:
    """Return the condition of `open`, `onhold` and `queued` together."""
    if query.queued in _TRUE:
        return [rooms.c.open.is_(True), rooms.c.agent_id.is_(None), rooms.c.on_hold.is_(False)]
    held = query.onhold in _TRUE
    conditions: list[ColumnElement[bool]] = [rooms.c.on_hold.is_(True)] if held else []
    if query.open == "true":
        conditions += [rooms.c.open.is_(True), rooms.c.agent_id.is_not(None)]
    elif query.open == "false":
        conditions.append(rooms.c.open.is_(False))
    else:
        return conditions
    return conditions if held else [*conditions, rooms.c.on_hold.is_(False)]


def _named(name: str) -> ColumnElement[bool]:
    quoted = len(name) >= 2 and name[0] == name[-1] == '"'
    column = func.lower(rooms.c.display_name)
    if quoted:
        return column == name[1:-1].lower()
    return column.contains(name.lower(), autoescape=True)


def _custom_fields(text: str) -> list[ColumnElement[bool]]:
    try:
        wanted = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused('The "customFields" query parameter must be a valid JSON.') from error
    # The value is looked for as it is: a pattern of a stranger's is nothing to run on a table.
    return [
        json_member(rooms.c.livechat_data, key).icontains(str(value), autoescape=True)
        for key, value in wanted.items()
    ]


def _between(
    column: ColumnElement[Any], bounds: tuple[int | None, int | None]
) -> list[ColumnElement[bool]]:
    start, end = bounds
    conditions: list[ColumnElement[bool]] = []
    if start is not None:
        conditions.append(column >= start)
    if end is not None:
        conditions.append(column <= end)
    return conditions


def list_queue(tx: Tx, department: str | None, page: Page) -> dict[str, Any]:
    """Return the queued inquiries of the workspace, or of one department by id or name."""
    conditions: list[ColumnElement[bool]] = [inquiries.c.status == "queued"]
    found = department_by_id_or_name(tx, department) if department else None
    if found is not None:
        conditions.append(inquiries.c.department_id == found.id)
    wanted = ("_id", "rid", "name", "ts", "status", "department")
    answer = _inquiry_page(tx, conditions, page, [("ts", -1)])
    answer["inquiries"] = [
        {name: each[name] for name in wanted if name in each} for each in answer["inquiries"]
    ]
    return answer


def list_queue_for_user(
    tx: Tx, user: Principal, department_id: str | None, page: Page
) -> dict[str, Any]:
    """Return the queued inquiries that a user may take, in the order of the queue.

    Raises Refused `error-not-authorized` for a department that the user does not belong to.
    """
    own = [
        each.department_id for each in departments_of_agent(tx, user.id) if each.department_enabled
    ]
    if department_id and own:
        if department_id not in own:
            raise Refused("error-not-authorized")
        own = [department_id]
    column = inquiries.c.department_id
    visible = or_(
        inquiries.c.default_agent_id == user.id,
        inquiries.c.default_agent_id.is_(None) & or_(column.is_(None), column.in_(own)),
    )
    order: list[tuple[str, Literal[1, -1]]] = [("ts", 1), ("_updatedAt", -1)]
    return _inquiry_page(tx, [inquiries.c.status == "queued", visible], page, order)


def _inquiry_page(
    tx: Tx,
    conditions: list[ColumnElement[bool]],
    page: Page,
    default: list[tuple[str, Literal[1, -1]]],
) -> dict[str, Any]:
    statement = columns_of(inquiries, Inquiry).where(*conditions)
    found = tx.select(_paged(statement, page, _INQUIRY_ORDER, default), Inquiry)
    total = tx.select(select(func.count()).select_from(inquiries).where(*conditions), int)[0]
    return listed("inquiries", [inquiry_document(each) for each in found], page, total)


def _paged(
    statement: Select[Any],
    page: Page,
    columns: dict[str, ColumnElement[Any]],
    default: list[tuple[str, Literal[1, -1]]],
) -> Select[Any]:
    """Order and cut a statement; the id at the end makes the order total."""
    keys = [key for key in page.sort if key[0] in columns] or default
    for name, direction in keys:
        column = columns[name]
        statement = statement.order_by(column.asc() if direction == 1 else column.desc())
    statement = statement.order_by(columns["_id"]).offset(page.offset)
    return statement if page.count is None else statement.limit(page.count)
