"""Lists of units, their monitors and departments.

Source: behaviour of the API, workforce, section 7.
"""

from typing import Any

from frontdesk.db import Tx
from frontdesk.errors import NotFound
from frontdesk.http.call import Principal
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page
from frontdesk.workforce import queries
from frontdesk.workforce.restrictions import monitored_units, restriction_of
from frontdesk.workforce.schemas import department_document
from frontdesk.workforce.unit_schemas import (
    AvailableDepartmentsQuery,
    TextListQuery,
    unit_document,
    unit_monitor_document,
)


def list_units(tx: Tx, caller: Principal, query: TextListQuery, page: Page) -> dict[str, Any]:
    """Return the units with a text in their name, by name unless sorted otherwise.

    Who does not manage units, or is limited to some, sees those that he monitors.
    """
    text = (query.text or "").casefold()
    visible = None
    if not caller.may("manage-livechat-units"):
        visible = monitored_units(tx, caller.id)
    elif (restriction := restriction_of(tx, caller)) is not None:
        visible = restriction.unit_ids
    documents = [
        unit_document(each)
        for each in tx.all(queries.ALL_UNITS)
        if text in each.name.casefold() and (visible is None or each.id in visible)
    ]
    return listed_page("units", documents, page, [("name", 1)])


def read_unit(tx: Tx, caller: Principal, unit_id: str) -> dict[str, Any]:
    """Return a unit; raises NotFound, also for one that the caller does not see."""
    restriction = restriction_of(tx, caller)
    unit = tx.one(queries.UNIT, unit_id=unit_id)
    if unit is None or (restriction is not None and unit_id not in restriction.unit_ids):
        raise NotFound("Unit not found")
    return unit_document(unit)


def list_unit_monitors(tx: Tx, unit_id: str) -> list[dict[str, Any]]:
    """Return who monitors a unit, by user name; nobody for an unknown one."""
    return [
        unit_monitor_document(each) for each in tx.all(queries.MONITORS_OF_UNIT, unit_id=unit_id)
    ]


def list_unit_departments(tx: Tx, unit_id: str, page: Page) -> dict[str, Any]:
    """Return the departments of a unit, in whatever state, by name; none for an unknown unit."""
    documents = [
        department_document(each) for each in tx.all(queries.DEPARTMENTS_OF_UNIT, unit_id=unit_id)
    ]
    return listed_page("departments", documents, page, [("name", 1), ("_id", 1)])


def list_available_departments(
    tx: Tx, caller: Principal, unit_id: str, query: AvailableDepartmentsQuery, page: Page
) -> dict[str, Any]:
    """Return the departments that a unit has or could have: its own and those of no unit.

    Any text may stand for the id of a unit that is yet to be made.
    """
    text = (query.text or "").casefold()
    restriction = restriction_of(tx, caller) if query.onlyMyDepartments == "true" else None
    documents = [
        department_document(each)
        for each in tx.all(queries.ALL_DEPARTMENTS)
        if each.parent_id in (None, unit_id)
        and text in each.name.casefold()
        and (restriction is None or each.id in restriction.department_ids)
    ]
    return listed_page("departments", documents, page, [("name", 1)])
