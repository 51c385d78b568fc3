"""The HTTP face of departments."""

from typing import Any

from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.http import Call, Routes
from frontdesk.http.paging import PageQuery, page
from frontdesk.workforce.listing import (
    links_of_department,
    list_department_agents,
    list_departments,
    read_department,
)
from frontdesk.workforce.records import Department
from frontdesk.workforce.saving_departments import (
    change_department_agents,
    create_department,
    update_department,
)
from frontdesk.workforce.schemas import (
    ChangeDepartmentAgents,
    DepartmentListQuery,
    DepartmentQuery,
    SaveDepartment,
    UpdateDepartment,
    department_document,
)

routes = Routes("Omnichannel Departments")

_READERS = ("view-livechat-departments", "view-l-room")
_DEPARTMENT = {
    "_id": "k7vXpSxrYhLfbTqGW",
    "name": "Sales",
    "enabled": True,
    "email": "sales@example.org",
    "showOnRegistration": True,
    "showOnOfflineForm": False,
    "type": "d",
    "numAgents": 1,
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_LINK = {
    "_id": "zGhzEqySqhtkzQ5dN",
    "agentId": "rbAXPnMktTFbNpwtJ",
    "departmentId": "k7vXpSxrYhLfbTqGW",
    "username": "ann",
    "count": 3,
    "order": 0,
    "departmentEnabled": True,
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_REQUEST = {
    "department": {
        "name": "Sales",
        "enabled": True,
        "email": "sales@example.org",
        "showOnRegistration": True,
        "showOnOfflineForm": False,
        "maxNumberSimultaneousChat": 5,
    },
    "agents": [{"agentId": "rbAXPnMktTFbNpwtJ", "order": 1}],
}
_SAVED = {"department": _DEPARTMENT, "agents": [_LINK]}
_SAVING_REFUSALS = (
    "Match error: Missing key 'email'",
    "At least one closing tag is required when the department requires tag(s) on closing "
    "conversations. [error-validating-department-chat-closing-tags]",
    "Fallback department not found [error-fallback-department-not-found]",
)


@routes.get(
    "livechat/department",
    permissions=_READERS,
    any_permission=True,
    example={"departments": [_DEPARTMENT], "count": 1, "offset": 0, "total": 1},
)
async def departments(call: Call, query: DepartmentListQuery) -> dict[str, Any]:
    """List departments.

    `text` is looked for in the name; `enabled=true` leaves out disabled ones; archived ones are
    listed with `showArchived=true` only.
    """
    return await call.read(list_departments, query, page(call.settings, query))


@routes.post(
    "livechat/department",
    permissions=["manage-livechat-departments"],
    request=_REQUEST,
    example=_SAVED,
    refusals=_SAVING_REFUSALS,
)
async def new_department(call: Call, body: SaveDepartment) -> dict[str, Any]:
    """Create a department.

    With its agents. Members of one's own (texts, whole numbers, flags) are kept as they are.
    """

    def save(tx: Tx) -> dict[str, Any]:
        return _saved(tx, create_department(tx, body.department, body.agents or ()))

    return await call.write(save)


@routes.get(
    "livechat/department/{_id}",
    permissions=_READERS,
    any_permission=True,
    example=_SAVED,
)
async def department(call: Call, query: DepartmentQuery) -> dict[str, Any]:
    """Read a department.

    Also an archived one. Holders of `view-livechat-departments` see the agents, unless
    `includeAgents` is `false`. 404 `Department not found` for an unknown id.
    """
    with_agents = query.includeAgents == "true" and call.user.may("view-livechat-departments")
    return await call.read(read_department, call.path["_id"], with_agents)


@routes.put(
    "livechat/department/{_id}",
    permissions=("manage-livechat-departments", "add-livechat-department-agents"),
    any_permission=True,
    request=_REQUEST,
    example=_SAVED,
    refusals=(
        "error-not-allowed",
        "Archived departments cant be enabled [error-archived-department-cant-be-enabled]",
        *_SAVING_REFUSALS,
        "Department not found [error-department-not-found]",
        "Cannot save department. Circular reference between fallback department and department "
        "[error-fallback-department-circular]",
    ),
)
async def changed_department(call: Call, body: UpdateDepartment) -> dict[str, Any]:
    """Change a department.

    Needs `manage-livechat-departments`. What is not sent stays. Agents are added by holders of
    `add-livechat-department-agents`; nobody is removed by leaving him out.
    """
    if not call.user.may("manage-livechat-departments"):
        raise Refused("error-not-allowed")
    department_id = call.path["_id"]
    agents = body.agents if call.user.may("add-livechat-department-agents") else None

    def save(tx: Tx) -> dict[str, Any]:
        return _saved(tx, update_department(tx, department_id, body.department, agents or ()))

    return await call.write(save)


@routes.get(
    "livechat/department/{_id}/agents",
    permissions=_READERS,
    any_permission=True,
    example={"agents": [_LINK], "count": 1, "offset": 0, "total": 1},
)
async def department_agents(call: Call, query: PageQuery) -> dict[str, Any]:
    """List the agents of a department.

    By user name. An unknown department has none.
    """
    wanted = page(call.settings, query)
    return await call.read(list_department_agents, call.path["_id"], wanted)


@routes.post(
    "livechat/department/{_id}/agents",
    permissions=("manage-livechat-departments", "add-livechat-department-agents"),
    any_permission=True,
    request={"upsert": [{"agentId": "rbAXPnMktTFbNpwtJ", "username": "ann"}], "remove": []},
    refusals=("Department not found [error-department-not-found]",),
)
async def changed_department_agents(call: Call, body: ChangeDepartmentAgents) -> None:
    """Add agents to a department and remove others.

    Who is in both lists stays. `count` (conversations given so far) and `order` (lower comes
    first) are set to 0 where they are left out. Unknown users are skipped.
    """
    await call.write(change_department_agents, call.path["_id"], body)


def _saved(tx: Tx, department: Department) -> dict[str, Any]:
    return {
        "department": department_document(department),
        "agents": links_of_department(tx, department.id),
    }
