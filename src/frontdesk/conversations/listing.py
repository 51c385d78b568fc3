"""Lists of conversations and of the queue.

Source: behaviour of the API, conversations, sections 3.2, 4.1 and 4.3.
"""

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, func, or_, select

from frontdesk.conversations.queue_order import queue_order
from frontdesk.conversations.records import Inquiry, Room
from frontdesk.conversations.room_counts import count_rooms
from frontdesk.conversations.room_filters import room_filter
from frontdesk.conversations.room_pages import rooms_of_page
from frontdesk.conversations.schemas import RoomListQuery, inquiry_document, room_document
from frontdesk.conversations.tables import WAITING, inquiries
from frontdesk.db import Tx, columns_of
from frontdesk.db.text_order import by_code_points
from frontdesk.errors import Forbidden, Refused
from frontdesk.http.call import Principal
from frontdesk.http.date_range import date_range
from frontdesk.http.paging import Page, listed
from frontdesk.workforce.finding import (
    department_by_id_or_name,
    departments_of_agent,
    find_department,
)
from frontdesk.workforce.records import Department

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: What is missing comes before all else, on every database.
_INQUIRY_ORDER: dict[str, ColumnElement[Any]] = {
    "_id": inquiries.c.id,
    "ts": inquiries.c.created_at,
    "name": by_code_points(func.coalesce(inquiries.c.name, "")),
    "status": inquiries.c.status,
    "department": func.coalesce(inquiries.c.department_id, ""),
    "queuedAt": func.coalesce(inquiries.c.queued_at, 0),
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
    wanted = room_filter(tx, user, query, created, closed)
    total = count_rooms(tx, wanted)
    found = rooms_of_page(tx, wanted, page, total)
    ids = {room.department_id for room in found}
    departments = {each: find_department(tx, each) for each in ids}
    documents = [_with_department(room, departments[room.department_id]) for room in found]
    return listed("rooms", documents, page, total)


def _with_department(room: Room, department: Department | None) -> dict[str, Any]:
    document = room_document(room)
    if department is not None:
        document["department"] = {"_id": department.id, "name": department.name}
    return document


def list_queue(tx: Tx, department: str | None, page: Page) -> dict[str, Any]:
    """Return the queued inquiries of the workspace, or of one department by id or name."""
    conditions: list[ColumnElement[bool]] = [WAITING]
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
    tx: Tx, settings: "Settings", user: Principal, department_id: str | None, page: Page
) -> dict[str, Any]:
    """Return the queued inquiries that a user may take, in the order of the queue.

    Keys that the client sorts by come first; where the queue has one of them too, its direction
    counts. Raises Refused `error-not-authorized` for a department that the user does not belong to.
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
    order = {**dict(page.sort), **dict(queue_order(settings))}
    in_order = msgspec.structs.replace(page, sort=tuple(order.items()))
    return _inquiry_page(tx, [WAITING, visible], in_order, [])


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
