"""The order in which conversations wait.

A total order, whatever the mechanism: the id decides at last. Indexes hold it (see tables.py), so
that the first of ten thousand is found as fast as the first of ten.

Source: behaviour of the API, conversations, section 2.9.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, or_, select

from frontdesk.conversations.records import Inquiry
from frontdesk.conversations.tables import WAITING, inquiries
from frontdesk.db import Query, Tx, columns_of

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

Key = tuple[str, Literal[1, -1]]

_COLUMNS: dict[str, ColumnElement[Any]] = {
    "priorityWeight": inquiries.c.priority_weight,
    "estimatedWaitingTimeQueue": inquiries.c.estimated_wait,
    "ts": inquiries.c.created_at,
    "_updatedAt": inquiries.c.updated_at,
    "_id": inquiries.c.id,
}
_BY_TIME: tuple[Key, ...] = (("ts", 1), ("_updatedAt", -1))
#: By the value of Omnichannel_sorting_mechanism; for any other value, `Timestamp`.
_ORDERS: dict[str, tuple[Key, ...]] = {
    "Timestamp": _BY_TIME,
    "Priority": (("priorityWeight", 1), *_BY_TIME),
    "SLAs": (("estimatedWaitingTimeQueue", 1), *_BY_TIME),
}
_department = inquiries.c.department_id
_of_department = _department == bindparam("department_id")


class Waiting(msgspec.Struct, frozen=True):
    """A conversation that waits, in the queue of a department or, without one, the public queue."""

    room_id: str
    department_id: str | None


class _Statements(msgspec.Struct, frozen=True):
    """The statements for one way to sort the queue."""

    first: Query[Waiting]
    first_of_department: Query[Waiting]
    all: Query[Waiting]
    all_of_department: Query[Waiting]
    before: Query[int]
    before_in_department: Query[int]


def queue_order(settings: "Settings") -> tuple[Key, ...]:
    """Return the keys of the queue's order, as clients name them, each with its direction."""
    return _ORDERS[_mechanism(settings)]


def first_in_queues(tx: Tx, settings: "Settings") -> list[Waiting]:
    """Return the first conversation of each queue that has any; the public queue comes first."""
    statements = _STATEMENTS[_mechanism(settings)]
    public = tx.one(statements.first)
    found = [] if public is None else [public]
    department_id = tx.one(_NEXT_DEPARTMENT, after="")
    while department_id is not None:
        first = tx.one(statements.first_of_department, department_id=department_id)
        if first is not None:
            found.append(first)
        department_id = tx.one(_NEXT_DEPARTMENT, after=department_id)
    return found


def whole_queue(tx: Tx, settings: "Settings", department_id: str | None) -> list[Waiting]:
    """Return what waits for a department, or all that waits, in the order of the queue."""
    statements = _STATEMENTS[_mechanism(settings)]
    if department_id is None:
        return tx.all(statements.all)
    return tx.all(statements.all_of_department, department_id=department_id)


def place_in_queue(tx: Tx, settings: "Settings", inquiry: Inquiry) -> int:
    """Return the place of a waiting conversation in its department, or else in all; from 1."""
    statements = _STATEMENTS[_mechanism(settings)]
    itself = {
        "weight": inquiry.priority_weight,
        "wait": inquiry.estimated_wait,
        "created_at": inquiry.created_at,
        "updated_at": inquiry.updated_at,
        "inquiry_id": inquiry.id,
    }
    if inquiry.department_id is None:
        before = tx.one(statements.before, **itself)
    else:
        before = tx.one(
            statements.before_in_department, department_id=inquiry.department_id, **itself
        )
    return (before or 0) + 1


def waiting_inquiries(tx: Tx) -> list[Inquiry]:
    """Return all that waits, in no order."""
    return tx.all(_ALL_WAITING)


def _mechanism(settings: "Settings") -> str:
    mechanism = settings.text("Omnichannel_sorting_mechanism")
    return mechanism if mechanism in _ORDERS else "Timestamp"


def _order_by(keys: Sequence[Key]) -> list[ColumnElement[Any]]:
    ordered = [_COLUMNS[name].asc() if way == 1 else _COLUMNS[name].desc() for name, way in keys]
    return [*ordered, _COLUMNS["_id"].asc()]


_ITSELF: dict[str, ColumnElement[Any]] = {
    "priorityWeight": bindparam("weight", type_=Integer),
    "estimatedWaitingTimeQueue": bindparam("wait", type_=Integer),
    "ts": bindparam("created_at", type_=inquiries.c.created_at.type),
    "_updatedAt": bindparam("updated_at", type_=inquiries.c.updated_at.type),
    "_id": bindparam("inquiry_id", type_=inquiries.c.id.type),
}


def _is_before(keys: Sequence[Key]) -> ColumnElement[bool]:
    """Return the condition that a row stands before the one that is given."""
    ways: list[ColumnElement[bool]] = []
    equal: list[ColumnElement[bool]] = []
    for name, way in (*keys, ("_id", 1)):
        column, own = _COLUMNS[name], _ITSELF[name]
        ways.append(and_(*equal, column < own if way == 1 else column > own))
        equal.append(column == own)
    return or_(*ways)


def _statements(keys: Sequence[Key]) -> _Statements:
    order = _order_by(keys)
    waiting = select(inquiries.c.room_id, _department).where(WAITING)
    # The department is named in the order too: only so does PostgreSQL see that the index of the
    # queue is in this order where the department is NULL.
    public = waiting.where(_department.is_(None)).order_by(_department, *order)
    of_department = waiting.where(_of_department).order_by(_department, *order)
    before = select(func.count()).select_from(inquiries).where(WAITING, _is_before(keys))
    return _Statements(
        first=Query(public.limit(1), Waiting),
        first_of_department=Query(of_department.limit(1), Waiting),
        all=Query(waiting.order_by(*order), Waiting),
        all_of_department=Query(of_department, Waiting),
        before=Query(before, int),
        before_in_department=Query(before.where(_of_department), int),
    )


_STATEMENTS = {mechanism: _statements(keys) for mechanism, keys in _ORDERS.items()}
_NEXT_DEPARTMENT = Query(
    select(_department)
    .where(WAITING, _department > bindparam("after"))
    .order_by(_department)
    .limit(1),
    str,
)
_ALL_WAITING = Query(columns_of(inquiries, Inquiry).where(WAITING), Inquiry)
