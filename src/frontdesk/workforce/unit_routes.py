"""The HTTP face of units and monitors."""

from typing import Any

from frontdesk.http import Call, Routes
from frontdesk.http.frame import body_value
from frontdesk.http.paging import OpenListQuery, page
from frontdesk.workforce import monitors, unit_listing
from frontdesk.workforce.saving_units import (
    change_unit,
    create_unit,
    read_unit_body,
    remove_unit,
)
from frontdesk.workforce.unit_schemas import (
    AvailableDepartmentsQuery,
    Monitor,
    SaveUnit,
    TextListQuery,
    unit_document,
)

units = Routes("Omnichannel Units")
monitor_routes = Routes("Omnichannel Monitors")

_MANAGE = ("manage-livechat-units",)
_UNIT = {
    "_id": "o5zNtKy7BcTMgyXtm",
    "name": "Europe",
    "visibility": "public",
    "type": "u",
    "numMonitors": 1,
    "numDepartments": 1,
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_UNIT_MONITOR = {
    "_id": "Gv8rxcv4WTEDnnGiT",
    "monitorId": "rbAXPnMktTFbNpwtJ",
    "unitId": "o5zNtKy7BcTMgyXtm",
    "username": "ann",
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_DEPARTMENT = {
    "_id": "k7vXpSxrYhLfbTqGW",
    "name": "Sales",
    "enabled": True,
    "type": "d",
    "numAgents": 1,
    "parentId": "o5zNtKy7BcTMgyXtm",
    "ancestors": ["o5zNtKy7BcTMgyXtm"],
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_DEPARTMENTS = {"departments": [_DEPARTMENT], "count": 1, "offset": 0, "total": 1}
_REQUEST = {
    "unitData": {"name": "Europe", "visibility": "public"},
    "unitMonitors": [{"monitorId": "rbAXPnMktTFbNpwtJ", "username": "ann"}],
    "unitDepartments": [{"departmentId": "k7vXpSxrYhLfbTqGW"}],
}
_REFUSALS = (
    "Match error: Expected object, got undefined",
    "Match error: Missing key 'visibility'",
)
_MONITOR = {
    "_id": "rbAXPnMktTFbNpwtJ",
    "username": "ann",
    "name": "Ann Smith",
    "status": "online",
    "emails": [{"address": "ann@example.org", "verified": True}],
}


@units.get("livechat/units", example={"units": [_UNIT], "count": 1, "offset": 0, "total": 1})
async def list_units(call: Call, query: TextListQuery) -> dict[str, Any]:
    """List the units.

    All of them for holders of `manage-livechat-units`; others see those that they monitor.
    """
    return await call.read(unit_listing.list_units, call.user, query, page(call.settings, query))


@units.post(
    "livechat/units",
    permissions=_MANAGE,
    body_by_hand=SaveUnit,
    request=_REQUEST,
    example=_UNIT,
    refusals=_REFUSALS,
)
async def new_unit(call: Call) -> dict[str, Any]:
    """Make a unit.

    With its monitors, of whom those without that role are skipped, and its departments, which
    leave the unit that they were in. The conversations of the departments belong to the unit.
    """
    return unit_document(await call.write(create_unit, read_unit_body(body_value(call))))


@units.post(
    "livechat/units/{id}",
    permissions=_MANAGE,
    body_by_hand=SaveUnit,
    request=_REQUEST,
    example=_UNIT,
    refusals=(*_REFUSALS, "Unit not found [error-unit-not-found]"),
)
async def changed_unit(call: Call) -> dict[str, Any]:
    """Change a unit.

    Monitors and departments that are not named leave it.
    """
    given = read_unit_body(body_value(call))
    return unit_document(await call.write(change_unit, call.user, call.path["id"], given))


@units.get("livechat/units/{id}", permissions=_MANAGE, example=_UNIT)
async def unit(call: Call) -> dict[str, Any]:
    """Read a unit.

    404 `Unit not found` for an unknown id.
    """
    return await call.read(unit_listing.read_unit, call.user, call.path["id"])


@units.delete(
    "livechat/units/{id}",
    permissions=_MANAGE,
    refusals=("Unit not found [unit-not-found]",),
)
async def removed_unit(call: Call) -> None:
    """Remove a unit.

    Its departments and their conversations stay.
    """
    await call.write(remove_unit, call.user, call.path["id"])


@units.get(
    "livechat/units/{unitId}/monitors",
    permissions=("manage-livechat-units", "manage-livechat-monitors"),
    any_permission=True,
    example={"monitors": [_UNIT_MONITOR]},
)
async def unit_monitors(call: Call) -> dict[str, Any]:
    """List who monitors a unit.

    By user name. Nobody monitors an unknown one.
    """
    found = await call.read(unit_listing.list_unit_monitors, call.path["unitId"])
    return {"monitors": found}


@units.get("livechat/units/{unitId}/departments", permissions=_MANAGE, example=_DEPARTMENTS)
async def unit_departments(call: Call, query: OpenListQuery) -> dict[str, Any]:
    """List the departments of a unit.

    By name, whatever their state. An unknown unit has none.
    """
    wanted = page(call.settings, query)
    return await call.read(unit_listing.list_unit_departments, call.path["unitId"], wanted)


@units.get(
    "livechat/units/{unitId}/departments/available", permissions=_MANAGE, example=_DEPARTMENTS
)
async def available_departments(call: Call, query: AvailableDepartmentsQuery) -> dict[str, Any]:
    """List the departments that a unit has or could have.

    Its own and those of no unit, by name. For a unit that is yet to be made any text may stand
    for its id.
    """
    wanted = page(call.settings, OpenListQuery(count=query.count, offset=query.offset))
    return await call.read(
        unit_listing.list_available_departments, call.user, call.path["unitId"], query, wanted
    )


@monitor_routes.get(
    "livechat/monitors",
    permissions=["manage-livechat-monitors"],
    example={"monitors": [_MONITOR], "count": 1, "offset": 0, "total": 1},
)
async def list_monitors(call: Call, query: TextListQuery) -> dict[str, Any]:
    """List the monitors.

    `text` is looked for in user name, name and e-mail addresses.
    """
    return await call.read(monitors.list_monitors, query, page(call.settings, query))


@monitor_routes.get(
    "livechat/monitors/{username}",
    permissions=["manage-livechat-monitors"],
    example=_MONITOR,
    refusals=("invalid-user",),
)
async def monitor(call: Call) -> dict[str, Any]:
    """Read a monitor.

    By the exact user name.
    """
    return await call.read(monitors.read_monitor, call.path["username"])


@monitor_routes.post(
    "livechat/monitors.create",
    permissions=["manage-livechat-monitors"],
    style="typed",
    request={"username": "ann"},
    example={"_id": "rbAXPnMktTFbNpwtJ", "username": "ann", "roles": ["user", "livechat-agent"]},
    refusals=("Invalid user [error-invalid-user]",),
)
async def new_monitor(call: Call, body: Monitor) -> dict[str, Any]:
    """Make a user a monitor.

    Of no unit as yet. The answer names the roles that the user had before.
    """
    user = await call.write(monitors.appoint_monitor, body.username)
    return {"_id": user.id, "username": user.username, "roles": user.roles}


@monitor_routes.post(
    "livechat/monitors.delete",
    permissions=["manage-livechat-monitors"],
    style="typed",
    request={"username": "ann"},
    refusals=("Invalid user",),
)
async def removed_monitor(call: Call, body: Monitor) -> None:
    """Take the role of a monitor from a user.

    He monitors no unit any more. A user who is no monitor is no error.
    """
    await call.write(monitors.dismiss_monitor, body.username)
