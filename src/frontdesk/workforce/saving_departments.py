"""Saving departments: new ones and changes.

Source: behaviour of the API, workforce, sections 5.3 to 5.6 and 5.10.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, UnsetType

from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.http.call import Principal
from frontdesk.http.match import check_match
from frontdesk.ids import random_id
from frontdesk.workforce import queries
from frontdesk.workforce.keeping_hours import leave_hours, refresh_hours
from frontdesk.workforce.limits import chat_limit, whole_number
from frontdesk.workforce.linking import Linking, change_members, set_links_enabled
from frontdesk.workforce.placing import place_department, require_another_department
from frontdesk.workforce.records import Department
from frontdesk.workforce.schemas import DEPARTMENT, SERVER_MEMBERS, ChangeDepartmentAgents

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_METHOD = {"method": "livechat:saveDepartment"}


def create_department(
    tx: Tx,
    settings: "Settings",
    caller: Principal,
    given: dict[str, Any],
    agents: Iterable[Mapping[str, Any]],
    unit_id: str | None = None,
) -> Department:
    """Create a department with its agents, in a unit if one is named; return it.

    Raises Refused `Match error: ...` for a wrong shape, and Coded
    `error-validating-department-chat-closing-tags` or `error-fallback-department-not-found`.
    """
    check_match(given, DEPARTMENT)
    _require_closing_tags(given)
    _require_fallback(tx, given)
    document = _own_members(given)
    department = Department(
        id=random_id(),
        document=document,
        created_at=tx.now,
        updated_at=tx.now,
        **_columns(document),
    )
    tx.insert(queries.INSERT_DEPARTMENT, department)
    change_members(tx, settings, department, _linkings(agents))
    place_department(tx, caller, department, unit_id)
    return _as_stored(tx, department)


def update_department(
    tx: Tx,
    settings: "Settings",
    caller: Principal,
    department_id: str,
    given: dict[str, Any],
    agents: Iterable[Mapping[str, Any]],
    unit_id: str | UnsetType | None = UNSET,
) -> Department:
    """Change a department and add agents to it; return it. What is not given stays.

    The department comes into the unit; None takes it out of the one it is in, and UNSET leaves it
    where it is. Raises what `create_department` raises, and Coded `error-unit-cant-be-empty`,
    `error-department-not-found`, `error-archived-department-cant-be-enabled` or
    `error-fallback-department-circular`, in the order of the API.
    """
    department = tx.one(queries.DEPARTMENT_TO_CHANGE, department_id=department_id)
    if department is not None and unit_id is not UNSET:
        require_another_department(tx, department, unit_id)
    if department is not None and department.archived and given.get("enabled") is True:
        raise Coded(
            "error-archived-department-cant-be-enabled",
            "Archived departments cant be enabled",
            _METHOD,
        )
    check_match(given, DEPARTMENT)
    _require_closing_tags(given)
    if department is None:
        raise Coded("error-department-not-found", "Department not found", _METHOD)
    if given.get("fallbackForwardDepartment") == department_id:
        raise Coded(
            "error-fallback-department-circular",
            "Cannot save department. Circular reference between fallback department and department",
        )
    _require_fallback(tx, given)
    document = {**department.document, **_own_members(given)}
    columns = _columns(document)
    tx.patch(
        queries.PATCH_DEPARTMENT, department_id, document=document, updated_at=tx.now, **columns
    )
    enabled: bool = columns["enabled"]
    change_members(tx, settings, department, _linkings(agents), enabled=enabled)
    if enabled != department.enabled:
        _follow_enabled(tx, settings, department, enabled)
    if unit_id is not UNSET:
        place_department(tx, caller, department, unit_id)
    return _as_stored(tx, department)


def change_department_agents(
    tx: Tx, settings: "Settings", department_id: str, changes: ChangeDepartmentAgents
) -> None:
    """Take agents out of a department and put others in.

    Raises Coded `error-department-not-found`.
    """
    department = tx.one(queries.DEPARTMENT_TO_CHANGE, department_id=department_id)
    if department is None:
        raise Coded("error-department-not-found", "Department not found")
    added = _linkings(msgspec.to_builtins(each) for each in changes.upsert)
    change_members(tx, settings, department, added, [each.agentId for each in changes.remove])


def _follow_enabled(tx: Tx, settings: "Settings", department: Department, enabled: bool) -> None:
    """Act on a department's having been enabled or disabled; `department` is as it was before."""
    agent_ids = set_links_enabled(tx, department.id, enabled)
    if not enabled:
        leave_hours(tx, settings, department)
    refresh_hours(tx, settings, agent_ids)


def _require_closing_tags(given: Mapping[str, Any]) -> None:
    if given.get("requestTagBeforeClosingChat") and not given.get("chatClosingTags"):
        raise Coded(
            "error-validating-department-chat-closing-tags",
            "At least one closing tag is required when the department requires tag(s) on closing "
            "conversations.",
            _METHOD,
        )


def _require_fallback(tx: Tx, given: Mapping[str, Any]) -> None:
    fallback_id = given.get("fallbackForwardDepartment")
    if fallback_id and tx.one(queries.DEPARTMENT, department_id=fallback_id) is None:
        raise Coded("error-fallback-department-not-found", "Fallback department not found", _METHOD)


def _own_members(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a client may say about a department."""
    return {name: value for name, value in given.items() if name not in SERVER_MEMBERS}


def _columns(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the rules read, out of what clients have sent."""
    return {
        "name": document["name"],
        "enabled": document["enabled"],
        "email": document["email"],
        "show_on_registration": document["showOnRegistration"],
        "show_on_offline_form": document["showOnOfflineForm"],
        "description": document.get("description"),
        "request_tag_before_closing": bool(document.get("requestTagBeforeClosingChat")),
        "closing_tags": document.get("chatClosingTags"),
        "offline_channel": document.get("offlineMessageChannelName") or None,
        "fallback_id": document.get("fallbackForwardDepartment") or None,
        "allowed_to_forward": document.get("departmentsAllowedToForward") or None,
        "receives_offline": bool(document.get("allowReceiveForwardOffline")),
        "chat_limit": chat_limit(document.get("maxNumberSimultaneousChat")),
        "inactivity_timeout": whole_number(document.get("visitorInactivityTimeoutInSeconds")),
        "abandoned_message": document.get("abandonedRoomsCloseCustomMessage") or None,
        "queue_message": document.get("waitingQueueMessage") or None,
    }


def _linkings(agents: Iterable[Mapping[str, Any]]) -> list[Linking]:
    return [
        Linking(
            agent_id=each["agentId"],
            chats_given=whole_number(each.get("count")) or 0,
            position=whole_number(each.get("order")) or 0,
        )
        for each in agents
    ]


def _as_stored(tx: Tx, department: Department) -> Department:
    return tx.one(queries.DEPARTMENT, department_id=department.id) or department
