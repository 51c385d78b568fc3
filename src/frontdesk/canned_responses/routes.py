"""The HTTP face of canned responses."""

from typing import Any

from frontdesk.canned_responses import listing, saving
from frontdesk.canned_responses.schemas import ResponseId, ResponseListQuery, SaveResponse
from frontdesk.http import Call, Routes
from frontdesk.http.paging import page

routes = Routes("Canned Responses")
ROUTES = (routes,)

_RESPONSE = {
    "_id": "65e1c0ffee00000000000009",
    "shortcut": "refund",
    "text": "Dear {{contact.name}}, your money is on its way.",
    "scope": "department",
    "tags": ["invoice"],
    "departmentId": "k7vXpSxrYhLfbTqGW",
    "createdBy": {"_id": "rbAXPnMktTFbNpwtJ", "username": "jane"},
    "_createdAt": "2026-03-01T10:00:00.000Z",
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_NOT_ALLOWED = "Not allowed to modify canned responses on *global* scope [error-not-allowed]"
_UNKNOWN = "Canned Response not found [error-canned-response-not-found]"


@routes.get(
    "canned-responses.get",
    permissions=["view-canned-responses"],
    example={"responses": [_RESPONSE]},
)
async def at_hand(call: Call) -> dict[str, Any]:
    """Get everything that the caller can use.

    Global responses, the caller's own, and those of the departments that the caller is an agent
    of or monitors; of all departments with `view-all-canned-responses`.
    """
    return {"responses": await call.read(listing.responses_at_hand, call.user)}


@routes.get(
    "canned-responses",
    permissions=["view-canned-responses"],
    example={"cannedResponses": [_RESPONSE], "count": 1, "offset": 0, "total": 1},
)
async def list_responses(call: Call, query: ResponseListQuery) -> dict[str, Any]:
    """List canned responses.

    Those that the caller can use, or with `view-all-canned-responses` all there are. A response
    must fit every filter given: `shortcut`, `scope`, `departmentId` and `createdBy` (a user's id)
    exactly, `text` anywhere in shortcut or text, `tags` one of the names.
    """
    wanted = page(call.settings, query)
    return await call.read(listing.list_responses, call.user, query, wanted)


@routes.get(
    "canned-responses/{_id}",
    permissions=["view-canned-responses"],
    example={"cannedResponse": _RESPONSE},
)
async def response(call: Call) -> dict[str, Any]:
    """Read a canned response.

    404 `Resource not found` for an unknown id, and for one that the caller may not read.
    """
    return {"cannedResponse": await call.read(listing.read_response, call.user, call.path["_id"])}


@routes.post(
    "canned-responses",
    permissions=["save-canned-responses"],
    request={
        "shortcut": "refund",
        "text": "Dear {{contact.name}}, your money is on its way.",
        "scope": "department",
        "departmentId": "k7vXpSxrYhLfbTqGW",
        "tags": ["invoice"],
    },
    refusals=(
        _NOT_ALLOWED,
        "Shortcut provided already exists [error-invalid-shortcut]",
        "Invalid department [error-invalid-department]",
        _UNKNOWN,
    ),
)
async def save(call: Call, body: SaveResponse) -> None:
    """Make or change a canned response.

    With `_id` that response is changed. `scope` says for whom it is: `user` (the caller),
    `department` (needs `save-department-canned-responses`) or `global` (needs
    `save-all-canned-responses`, which covers departments as well). Shortcuts are unique over the
    whole workspace. Texts may have places for `{{contact.name}}`, `{{contact.email}}`,
    `{{contact.phone}}`, `{{agent.name}}` and `{{agent.email}}`.
    """
    await call.write(saving.save_response, call.user, body)


@routes.delete(
    "canned-responses",
    permissions=["remove-canned-responses"],
    request={"_id": "65e1c0ffee00000000000009"},
    refusals=(_UNKNOWN, _NOT_ALLOWED),
    deprecated=True,
)
async def remove(call: Call, body: ResponseId) -> None:
    """Remove a canned response.

    As `DELETE canned-responses/{_id}`, with the id in the body.
    """
    await call.write(saving.remove_response, call.user, body.response_id)


@routes.delete(
    "canned-responses/{_id}",
    permissions=["remove-canned-responses"],
    style="typed",
    refusals=(_UNKNOWN, _NOT_ALLOWED),
)
async def remove_by_path(call: Call) -> None:
    """Remove a canned response.

    Only one that the caller could save.
    """
    await call.write(saving.remove_response, call.user, call.path["_id"])
