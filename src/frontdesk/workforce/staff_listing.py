"""Lists of agents and managers, and of their departments.

There are few of each, so they are filtered here; a text is found in any case, in any script.

Source: behaviour of the API, workforce, sections 4.1, 4.3 and 4.7.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from frontdesk.db import Tx
from frontdesk.errors import Forbidden, Refused
from frontdesk.http.call import Principal
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page
from frontdesk.workforce import queries
from frontdesk.workforce.appointing import ROLES
from frontdesk.workforce.queries import Membership
from frontdesk.workforce.records import StaffMember
from frontdesk.workforce.schemas import (
    StaffListQuery,
    link_document,
    listed_staff_document,
    staff_document,
)

#: Holders of any of these may list the agents or managers.
_READERS = {
    "agent": ("transfer-livechat-guest", "edit-omnichannel-contact"),
    "manager": ("view-livechat-manager",),
}


def list_staff(
    tx: Tx, caller: Principal, kind: str, query: StaffListQuery, page: Page
) -> dict[str, Any]:
    """Return the agents or managers who fit all filters, by name unless sorted otherwise.

    Raises Refused `Invalid type`, Forbidden.
    """
    if kind not in ROLES:
        raise Refused("Invalid type")
    if not any(caller.may(permission) for permission in _READERS[kind]):
        raise Forbidden
    members = tx.all(queries.AGENTS if kind == "agent" else queries.MANAGERS)
    fits = _filter(kind, query)
    found = [each for each in members if fits(each)]
    departments = _department_ids(tx, [each.id for each in found])
    documents = [listed_staff_document(each, departments[each.id]) for each in found]
    return listed_page("users", documents, page, [("name", 1)])


def _filter(kind: str, query: StaffListQuery) -> Callable[[StaffMember], bool]:
    text = (query.text or "").casefold()

    def fits(member: StaffMember) -> bool:
        if text and not any(text in each.casefold() for each in _searched(member)):
            return False
        if kind != "agent":
            return True
        if query.onlyAvailable and member.status_livechat != "available":
            return False
        if query.showIdleAgents is False and member.status == "offline" and not member.bot:
            return False
        return member.id != query.excludeId

    return fits


def _searched(member: StaffMember) -> list[str]:
    addresses = [each["address"] for each in member.emails or ()]
    return [member.username, member.name or "", *addresses]


def _department_ids(tx: Tx, agent_ids: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    if agent_ids:
        for each in tx.select(queries.memberships_of(agent_ids), Membership):
            found[each.agent_id].append(each.department_id)
    return found


def read_staff_member(tx: Tx, kind: str, user_id: str) -> dict[str, Any] | None:
    """Return an agent or manager; None for a user without the role, or none.

    Raises Refused `Invalid type`.
    """
    role = ROLES.get(kind)
    if role is None:
        raise Refused("Invalid type")
    member = tx.one(queries.STAFF_MEMBER, user_id=user_id)
    return staff_document(member) if member is not None and role in member.roles else None


def list_departments_of_agent(tx: Tx, agent_id: str, enabled_only: bool) -> list[dict[str, Any]]:
    """Return an agent's memberships, each with the name of the department."""
    names = {each.id: each.name for each in tx.all(queries.ALL_DEPARTMENTS)}
    return [
        {**link_document(link), "departmentName": names[link.department_id]}
        for link in tx.all(queries.DEPARTMENTS_OF_AGENT, agent_id=agent_id)
        if link.department_id in names and (link.department_enabled or not enabled_only)
    ]
