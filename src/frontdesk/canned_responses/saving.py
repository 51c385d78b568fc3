"""Making, changing and removing canned responses.

Source: behaviour of the API, priorities and analytics, sections 6.4, 6.6 and 6.9. Differing on
purpose: who changes or removes a response needs the right for what it is now, too, and another
user's own response is changed by those only who may read and save all.
"""

from msgspec.structs import replace

from frontdesk.canned_responses import queries
from frontdesk.canned_responses.announcing import announce_removed, announce_saved
from frontdesk.canned_responses.records import CannedResponse
from frontdesk.canned_responses.schemas import SaveResponse
from frontdesk.canned_responses.visibility import VIEW_ALL
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.http.call import Principal
from frontdesk.ids import hex_id
from frontdesk.workforce.finding import find_department

SAVE_ALL = "save-all-canned-responses"
SAVE_DEPARTMENT = "save-department-canned-responses"

_SAVE = {"method": "saveCannedResponse"}
_REMOVE = {"method": "removeCannedResponse"}


def save_response(tx: Tx, user: Principal, given: SaveResponse) -> None:
    """Make a response, or change the one with the given id.

    Raises Coded `error-not-allowed` for a scope that the user may not write, now or before,
    `error-invalid-shortcut` for one that another response has, `error-invalid-department`,
    `error-canned-response-not-found`.
    """
    before = None
    if given.response_id:
        before = tx.one(queries.RESPONSE_TO_CHANGE, response_id=given.response_id)
    _require_scope(user, given.scope, _SAVE)
    if before is not None:
        _require_right(user, before, _SAVE)
    holder = tx.one(queries.RESPONSE_BY_SHORTCUT, shortcut=given.shortcut)
    if holder is not None and holder.id != given.response_id:
        raise _taken()
    department_id = None if given.scope == "user" else given.departmentId or None
    if given.scope == "department" and department_id is None:
        raise _no_department()
    if department_id is not None and find_department(tx, department_id) is None:
        raise _no_department()
    if given.response_id and before is None:
        raise _unknown(_SAVE)
    response = _response(tx, user, given, department_id, before)
    # A changed response is written anew, so that the unique rule decides about the shortcut of
    # either, also between two requests at once.
    if before is not None:
        tx.run(queries.DELETE_RESPONSE, response_id=before.id)
    if not tx.insert(queries.INSERT_RESPONSE, response):
        raise _taken()
    announce_saved(tx, response, before)


def remove_response(tx: Tx, user: Principal, response_id: str) -> None:
    """Remove a response.

    Raises Coded `error-canned-response-not-found`, `error-not-allowed` for one that the user could
    not save.
    """
    response = tx.one(queries.RESPONSE_TO_CHANGE, response_id=response_id)
    if response is None:
        raise _unknown(_REMOVE)
    _require_right(user, response, _REMOVE)
    tx.run(queries.DELETE_RESPONSE, response_id=response_id)
    announce_removed(tx, response)


def forget_tag(tx: Tx, name: str) -> None:
    """Take the name of a tag that is gone off all responses; nobody is told."""
    for response in tx.all(queries.TAGGED_TO_CHANGE):
        if name in response.tags:
            kept = [each for each in response.tags if each != name]
            tx.patch(queries.PATCH_RESPONSE, response.id, tags=kept, updated_at=tx.now)


def _response(
    tx: Tx,
    user: Principal,
    given: SaveResponse,
    department_id: str | None,
    before: CannedResponse | None,
) -> CannedResponse:
    if before is None:
        before = CannedResponse(
            id=hex_id(),
            shortcut="",
            text="",
            scope="",
            tags=[],
            user_id=None,
            department_id=None,
            creator_id=user.id,
            creator_username=user.username,
            created_at=tx.now,
            updated_at=tx.now,
        )
    if given.scope == "global" and department_id is None and before.scope == "global":
        department_id = before.department_id
    owner = (before.user_id or before.creator_id) if given.scope == "user" else None
    return replace(
        before,
        shortcut=given.shortcut,
        text=given.text,
        scope=given.scope,
        tags=given.tags or [],
        user_id=owner,
        department_id=department_id,
        updated_at=tx.now,
    )


def _require_right(user: Principal, response: CannedResponse, details: dict[str, str]) -> None:
    """Raise Coded `error-not-allowed` unless a user may change a response as it is."""
    everything = user.may(VIEW_ALL) and user.may(SAVE_ALL)
    if response.scope == "user" and response.user_id != user.id and not everything:
        raise _not_allowed("user", details)
    _require_scope(user, response.scope, details)


def _require_scope(user: Principal, scope: str, details: dict[str, str]) -> None:
    allowed = (
        scope == "user"
        or user.may(SAVE_ALL)
        or (scope == "department" and user.may(SAVE_DEPARTMENT))
    )
    if not allowed:
        raise _not_allowed(scope, details)


def _not_allowed(scope: str, details: dict[str, str]) -> Coded:
    text = f"Not allowed to modify canned responses on *{scope}* scope"
    return Coded("error-not-allowed", text, details)


def _taken() -> Coded:
    return Coded("error-invalid-shortcut", "Shortcut provided already exists", _SAVE)


def _no_department() -> Coded:
    return Coded("error-invalid-department", "Invalid department", _SAVE)


def _unknown(details: dict[str, str]) -> Coded:
    return Coded("error-canned-response-not-found", "Canned Response not found", details)
