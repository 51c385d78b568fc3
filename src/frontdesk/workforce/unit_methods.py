"""The real-time methods of units, monitors and business hours: for clients older than their REST
successors.

Saving a business hour needs the permission that it needs over REST, where the reference asks for
none. Source: behaviour of the API, workforce, section 10.
"""

from typing import Annotated, Any, Literal

import msgspec

from frontdesk.errors import Coded, Refused
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods
from frontdesk.workforce import monitors, saving_units
from frontdesk.workforce.business_hour_schemas import (
    BusinessHourName,
    GivenWorkHours,
    SaveBusinessHour,
)
from frontdesk.workforce.restrictions import units_and_departments
from frontdesk.workforce.saving_business_hours import remove_business_hour, save_business_hour
from frontdesk.workforce.unit_schemas import unit_document

methods = Methods()

_HOURS = ["view-livechat-business-hours"]
_MONITORS = ["manage-livechat-monitors"]
_UNITS = ["manage-livechat-units"]


class GivenBusinessHour(msgspec.Struct, rename="camel"):
    """A business hour as older clients save it; other members are tolerated."""

    active: bool
    type: Literal["default", "custom", ""]
    work_hours: Annotated[list[GivenWorkHours], msgspec.Meta(min_length=1)]
    name: BusinessHourName = ""
    timezone_name: str = ""
    departments_to_apply_business_hour: str = ""
    business_hour_id: str | None = msgspec.field(default=None, name="_id")


@methods.method("livechat:saveBusinessHour", permissions=_HOURS)
async def save_hour(caller: Caller, given: GivenBusinessHour) -> None:
    """Make or change a business hour."""
    hour = SaveBusinessHour(
        name=given.name,
        timezoneName=given.timezone_name,
        daysOpen=[],
        departmentsToApplyBusinessHour=given.departments_to_apply_business_hour,
        active=given.active,
        type=given.type,
        workHours=given.work_hours,
        business_hour_id=given.business_hour_id,
    )
    await caller.write(save_business_hour, caller.settings, hour)


@methods.method("livechat:removeBusinessHour", permissions=_HOURS)
async def remove_hour(caller: Caller, hour_id: str, kind: Literal["default", "custom"]) -> None:
    """Remove a custom business hour."""
    await caller.write(remove_business_hour, caller.settings, hour_id, kind)


@methods.method("livechat:addMonitor", permissions=_MONITORS)
async def add_monitor(caller: Caller, username: str) -> dict[str, Any]:
    """Make a user a monitor; answers the roles that the user had before."""
    user = await caller.write(monitors.appoint_monitor, username)
    return {"_id": user.id, "username": user.username, "roles": user.roles}


@methods.method("livechat:removeMonitor", permissions=_MONITORS)
async def remove_monitor(caller: Caller, username: str) -> bool:
    """Take the role of a monitor from a user."""
    try:
        await caller.write(monitors.dismiss_monitor, username)
    except Refused as refusal:
        details = {"method": "livechat:removeMonitor"}
        raise Coded("error-invalid-user", str(refusal), details) from refusal
    return True


@methods.method("livechat:saveUnit", permissions=_UNITS)
async def save_unit(
    caller: Caller, unit_id: str | None, data: Any, members: Any, departments: Any
) -> dict[str, Any]:
    """Make or change a unit."""
    body = {"unitData": data, "unitMonitors": members, "unitDepartments": departments}
    given = saving_units.read_unit_body(body)
    if unit_id:
        saved = await caller.write(saving_units.change_unit, caller.user, unit_id, given)
    else:
        saved = await caller.write(saving_units.create_unit, given)
    return unit_document(saved)


@methods.method("livechat:removeUnit", permissions=_UNITS)
async def remove_unit(caller: Caller, unit_id: str) -> bool:
    """Remove a unit."""
    await caller.write(saving_units.remove_unit, caller.user, unit_id)
    return True


@methods.method("livechat:getUnitsFromUser")
async def own_units(caller: Caller) -> list[str] | None:
    """Answer the ids of the units and departments that the caller is limited to, if any."""
    return await caller.read(units_and_departments, caller.user)
