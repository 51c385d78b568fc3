"""Making users agents or managers, and dismissing them.

Source: behaviour of the API, workforce, sections 3.2, 4.2 and 4.4.
"""

from typing import TYPE_CHECKING

from frontdesk.access.announcing import announce_user
from frontdesk.access.availability import AVAILABLE
from frontdesk.access.finding import user_by_name, user_to_change
from frontdesk.access.granting import AGENT, grant_role, revoke_role
from frontdesk.access.records import User
from frontdesk.contacts.managing import forget_manager
from frontdesk.db import Tx
from frontdesk.errors import Forbidden, Refused
from frontdesk.http.call import Principal
from frontdesk.visitors.noting import forget_contact_manager
from frontdesk.workforce import queries
from frontdesk.workforce.keeping_hours import refresh_hours
from frontdesk.workforce.linking import set_departments_of

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: The kinds of staff that the API names in its paths, and their roles.
ROLES = {"agent": AGENT, "manager": "livechat-manager"}
MONITOR = "livechat-monitor"


def appoint(tx: Tx, settings: "Settings", caller: Principal, kind: str, username: str) -> User:
    """Make a user an agent or a manager; return the user.

    An agent is available at once, also one who had switched himself off, unless no business hour
    is open for him. Raises Refused `Invalid type` or `error-invalid-user`, Forbidden.
    """
    role = _role(caller, kind)
    user = user_by_name(tx, username)
    if user is None or user.username != username:
        raise Refused("error-invalid-user")
    grant_role(tx, user, role)
    if kind == "agent":
        begin_service(tx, settings, user.id, AVAILABLE)
    return user


def dismiss(tx: Tx, settings: "Settings", caller: Principal, kind: str, user_id: str) -> None:
    """Take the role of agent or manager from a user, who need not hold it.

    Open conversations of an agent stay his. Raises Refused `Invalid type` or
    `error-invalid-user`, Forbidden.
    """
    role = _role(caller, kind)
    user = user_to_change(tx, user_id)
    if user is None:
        raise Refused("error-invalid-user")
    if not revoke_role(tx, user, role) and kind == "agent":
        forget_agent(tx, settings, user)


def begin_service(tx: Tx, settings: "Settings", user_id: str, status: str) -> None:
    """Let a user, who is an agent now, be available or not, and have his business hours."""
    tx.patch(
        queries.PATCH_STAFF_MEMBER,
        user_id,
        status_livechat=status,
        livechat_switched_by_system=False,
        updated_at=tx.now,
    )
    announce_user(tx, user_id, statusLivechat=status, livechatStatusSystemModified=False)
    refresh_hours(tx, settings, [user_id])


def forget_agent(tx: Tx, settings: "Settings", user: User) -> None:
    """Remove all that only agents have: profile, switch, departments, visitors to look after."""
    tx.patch(
        queries.PATCH_STAFF_MEMBER,
        user.id,
        livechat=None,
        chat_limit=None,
        status_livechat=None,
        open_business_hours=None,
        updated_at=tx.now,
    )
    announce_user(
        tx, user.id, operator=False, livechat=None, statusLivechat=None, openBusinessHours=None
    )
    set_departments_of(tx, settings, user.id, ())
    forget_contact_manager(tx, user.username)
    forget_manager(tx, user.id)


def _role(caller: Principal, kind: str) -> str:
    role = ROLES.get(kind)
    if role is None:
        raise Refused("Invalid type")
    # Otherwise a monitor could make himself a manager.
    if kind == "manager" and not caller.may("manage-livechat-managers"):
        raise Forbidden
    return role
