"""Units and monitors on the wire, and the input of their endpoints."""

from typing import Any, ClassVar

import msgspec

from frontdesk.clock import iso
from frontdesk.http.match import BOOLEAN, STRING, anything, array_of, object_of
from frontdesk.http.paging import OpenListQuery
from frontdesk.workforce.queries import NamedMonitor
from frontdesk.workforce.records import StaffMember, Unit


def unit_document(unit: Unit) -> dict[str, Any]:
    """Return a unit."""
    return {
        "_id": unit.id,
        "name": unit.name,
        "visibility": unit.visibility,
        "type": "u",
        "numMonitors": unit.monitor_count,
        "numDepartments": unit.department_count,
        "_updatedAt": iso(unit.updated_at),
    }


def unit_monitor_document(monitor: NamedMonitor) -> dict[str, Any]:
    """Return somebody's watch over a unit."""
    return {
        "_id": monitor.id,
        "monitorId": monitor.monitor_id,
        "unitId": monitor.unit_id,
        "username": monitor.username,
        "_updatedAt": iso(monitor.updated_at),
    }


def monitor_document(member: StaffMember) -> dict[str, Any]:
    """Return a monitor; absent members are left out."""
    document = {
        "_id": member.id,
        "username": member.username,
        "name": member.name,
        "status": member.status,
        "statusLivechat": member.status_livechat,
        "emails": member.emails,
        "livechat": member.livechat,
    }
    return {name: value for name, value in document.items() if value is not None}


class TextListQuery(OpenListQuery, kw_only=True):
    """Query of lists that look for a text; unknown parameters are tolerated."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"text": {"type": "string", "description": "A part of the name."}},
    }

    text: str | None = None


class AvailableDepartmentsQuery(OpenListQuery, kw_only=True):
    """Query of GET livechat/units/{unitId}/departments/available."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "text": {"type": "string", "description": "A part of the name."},
            "onlyMyDepartments": {
                "type": "string",
                "description": "`true`: only those that the caller is responsible for.",
            },
        },
    }

    text: str | None = None
    onlyMyDepartments: str | None = None


class Monitor(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/monitors.create and livechat/monitors.delete."""

    username: str


class UnitData(msgspec.Struct):
    """What is kept of a unit; the reference takes more and keeps no more either."""

    name: str
    visibility: str


class UnitMonitorId(msgspec.Struct):
    """A monitor of a unit; the user name is looked up, not taken over."""

    monitorId: str
    username: str


class UnitDepartmentId(msgspec.Struct):
    """A department of a unit."""

    departmentId: str


class SaveUnit(msgspec.Struct):
    """Body of POST livechat/units and livechat/units/{id}, which is checked by hand."""

    unitData: UnitData
    unitMonitors: list[UnitMonitorId]
    unitDepartments: list[UnitDepartmentId]


#: The shapes of the three members, in the order in which they are judged (workforce, 7.2).
UNIT_SHAPES = {
    "unitData": object_of(
        {"name": STRING, "visibility": STRING},
        optional={
            "enabled": BOOLEAN,
            "description": STRING,
            "email": STRING,
            "showOnOfflineForm": BOOLEAN,
        },
    ),
    "unitMonitors": array_of(object_of({"monitorId": STRING, "username": STRING}, others=anything)),
    "unitDepartments": array_of(object_of({"departmentId": STRING}, others=anything)),
}
