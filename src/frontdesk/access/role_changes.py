"""Roles: making, changing and removing them, and who holds them (API frame, 7.7)."""

from typing import TYPE_CHECKING, Any

from frontdesk.access import queries
from frontdesk.access.finding import admins_to_change, user_by_name
from frontdesk.access.granting import grant_role, revoke_role
from frontdesk.access.listing import Found, users_with_role
from frontdesk.access.queries import RoleRow
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused, Typed
from frontdesk.ids import hex_id

if TYPE_CHECKING:
    from frontdesk.access.schemas import (
        LeavingRole,
        RoleMembership,
        RoleProperties,
        UsersInRoleQuery,
    )
    from frontdesk.http.call import Principal
    from frontdesk.http.paging import Page

_INVALID = "error-invalid-role-properties"
_SCOPES = ("Users", "Subscriptions")


def add_user_to_role(tx: Tx, caller: "Principal", body: "RoleMembership") -> RoleRow:
    """Give a user a role; return the role. Raises the refusals of POST roles.addUserToRole.

    Roles that hold within one room need a room that the user is part of; no room of ours keeps
    roles, so these are always refused.
    """
    username = _text(body.username)
    if not username:
        raise Coded(_INVALID, "must have required property 'username'")
    user = user_by_name(tx, username)
    if user is None:
        raise Coded(
            "error-invalid-user",
            'The required "userId" or "username" param provided does not match any users',
        )
    role_id = _text(body.roleId)
    if not role_id and not _text(body.roleName):
        raise Refused(_INVALID)
    role = (
        tx.one(queries.ROLE, role_id=role_id)
        if role_id
        else tx.one(queries.ROLE_BY_NAME, name=_text(body.roleName))
    )
    if role is None:
        raise Typed("error-role-not-found", "Role not found")
    if role.id in user.roles:
        raise _already()
    if not caller.may("access-permissions"):
        raise _not_allowed("Accessing permissions is not allowed", "Accessing_permissions")
    if role.id == "admin" and not caller.may("assign-admin-role"):
        raise _not_allowed("Assigning admin is not allowed", "Assign_admin")
    if role.scope == "Subscriptions":
        raise Coded(
            "error-invalid-user",
            "User is not part of given room",
            {"method": "authorization:addUserToRole"},
        )
    if not grant_role(tx, user, role.id):
        raise _already()
    return role


def remove_user_from_role(tx: Tx, body: "LeavingRole") -> RoleRow:
    """Take a role from a user; return the role.

    Raises the refusals of POST roles.removeUserFromRole.
    """
    username, role_id = _text(body.username), _text(body.roleId)
    if not username or not role_id:
        raise _invalid_properties()
    user = user_by_name(tx, username)
    if user is None:
        raise Coded("error-invalid-user", "There is no user with this username")
    role = tx.one(queries.ROLE, role_id=role_id)
    if role is None:
        raise Coded("error-invalid-roleId", "This role does not exist")
    if role.id not in user.roles:
        raise Coded("error-user-not-in-role", "User is not in this role")
    if role.id == "admin" and admins_to_change(tx) == [user.id]:
        raise Coded("error-admin-required", "You need to have at least one admin")
    if not revoke_role(tx, user, role.id):
        raise Coded("error-user-not-in-role", "User is not in this role")
    return role


def users_in_role(tx: Tx, caller: "Principal", query: "UsersInRoleQuery", page: "Page") -> Found:
    """Return who holds a role; raises the refusals of GET roles.getUsersInRole."""
    if query.roomId and not caller.may("view-other-user-channels"):
        raise Coded("error-not-allowed", "Not allowed")
    if not query.role:
        raise Coded("error-param-not-provided", 'Query param "role" is required')
    role = tx.one(queries.ROLE, role_id=query.role)
    if role is None:
        raise Coded("error-invalid-roleId")
    return users_with_role(tx, role.id, page)


def create_role(tx: Tx, body: "RoleProperties") -> RoleRow:
    """Make a role; return it."""
    properties = _properties(body)
    if tx.one(queries.ROLE_BY_NAME, name=properties["name"]) is not None:
        raise _duplicate()
    role = RoleRow(id=hex_id(), protected=False, updated_at=tx.now, **properties)
    tx.insert(queries.INSERT_ROLE, role)
    tx.emit("roles", role.id, "changed")
    return role


def update_role(tx: Tx, body: "RoleProperties") -> RoleRow:
    """Change a role; return it. Built-in roles keep their name and scope."""
    role = _existing(tx, body)
    properties = _properties(body)
    if role.protected and (properties["name"], properties["scope"]) != (role.name, role.scope):
        raise Coded("error-role-protected", "Role is protected")
    other = tx.one(queries.ROLE_BY_NAME, name=properties["name"])
    if other is not None and other.id != role.id:
        raise _duplicate()
    tx.patch(queries.PATCH_ROLE, role.id, **properties, updated_at=tx.now)
    tx.emit("roles", role.id, "changed")
    return tx.one(queries.ROLE, role_id=role.id) or role


def delete_role(tx: Tx, body: "RoleProperties") -> None:
    """Remove a role that is neither protected nor held by anybody."""
    role = _existing(tx, body)
    if role.protected:
        raise Coded(
            "error-role-protected",
            "Cannot delete a protected role",
            {"method": "authorization:deleteRole"},
        )
    if tx.select(queries.with_any_role(queries.all_users(), [role.id]).limit(1), lambda *_: True):
        raise Coded(
            "error-role-in-use",
            "Cannot delete role because it's in use",
            {"method": "authorization:deleteRole"},
        )
    tx.patch(queries.PATCH_ROLE, role.id, removed_at=tx.now, updated_at=tx.now)
    tx.emit("roles", role.id, "removed")


def _existing(tx: Tx, body: "RoleProperties") -> RoleRow:
    role_id = _text(body.roleId)
    if not role_id:
        raise _invalid_properties()
    role = tx.one(queries.ROLE, role_id=role_id)
    if role is None:
        raise Coded("error-invalid-roleId", "This role does not exist")
    return role


def _properties(body: "RoleProperties") -> dict[str, Any]:
    name = _text(body.name)
    if (
        not name.strip()
        or body.scope not in _SCOPES
        or not isinstance(body.description, str)
        or not isinstance(body.mandatory2fa, bool)
    ):
        raise _invalid_properties()
    return {
        "name": name,
        "scope": body.scope,
        "description": body.description,
        "mandatory_two_factor": body.mandatory2fa,
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _invalid_properties() -> Coded:
    return Coded(_INVALID, "The role properties are invalid.")


def _duplicate() -> Coded:
    return Coded("error-duplicate-role-names-not-allowed", "Role name already exists")


def _already() -> Coded:
    return Coded("error-user-already-in-role", "User already in role")


def _not_allowed(text: str, action: str) -> Coded:
    return Coded(
        "error-action-not-allowed",
        text,
        {"method": "authorization:addUserToRole", "action": action},
    )
