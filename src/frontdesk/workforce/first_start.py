"""The business hour that every workspace has from its first start."""

from frontdesk.clock import server_zone
from frontdesk.db import Tx
from frontdesk.ids import random_id
from frontdesk.workforce import queries
from frontdesk.workforce.business_calendar import DAYS
from frontdesk.workforce.records import BusinessHour, WorkHours

#: From eight to eight on working days (workforce, 2.6).
_START, _FINISH = "08:00", "20:00"
_CLOSED = ("Saturday", "Sunday")


def prepare_business_hours(tx: Tx) -> None:
    """Create the default business hour, in the machine's time zone, if there is none."""
    if tx.one(queries.DEFAULT_BUSINESS_HOUR) is not None:
        return
    hour = BusinessHour(
        id=random_id(),
        kind="default",
        name="",
        active=True,
        time_zone=server_zone(),
        work_hours=[WorkHours(day, day not in _CLOSED, _START, _FINISH) for day in DAYS],
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.insert(queries.INSERT_BUSINESS_HOUR, hour)
