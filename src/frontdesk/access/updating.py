"""Changing users: by those who administrate them, and by themselves (API frame, 7.6)."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from frontdesk.access import queries
from frontdesk.access.announcing import announce_changes, announce_presence
from frontdesk.access.creating import RANDOM_PASSWORD, check_roles
from frontdesk.access.deactivation import check_admin_may_leave, set_active_status
from frontdesk.access.finding import admins_to_change, find_user, user_to_change
from frontdesk.access.granting import set_roles
from frontdesk.access.password_policy import check_password
from frontdesk.access.passwords import digest, hash_digest
from frontdesk.access.presence import LONGEST_STATUS, STATUSES
from frontdesk.access.records import User, UserEmail
from frontdesk.access.user_checks import (
    check_custom_fields,
    check_email,
    check_email_is_free,
    check_name_characters,
    check_profile_texts,
    check_username_characters,
    check_username_is_free,
    in_use,
    kept_custom_fields,
    refuse,
)
from frontdesk.access.user_mails import mail_welcome
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.ids import random_id

if TYPE_CHECKING:
    from frontdesk.access.schemas import OwnChanges, UpdateOwnBasicInfo, UpdateUser, UserChanges
    from frontdesk.http.call import Call, Principal
    from frontdesk.settings.workspace import Settings

Renaming: TypeAlias = Callable[[Tx, User, str], None]

#: What other features do when a user (as he was) gets a new name: writing it where they repeat
#: the old one. Called in the transaction of the change; app.py registers.
on_renamed: list[Renaming] = []


class Profile(msgspec.Struct):
    """The parts of a user that the workspace may forbid to change; None is left as it is."""

    username: str | None = None
    name: str | None = None
    email: str | None = None
    status_text: str | None = None
    password: str | None = None


async def update_user(call: "Call", body: "UpdateUser") -> User:
    """Change a user; return it. Raises the refusals of POST users.update in their order."""
    await call.read(_check_update, call.settings, call.user, body)
    changes = body.data
    password = random_id(RANDOM_PASSWORD) if changes.setRandomPassword else changes.password
    hashed = None
    if password and call.user.may("edit-other-user-password"):
        hashed = await asyncio.to_thread(hash_digest, digest(password))
    return await call.write(_update, call.settings, call.user, body, password, hashed)


async def update_own_profile(call: "Call", body: "UpdateOwnBasicInfo") -> User:
    """Change the caller; return him. Raises the refusals of POST users.updateOwnBasicInfo."""
    await call.read(_check_own, call.settings, call.user, body)
    hashed = None
    if body.data.newPassword:
        hashed = await asyncio.to_thread(hash_digest, digest(body.data.newPassword))
    return await call.write(_update_own, call.settings, call.user, body, hashed)


def _check_update(tx: Tx, settings: "Settings", caller: "Principal", body: "UpdateUser") -> User:
    """Raise what speaks against a change; return the user as he is."""
    changes, own = body.data, body.userId == caller.id
    check_name_characters(changes.name)
    if changes.verified and own:
        raise _not_allowed("Editing email verification is not allowed", "Editing_user")
    if not own and not caller.may("edit-other-user-info"):
        raise _not_allowed("Editing user is not allowed", "Editing_user")
    check_roles(tx, caller, changes.roles)
    if changes.username:
        check_username_characters(settings, changes.username)
    user = find_user(tx, body.userId)
    if user is None:
        raise Coded("error-user-not-found", "User not found", {"method": "insertOrUpdateUser"})
    if _changes_roles(changes, user) and not caller.may("assign-roles"):
        raise _not_allowed("Assign roles is not allowed", "Assign_role")
    profile = Profile(
        changes.username, changes.name, changes.email, changes.statusText, changes.password
    )
    if not caller.may("edit-other-user-password"):
        profile.password = None
    _check_profile(tx, settings, caller, user, profile)
    check_profile_texts(changes.bio, changes.nickname)
    if changes.customFields is not None:
        check_custom_fields(settings, changes.customFields)
    return user


def _check_own(
    tx: Tx, settings: "Settings", caller: "Principal", body: "UpdateOwnBasicInfo"
) -> User:
    changes = body.data
    check_name_characters(changes.name)
    if changes.username:
        check_username_characters(settings, changes.username)
    user = find_user(tx, caller.id)
    if user is None:
        raise Coded("error-user-not-found", "User not found", {"method": "saveUserProfile"})
    _check_profile(tx, settings, caller, user, _own_profile(changes))
    check_profile_texts(changes.bio, changes.nickname)
    if body.customFields is not None:
        check_custom_fields(settings, body.customFields)
    return user


def _own_profile(changes: "OwnChanges") -> Profile:
    return Profile(
        changes.username, changes.name, changes.email, changes.statusText, changes.newPassword
    )


def _check_profile(
    tx: Tx, settings: "Settings", caller: "Principal", user: User, profile: Profile
) -> None:
    """Raise for parts that must not be changed, or not so."""
    own = user.id == caller.id
    others = caller.may("edit-other-user-info")
    if (
        not settings.flag("Accounts_AllowUserProfileChange")
        and not others
        and not caller.may("edit-other-user-password")
    ):
        raise _not_allowed("Edit user profile is not allowed", "Update_user")
    fixed = not others or own
    password_fixed = not caller.may("edit-other-user-password") or own
    address = user.emails[0]["address"] if user.emails else None
    for changed, setting, part, is_fixed in (
        (_differs(profile.username, user.username), "UsernameChange", "username", fixed),
        (_differs(profile.status_text, user.status_text or ""), "UserStatusMessageChange",
         "user status", fixed),
        (_differs(profile.name, user.name), "RealNameChange", "user real name", fixed),
        (_differs(profile.email, address), "EmailChange", "user email", fixed),
        (bool(profile.password), "PasswordChange", "user password", password_fixed),
    ):  # fmt: skip
        if changed and is_fixed and not settings.flag(f"Accounts_Allow{setting}"):
            raise _not_allowed(f"Edit {part} is not allowed", "Update_user")
    if profile.username and profile.username != user.username:
        check_username_is_free(tx, settings, profile.username, user.id)
    name_missing = profile.name is not None and not profile.name.strip()
    if name_missing and settings.flag("Accounts_RequireNameForSignUp"):
        raise _identity_not_saved()
    if profile.email and profile.email != address:
        check_email(settings, profile.email)
        check_email_is_free(tx, profile.email, user.id)
    if profile.password:
        check_password(settings, profile.password)


def _update(
    tx: Tx,
    settings: "Settings",
    caller: "Principal",
    body: "UpdateUser",
    password: str | None,
    hashed: str | None,
) -> User:
    admins = admins_to_change(tx)
    user_to_change(tx, body.userId)
    user = _check_update(tx, settings, caller, body)
    changes = body.data
    columns = _shared_columns(settings, changes, changes.customFields, hashed)
    columns["bio"] = (changes.bio or "").strip() or None
    columns["nickname"] = (changes.nickname or "").strip() or None
    columns.update(_address(tx, user, changes.email, changes.verified))
    if changes.requirePasswordChange is not None:
        columns["password_change_required"] = changes.requirePasswordChange
    if changes.setRandomPassword and hashed:
        columns["password_change_required"] = True
        mail_welcome(tx, settings, user, password or "")
    if changes.freeSwitchExtension is not None:
        columns["voice_extension"] = changes.freeSwitchExtension or None
    if changes.status is not None:
        columns["status"] = columns["status_default"] = changes.status
    _rename(tx, user, changes.username)
    tx.patch(queries.PATCH_USER, user.id, **columns, updated_at=tx.now)
    if changes.roles is not None and _changes_roles(changes, user):
        if "admin" not in changes.roles:
            text = "Leaving the app without admins is not allowed"
            check_admin_may_leave(admins, user, text, "insertOrUpdateUser")
        set_roles(tx, user, changes.roles)
    if changes.active is not None:
        set_active_status(tx, settings, caller, user.id, changes.active)
    return _announced(tx, user)


def _update_own(
    tx: Tx,
    settings: "Settings",
    caller: "Principal",
    body: "UpdateOwnBasicInfo",
    hashed: str | None,
) -> User:
    user_to_change(tx, caller.id)
    user = _check_own(tx, settings, caller, body)
    changes = body.data
    columns = _shared_columns(settings, changes, body.customFields, hashed)
    if changes.bio is not None:
        columns["bio"] = changes.bio.strip() or None
    if changes.nickname is not None:
        columns["nickname"] = changes.nickname.strip() or None
    columns.update(_address(tx, user, changes.email, None))
    if hashed is not None:
        columns["password_change_required"] = False
    if changes.statusType in STATUSES:
        columns["status"] = columns["status_default"] = changes.statusType
    _rename(tx, user, changes.username)
    tx.patch(queries.PATCH_USER, user.id, **columns, updated_at=tx.now)
    return _announced(tx, user)


def _shared_columns(
    settings: "Settings",
    changes: "UserChanges | OwnChanges",
    custom_fields: dict[str, Any] | None,
    hashed: str | None,
) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if changes.name is not None:
        columns["name"] = changes.name
    if changes.statusText is not None:
        columns["status_text"] = changes.statusText.strip()[:LONGEST_STATUS]
    if custom_fields is not None:
        columns["custom_fields"] = kept_custom_fields(settings, custom_fields) or None
    if hashed is not None:
        columns["password_hash"] = hashed
    return columns


def _address(
    tx: Tx, user: User, email: str | None, verified: bool | None
) -> dict[str, list[dict[str, Any]]]:
    """Return the new addresses as a column; the first address is the one that is changed."""
    emails = list(user.emails or ())
    first = emails[0] if emails else None
    if email and (first is None or email != first["address"]):
        emails = [{"address": email, "verified": bool(verified)}]
        tx.run(queries.DELETE_EMAILS, user_id=user.id)
        if not tx.insert(queries.INSERT_EMAIL, UserEmail(email.lower(), user.id)):
            raise in_use(email)
    elif first is not None and verified is not None:
        emails[0] = {**first, "verified": verified}
    else:
        return {}
    return {"emails": emails}


def _rename(tx: Tx, user: User, username: str | None) -> None:
    if not username or username == user.username:
        return
    renamed = tx.run(
        queries.RENAME_USER, user_id=user.id, new_name=username, lower=username.lower()
    )
    if not renamed:
        raise _identity_not_saved()
    for rename in on_renamed:
        rename(tx, user, username)


def _differs(wanted: str | None, present: str | None) -> bool:
    return wanted is not None and wanted != present


def _changes_roles(changes: "UserChanges", user: User) -> bool:
    return changes.roles is not None and set(changes.roles) != set(user.roles)


def _announced(tx: Tx, before: User) -> User:
    after = announce_changes(tx, before)
    if (after.status, after.status_text) != (before.status, before.status_text):
        announce_presence(tx, after, before=before)
    return after


def _not_allowed(text: str, action: str) -> Coded:
    return refuse("error-action-not-allowed", text, action=action)


def _identity_not_saved() -> Coded:
    return refuse("error-could-not-save-identity", "Could not save user identity")
