"""Giving roles to users and taking them away.

`users.agent` and `users.bot` repeat two of the roles for queries; they are kept in step here, so
every change of somebody's roles goes through `set_roles`.
"""

from collections.abc import Iterable

from frontdesk.access import queries
from frontdesk.access.announcing import announce_membership, announce_user
from frontdesk.access.records import User
from frontdesk.db import Tx

#: The roles that have a column of their own.
AGENT = "livechat-agent"
BOT = "bot"


def grant_role(tx: Tx, user: User, role: str) -> bool:
    """Give a role; return False if the user held it already."""
    held = _roles_now(tx, user)
    if role in held:
        return False
    set_roles(tx, user.id, [*held, role])
    announce_membership(tx, "added", role, user)
    return True


def revoke_role(tx: Tx, user: User, role: str) -> bool:
    """Take a role away; return False if the user did not hold it."""
    held = _roles_now(tx, user)
    if role not in held:
        return False
    set_roles(tx, user.id, [each for each in held if each != role])
    announce_membership(tx, "removed", role, user)
    return True


def set_roles(tx: Tx, user_id: str, roles: Iterable[str]) -> None:
    """Replace a user's roles and announce it, so that sessions learn the new permissions."""
    wanted = list(dict.fromkeys(roles))
    tx.patch(
        queries.PATCH_USER,
        user_id,
        roles=wanted,
        agent=AGENT in wanted,
        bot=BOT in wanted,
        updated_at=tx.now,
    )
    announce_user(tx, user_id, roles=wanted)


def _roles_now(tx: Tx, user: User) -> list[str]:
    """Return the roles as they are now, and keep others from changing them until the commit."""
    found = tx.one(queries.USER_TO_CHANGE, user_id=user.id)
    return list(found.roles) if found is not None else []
