"""Saving and removing units: departments and conversations that monitors watch over.

Source: behaviour of the API, workforce, sections 7.2 and 7.4.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from frontdesk.conversations.belonging import follow_unit
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.http.call import Principal
from frontdesk.http.match import check_match
from frontdesk.ids import random_id
from frontdesk.workforce import queries
from frontdesk.workforce.appointing import MONITOR
from frontdesk.workforce.placing import move_department
from frontdesk.workforce.records import Unit, UnitMonitor
from frontdesk.workforce.restrictions import restriction_of
from frontdesk.workforce.unit_schemas import UNIT_SHAPES, SaveUnit


def read_unit_body(body: Any) -> SaveUnit:
    """Return the unit that a decoded body describes; raises Refused `Match error: ...`."""
    given = body if isinstance(body, dict) else {}
    for name, shape in UNIT_SHAPES.items():
        if name not in given:
            wanted = "object" if name == "unitData" else "array"
            raise Refused(f"Match error: Expected {wanted}, got undefined")
        check_match(given[name], shape)
    return msgspec.convert(given, SaveUnit)


def create_unit(tx: Tx, given: SaveUnit) -> Unit:
    """Make a unit; return it. Users who are no monitors and unknown departments are skipped."""
    unit = Unit(random_id(), given.unitData.name, given.unitData.visibility, tx.now)
    tx.insert(queries.INSERT_UNIT, unit)
    return _with_members(tx, unit, given)


def change_unit(tx: Tx, caller: Principal, unit_id: str, given: SaveUnit) -> Unit:
    """Change a unit, its monitors and departments; return it. Who is left out is out.

    Raises Coded `error-unit-not-found`, also for one that the caller may not touch.
    """
    unit = _unit_to_change(tx, caller, unit_id)
    if unit is None:
        raise Coded("error-unit-not-found", "Unit not found")
    tx.patch(
        queries.PATCH_UNIT,
        unit_id,
        name=given.unitData.name,
        visibility=given.unitData.visibility,
        updated_at=tx.now,
    )
    return _with_members(tx, unit, given)


def remove_unit(tx: Tx, caller: Principal, unit_id: str) -> None:
    """Remove a unit; its departments and conversations stay, and belong to none.

    Raises Coded `unit-not-found`, also for one that the caller may not touch.
    """
    unit = _unit_to_change(tx, caller, unit_id)
    if unit is None:
        raise Coded("unit-not-found", "Unit not found")
    _set_departments(tx, unit, ())
    tx.run(queries.DELETE_MONITORS_OF_UNIT, unit_id=unit_id)
    tx.run(queries.DELETE_UNIT, unit_id=unit_id)


def _unit_to_change(tx: Tx, caller: Principal, unit_id: str) -> Unit | None:
    restriction = restriction_of(tx, caller)
    if restriction is not None and unit_id not in restriction.unit_ids:
        return None
    return tx.one(queries.UNIT_TO_CHANGE, unit_id=unit_id)


def _with_members(tx: Tx, unit: Unit, given: SaveUnit) -> Unit:
    _set_departments(tx, unit, [each.departmentId for each in given.unitDepartments])
    tx.run(queries.DELETE_MONITORS_OF_UNIT, unit_id=unit.id)
    for named in given.unitMonitors:
        user = tx.one(queries.STAFF_MEMBER, user_id=named.monitorId)
        if user is not None and MONITOR in user.roles:
            link = UnitMonitor(random_id(), unit.id, user.id, tx.now)
            tx.insert(queries.INSERT_UNIT_MONITOR, link)
    return tx.one(queries.UNIT, unit_id=unit.id) or unit


def _set_departments(tx: Tx, unit: Unit, department_ids: Iterable[str]) -> None:
    """Let a unit have exactly these departments, also such as another unit had before."""
    wanted = set(department_ids)
    follow_unit(tx, unit.id, sorted(wanted))
    present = {each.id for each in tx.all(queries.DEPARTMENTS_OF_UNIT, unit_id=unit.id)}
    # In one order for everybody: who locks several departments must not meet who does it backwards.
    for department_id in sorted(present | wanted):
        department = tx.one(queries.DEPARTMENT_TO_CHANGE, department_id=department_id)
        if department is None:
            continue
        if department_id in wanted:
            move_department(tx, department, unit.id)
        elif department.parent_id == unit.id:
            move_department(tx, department, None)
