"""Saving and removing business hours.

Source: behaviour of the API, workforce, sections 3.9.2, 6.3 and 6.4.
"""

from typing import TYPE_CHECKING

import msgspec

from frontdesk.clock import is_time_zone, server_zone
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.ids import random_id
from frontdesk.workforce import queries
from frontdesk.workforce.business_hour_schemas import GivenWorkHours, SaveBusinessHour
from frontdesk.workforce.keeping_hours import hours_are_kept, keep_hours
from frontdesk.workforce.records import BusinessHour, WorkHours

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def save_business_hour(tx: Tx, settings: "Settings", given: SaveBusinessHour) -> None:
    """Make a custom business hour, or change it or the default one; it counts at once.

    The default one needs its id; without it nothing is stored. Departments belong to one custom
    business hour at the most and move here from another; unknown ids are skipped. Raises Refused
    `error-business-hour-name-already-in-use`, `error-business-hour-not-found`,
    `error-invalid-timezone`, `error-business-hour-finish-time-before-start-time` and
    `error-business-hour-finish-time-equals-start-time`.
    """
    is_default = given.type != "custom"
    if is_default and not given.business_hour_id:
        return
    present = _present(tx, given.business_hour_id, "default" if is_default else "custom")
    hour = BusinessHour(
        id=random_id() if present is None else present.id,
        kind="default" if is_default else "custom",
        name=given.name,
        active=given.active,
        time_zone=_zone(given.timezoneName),
        work_hours=[_checked(each) for each in given.workHours],
        created_at=tx.now if present is None else present.created_at,
        updated_at=tx.now,
    )
    if present is not None:
        tx.run(queries.DELETE_BUSINESS_HOUR, hour_id=hour.id)
    # A changed one is written anew, so that the unique rule decides about the name of either.
    if not tx.insert(queries.INSERT_BUSINESS_HOUR, hour):
        raise Refused("error-business-hour-name-already-in-use")
    if not is_default:
        wanted = {each for each in given.departmentsToApplyBusinessHour.split(",") if each}
        _set_departments(tx, hour.id, wanted)
    _keep(tx, settings)


def remove_business_hour(tx: Tx, settings: "Settings", hour_id: str, kind: str) -> None:
    """Remove a custom business hour; its departments have the default one again.

    The default one and unknown ids are left alone, without an error.
    """
    hour = tx.one(queries.BUSINESS_HOUR_TO_CHANGE, hour_id=hour_id)
    if kind != "custom" or hour is None or hour.kind != "custom":
        return
    _set_departments(tx, hour_id, set())
    tx.run(queries.DELETE_BUSINESS_HOUR, hour_id=hour_id)
    _keep(tx, settings)


def _present(tx: Tx, hour_id: str | None, kind: str) -> BusinessHour | None:
    """Return the business hour that is to be changed; None for a new one."""
    if not hour_id:
        return None
    found = tx.one(queries.BUSINESS_HOUR_TO_CHANGE, hour_id=hour_id)
    if found is None or found.kind != kind:
        raise Refused("error-business-hour-not-found")
    return found


def _zone(name: str) -> str:
    if not name:
        return server_zone()
    if not is_time_zone(name):
        raise Refused("error-invalid-timezone")
    return name


def _checked(given: GivenWorkHours) -> WorkHours:
    start, finish = given.start[:5], given.finish[:5]  # seconds do not count
    if given.open and finish < start:
        raise Refused("error-business-hour-finish-time-before-start-time")
    if given.open and finish == start:
        raise Refused("error-business-hour-finish-time-equals-start-time")
    return msgspec.convert(given, WorkHours, from_attributes=True)


def _set_departments(tx: Tx, hour_id: str, wanted: set[str]) -> None:
    present = {each.id for each in tx.all(queries.DEPARTMENTS_OF_BUSINESS_HOUR, hour_id=hour_id)}
    # In one order for everybody: who locks several departments must not meet who does it backwards.
    for department_id in sorted(present ^ wanted):
        department = tx.one(queries.DEPARTMENT_TO_CHANGE, department_id=department_id)
        if department is None:
            continue
        tx.patch(
            queries.PATCH_DEPARTMENT,
            department_id,
            business_hour_id=hour_id if department_id in wanted else None,
            updated_at=tx.now,
        )


def _keep(tx: Tx, settings: "Settings") -> None:
    """Let what was saved count; where no business hours are kept, nobody is touched."""
    if hours_are_kept(settings):
        keep_hours(tx, settings)
