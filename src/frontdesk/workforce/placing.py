"""Putting a department into a unit, or taking it out of one, when the department is saved.

Source: behaviour of the API, workforce, sections 3.10 and 5.4.
"""

from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.http.call import Principal
from frontdesk.workforce import queries
from frontdesk.workforce.records import Department
from frontdesk.workforce.restrictions import monitored_units

_FREE = frozenset(("admin", "livechat-manager"))


def require_another_department(tx: Tx, department: Department, unit_id: str | None) -> None:
    """Raise Coded `error-unit-cant-be-empty` if the department is the only one of the unit that it
    would be taken out of.
    """
    if department.parent_id is None or unit_id is not None:
        return
    # Counted once the unit is ours: two departments must not leave at the same time.
    tx.one(queries.UNIT_TO_CHANGE, unit_id=department.parent_id)
    if len(tx.all(queries.DEPARTMENTS_OF_UNIT, unit_id=department.parent_id)) == 1:
        raise Coded(
            "error-unit-cant-be-empty",
            "The last department in a unit can't be removed",
            {"method": "livechat:saveDepartment"},
        )


def place_department(
    tx: Tx, caller: Principal, department: Department, unit_id: str | None
) -> None:
    """Put a department into a unit; None takes it out of the one it is in.

    Monitors move departments between their own units only; anything else they ask for, and an
    unknown unit, changes nothing. The conversations that the department has already stay with the
    unit that they were opened under.
    """
    if not _may_place(tx, caller, department, unit_id):
        return
    if unit_id is None or tx.one(queries.UNIT_TO_CHANGE, unit_id=unit_id) is not None:
        move_department(tx, department, unit_id)


def move_department(tx: Tx, department: Department, unit_id: str | None) -> None:
    """Write down which unit a department is in; there are no units within units."""
    if department.parent_id == unit_id:
        return
    tx.patch(
        queries.PATCH_DEPARTMENT,
        department.id,
        parent_id=unit_id,
        ancestors=None if unit_id is None else [unit_id],
        updated_at=tx.now,
    )


def _may_place(tx: Tx, caller: Principal, department: Department, unit_id: str | None) -> bool:
    if not _FREE.isdisjoint(caller.roles):
        return True
    touched = {each for each in (unit_id, department.parent_id) if each is not None}
    return touched <= monitored_units(tx, caller.id)
