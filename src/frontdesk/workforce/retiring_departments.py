"""Archiving departments, taking them back, and removing them for good.

Open conversations go on with their agents. Source: behaviour of the API, workforce, sections 5.7
and 5.8.
"""

from typing import TYPE_CHECKING

from frontdesk.conversations.belonging import forget_department
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.workforce import queries
from frontdesk.workforce.keeping_hours import leave_hours, refresh_hours
from frontdesk.workforce.linking import remove_all_members, set_links_enabled

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def archive_department(tx: Tx, settings: "Settings", department_id: str) -> None:
    """Archive a department, which disables it; archiving it again changes nothing.

    Raises Refused `department-not-found`.
    """
    department = tx.one(queries.DEPARTMENT_TO_CHANGE, department_id=department_id)
    if department is None:
        raise Refused("department-not-found")
    tx.patch(
        queries.PATCH_DEPARTMENT, department_id, archived=True, enabled=False, updated_at=tx.now
    )
    agent_ids = set_links_enabled(tx, department_id, False)
    leave_hours(tx, settings, department)
    refresh_hours(tx, settings, agent_ids)


def unarchive_department(tx: Tx, settings: "Settings", department_id: str) -> None:
    """Take a department back out of the archive; it stays disabled.

    Raises Coded `department-not-found`.
    """
    department = tx.one(queries.DEPARTMENT_TO_CHANGE, department_id=department_id)
    if department is None:
        raise Coded("department-not-found")
    tx.patch(queries.PATCH_DEPARTMENT, department_id, archived=False, updated_at=tx.now)
    agent_ids = set_links_enabled(tx, department_id, department.enabled)
    refresh_hours(tx, settings, agent_ids)


def remove_department(tx: Tx, settings: "Settings", department_id: str) -> None:
    """Remove a department, its memberships, and what other departments say of it.

    Conversations, open and closed, belong to no department afterwards; their inquiries and
    visitors keep the id. Raises Refused `error-department-removal-disabled` or
    `error-department-not-found`.
    """
    if not settings.flag("Omnichannel_enable_department_removal"):
        raise Refused("error-department-removal-disabled")
    # Conversations first: whoever changes one looks at its department afterwards.
    forget_department(tx, department_id)
    department = tx.one(queries.DEPARTMENT_TO_CHANGE, department_id=department_id)
    if department is None:
        raise Refused("error-department-not-found")
    leave_hours(tx, settings, department)
    agent_ids = remove_all_members(tx, department_id)
    tx.run(queries.DELETE_DEPARTMENT, department_id=department_id)
    _forget_in_others(tx, department_id)
    refresh_hours(tx, settings, agent_ids)


def _forget_in_others(tx: Tx, department_id: str) -> None:
    """Let no department fall back on, or be forwarded to, one that is gone."""
    for other in tx.all(queries.ALL_DEPARTMENTS):
        allowed = [each for each in other.allowed_to_forward or () if each != department_id]
        falls_back = other.fallback_id == department_id
        if not falls_back and len(allowed) == len(other.allowed_to_forward or ()):
            continue
        document = dict(other.document)
        if falls_back:
            document["fallbackForwardDepartment"] = ""
        if other.allowed_to_forward:
            document["departmentsAllowedToForward"] = allowed
        tx.patch(
            queries.PATCH_DEPARTMENT,
            other.id,
            fallback_id=None if falls_back else other.fallback_id,
            allowed_to_forward=allowed or None,
            document=document,
            updated_at=tx.now,
        )
