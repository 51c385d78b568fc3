"""Rules against guessing passwords, decided from the attempts that are stored."""

from typing import TYPE_CHECKING

from frontdesk.access import queries
from frontdesk.access.records import LoginAttempt
from frontdesk.db import Tx
from frontdesk.ids import random_id

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_RULE = "Block_Multiple_Failed_Logins"
_MINUTE = 60_000
#: Characters of a name that are looked at; no user has a longer one, and anybody may try one.
_LONGEST = 255


def address_is_blocked(tx: Tx, settings: "Settings", address: str) -> bool:
    """Tell whether too many log-ins from an address failed since the last that succeeded."""
    if not settings.flag(f"{_RULE}_Enabled") or not settings.flag(f"{_RULE}_By_Ip"):
        return False
    if address in settings.texts(f"{_RULE}_Ip_Whitelist"):
        return False
    since = tx.now - _address_window(settings)
    failures = tx.one(queries.FAILURES_OF_ADDRESS, given=address, since=since) or 0
    return failures > settings.number(f"{_RULE}_Attempts_Until_Block_By_Ip")


def username_is_blocked(tx: Tx, settings: "Settings", username: str | None) -> bool:
    """Tell whether too many log-ins under a name failed since the last that succeeded.

    Counts for log-ins by user name only; None, for those by e-mail, is never blocked.
    """
    if username is None:
        return False
    if not settings.flag(f"{_RULE}_Enabled") or not settings.flag(f"{_RULE}_By_User"):
        return False
    since = tx.now - _username_window(settings)
    failures = tx.one(queries.FAILURES_OF_USERNAME, given=_kept(username), since=since) or 0
    return failures > settings.number(f"{_RULE}_Attempts_Until_Block_by_User")


def record_attempt(
    tx: Tx, settings: "Settings", address: str, username: str | None, succeeded: bool
) -> None:
    """Store an attempt, unless nothing is ever blocked."""
    if not settings.flag(f"{_RULE}_Enabled"):
        return
    name = None if username is None else _kept(username)
    tx.insert(queries.INSERT_ATTEMPT, LoginAttempt(random_id(), tx.now, address, name, succeeded))


def attempts_count_for(settings: "Settings") -> int:
    """Return how long an attempt can matter to either rule; milliseconds."""
    return max(_address_window(settings), _username_window(settings))


def _kept(username: str) -> str:
    """Return a name as it is kept: in lower case, for it is looked up in any case."""
    return username.lower()[:_LONGEST]


def _address_window(settings: "Settings") -> int:
    return settings.number(f"{_RULE}_Time_To_Unblock_By_Ip_In_Minutes") * _MINUTE


def _username_window(settings: "Settings") -> int:
    return settings.number(f"{_RULE}_Time_To_Unblock_By_User_In_Minutes") * _MINUTE
