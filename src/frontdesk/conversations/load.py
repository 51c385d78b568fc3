"""How much agents have to do.

Source: behaviour of the API, conversations, section 4.7.
"""

from typing import Any

from frontdesk.conversations import queries
from frontdesk.conversations.queries import Load
from frontdesk.conversations.schemas import LoadQuery
from frontdesk.db import Tx
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page
from frontdesk.workforce.finding import find_department, staff_by_id
from frontdesk.workforce.records import StaffMember


def list_loads(tx: Tx, query: LoadQuery, page: Page) -> dict[str, Any]:
    """Return how many open conversations each agent serves in each department, most first.

    Those on hold count, too. Agents who take none at the moment are listed only if that is asked
    for.
    """
    loads = [each for each in tx.all(queries.LOADS) if _fits(each, query)]
    staff = staff_by_id(tx, {each.agent_id for each in loads})
    with_absent = query.includeOfflineAgents == "true"
    documents = [
        _document(tx, load, staff[load.agent_id])
        for load in loads
        if load.agent_id in staff and (with_absent or _takes_chats(staff[load.agent_id]))
    ]
    return listed_page("queue", documents, page, [("chats", -1)])


def _fits(load: Load, query: LoadQuery) -> bool:
    department_id = None if query.departmentId == "undefined" else query.departmentId
    if query.agentId and load.agent_id != query.agentId:
        return False
    return not department_id or load.department_id == department_id


def _takes_chats(agent: StaffMember) -> bool:
    return agent.status != "offline" and agent.status_livechat == "available"


def _document(tx: Tx, load: Load, agent: StaffMember) -> dict[str, Any]:
    department = find_department(tx, load.department_id)
    return {
        "user": {"_id": agent.id, "username": agent.username, "status": agent.status},
        "department": {} if department is None else {"_id": department.id, "name": department.name},
        "chats": load.chats,
    }
