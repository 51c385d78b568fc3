"""The HTTP face of SLA policies."""

from typing import Any

from frontdesk.catalog import applying, slas
from frontdesk.catalog.schemas import SaveSla, SetSla, SlaListQuery
from frontdesk.http import Call, Routes
from frontdesk.http.frame import body_value
from frontdesk.http.paging import page

routes = Routes("SLA Policies")

_READERS = ("manage-livechat-sla", "view-l-room")
_SLA = {
    "_id": "641daf3d7718f90c810429c8",
    "name": "Within the hour",
    "description": "For customers with a contract",
    "dueTimeInMinutes": 60,
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_NEW_SLA = {name: value for name, value in _SLA.items() if name != "_updatedAt"}
_REQUEST = {"name": "Within the hour", "dueTimeInMinutes": 60}


@routes.get(
    "livechat/sla",
    permissions=_READERS,
    any_permission=True,
    example={"sla": [_SLA], "count": 1, "offset": 0, "total": 1},
)
async def list_slas(call: Call, query: SlaListQuery) -> dict[str, Any]:
    """List the SLA policies.

    `text` is looked for in name and description.
    """
    return await call.read(slas.list_slas, query, page(call.settings, query))


@routes.post(
    "livechat/sla",
    permissions=["manage-livechat-sla"],
    request=_REQUEST,
    example={"sla": _NEW_SLA},
    refusals=("error-duplicated-sla",),
)
async def create_sla(call: Call, body: SaveSla) -> dict[str, Any]:
    """Make an SLA policy.

    Names and due times are unique. A fraction of a minute is cut off.
    """
    return {"sla": await call.write(slas.create_sla, body)}


@routes.get("livechat/sla/{slaId}", permissions=_READERS, any_permission=True, example=_SLA)
async def sla(call: Call) -> dict[str, Any]:
    """Read an SLA policy.

    404 for an unknown id.
    """
    return await call.read(slas.read_sla, call.path["slaId"])


@routes.put(
    "livechat/sla/{slaId}",
    permissions=["manage-livechat-sla"],
    request=_REQUEST,
    example={"sla": _SLA},
    refusals=("error-duplicated-sla",),
)
async def change_sla(call: Call, body: SaveSla) -> dict[str, Any]:
    """Change an SLA policy.

    A new due time counts at once for the open conversations that have the policy. 404 for an
    unknown id.
    """
    return {"sla": await call.write(slas.change_sla, call.path["slaId"], body)}


@routes.delete(
    "livechat/sla/{slaId}",
    permissions=["manage-livechat-sla"],
    refusals=("SLA with id 641daf3d7718f90c810429c8 not found",),
)
async def delete_sla(call: Call) -> None:
    """Remove an SLA policy.

    Open conversations lose it, closed ones keep its id.
    """
    await call.write(slas.delete_sla, call.path["slaId"])


@routes.put(
    "livechat/inquiry.setSLA",
    permissions=_READERS,
    any_permission=True,
    tag="Omnichannel Inquiries",
    body_by_hand=SetSla,
    request={"roomId": "k3VbnQ7xTzP2mWc9d", "sla": "Within the hour"},
    refusals=("The 'roomId' param is required", "error-invalid-inquiry", "error-invalid-sla"),
)
async def set_sla(call: Call) -> None:
    """Give a queued conversation an SLA policy.

    Named by id or by its exact name. The conversation's history tells who did it.
    """
    await call.write(applying.set_sla, call.user, body_value(call))
