"""Lists of departments and of their agents.

There are few of them, so they are filtered here; a text is found in any case, in any script.

Source: behaviour of the API, workforce, sections 5.1, 5.2, 5.5, 5.9, 5.11 and 5.12.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from frontdesk.db import Tx
from frontdesk.errors import NotFound, Refused
from frontdesk.http.call import Principal
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page
from frontdesk.workforce import queries
from frontdesk.workforce.records import Department
from frontdesk.workforce.restrictions import Restriction, restriction_of
from frontdesk.workforce.schemas import (
    AutocompleteQuery,
    DepartmentListQuery,
    department_document,
    link_document,
)


def list_departments(
    tx: Tx, caller: Principal, query: DepartmentListQuery, page: Page
) -> dict[str, Any]:
    """Return the departments that fit all filters, by name unless sorted otherwise."""
    return _listed(
        tx,
        caller,
        query,
        page,
        lambda each: (
            (each.enabled or query.enabled != "true")
            and (not each.archived or query.showArchived == "true")
        ),
    )


def list_archived_departments(
    tx: Tx, caller: Principal, query: DepartmentListQuery, page: Page
) -> dict[str, Any]:
    """Return the archived departments that fit the filters, by name unless sorted otherwise.

    Archived ones are never enabled, so that `enabled` is not looked at, nor `showArchived`.
    """
    return _listed(tx, caller, query, page, lambda each: each.archived)


def read_department(
    tx: Tx, caller: Principal, department_id: str, *, only_own: bool, with_agents: bool
) -> dict[str, Any]:
    """Return a department, archived or not, and its agents if they are wanted.

    `only_own` leaves out what the caller is not responsible for. Raises NotFound `Department not
    found`.
    """
    department = tx.one(queries.DEPARTMENT, department_id=department_id)
    restriction = restriction_of(tx, caller) if only_own else None
    if department is None or not _is_seen(department, restriction):
        raise NotFound("Department not found")
    answer: dict[str, Any] = {"department": department_document(department)}
    if with_agents:
        answer["agents"] = links_of_department(tx, department_id)
    return answer


def complete_departments(
    tx: Tx, caller: Principal, query: AutocompleteQuery
) -> list[dict[str, Any]]:
    """Return id and name of the departments whose name begins with what somebody types.

    The query's `selector` is JSON: `term`, `exceptions` (ids), and `conditions`, plain values that
    members of a department must have. Raises Refused for a selector that cannot be read.
    """
    selector = _selector(query.selector)
    term = selector.get("term")
    beginning = term.strip().casefold() if isinstance(term, str) else ""
    exceptions = selector.get("exceptions") or ()
    conditions = _conditions(selector.get("conditions") or {})
    restriction = restriction_of(tx, caller) if query.onlyMyDepartments == "true" else None
    return [
        {"_id": each.id, "name": each.name}
        for each in tx.all(queries.ALL_DEPARTMENTS)
        if each.name.casefold().startswith(beginning)
        and each.id not in exceptions
        and (not each.archived or query.showArchived == "true")
        and conditions.items() <= _plain(department_document(each)).items()
        and _is_seen(each, restriction)
    ]


def departments_by_ids(tx: Tx, department_ids: Any) -> list[dict[str, Any]]:
    """Return the departments with these ids, in whatever state; unknown ids are skipped.

    Raises Refused if the ids are missing or no list.
    """
    if department_ids is None:
        raise Refused("The 'ids' param is required")
    if not isinstance(department_ids, list):
        raise Refused("The 'ids' param must be an array")
    return [
        department_document(each)
        for each in tx.all(queries.ALL_DEPARTMENTS)
        if each.id in department_ids
    ]


def links_of_department(tx: Tx, department_id: str) -> list[dict[str, Any]]:
    """Return the memberships of a department, by user name."""
    return [
        link_document(each)
        for each in tx.all(queries.DEPARTMENT_AGENTS, department_id=department_id)
    ]


def list_department_agents(tx: Tx, department_id: str, page: Page) -> dict[str, Any]:
    """Return a page of the memberships of a department, by user name unless sorted otherwise."""
    return listed_page("agents", links_of_department(tx, department_id), page, [("username", 1)])


def _listed(
    tx: Tx,
    caller: Principal,
    query: DepartmentListQuery,
    page: Page,
    fits: Callable[[Department], bool],
) -> dict[str, Any]:
    text = (query.text or "").casefold()
    restriction = restriction_of(tx, caller) if query.onlyMyDepartments == "true" else None
    documents = [
        department_document(each)
        for each in tx.all(queries.ALL_DEPARTMENTS)
        if text in each.name.casefold()
        and each.id != query.excludeDepartmentId
        and fits(each)
        and _is_seen(each, restriction)
    ]
    return listed_page("departments", documents, page, [("name", 1)])


def _is_seen(department: Department, restriction: Restriction | None) -> bool:
    return restriction is None or department.id in restriction.department_ids


def _selector(text: str | None) -> Mapping[str, Any]:
    if not text:
        raise Refused("The 'selector' param is required")
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused(f"The 'selector' param must be valid JSON: {error}") from error


def _conditions(given: Any) -> dict[str, Any]:
    plain = _plain(given) if isinstance(given, dict) else {}
    if plain != given:
        raise Refused("The 'conditions' of the selector must be plain values")
    return plain


def _plain(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that are texts, numbers or flags, and can be compared."""
    return {
        name: value
        for name, value in members.items()
        if isinstance(value, str | int | float | bool)
    }
