"""Business hours on the wire, and the input of their endpoints."""

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import msgspec

from frontdesk.clock import iso, server_zone
from frontdesk.http.paging import OpenListQuery
from frontdesk.workforce.business_calendar import DAYS, on_another_clock, utc_offset
from frontdesk.workforce.records import BusinessHour, Department, WorkHours


def business_hour_document(hour: BusinessHour, now: int) -> dict[str, Any]:
    """Return a business hour.

    What it is on other clocks, in UTC and on the server's (`cron`), is computed for the week that
    `now` (ms) is in: it moves when the clocks change.
    """
    return {
        "_id": hour.id,
        "name": hour.name,
        "active": hour.active,
        "type": hour.kind,
        "ts": iso(hour.created_at),
        "timezone": {"name": hour.time_zone, "utc": utc_offset(hour.time_zone, now)},
        "workHours": [_work_hours(hour, each, now) for each in hour.work_hours],
        "_updatedAt": iso(hour.updated_at),
    }


def named_departments(departments: Iterable[Department]) -> list[dict[str, Any]]:
    """Return the departments of a business hour with their names."""
    return [{"_id": each.id, "name": each.name} for each in departments]


def _work_hours(hour: BusinessHour, entry: WorkHours, now: int) -> dict[str, Any]:
    def clocks(time: str) -> dict[str, Any]:
        def shown(zone: str) -> dict[str, str]:
            day, clock = on_another_clock(entry.day, time, hour.time_zone, zone, now)
            return {"dayOfWeek": day, "time": clock}

        return {"time": time, "utc": shown("UTC"), "cron": shown(server_zone())}

    return {
        "day": entry.day,
        "start": clocks(entry.start),
        "finish": clocks(entry.finish),
        "open": entry.open,
        "code": DAYS.index(entry.day) + 1,
    }


# Input ---------------------------------------------------------------------------------------

_Time = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$")]
_Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
#: The name is indexed, and an index takes no more than 2,700 bytes.
BusinessHourName: TypeAlias = Annotated[str, msgspec.Meta(max_length=500)]


class BusinessHourQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Query of GET livechat/business-hour."""

    business_hour_id: str | None = msgspec.field(default=None, name="_id")
    type: str | None = None


class BusinessHourListQuery(OpenListQuery, kw_only=True):
    """Query of GET livechat/business-hours; unknown parameters are tolerated."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"name": {"type": "string", "description": "A part of the name."}},
    }

    name: str | None = None


class GivenWorkHours(msgspec.Struct, forbid_unknown_fields=True):
    """Open time on one day, as it is sent."""

    day: _Day
    start: _Time
    finish: _Time
    open: bool


class DayTime(msgspec.Struct, forbid_unknown_fields=True):
    """A time within `daysTime`."""

    time: str


class GivenDaysTime(msgspec.Struct, forbid_unknown_fields=True):
    """An entry of `daysTime`, which clients send besides and nobody reads."""

    day: str
    start: DayTime
    finish: DayTime
    open: bool


class SaveBusinessHour(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/business-hours.save. `daysOpen`, `daysTime` and `timezone` are not
    read: each entry of `workHours` says itself whether that day is open.
    """

    name: BusinessHourName
    timezoneName: str
    daysOpen: list[str]
    departmentsToApplyBusinessHour: str
    active: bool
    type: Literal["default", "custom", ""]
    workHours: Annotated[list[GivenWorkHours], msgspec.Meta(min_length=1)]
    business_hour_id: str | None = msgspec.field(default=None, name="_id")
    timezone: str | None = None
    daysTime: Annotated[list[GivenDaysTime], msgspec.Meta(min_length=1)] | None = None


class RemoveBusinessHour(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/business-hours.remove."""

    business_hour_id: str = msgspec.field(name="_id")
    type: Literal["default", "custom"]
