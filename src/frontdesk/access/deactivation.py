"""Switching accounts off and on, and what must happen elsewhere when one goes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from frontdesk.access import queries
from frontdesk.access.announcing import announce_user
from frontdesk.access.availability import NOT_AVAILABLE
from frontdesk.access.finding import admins_to_change, user_to_change
from frontdesk.access.records import User
from frontdesk.access.user_mails import mail_activation
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.settings.workspace import Settings

if TYPE_CHECKING:
    from frontdesk.http.call import Principal

Departure: TypeAlias = Callable[[Tx, Settings, User], None]

#: What other features do for a user who is being deactivated or deleted: closing the
#: conversations of an agent. Called before the change, in its transaction; app.py registers.
on_deactivated: list[Departure] = []


def set_active_status(
    tx: Tx, settings: Settings, caller: "Principal", user_id: str, active: bool
) -> User:
    """Switch an account on or off; return the user.

    Whoever is switched off is logged out everywhere. Raises Coded `error-not-allowed`, Refused
    for an unknown user, Coded `error-action-not-allowed` for the last active administrator.
    """
    if not caller.may("edit-other-user-active-status"):
        raise Coded("error-not-allowed", "Not allowed", {"method": "setUserActiveStatus"})
    admins = admins_to_change(tx)
    user = user_to_change(tx, user_id)
    if user is None:
        raise Refused("User not found")
    if user.active == active:
        return user
    if active:
        tx.patch(queries.PATCH_USER, user_id, active=True, updated_at=tx.now)
    else:
        text = "Leaving the app without an active admin is not allowed"
        check_admin_may_leave(admins, user, text, "removeUserFromRole")
        _deactivate(tx, settings, user)
    announce_user(tx, user_id, active=active)
    mail_activation(tx, settings, user, active)
    return user_to_change(tx, user_id) or user


def check_admin_may_leave(admins: list[str], user: User, text: str, method: str) -> None:
    """Raise Coded `error-action-not-allowed` with the text if the user is the only one of the
    administrators; see `admins_to_change`.
    """
    if admins == [user.id]:
        raise Coded(
            "error-action-not-allowed", text, {"method": method, "action": "Remove_last_admin"}
        )


def _deactivate(tx: Tx, settings: Settings, user: User) -> None:
    for depart in on_deactivated:
        depart(tx, settings, user)
    tx.run(queries.DELETE_TOKENS, user_id=user.id)
    tx.patch(
        queries.PATCH_USER,
        user.id,
        active=False,
        status="offline",
        status_connection="offline",
        updated_at=tx.now,
    )
    if user.status_livechat is not None:
        tx.patch(queries.PATCH_USER, user.id, status_livechat=NOT_AVAILABLE)
        announce_user(tx, user.id, statusLivechat=NOT_AVAILABLE)
