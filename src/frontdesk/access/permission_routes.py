"""The HTTP face of permissions."""

from typing import Any

from frontdesk.access import permission_changes, queries
from frontdesk.access.documents import permission_document
from frontdesk.access.queries import PermissionRow
from frontdesk.access.role_routes import date_or_refusal
from frontdesk.access.schemas import PermissionRole, UpdatedSince, UpdatePermissions
from frontdesk.db import Tx
from frontdesk.http import Call, Routes

routes = Routes("Permissions")

_ITEM = {
    "_id": "close-livechat-room",
    "roles": ["livechat-manager", "livechat-agent", "admin"],
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_ACCESS = ["access-permissions"]


@routes.get(
    "permissions.listAll",
    example={"update": [_ITEM], "remove": []},
    refusals=(
        'The "updatedSince" query parameter must be a valid date. [error-roomId-param-invalid]',
    ),
)
async def list_all(call: Call, query: UpdatedSince) -> dict[str, Any]:
    """List all permissions, or those that were changed since a date.

    Permissions are never removed.
    """
    found: list[PermissionRow] = await call.read(_changed, query.updatedSince)
    return {"update": [permission_document(each) for each in found], "remove": []}


@routes.post(
    "permissions.update",
    permissions=_ACCESS,
    example={"permissions": [_ITEM]},
    refusals=("Invalid permission", "Invalid role"),
)
async def update(call: Call, body: UpdatePermissions) -> dict[str, Any]:
    """Replace the roles of some permissions.

    All of them or, if one cannot be, none. Answers with all permissions.
    """
    permissions = await call.write(permission_changes.set_permissions, body.permissions)
    return {"permissions": [permission_document(each) for each in permissions]}


@routes.post(
    "permissions.addRole",
    permissions=_ACCESS,
    style="typed",
    refusals=(
        "Permission does not exist [error-invalid-permission]",
        "Role does not exist [error-invalid-role]",
        "Adding permission is not allowed [error-action-not-allowed]",
    ),
)
async def add_role(call: Call, body: PermissionRole) -> None:
    """Let a role hold a permission.

    A permission about a setting also needs `access-setting-permissions`.
    """
    await call.write(permission_changes.add_role, call.user, body)


@routes.post(
    "permissions.removeRole",
    permissions=_ACCESS,
    style="typed",
    refusals=(
        "Permission not found [error-permission-not-found]",
        "Accessing permissions is not allowed [error-action-not-allowed]",
    ),
)
async def remove_role(call: Call, body: PermissionRole) -> None:
    """Take a permission from a role.

    A permission about a setting also needs `access-setting-permissions`.
    """
    await call.write(permission_changes.remove_role, call.user, body)


def _changed(tx: Tx, since: str | None) -> list[PermissionRow]:
    if since is None:
        return tx.all(queries.ALL_PERMISSIONS)
    moment = date_or_refusal(since, "error-roomId-param-invalid")
    return tx.all(queries.PERMISSIONS_CHANGED, since=moment)
