"""Deleting users."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from frontdesk.access import queries
from frontdesk.access.announcing import announce_removed_user
from frontdesk.access.deactivation import check_admin_may_leave, on_deactivated
from frontdesk.access.finding import admins_to_change, selected_user_to_change
from frontdesk.access.first_start import SYSTEM_USER
from frontdesk.access.records import User
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.settings.workspace import Settings

if TYPE_CHECKING:
    from frontdesk.access.finding import Selector

#: What other features do for a user who is being deleted, after his conversations are closed:
#: removing memberships, department links and references, and his messages as the setting
#: `Message_ErasureType` wants it. Each returns the ids of the rooms that it removed. Called
#: before the user goes, in the same transaction; app.py registers.
on_deleted: list[Callable[[Tx, Settings, User], list[str]]] = []


def delete_user(tx: Tx, settings: Settings, selector: "Selector") -> list[str]:
    """Delete a user with tokens and addresses; return the ids of the rooms that went with him.

    Raises Coded for a user who cannot be found or must not go (API frame, 7.6).
    """
    admins = admins_to_change(tx)
    user = selected_user_to_change(tx, selector)
    if user.id == SYSTEM_USER:
        raise Coded(
            "error-action-not-allowed",
            "Deleting the rocket.cat user is not allowed",
            {"method": "deleteUser", "action": "Delete_user"},
        )
    if user.kind == "app":
        raise Coded(
            "error-cannot-delete-app-user",
            "Deleting app user is not allowed",
            {"method": "deleteUser"},
        )
    check_admin_may_leave(
        admins, user, "Leaving the app without admins is not allowed", "deleteUser"
    )
    for depart in on_deactivated:
        depart(tx, settings, user)
    rooms = [room for depart in on_deleted for room in depart(tx, settings, user)]
    tx.run(queries.DELETE_TOKENS, user_id=user.id)
    tx.run(queries.DELETE_EMAILS, user_id=user.id)
    tx.run(queries.DELETE_USER, user_id=user.id)
    announce_removed_user(tx, user.id)
    return rooms
