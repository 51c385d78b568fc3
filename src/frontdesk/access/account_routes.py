"""The HTTP face of users: creating, changing, deleting them, and what users change themselves."""

from typing import Any

from frontdesk.access import creating, presence, updating
from frontdesk.access.deactivation import set_active_status
from frontdesk.access.deleting import delete_user
from frontdesk.access.documents import written_user
from frontdesk.access.preferences import set_preferences, with_language
from frontdesk.access.schemas import (
    CreateUser,
    DeleteUser,
    SetActiveStatus,
    SetPreferences,
    SetStatus,
    UpdateOwnBasicInfo,
    UpdateUser,
)
from frontdesk.access.two_factor import require_second_factor
from frontdesk.http import Call, Rate, Routes

routes = Routes("Users")

_FULL = "view-full-other-user-info"
_USER_EXAMPLE = {
    "_id": "BsNr28znDkG8aeo7W",
    "createdAt": "2026-03-01T10:00:00.000Z",
    "username": "ann",
    "name": "Ann Agent",
    "emails": [{"address": "ann@example.com", "verified": False}],
    "type": "user",
    "status": "offline",
    "active": True,
    "roles": ["user"],
    "settings": {},
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_VALUES_REFUSED = (
    "Name contains invalid characters",
    "The field Roles consist invalid role id [error-action-not-allowed]",
    "Assigning admin is not allowed [error-action-not-allowed]",
    "ann! is not a valid username [error-input-is-not-a-valid-field]",
    "ann is already in use :( [error-field-unavailable]",
    "system is blocked and can't be used! [error-blocked-username]",
    "Invalid email ann [error-invalid-email]",
    "Bio size exceeds 260 characters [error-bio-size-exceeded]",
)


@routes.post(
    "users.create",
    example={"user": _USER_EXAMPLE},
    refusals=(
        "Adding user is not allowed [error-action-not-allowed]",
        "The field Name is required [error-the-field-is-required]",
        *_VALUES_REFUSED,
    ),
)
async def create(call: Call, body: CreateUser) -> dict[str, Any]:
    """Create a user.

    Needs `create-user`. With `setRandomPassword` the password is made here and mailed, and must
    be changed at the first log-in. The password policy does not apply.
    """
    user = await creating.create_user(call, body)
    return {"user": written_user(user, call.user.may(_FULL))}


@routes.post(
    "users.update",
    two_factor="remembered",
    example={"user": _USER_EXAMPLE},
    refusals=(
        "Editing email verification is not allowed [error-action-not-allowed]",
        "Editing user is not allowed [error-action-not-allowed]",
        "Assign roles is not allowed [error-action-not-allowed]",
        "Edit user email is not allowed [error-action-not-allowed]",
        "User not found [error-user-not-found]",
        "Could not save user identity [error-could-not-save-identity]",
        "The password provided does not meet the server's password policy.",
        *_VALUES_REFUSED,
    ),
)
async def update(call: Call, body: UpdateUser) -> dict[str, Any]:
    """Change a user.

    Others than oneself need `edit-other-user-info`; a password needs `edit-other-user-password`
    and is ignored without. Bio and nickname are cleared when they are missing.
    """
    user = await updating.update_user(call, body)
    return {"user": written_user(user, call.user.may(_FULL))}


@routes.post(
    "users.updateOwnBasicInfo",
    rate=Rate(1, 60_000),
    example={"user": _USER_EXAMPLE},
    refusals=(
        "Edit username is not allowed [error-action-not-allowed]",
        "TOTP Required [totp-required]",
        "The password provided does not meet the server's password policy.",
        *_VALUES_REFUSED,
    ),
)
async def update_own(call: Call, body: UpdateOwnBasicInfo) -> dict[str, Any]:
    """Change one's own profile.

    A new address or password needs a second proof: the headers, or `currentPassword` as hex
    SHA-256. What is missing stays.
    """
    if (body.data.email or body.data.newPassword) and not call.workspace.config.test_mode:
        await require_second_factor(
            call,
            always=False,
            code=body.data.currentPassword,
            method="password" if body.data.currentPassword else None,
        )
    user = await updating.update_own_profile(call, body)
    return {"user": written_user(user, full=True)}


@routes.post(
    "users.delete",
    permissions=["delete-user"],
    example={"deletedRooms": []},
    refusals=(
        'The required "userId" or "username" param was not provided '
        "[error-user-param-not-provided]",
        "Deleting the rocket.cat user is not allowed [error-action-not-allowed]",
        "Deleting app user is not allowed [error-cannot-delete-app-user]",
        "Leaving the app without admins is not allowed [error-action-not-allowed]",
    ),
)
async def delete(call: Call, body: DeleteUser) -> dict[str, Any]:
    """Delete a user.

    Conversations that he serves are closed first.
    """
    return {"deletedRooms": await call.write(delete_user, call.settings, body)}


@routes.post(
    "users.setActiveStatus",
    permissions=["edit-other-user-active-status", "manage-moderation-actions"],
    any_permission=True,
    example={"user": {"_id": "BsNr28znDkG8aeo7W", "active": False}},
    refusals=(
        "Not allowed [error-not-allowed]",
        "User not found",
        "Leaving the app without an active admin is not allowed [error-action-not-allowed]",
    ),
)
async def set_active(call: Call, body: SetActiveStatus) -> dict[str, Any]:
    """Switch an account on or off.

    Whoever is switched off is logged out everywhere, and the conversations that he serves are
    closed.
    """
    user = await call.write(
        set_active_status, call.settings, call.user, body.userId, body.activeStatus
    )
    return {"user": {"_id": user.id, "active": user.active}}


@routes.post(
    "users.setStatus",
    rate=Rate(5, 60_000),
    refusals=(
        "Match error: Failed Match.OneOf, Match.Maybe or Match.Optional validation",
        "unauthorized",
        "Change status is not allowed [error-not-allowed]",
        "Invalid expiresAt date string [error-invalid-date]",
        "expiresAt must be a future date [error-invalid-date]",
        "Invisible status is disabled [error-status-not-allowed]",
    ),
)
async def set_status(call: Call, body: SetStatus) -> None:
    """Set a status, a text for it, or both.

    With `expiresAt` the status before comes back at that moment. Others than oneself need
    `edit-other-user-info`.
    """
    await call.write(presence.set_status, call.settings, call.user, body)


@routes.post(
    "users.setPreferences",
    example={
        "user": {
            "_id": "BsNr28znDkG8aeo7W",
            "settings": {"preferences": {"idleTimeLimit": 300, "language": "en"}},
        }
    },
    refusals=(
        "Editing user is not allowed [error-action-not-allowed]",
        'The optional "userId" param provided does not match any users [error-invalid-user]',
        "Invalid idleTimeLimit [invalid-idle-time-limit-value]",
    ),
)
async def save_preferences(call: Call, body: SetPreferences) -> dict[str, Any]:
    """Set preferences; those that are missing stay.

    Others than one's own need `edit-other-user-info`.
    """
    user = await call.write(set_preferences, call.user, body)
    return {"user": {"_id": user.id, "settings": {"preferences": with_language(user)}}}
