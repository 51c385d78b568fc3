"""Who looks after contacts.

Source: behaviour of the API, visitors, sections 3.11 and 4.2.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.access.finding import find_user
from frontdesk.contacts import queries
from frontdesk.db import Tx
from frontdesk.workforce.finding import online_agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def manager_for_email(tx: Tx, settings: "Settings", address: str) -> dict[str, Any] | None:
    """Return who looks after the contact with an e-mail address, if that agent is there.

    Without the agent's own addresses, which are no business of whoever registers.
    """
    manager_id = tx.one(queries.MANAGER_BY_EMAIL, address=address)
    if manager_id is None or online_agent(tx, settings, manager_id) is None:
        return None
    user = find_user(tx, manager_id)
    if user is None or not user.name:
        return None
    return {"_id": user.id, "username": user.username, "name": user.name}


def forget_manager(tx: Tx, user_id: str) -> None:
    """Forget a user who is no agent any more as the one who looks after contacts."""
    tx.run(queries.FORGET_MANAGER, gone_id=user_id, now=tx.now)
