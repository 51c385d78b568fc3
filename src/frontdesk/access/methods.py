"""The real-time methods of access: logging in and out on a connection, and presence.

Source: behaviour of the API, real time, sections 4 and 5.5.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from frontdesk.access import connected, login, queries
from frontdesk.access.credentials import TokenProof, read_proof
from frontdesk.access.documents import ME, picked
from frontdesk.access.login import LoggedIn, LoginRefused
from frontdesk.access.presence import set_status
from frontdesk.access.schemas import SetStatus
from frontdesk.access.sessions import hash_token
from frontdesk.access.tokens import expires_at, lifetime
from frontdesk.db import Tx
from frontdesk.http.limits import FixedWindows
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.failures import MethodFailure
from frontdesk.realtime.limits import too_many_requests
from frontdesk.realtime.methods import Methods

methods = Methods()

_attempts = FixedWindows()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REFUSED = "Something went wrong. Please check your credentials."
_REVOKED = "You've been logged out by the server. Please log in again."
_EXPIRED = "Your session has expired. Please log in again."
_OWN = (ME | {"settings"}) - {"_id"}


@methods.method("login", public=True)
async def log_in(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """Log in with a password or a token; the connection is the user's from now on.

    The same as over REST, in other words: a token that does not count is refused with 403.
    """
    proof = read_proof(given, None)
    if proof is None:
        raise MethodFailure(400, "Unrecognized options for login request")
    if not isinstance(proof, TokenProof):
        _limit(caller)
    try:
        logged_in = await login.log_in(caller.workspace, proof, caller.address)
    except LoginRefused as refusal:
        if refusal.code != "Unauthorized":
            raise MethodFailure(refusal.code, refusal.reason, refusal.details) from refusal
        if not isinstance(proof, TokenProof):
            raise MethodFailure(403, _REFUSED) from refusal
        expired = await caller.read(_is_expired, proof.token)
        raise MethodFailure(403, _EXPIRED if expired else _REVOKED) from refusal
    ends = await caller.read(_ends, logged_in.token, caller.settings)
    await _enter(caller, logged_in)
    return {
        "id": logged_in.user.id,
        "token": logged_in.token,
        "tokenExpires": _EPOCH + timedelta(milliseconds=ends),
        "type": "resume" if isinstance(proof, TokenProof) else "password",
    }


def _limit(caller: Caller) -> None:
    """Count an attempt with a password, which costs the server much: addresses may make as many as
    over REST, on however many connections. Raises MethodFailure `too-many-requests`.
    """
    settings = caller.settings
    span = settings.number("API_Enable_Rate_Limiter_Limit_Time_Default")
    most = settings.number("API_Enable_Rate_Limiter_Limit_Calls_Default")
    if caller.workspace.config.test_mode or not settings.flag("API_Enable_Rate_Limiter"):
        return
    if most <= 0 or span <= 0:
        return
    used, ends = _attempts.count("login", caller.address, span)
    if used > most:
        raise too_many_requests(ends)


async def _enter(caller: Caller, logged_in: LoggedIn) -> None:
    """Make the connection the user's, and count it for the user's presence."""
    session, user = caller.session, logged_in.user
    if session is None:
        return
    await session.enter(user.id, logged_in.token, picked(user, _OWN))
    presence = connected.Presence(caller.workspace, session, user.id)
    if session.at_end(f"user {user.id}", presence.leave):
        await presence.come()


@methods.method("logout", public=True)
async def log_out(caller: Caller) -> None:
    """Log out: the token does not count any more, the connection is nobody's."""
    user, session = caller.user_or_none, caller.session
    if user is None:
        return
    if session is not None:
        await session.forget_user()  # before the token goes, which ends its connections
    await caller.write(login.log_out, user.id, user.hashed_token)


def _is_expired(tx: Tx, token: str) -> bool:
    """Tell whether a token that was refused is known: then its time is over."""
    return tx.one(queries.TOKEN, hashed_token=hash_token(token)) is not None


def _ends(tx: Tx, token: str, settings: Any) -> int:
    """Return when a token expires; of one that never does, a time that is far enough."""
    stored = tx.one(queries.TOKEN, hashed_token=hash_token(token))
    ends = None if stored is None else expires_at(stored, settings)
    return ends if ends is not None else tx.now + lifetime(settings)


# Presence ------------------------------------------------------------------------------------


@methods.method("UserPresence:online")
async def come_back(caller: Caller) -> None:
    """Say that somebody is at the keyboard."""
    if caller.session is not None:
        await caller.write(connected.note_presence, caller.session.id, "online")


@methods.method("UserPresence:away")
async def go_away(caller: Caller) -> None:
    """Say that nobody is at the keyboard."""
    if caller.session is not None:
        await caller.write(connected.note_presence, caller.session.id, "away")


@methods.method("UserPresence:setDefaultStatus")
async def set_default_status(caller: Caller, status: str) -> None:
    """Choose a status, as POST users.setStatus."""
    await _set_status(caller, status, None)


@methods.method("setUserStatus")
async def set_user_status(
    caller: Caller, status: str | None = None, text: str | None = None
) -> None:
    """Choose a status, or a text beside it, as POST users.setStatus."""
    await _set_status(caller, status, text)


async def _set_status(caller: Caller, status: str | None, text: str | None) -> None:
    if status is not None and status not in ("online", "away", "offline", "busy"):
        raise MethodFailure("error-status-not-allowed", "Status not allowed")
    wish = SetStatus(status=status, message=text)  # type: ignore[arg-type]
    await caller.write(set_status, caller.settings, caller.user, wish)
