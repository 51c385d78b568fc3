"""What the workforce does when something about a user changes elsewhere.

Source: behaviour of the API, workforce, sections 3.2, 3.3 and 3.5.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from frontdesk.access.availability import AVAILABLE, NOT_AVAILABLE
from frontdesk.access.finding import find_user
from frontdesk.access.granting import AGENT
from frontdesk.access.records import User
from frontdesk.db import Tx
from frontdesk.workforce import queries
from frontdesk.workforce.activity import note_activity
from frontdesk.workforce.appointing import MONITOR, begin_service, forget_agent
from frontdesk.workforce.keeping_hours import refresh_hours

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_ACTIVITY = frozenset(("status", "statusLivechat"))


def follow_user(tx: Tx, settings: "Settings", user_id: str, changes: Mapping[str, Any]) -> None:
    """Act on what has changed about a user, named as the API names it.

    Availability is counted; who is active again has the business hours that are open for him.
    """
    if not _ACTIVITY.isdisjoint(changes):
        note_activity(tx, settings, user_id)
    if changes.get("active") is True:
        refresh_hours(tx, settings, [user_id])


def follow_saved_roles(tx: Tx, settings: "Settings", user: User, given: frozenset[str]) -> None:
    """Let a user who was saved as an agent be available, unless he is offline."""
    if AGENT in given:
        now = find_user(tx, user.id) or user
        status = NOT_AVAILABLE if now.status == "offline" else AVAILABLE
        begin_service(tx, settings, user.id, status)


def follow_lost_roles(tx: Tx, settings: "Settings", before: User, lost: frozenset[str]) -> None:
    """Take an agent who is one no longer out of his departments, a monitor out of his units.

    `before` is the user as he was.
    """
    if AGENT in lost:
        forget_agent(tx, settings, before)
    if MONITOR in lost:
        tx.run(queries.DELETE_UNITS_OF_MONITOR, user_id=before.id)


def follow_rename(tx: Tx, before: User, username: str) -> None:
    """Write a user's new name where memberships in departments repeat the old one."""
    tx.run(queries.RENAME_DEPARTMENT_AGENT, user_id=before.id, new_name=username, now=tx.now)


def follow_deletion(tx: Tx, settings: "Settings", user: User) -> list[str]:
    """Take a user who is being deleted out of departments and units; no rooms go with that."""
    forget_agent(tx, settings, user)
    tx.run(queries.DELETE_UNITS_OF_MONITOR, user_id=user.id)
    return []
