"""The HTTP face of priorities."""

from typing import Any

from frontdesk.catalog import applying, priorities
from frontdesk.catalog.schemas import ChangePriority, PriorityListQuery, SetPriority
from frontdesk.http import Call, Routes
from frontdesk.http.paging import page

routes = Routes("Omnichannel Priorities")

_READERS = ("manage-livechat-priorities", "view-l-room")
_PRIORITY = {"_id": "64007cc2fa0ed7dd905092e7", "i18n": "Highest", "sortItem": 1, "dirty": False}


@routes.get(
    "livechat/priorities",
    permissions=_READERS,
    any_permission=True,
    example={"priorities": [_PRIORITY], "count": 1, "offset": 0, "total": 1},
)
async def list_priorities(call: Call, query: PriorityListQuery) -> dict[str, Any]:
    """List the priorities.

    There are five. `text` is looked for in names that the workspace has given them.
    """
    return await call.read(priorities.list_priorities, query, page(call.settings, query))


@routes.get(
    "livechat/priorities/{priorityId}",
    permissions=_READERS,
    any_permission=True,
    example=_PRIORITY,
)
async def priority(call: Call) -> dict[str, Any]:
    """Read a priority.

    404 for an unknown id.
    """
    return await call.read(priorities.read_priority, call.path["priorityId"])


@routes.put(
    "livechat/priorities/{priorityId}",
    permissions=["manage-livechat-priorities"],
    request={"name": "VIP"},
    refusals=("error-duplicate-priority-name", "error-unable-to-update-priority"),
)
async def change_priority(call: Call, body: ChangePriority) -> None:
    """Rename a priority or give it back its name.

    With `name`, or with `reset` set to true. A blank name is a reset. Conversations that have
    the priority keep it.
    """
    await call.write(priorities.change_priority, call.path["priorityId"], body)


@routes.get(
    "livechat/priorities.reset",
    permissions=["manage-livechat-priorities"],
    example={"reset": True},
)
async def priorities_are_renamed(call: Call) -> dict[str, Any]:
    """Tell whether any priority was renamed.

    `reset` is true if there is something to reset.
    """
    return {"reset": await call.read(priorities.some_are_renamed)}


@routes.post("livechat/priorities.reset", permissions=["manage-livechat-priorities"])
async def reset_priorities(call: Call) -> None:
    """Give all priorities back their names.

    400 without a text if none was renamed.
    """
    await call.write(priorities.reset_priorities)


@routes.post(
    "livechat/room/{rid}/priority",
    permissions=["view-l-room"],
    tag="Omnichannel Rooms",
    request={"priorityId": "64007cc2fa0ed7dd905092e7"},
    refusals=("error-room-does-not-exist", "error-invalid-priority"),
)
async def set_priority(call: Call, body: SetPriority) -> None:
    """Give a conversation a priority.

    Open or closed; its history tells who did it. In the queue it counts where the workspace
    orders by priority.
    """
    await call.write(applying.set_priority, call.user, call.path["rid"], body.priorityId)


@routes.delete(
    "livechat/room/{rid}/priority",
    permissions=["view-l-room"],
    tag="Omnichannel Rooms",
    refusals=("error-room-does-not-exist",),
)
async def remove_priority(call: Call) -> None:
    """Take a conversation's priority away.

    Its history tells who did it, also when it had none.
    """
    await call.write(applying.set_priority, call.user, call.path["rid"], None)
