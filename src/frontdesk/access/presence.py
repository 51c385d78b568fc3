"""The status that users give themselves, for a time or for good (API frame, 7.5 and 7.6)."""

from typing import TYPE_CHECKING, Any

from frontdesk.access import queries
from frontdesk.access.announcing import announce_presence
from frontdesk.access.finding import find_user, means_caller, meant_user, user_to_change
from frontdesk.access.records import User
from frontdesk.clock import iso, parse_iso
from frontdesk.db import Tx
from frontdesk.errors import Coded, Forbidden, Refused
from frontdesk.jobs import cancel, enqueue

if TYPE_CHECKING:
    from frontdesk.access.schemas import PresenceQuery, SetStatus, UserSelector
    from frontdesk.http.call import Principal
    from frontdesk.settings.workspace import Settings

STATUSES = ("online", "away", "offline", "busy")
#: Longest text of a status, in characters; more is cut off.
LONGEST_STATUS = 120
#: The job that ends a status whose time is over.
STATUS_ENDS = "access.status_ends"
#: Older questions for changes are answered with everybody who is present; milliseconds.
RECENT = 600_000


def set_status(tx: Tx, settings: "Settings", caller: "Principal", body: "SetStatus") -> None:
    """Set a user's status, text, or both; raises the refusals of POST users.setStatus."""
    if body.status is None and body.message is None:
        text = "Match error: Failed Match.OneOf, Match.Maybe or Match.Optional validation"
        raise Refused(text)
    if not means_caller(body, caller) and not caller.may("edit-other-user-info"):
        raise Forbidden
    user = user_to_change(tx, meant_user(tx, caller, body).id)
    if user is None:
        raise Forbidden
    if body.message is not None and not settings.flag("Accounts_AllowUserStatusMessageChange"):
        raise _refused("error-not-allowed", "Change status is not allowed")
    ends_at = _end(tx, body.expiresAt)
    if body.status == "offline" and not settings.flag("Accounts_AllowInvisibleStatusOption"):
        raise _refused("error-status-not-allowed", "Invisible status is disabled")
    changes: dict[str, Any] = {
        "status_source": "manual",
        "status_expires_at": ends_at,
        "status_before": None if ends_at is None else user.status_before or _state(user),
    }
    if body.message is not None:
        changes["status_text"] = body.message.strip()[:LONGEST_STATUS]
    if body.status is not None:
        changes["status"] = changes["status_default"] = body.status
    _change(tx, user, changes)
    if ends_at is None:
        cancel(tx, _key(user.id))
    else:
        enqueue(
            tx,
            STATUS_ENDS,
            {"user_id": user.id},
            due_at=ends_at,
            key=_key(user.id),
            replace=True,
        )


def end_status(tx: Tx, user_id: str) -> None:
    """Give a user back the status that one with an end had replaced, if that end has come."""
    user = user_to_change(tx, user_id)
    if user is None or user.status_expires_at is None or user.status_expires_at > tx.now:
        return
    before = user.status_before or {}
    _change(tx, user, {**before, "status_expires_at": None, "status_before": None})


def presence(tx: Tx, caller: "Principal", selector: "UserSelector") -> dict[str, Any]:
    """Return a user's presence; of the caller himself also his connection and last log-in."""
    user = meant_user(tx, caller, selector)
    if not means_caller(selector, caller):
        return {"presence": user.status}
    answer: dict[str, Any] = {
        "presence": user.status,
        "connectionStatus": user.status_connection,
    }
    if user.last_login_at is not None:
        answer["lastLogin"] = iso(user.last_login_at)
    return answer


def present_users(tx: Tx, query: "PresenceQuery") -> tuple[list[User], bool]:
    """Return users with their presence, and whether these are all who are present.

    By ids: those of them who are not offline. Since a moment that is not long ago: those who
    changed. Otherwise everybody who is not offline. Raises Refused for a date that is none.
    """
    ids = query.ids.split(",") if isinstance(query.ids, str) else query.ids
    if ids:
        return tx.select(queries.present_among(ids), User), False
    if query.since:
        since = _moment(query.since)
        if since is None:
            raise Refused("Invalid date")
        if since > tx.now - RECENT:
            return tx.all(queries.USERS_CHANGED, since=since), False
    return tx.all(queries.PRESENT_USERS), True


def connections(tx: Tx) -> int:
    """Return how many users have a live connection."""
    return tx.one(queries.COUNT_CONNECTED_USERS) or 0


def _change(tx: Tx, user: User, changes: dict[str, Any]) -> None:
    tx.patch(queries.PATCH_USER, user.id, **changes, updated_at=tx.now)
    announce_presence(tx, find_user(tx, user.id) or user, before=user)


def _state(user: User) -> dict[str, Any]:
    return {
        "status": user.status,
        "status_default": user.status_default,
        "status_text": user.status_text,
        "status_source": user.status_source,
    }


def _end(tx: Tx, text: str | None) -> int | None:
    if text is None:
        return None
    moment = _moment(text)
    if moment is None:
        raise _refused("error-invalid-date", "Invalid expiresAt date string")
    if moment <= tx.now:
        raise _refused("error-invalid-date", "expiresAt must be a future date")
    return moment


def _moment(text: str) -> int | None:
    try:
        return parse_iso(text)
    except ValueError:
        return None


def _key(user_id: str) -> str:
    return f"status:{user_id}"


def _refused(code: str, reason: str) -> Coded:
    return Coded(code, reason, {"method": "users.setStatus"})
