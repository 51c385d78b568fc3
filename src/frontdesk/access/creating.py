"""Creating users (API frame, 7.6)."""

import asyncio
from typing import TYPE_CHECKING

from frontdesk.access import queries
from frontdesk.access.announcing import announce_new_user
from frontdesk.access.deactivation import set_active_status
from frontdesk.access.finding import find_user
from frontdesk.access.granting import AGENT, BOT, note_saved_roles
from frontdesk.access.passwords import digest, hash_digest
from frontdesk.access.presence import LONGEST_STATUS
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
from frontdesk.ids import random_id

if TYPE_CHECKING:
    from frontdesk.access.schemas import CreateUser
    from frontdesk.http.call import Call, Principal
    from frontdesk.settings.workspace import Settings

#: Characters of a password that the server makes: about 115 bits.
RANDOM_PASSWORD = 20


async def create_user(call: "Call", body: "CreateUser") -> User:
    """Create a user; return it. Raises the refusals of POST users.create in their order.

    The password is hashed outside of the transaction, and only for a body that would do.
    """
    await call.read(check_new_user, call.settings, call.user, body)
    password = random_id(RANDOM_PASSWORD) if body.setRandomPassword else body.password
    hashed = await asyncio.to_thread(hash_digest, digest(password))
    return await call.write(_insert_user, call.settings, call.user, body, password, hashed)


def check_new_user(tx: Tx, settings: "Settings", caller: "Principal", body: "CreateUser") -> None:
    """Raise what speaks against a new user, the first thing in the order of the API."""
    check_name_characters(body.name)
    if body.customFields is not None:
        check_custom_fields(settings, body.customFields)
    if not caller.may("create-user"):
        raise refuse("error-action-not-allowed", "Adding user is not allowed", action="Adding_user")
    check_roles(tx, caller, body.roles)
    if settings.flag("Accounts_RequireNameForSignUp") and not body.name.strip():
        raise _required("Name")
    if not body.username.strip():
        raise _required("Username")
    check_username_characters(settings, body.username)
    if not body.password and not body.setRandomPassword:
        raise _required("Password")
    check_username_is_free(tx, settings, body.username)
    check_email_is_free(tx, body.email)
    check_email(settings, body.email)
    check_profile_texts(body.bio, body.nickname)


def check_roles(tx: Tx, caller: "Principal", roles: list[str] | None) -> None:
    """Raise Coded `error-action-not-allowed` for roles that do not exist or must not be given."""
    if not roles:
        return
    known = {role.id for role in tx.all(queries.ALL_ROLES)}
    if not known.issuperset(roles):
        raise refuse(
            "error-action-not-allowed",
            "The field Roles consist invalid role id",
            action="Assign_role",
        )
    if "admin" in roles and not caller.may("assign-admin-role"):
        raise refuse(
            "error-action-not-allowed", "Assigning admin is not allowed", action="Assign_admin"
        )


def _insert_user(
    tx: Tx,
    settings: "Settings",
    caller: "Principal",
    body: "CreateUser",
    password: str,
    hashed: str,
) -> User:
    check_new_user(tx, settings, caller, body)
    roles = list(dict.fromkeys(body.roles or _default_roles(tx, settings)))
    user = User(
        id=random_id(),
        username=body.username,
        username_lower=body.username.lower(),
        name=body.name,
        roles=roles,
        agent=AGENT in roles,
        bot=BOT in roles,
        status_text=(body.statusText or "").strip()[:LONGEST_STATUS] or None,
        voice_extension=body.freeSwitchExtension or None,
        password_hash=hashed,
        password_change_required=bool(body.requirePasswordChange or body.setRandomPassword),
        emails=[{"address": body.email, "verified": bool(body.verified)}],
        preferences={},
        bio=body.bio or None,
        nickname=body.nickname or None,
        custom_fields=kept_custom_fields(settings, body.customFields or {}) or None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    # What was free a moment ago may be taken: the unique rules decide.
    if not tx.insert(queries.INSERT_USER, user):
        raise in_use(body.username)
    if not tx.insert(queries.INSERT_EMAIL, UserEmail(body.email.lower(), user.id)):
        raise in_use(body.email)
    announce_new_user(tx, user.id)
    note_saved_roles(tx, user, frozenset(roles))
    if body.sendWelcomeEmail or body.setRandomPassword:
        mail_welcome(tx, settings, user, password)
    if body.active is not None:
        set_active_status(tx, settings, caller, user.id, body.active)
    return find_user(tx, user.id) or user


def _default_roles(tx: Tx, settings: "Settings") -> list[str]:
    roles = settings.texts("Accounts_Registration_Users_Default_Roles")
    if tx.one(queries.PERSON_EXISTS) is None:
        roles.append("admin")
    return roles


def _required(field: str) -> Exception:
    return refuse("error-the-field-is-required", f"The field {field} is required", field=field)
