"""The HTTP face of business hours."""

from typing import Any

from frontdesk.http import Call, Routes
from frontdesk.http.paging import page
from frontdesk.workforce.business_hour_listing import list_business_hours, read_business_hour
from frontdesk.workforce.business_hour_schemas import (
    BusinessHourListQuery,
    BusinessHourQuery,
    RemoveBusinessHour,
    SaveBusinessHour,
)
from frontdesk.workforce.saving_business_hours import remove_business_hour, save_business_hour

routes = Routes("Omnichannel Business Hours")

#: Also for saving and removing: who may see them on the pages of clients may change them there.
_PERMISSION = ("view-livechat-business-hours",)
_MONDAY_AT_8 = {
    "time": "08:00",
    "utc": {"dayOfWeek": "Monday", "time": "07:00"},
    "cron": {"dayOfWeek": "Monday", "time": "07:00"},
}
_MONDAY_AT_20 = {
    "time": "20:00",
    "utc": {"dayOfWeek": "Monday", "time": "19:00"},
    "cron": {"dayOfWeek": "Monday", "time": "19:00"},
}
_HOUR = {
    "_id": "5eeed2c5ffea9759d3a0e5ac",
    "name": "Support",
    "active": True,
    "type": "custom",
    "ts": "2026-03-01T10:00:00.000Z",
    "timezone": {"name": "Europe/Berlin", "utc": "+01:00"},
    "workHours": [
        {"day": "Monday", "start": _MONDAY_AT_8, "finish": _MONDAY_AT_20, "open": True, "code": 1}
    ],
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}


@routes.get(
    "livechat/business-hour",
    permissions=_PERMISSION,
    style="typed",
    example={"businessHour": _HOUR},
)
async def business_hour(call: Call, query: BusinessHourQuery) -> dict[str, Any]:
    """Read a business hour.

    The default one; with `type=custom` the one with the given `_id`, with its departments, or
    `null`. Times are those of its zone, in UTC, and on the server's clock (`cron`).
    """
    return {"businessHour": await call.read(read_business_hour, query)}


@routes.get(
    "livechat/business-hours",
    permissions=_PERMISSION,
    example={"businessHours": [_HOUR], "count": 1, "offset": 0, "total": 1},
)
async def business_hours(call: Call, query: BusinessHourListQuery) -> dict[str, Any]:
    """List the business hours.

    The default one among them. `name` is a part of the name.
    """
    return await call.read(list_business_hours, query, page(call.settings, query))


@routes.post(
    "livechat/business-hours.save",
    permissions=_PERMISSION,
    style="typed",
    request={
        "name": "Support",
        "timezoneName": "Europe/Berlin",
        "daysOpen": ["Monday"],
        "departmentsToApplyBusinessHour": "k7vXpSxrYhLfbTqGW",
        "active": True,
        "type": "custom",
        "workHours": [{"day": "Monday", "start": "08:00", "finish": "20:00", "open": True}],
    },
    refusals=(
        "error-business-hour-name-already-in-use",
        "error-business-hour-not-found",
        "error-invalid-timezone",
        "error-business-hour-finish-time-before-start-time",
        "error-business-hour-finish-time-equals-start-time",
    ),
)
async def save_hour(call: Call, body: SaveBusinessHour) -> None:
    """Make or change a business hour.

    With `_id` that one is changed; the default one is always named by its id. A custom one is for
    the departments whose ids are given with commas between them. Agents are switched at once if
    business hours are kept (setting).
    """
    await call.write(save_business_hour, call.settings, body)


@routes.post(
    "livechat/business-hours.remove",
    permissions=_PERMISSION,
    style="typed",
    request={"_id": "5eeed2c5ffea9759d3a0e5ac", "type": "custom"},
)
async def remove_hour(call: Call, body: RemoveBusinessHour) -> None:
    """Remove a custom business hour.

    Its departments have the default one again. The default one cannot be removed.
    """
    await call.write(remove_business_hour, call.settings, body.business_hour_id, body.type)
