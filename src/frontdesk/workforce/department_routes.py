"""The HTTP face of departments."""

from typing import Any

from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.http import Call, Routes
from frontdesk.http.paging import PageQuery, page
from frontdesk.workforce.department_listing import (
    complete_departments,
    departments_by_ids,
    links_of_department,
    list_archived_departments,
    list_department_agents,
    list_departments,
    read_department,
)
from frontdesk.workforce.records import Department
from frontdesk.workforce.retiring_departments import (
    archive_department,
    remove_department,
    unarchive_department,
)
from frontdesk.workforce.saving_departments import (
    change_department_agents,
    create_department,
    update_department,
)
from frontdesk.workforce.schemas import (
    AutocompleteQuery,
    ChangeDepartmentAgents,
    DepartmentIdsQuery,
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
    listed with `showArchived=true` only. With `onlyMyDepartments=true` monitors and agents see
    those of the units that they monitor and those they belong to, once there is any unit.
    """
    return await call.read(list_departments, call.user, query, page(call.settings, query))


@routes.post(
    "livechat/department",
    permissions=["manage-livechat-departments"],
    request=_REQUEST,
    example=_SAVED,
    refusals=_SAVING_REFUSALS,
)
async def new_department(call: Call, body: SaveDepartment) -> dict[str, Any]:
    """Create a department.

    With its agents, and in a unit if `departmentUnit` names one. Members of one's own (texts, whole
    numbers, flags) are kept as they are.
    """

    def save(tx: Tx) -> dict[str, Any]:
        department = create_department(
            tx, call.settings, call.user, body.department, body.agents or (), body.unit_id()
        )
        return _saved(tx, department)

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
    only_own = query.onlyMyDepartments == "true"

    def read(tx: Tx) -> dict[str, Any]:
        return read_department(
            tx, call.user, call.path["_id"], only_own=only_own, with_agents=with_agents
        )

    return await call.read(read)


@routes.put(
    "livechat/department/{_id}",
    permissions=("manage-livechat-departments", "add-livechat-department-agents"),
    any_permission=True,
    request=_REQUEST,
    example=_SAVED,
    refusals=(
        "error-not-allowed",
        "The last department in a unit can't be removed [error-unit-cant-be-empty]",
        "Archived departments cant be enabled [error-archived-department-cant-be-enabled]",
        *_SAVING_REFUSALS,
        "Department not found [error-department-not-found]",
        "Cannot save department. Circular reference between fallback department and department "
        "[error-fallback-department-circular]",
    ),
)
async def changed_department(call: Call, body: UpdateDepartment) -> dict[str, Any]:
    """Change a department.

    Needs `manage-livechat-departments`. What is not sent stays, except the unit: without
    `departmentUnit` the department is taken out of it. Agents are added by holders of
    `add-livechat-department-agents`; nobody is removed by leaving him out.
    """
    if not call.user.may("manage-livechat-departments"):
        raise Refused("error-not-allowed")
    department_id = call.path["_id"]
    agents = body.agents if call.user.may("add-livechat-department-agents") else None

    def save(tx: Tx) -> dict[str, Any]:
        department = update_department(
            tx,
            call.settings,
            call.user,
            department_id,
            body.department,
            agents or (),
            body.unit_id(),
        )
        return _saved(tx, department)

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
    await call.write(change_department_agents, call.settings, call.path["_id"], body)


@routes.delete(
    "livechat/department/{_id}",
    permissions=("manage-livechat-departments", "remove-livechat-department"),
    any_permission=True,
    refusals=("error-department-removal-disabled", "error-department-not-found"),
)
async def removed_department(call: Call) -> None:
    """Remove a department.

    Only where a setting allows it. Its conversations stay, with their agents, and belong to no
    department any more; other departments do not fall back on it or forward to it.
    """
    await call.write(remove_department, call.settings, call.path["_id"])


@routes.get(
    "livechat/departments/archived",
    permissions=_READERS,
    any_permission=True,
    example={
        "departments": [{**_DEPARTMENT, "enabled": False, "archived": True}],
        "count": 1,
        "offset": 0,
        "total": 1,
    },
)
async def archived_departments(call: Call, query: DepartmentListQuery) -> dict[str, Any]:
    """List the archived departments.

    With the filters of the other list; `enabled` and `showArchived` mean nothing here.
    """
    wanted = page(call.settings, query)
    return await call.read(list_archived_departments, call.user, query, wanted)


@routes.post(
    "livechat/department/{_id}/archive",
    "livechat/department/archive/{_id}",
    permissions=["manage-livechat-departments"],
    refusals=("department-not-found",),
)
async def archived_department(call: Call) -> None:
    """Archive a department.

    It is disabled then. Open conversations go on. Archiving it again changes nothing.
    """
    await call.write(archive_department, call.settings, call.path["_id"])


@routes.post(
    "livechat/department/{_id}/unarchive",
    "livechat/department/unarchive/{_id}",
    permissions=["manage-livechat-departments"],
    refusals=("[department-not-found]",),
)
async def unarchived_department(call: Call) -> None:
    """Take a department out of the archive.

    It stays disabled until it is saved as enabled.
    """
    await call.write(unarchive_department, call.settings, call.path["_id"])


@routes.get(
    "livechat/department.autocomplete",
    permissions=_READERS,
    any_permission=True,
    example={"items": [{"_id": "k7vXpSxrYhLfbTqGW", "name": "Sales"}]},
    refusals=("The 'selector' param is required",),
)
async def autocompleted_departments(call: Call, query: AutocompleteQuery) -> dict[str, Any]:
    """Find departments by how their name begins.

    `selector` is JSON, for example `{"term": "sa", "exceptions": [], "conditions": {}}`.
    """
    return {"items": await call.read(complete_departments, call.user, query)}


@routes.get(
    "livechat/department.listByIds",
    permissions=_READERS,
    any_permission=True,
    example={"departments": [_DEPARTMENT]},
    refusals=("The 'ids' param is required", "The 'ids' param must be an array"),
)
async def departments_with_ids(call: Call, query: DepartmentIdsQuery) -> dict[str, Any]:
    """Read several departments.

    Whatever their state. Unknown ids are skipped.
    """
    return {"departments": await call.read(departments_by_ids, query.ids)}


@routes.get(
    "livechat/department/isDepartmentCreationAvailable",
    permissions=("view-livechat-departments", "manage-livechat-departments"),
    any_permission=True,
    example={"isDepartmentCreationAvailable": True},
)
async def department_creation(call: Call) -> dict[str, Any]:
    """Tell whether more departments can be made.

    They always can.
    """
    del call
    return {"isDepartmentCreationAvailable": True}


def _saved(tx: Tx, department: Department) -> dict[str, Any]:
    return {
        "department": department_document(department),
        "agents": links_of_department(tx, department.id),
    }
