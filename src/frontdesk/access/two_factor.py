"""The second factor: which one a user has, and asking for it (API frame, section 6)."""

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

from frontdesk.access import queries
from frontdesk.access.announcing import announce_user
from frontdesk.access.email_codes import TooManyGuesses, is_right_code, send_code
from frontdesk.access.finding import find_user, user_by_email, user_by_name
from frontdesk.access.passwords import verify_digest
from frontdesk.access.records import LoginToken, User
from frontdesk.access.tokens import revoke_other_tokens
from frontdesk.clock import iso, now_ms
from frontdesk.db import Database, Tx
from frontdesk.errors import Coded

if TYPE_CHECKING:
    from frontdesk.http.call import Call
    from frontdesk.settings.workspace import Settings

_RULE = "Accounts_TwoFactorAuthentication"


async def require_second_factor(
    call: "Call", *, always: bool, code: str | None = None, method: str | None = None
) -> None:
    """Pass if the caller need not or does give a second proof; raise Coded `totp-*` if not.

    `always` asks even if a proof was given a moment ago. Code and method are those of the
    headers unless given here.
    """
    settings = call.settings
    if not settings.flag(f"{_RULE}_Enabled"):
        return
    user, token = await call.read(_user_and_token, call.user.id, call.user.hashed_token)
    now = now_ms()
    remembered_for = settings.number(f"{_RULE}_RememberFor") * 1000
    fingerprint = _fingerprint(call)
    if token.personal_name is not None and token.bypass_two_factor:
        return
    if user.created_at + remembered_for > now and not methods_of(user, settings):
        return
    remembered = (token.two_factor_until or 0) > now and token.two_factor_client == fingerprint
    if remembered and not always:
        return
    proved = await prove(
        call.workspace.db,
        settings,
        user,
        code or call.headers.get("x-2fa-code"),
        method or call.headers.get("x-2fa-method"),
        password_counts=True,
    )
    if proved and not always:
        await call.write(_remember, token.hashed_token, now + remembered_for, fingerprint)


def methods_of(user: User, settings: "Settings") -> list[str]:
    """Return the methods that a user has set up and the workspace allows, preferred one first."""
    if not settings.flag(f"{_RULE}_By_Email_Enabled") or not user.email_two_factor:
        return []
    return ["email"] if any(each["verified"] for each in user.emails or ()) else []


async def prove(
    db: Database,
    settings: "Settings",
    user: User,
    code: str | None,
    method: str | None,
    *,
    password_counts: bool,
) -> bool:
    """Judge a second proof; return True for a good one, False where none is needed.

    `password_counts` lets the digest of the password do for users without another method.
    Raises Coded `totp-required`, `totp-invalid` or `totp-max-attempts`; where the method is
    e-mail, a code is sent first.
    """
    methods = methods_of(user, settings)
    if method not in ("totp", "email"):
        if methods:
            method = methods[0]
        elif (
            password_counts
            and settings.flag(f"{_RULE}_Enforce_Password_Fallback")
            and user.password_hash is not None
        ):
            method = "password"
        else:
            return False
    details: dict[str, Any] = {"method": method, "codeGenerated": False}
    try:
        if code and await _is_right(db, settings, user, code, method, methods):
            return True
    except TooManyGuesses as error:
        error.details = {**details, "availableMethods": methods}
        raise
    if method in methods:
        expires_at = await send_code(db, settings, user.id)
        details["codeGenerated"] = expires_at is not None
        if expires_at is not None:
            details["codeExpires"] = iso(expires_at)
        details["emailOrUsername"] = user.username
    details["availableMethods"] = methods
    if code:
        raise Coded("totp-invalid", "TOTP Invalid", details)
    raise Coded("totp-required", "TOTP Required", details)


async def send_code_to(db: Database, settings: "Settings", email_or_username: str) -> None:
    """Mail a code to a user who has set that method up; nobody learns whether there is one."""

    def find(tx: Tx) -> User | None:
        return user_by_email(tx, email_or_username) or user_by_name(tx, email_or_username)

    user = await db.read(find)
    if user is not None and "email" in methods_of(user, settings):
        await send_code(db, settings, user.id)


def enable_email(tx: Tx, user_id: str, kept_token: str) -> None:
    """Set the method e-mail up; the user is logged out everywhere else.

    Raises Coded `error-invalid-user` for a user without a verified address.
    """
    user = find_user(tx, user_id)
    if user is None or not any(each["verified"] for each in user.emails or ()):
        raise Coded("error-invalid-user", "You need to verify your emails before setting up 2FA")
    tx.patch(queries.PATCH_USER, user_id, email_two_factor=True, updated_at=tx.now)
    revoke_other_tokens(tx, user_id, kept_token)


def disable_email(tx: Tx, user_id: str) -> None:
    """Give the method e-mail up."""
    tx.patch(
        queries.PATCH_USER, user_id, email_two_factor=False, email_code=None, updated_at=tx.now
    )
    announce_user(tx, user_id)


async def _is_right(
    db: Database, settings: "Settings", user: User, code: str, method: str, methods: list[str]
) -> bool:
    if method == "password":
        return await asyncio.to_thread(verify_digest, user.password_hash, code.lower())
    return method in methods and await is_right_code(db, settings, user.id, code)


def _user_and_token(tx: Tx, user_id: str, hashed_token: str) -> tuple[User, LoginToken]:
    user = find_user(tx, user_id)
    token = tx.one(queries.TOKEN, hashed_token=hashed_token)
    if user is None or token is None:  # logged out between two steps of this request
        raise Coded("totp-required", "TOTP Required")
    return user, token


def _fingerprint(call: "Call") -> str:
    """Return what tells one client of a token from another: MD5, as the API has it."""
    client = call.headers.get("user-agent", "") + call.address
    return hashlib.md5(client.encode(), usedforsecurity=False).hexdigest()


def _remember(tx: Tx, hashed_token: str, until: int, fingerprint: str) -> None:
    tx.run(queries.REMEMBER_PROOF, token=hashed_token, until=until, client=fingerprint)
