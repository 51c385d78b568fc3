"""Which roles hold which permission (API frame, 7.8)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from frontdesk.access import queries
from frontdesk.access.documents import permission_document
from frontdesk.access.queries import PermissionRow
from frontdesk.db import Tx
from frontdesk.errors import Coded, Typed

if TYPE_CHECKING:
    from frontdesk.access.schemas import PermissionRole, PermissionRoles
    from frontdesk.http.call import Principal

_ADD = "authorization:addPermissionToRole"
_REMOVE = "authorization:removeRoleFromPermission"


def set_permissions(tx: Tx, wanted: list["PermissionRoles"]) -> list[PermissionRow]:
    """Replace the roles of some permissions; return all permissions.

    Raises Typed `error-invalid-permission` for an id that is unknown or given twice, and
    `error-invalid-role`.
    """
    ids = [each.id for each in wanted]
    # Locked in one order, so that two calls never wait for each other.
    found = {
        permission.id: permission
        for permission_id in sorted(set(ids))
        if (permission := tx.one(queries.PERMISSION_TO_CHANGE, permission_id=permission_id))
    }
    if len(found) != len(ids):
        raise Typed("Invalid permission", "error-invalid-permission")
    known = _role_ids(tx)
    if not all(known.issuperset(each.roles) for each in wanted):
        raise Typed("Invalid role", "error-invalid-role")
    for each in wanted:
        if each.roles != found[each.id].roles:
            _set_roles(tx, found[each.id], each.roles)
    return tx.all(queries.ALL_PERMISSIONS)


def add_role(tx: Tx, caller: "Principal", body: "PermissionRole") -> None:
    """Let a role hold a permission; raises the refusals of POST permissions.addRole."""
    details = {"method": _ADD, "action": "Adding_permission"}
    permission = tx.one(queries.PERMISSION_TO_CHANGE, permission_id=body.permissionId)
    if permission is None:
        raise Coded("error-invalid-permission", "Permission does not exist", details)
    if body.role not in _role_ids(tx):
        raise Coded("error-invalid-role", "Role does not exist", details)
    if permission.setting is not None and not caller.may("access-setting-permissions"):
        raise Coded("error-action-not-allowed", "Adding permission is not allowed", details)
    if body.role not in permission.roles:
        _set_roles(tx, permission, [*permission.roles, body.role])


def remove_role(tx: Tx, caller: "Principal", body: "PermissionRole") -> None:
    """Take a permission from a role; raises the refusals of POST permissions.removeRole."""
    permission = tx.one(queries.PERMISSION_TO_CHANGE, permission_id=body.permissionId)
    if permission is None:
        raise Coded("error-permission-not-found", "Permission not found", {"method": _REMOVE})
    if permission.setting is not None and not caller.may("access-setting-permissions"):
        raise Coded(
            "error-action-not-allowed",
            "Accessing permissions is not allowed",
            {"method": _REMOVE, "action": "Accessing_permissions"},
        )
    if body.role in permission.roles:
        _set_roles(tx, permission, [each for each in permission.roles if each != body.role])


def _role_ids(tx: Tx) -> set[str]:
    return {role.id for role in tx.all(queries.ALL_ROLES)}


def _set_roles(tx: Tx, permission: PermissionRow, roles: Iterable[str]) -> None:
    permission.roles = list(roles)
    permission.updated_at = tx.now
    tx.run(
        queries.SET_PERMISSION_ROLES,
        permission_id=permission.id,
        new_roles=permission.roles,
        now=tx.now,
    )
    tx.emit("permissions", permission.id, "updated", permission_document(permission))
