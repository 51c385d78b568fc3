"""Logging in and out (API frame, 7.2 and 7.3).

A password is verified between two transactions, in a thread of its own: it takes tens of
milliseconds by intention, and nobody else shall wait for it.
"""

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.access import queries
from frontdesk.access.announcing import announce_user
from frontdesk.access.availability import agent_logged_in, agent_logged_out
from frontdesk.access.blocking import address_is_blocked, record_attempt, username_is_blocked
from frontdesk.access.credentials import PasswordProof, TokenProof
from frontdesk.access.finding import find_user, user_by_email, user_by_name, user_to_change
from frontdesk.access.passwords import verify_digest
from frontdesk.access.records import User
from frontdesk.access.sessions import hash_token
from frontdesk.access.tokens import MOST_TOKENS, expires_at, issue_token, revoke_token
from frontdesk.access.two_factor import methods_of, prove
from frontdesk.db import Tx
from frontdesk.errors import Coded, Failure

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings
    from frontdesk.workspace import Workspace


class LoginRefused(Failure):
    """A log-in that failed: status 401 with a code and a reason in the words of the API."""

    status = 401

    def __init__(self, code: str, reason: str, details: Any = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.details = details

    def body(self) -> dict[str, Any]:
        """Return the body, which differs from that of all other errors."""
        answer: dict[str, Any] = {"success": False, "status": "error", "error": self.code}
        if self.details is not None:
            answer["details"] = self.details
        answer["message"] = self.reason
        return answer


class LoggedIn(msgspec.Struct, frozen=True):
    """Who has logged in, and the token for all further calls."""

    user: User
    token: str


def unauthorized() -> LoginRefused:
    """Return the refusal that never tells what was wrong."""
    return LoginRefused("Unauthorized", "Unauthorized")


async def log_in(
    workspace: "Workspace", proof: PasswordProof | TokenProof | None, address: str
) -> LoggedIn:
    """Log somebody in who comes from an address; raises LoginRefused.

    A password gives a new token, a token itself. None, an unusable proof, is refused.
    """
    if isinstance(proof, PasswordProof):
        return await _with_password(workspace, proof, address)
    if isinstance(proof, TokenProof):
        return await workspace.db.write(lambda tx: _with_token(tx, workspace.settings, proof.token))
    raise unauthorized()


def log_out(tx: Tx, user_id: str, hashed_token: str) -> None:
    """Take back the token that was presented; an agent takes no more conversations."""
    revoke_token(tx, user_id, hashed_token)
    user = find_user(tx, user_id)
    if user is not None:
        agent_logged_out(tx, user)


def _with_token(tx: Tx, settings: "Settings", token: str) -> LoggedIn:
    stored = tx.one(queries.TOKEN, hashed_token=hash_token(token))
    if stored is None:
        raise unauthorized()
    end = expires_at(stored, settings)
    user = find_user(tx, stored.user_id)
    if user is None or (end is not None and end <= tx.now):
        raise unauthorized()
    refusal = _not_admitted(user)
    if refusal is not None:
        raise refusal
    agent_logged_in(tx, settings, user)
    return LoggedIn(find_user(tx, user.id) or user, token)


async def _with_password(workspace: "Workspace", proof: PasswordProof, address: str) -> LoggedIn:
    db, settings = workspace.db, workspace.settings
    attempt = _Attempt(settings, proof, address, _most_tokens(workspace))
    user = await db.read(attempt.candidate)
    stored = None if user is None else user.password_hash
    right = await asyncio.to_thread(verify_digest, stored, proof.digest)
    if user is None or not right:
        raise await db.write(attempt.fail)
    if not workspace.config.test_mode and methods_of(user, settings):
        # Judged before the second factor is asked for: who may not come in gets no code.
        refusal = await db.read(lambda tx: attempt.refusal(tx, user))
        if refusal is None:
            await _second_factor(workspace, attempt, user)
    outcome = await db.write(lambda tx: attempt.finish(tx, user.id, stored))
    if isinstance(outcome, LoginRefused):
        raise outcome
    return outcome


async def _second_factor(workspace: "Workspace", attempt: "_Attempt", user: User) -> None:
    try:
        await prove(
            workspace.db,
            workspace.settings,
            user,
            attempt.proof.code,
            None,
            password_counts=False,
        )
    except Coded as error:
        if error.code != "totp-required":
            await workspace.db.write(attempt.fail)
        raise LoginRefused(error.code, error.reason, error.details) from error


class _Attempt:
    """One log-in with a password. Its methods are use cases; refusals are returned, not raised,
    where the attempt is stored in the same transaction.
    """

    def __init__(
        self, settings: "Settings", proof: PasswordProof, address: str, most_tokens: int
    ) -> None:
        self.proof = proof
        self._settings = settings
        self._address = address
        self._username = proof.name if proof.kind == "username" else None
        self._most_tokens = most_tokens

    def candidate(self, tx: Tx) -> User | None:
        """Return whose password it may be; raises LoginRefused for those who are blocked.

        Blocked attempts are not stored, so that a block ends by itself.
        """
        refusal = self._blocked(tx)
        if refusal is not None:
            raise refusal
        if self.proof.kind == "email":
            return user_by_email(tx, self.proof.name)
        if self.proof.kind == "id":
            return find_user(tx, self.proof.name)
        return user_by_name(tx, self.proof.name)

    def fail(self, tx: Tx) -> LoginRefused:
        """Store a failure; return the refusal, which is a block's if others failed meanwhile."""
        refusal = self._blocked(tx)
        if refusal is None:
            record_attempt(tx, self._settings, self._address, self._username, False)
        return refusal or unauthorized()

    def refusal(self, tx: Tx, user: User) -> LoginRefused | None:
        """Return why a user with the right password may not come in, if so."""
        return self._blocked(tx) or _not_admitted(user) or self._not_verified(user)

    def finish(self, tx: Tx, user_id: str, verified: str | None) -> LoggedIn | LoginRefused:
        """Let the user in, or store the failure; `verified` is the hash that was looked at."""
        # Locked: attempts at one user are judged one after the other.
        user = user_to_change(tx, user_id)
        if user is None or user.password_hash != verified:
            return self.fail(tx)
        refusal = self._blocked(tx)
        if refusal is not None:
            return refusal
        refusal = self.refusal(tx, user)
        record_attempt(tx, self._settings, self._address, self._username, refusal is None)
        if refusal is not None:
            return refusal
        token = issue_token(tx, user.id, self._most_tokens)
        tx.patch(queries.PATCH_USER, user.id, last_login_at=tx.now)
        agent_logged_in(tx, self._settings, user)
        announce_user(tx, user.id)
        return LoggedIn(find_user(tx, user.id) or user, token)

    def _blocked(self, tx: Tx) -> LoginRefused | None:
        if address_is_blocked(tx, self._settings, self._address):
            return _refused(
                "error-login-blocked-for-ip", "Login has been temporarily blocked For IP"
            )
        if username_is_blocked(tx, self._settings, self._username):
            return _refused(
                "error-login-blocked-for-user", "Login has been temporarily blocked For User"
            )
        return None

    def _not_verified(self, user: User) -> LoginRefused | None:
        if not self._settings.flag("Accounts_EmailVerification") or "admin" in user.roles:
            return None
        if any(each["verified"] for each in user.emails or ()):
            return None
        return _refused("error-invalid-email", "Invalid email __email__")


def _not_admitted(user: User) -> LoginRefused | None:
    if user.kind == "app":
        return _refused(
            "error-app-user-is-not-allowed-to-login", "App user is not allowed to login"
        )
    if not user.active:
        return _refused("error-user-is-not-activated", "User is not activated")
    if not user.roles:
        return _refused("error-user-has-no-roles", "User has no roles")
    return None


def _refused(code: str, reason: str) -> LoginRefused:
    return LoginRefused(code, reason, {"function": "Accounts.validateLoginAttempt"})


def _most_tokens(workspace: "Workspace") -> int:
    given = workspace.config.environment.get("MAX_RESUME_LOGIN_TOKENS", "")
    return int(given) if given.isdecimal() and int(given) > 0 else MOST_TOKENS
