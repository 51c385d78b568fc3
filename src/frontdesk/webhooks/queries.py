"""All SQL of webhooks."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    true,
    update,
)

from frontdesk.db import Command, Query, columns_of
from frontdesk.http.paging import Page
from frontdesk.webhooks.records import Attempt, Delivery
from frontdesk.webhooks.tables import webhook_deliveries, webhook_log


def _add(table: Table) -> Query[int]:
    """Return the insert of a row at the next position, which it returns."""
    columns = [column.name for column in table.c if column.name != "position"]
    values: dict[str, Any] = {name: bindparam(name) for name in columns}
    return Query(insert(table).values(values).returning(table.c.position), int)


ADD_DELIVERY = _add(webhook_deliveries)
FIRST_DELIVERY = Query(
    columns_of(webhook_deliveries, Delivery)
    .where(webhook_deliveries.c.lane == bindparam("of_lane"))
    .order_by(webhook_deliveries.c.position)
    .limit(1),
    Delivery,
)
IS_WAITING = Query(
    select(webhook_deliveries.c.position)
    .where(webhook_deliveries.c.lane == bindparam("of_lane"))
    .limit(1),
    int,
)
NOTE_FAILURE = Command(
    update(webhook_deliveries)
    .where(webhook_deliveries.c.position == bindparam("at_position"))
    .values(attempts=webhook_deliveries.c.attempts + 1)
)
REMOVE_DELIVERY = Command(
    delete(webhook_deliveries).where(webhook_deliveries.c.position == bindparam("at_position"))
)
#: Each lane with its conversation, if it has one.
LANES = Query(
    select(webhook_deliveries.c.lane, webhook_deliveries.c.room_id).distinct(),
    lambda lane, room_id: (str(lane), room_id),
)
FORGET_DELIVERIES_OF_ROOM = Command(
    delete(webhook_deliveries).where(webhook_deliveries.c.room_id == bindparam("of_room"))
)
COUNT_DELIVERIES = Query(select(func.count()).select_from(webhook_deliveries), int)

ADD_ATTEMPT = _add(webhook_log)
TRIM_BY_NUMBER = Command(
    delete(webhook_log).where(
        webhook_log.c.position
        <= select(func.max(webhook_log.c.position)).scalar_subquery() - bindparam("kept")
    )
)
TRIM_BY_AGE = Command(delete(webhook_log).where(webhook_log.c.at < bindparam("before")))


def attempts_of(page: Page, **wanted: str | None) -> Select[Any]:
    """Return the select of one page of attempts, newest first; `wanted` are values of columns."""
    return (
        columns_of(webhook_log, Attempt)
        .where(_fits(wanted))
        .order_by(webhook_log.c.position.desc())
        .limit(page.count)
        .offset(page.offset)
    )


def count_attempts(**wanted: str | None) -> Select[Any]:
    """Return the select of the number of attempts."""
    return select(func.count()).select_from(webhook_log).where(_fits(wanted))


def _fits(wanted: dict[str, str | None]) -> ColumnElement[bool]:
    conditions = [
        webhook_log.c[name] == value for name, value in wanted.items() if value is not None
    ]
    return and_(true(), *conditions)
