"""What users prefer (API frame, 7.5 and 7.6)."""

from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.access import queries
from frontdesk.access.announcing import announce_changes
from frontdesk.access.finding import find_user, user_to_change
from frontdesk.access.records import User
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.texts import text

if TYPE_CHECKING:
    from frontdesk.access.schemas import SetPreferences
    from frontdesk.http.call import Principal

#: Shortest time until somebody counts as away, in seconds.
SHORTEST_IDLE_TIME = 60
#: Older names of ways to be notified by e-mail.
_OLDER_MODES = {"all": "mentions", "disabled": "nothing"}


def own_preferences(tx: Tx, user_id: str) -> dict[str, Any]:
    """Return what a user has set; Refused, in capitals, for one who never had settings."""
    user = find_user(tx, user_id)
    if user is None or user.preferences is None:
        raise Refused(text("Accounts_Default_User_Preferences_not_available").upper())
    return with_language(user)


def set_preferences(tx: Tx, caller: "Principal", body: "SetPreferences") -> User:
    """Set some preferences of a user; return the user.

    Raises Coded `error-action-not-allowed`, `error-invalid-user` and
    `invalid-idle-time-limit-value`.
    """
    user_id = body.userId or caller.id
    if user_id != caller.id and not caller.may("edit-other-user-info"):
        raise Coded(
            "error-action-not-allowed",
            "Editing user is not allowed",
            {"method": "saveUserPreferences", "action": "Editing_user"},
        )
    user = user_to_change(tx, user_id)
    if user is None:
        raise Coded(
            "error-invalid-user",
            'The optional "userId" param provided does not match any users',
        )
    given: dict[str, Any] = msgspec.to_builtins(body.data)
    if given.get("idleTimeLimit", SHORTEST_IDLE_TIME) < SHORTEST_IDLE_TIME:
        raise Coded("invalid-idle-time-limit-value", "Invalid idleTimeLimit")
    if "emailNotificationMode" in given:
        mode = given["emailNotificationMode"]
        given["emailNotificationMode"] = _OLDER_MODES.get(mode, mode)
    columns: dict[str, Any] = {}
    if "language" in given:
        columns["language"] = given.pop("language") or None
    if "utcOffset" in given:
        columns["utc_offset"] = given.pop("utcOffset")
    columns["preferences"] = {**(user.preferences or {}), **given}
    tx.patch(queries.PATCH_USER, user_id, **columns, updated_at=tx.now)
    return announce_changes(tx, user)


def with_language(user: User) -> dict[str, Any]:
    """Return the preferences that a user has set, with the language if there is one."""
    preferences = dict(user.preferences or {})
    if user.language is not None:
        preferences["language"] = user.language
    return preferences
