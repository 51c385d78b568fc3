"""The HTTP face of roles."""

from typing import Any

from frontdesk.access import queries, role_changes
from frontdesk.access.documents import IN_ROLE, picked, role_document
from frontdesk.access.queries import RoleRow
from frontdesk.access.schemas import (
    LeavingRole,
    RoleMembership,
    RoleProperties,
    UpdatedSince,
    UsersInRoleQuery,
)
from frontdesk.clock import iso, parse_iso
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.http import Call, Routes
from frontdesk.http.paging import listed, page

routes = Routes("Roles")

_ROLE = {
    "_id": "livechat-agent",
    "name": "livechat-agent",
    "description": "Livechat Agent",
    "scope": "Users",
    "protected": True,
    "mandatory2fa": False,
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_ACCESS = ["access-permissions"]
_INVALID = "The role properties are invalid. [error-invalid-role-properties]"


@routes.get("roles.list", example={"roles": [_ROLE]})
async def list_roles(call: Call) -> dict[str, Any]:
    """List all roles.

    All roles with what they are for; the list is not paged.
    """
    roles: list[RoleRow] = await call.read(lambda tx: tx.all(queries.ALL_ROLES))
    return {"roles": [role_document(role) for role in roles]}


@routes.get(
    "roles.sync",
    example={"roles": {"update": [_ROLE], "remove": []}},
    refusals=(
        "Match error: Missing key 'updatedSince'",
        'The "updatedSince" query parameter must be a valid date. '
        "[error-updatedSince-param-invalid]",
    ),
)
async def sync_roles(call: Call, query: UpdatedSince) -> dict[str, Any]:
    """List the roles that were changed or removed since a date.

    What changed after `updatedSince`, and what was removed, for clients that keep a copy.
    """
    if query.updatedSince is None:
        raise Refused("Match error: Missing key 'updatedSince'")
    since = date_or_refusal(query.updatedSince, "error-updatedSince-param-invalid")
    changed: list[RoleRow] = await call.read(lambda tx: tx.all(queries.ROLES_CHANGED, since=since))
    return {
        "roles": {
            "update": [role_document(role) for role in changed if role.removed_at is None],
            "remove": [
                {"_id": role.id, "_deletedAt": iso(role.removed_at)}
                for role in changed
                if role.removed_at is not None
            ],
        }
    }


@routes.post(
    "roles.addUserToRole",
    example={"role": _ROLE},
    refusals=(
        "must have required property 'username' [error-invalid-role-properties]",
        'The required "userId" or "username" param provided does not match any users '
        "[error-invalid-user]",
        "error-invalid-role-properties",
        "error-role-not-found",
        "User already in role [error-user-already-in-role]",
        "Accessing permissions is not allowed [error-action-not-allowed]",
        "Assigning admin is not allowed [error-action-not-allowed]",
        "User is not part of given room [error-invalid-user]",
    ),
)
async def add_user(call: Call, body: RoleMembership) -> dict[str, Any]:
    """Give a user a role.

    Needs `access-permissions`. `livechat-agent` given here makes nobody take conversations; POST
    livechat/users/agent does.
    """
    role = await call.write(role_changes.add_user_to_role, call.user, body)
    return {"role": role_document(role)}


@routes.post(
    "roles.removeUserFromRole",
    permissions=_ACCESS,
    example={"role": _ROLE},
    refusals=(
        _INVALID,
        "There is no user with this username [error-invalid-user]",
        "This role does not exist [error-invalid-roleId]",
        "User is not in this role [error-user-not-in-role]",
        "You need to have at least one admin [error-admin-required]",
    ),
)
async def remove_user(call: Call, body: LeavingRole) -> dict[str, Any]:
    """Take a role from a user.

    The last administrator stays one.
    """
    role = await call.write(role_changes.remove_user_from_role, body)
    return {"role": role_document(role)}


@routes.get(
    "roles.getUsersInRole",
    permissions=_ACCESS,
    example={"users": [{"_id": "BsNr28znDkG8aeo7W", "username": "ann"}], "total": 1},
    refusals=(
        "Not allowed [error-not-allowed]",
        'Query param "role" is required [error-param-not-provided]',
        "[error-invalid-roleId]",
    ),
)
async def users_in_role(call: Call, query: UsersInRoleQuery) -> dict[str, Any]:
    """List who holds a role, by user name.

    Sorted by user name. Needs `access-permissions`.
    """
    wanted = page(call.settings, query)
    found = await call.read(role_changes.users_in_role, call.user, query, wanted)
    users = [picked(each, IN_ROLE) for each in found.users]
    return listed("users", users, wanted, found.total)


@routes.get(
    "roles.getUsersInPublicRoles",
    example={
        "users": [{"_id": "BsNr28znDkG8aeo7W", "username": "ann", "roles": ["livechat-agent"]}]
    },
)
async def users_in_public_roles(call: Call) -> dict[str, Any]:
    """List the active users with roles other than `user`, and these roles.

    Roles whose holders everybody may know, with those who hold them.
    """
    return {"users": await call.read(users_with_roles)}


@routes.post(
    "roles.create",
    permissions=_ACCESS,
    example={"role": _ROLE},
    refusals=(
        _INVALID,
        "Role name already exists [error-duplicate-role-names-not-allowed]",
    ),
)
async def create(call: Call, body: RoleProperties) -> dict[str, Any]:
    """Make a role.

    Needs `access-permissions`. The new role holds no permission yet.
    """
    return {"role": role_document(await call.write(role_changes.create_role, body))}


@routes.post(
    "roles.update",
    permissions=_ACCESS,
    example={"role": _ROLE},
    refusals=(
        _INVALID,
        "This role does not exist [error-invalid-roleId]",
        "Role is protected [error-role-protected]",
        "Role name already exists [error-duplicate-role-names-not-allowed]",
    ),
)
async def update(call: Call, body: RoleProperties) -> dict[str, Any]:
    """Change a role. Built-in roles keep their name and scope.

    Name and description; what a role may do is changed with the permissions.
    """
    return {"role": role_document(await call.write(role_changes.update_role, body))}


@routes.post(
    "roles.delete",
    permissions=_ACCESS,
    refusals=(
        _INVALID,
        "This role does not exist [error-invalid-roleId]",
        "Cannot delete a protected role [error-role-protected]",
        "Cannot delete role because it's in use [error-role-in-use]",
    ),
)
async def delete(call: Call, body: RoleProperties) -> None:
    """Remove a role that nobody holds.

    Protected roles, and roles that somebody holds, are not deleted.
    """
    await call.write(role_changes.delete_role, body)


def date_or_refusal(text: str, code: str) -> int:
    """Return the moment of an `updatedSince`, in ms; raises Coded with the code for no date."""
    try:
        return parse_iso(text)
    except ValueError:
        raise Coded(code, 'The "updatedSince" query parameter must be a valid date.') from None


def users_with_roles(tx: Tx) -> list[dict[str, Any]]:
    """Return the active users with roles other than `user`, and these roles."""
    return [
        {
            "_id": user.id,
            "username": user.username,
            "roles": [role for role in user.roles if role != "user"],
        }
        for user in tx.all(queries.USERS_WITH_ROLES)
    ]
