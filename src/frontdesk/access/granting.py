"""Giving roles to users and taking them away.

`users.agent` and `users.bot` repeat two of the roles for queries; they are kept in step here, so
every change of somebody's roles goes through here.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from frontdesk.access import queries
from frontdesk.access.announcing import announce_membership, announce_user
from frontdesk.access.records import User
from frontdesk.db import Tx

RolesChange: TypeAlias = Callable[[Tx, User, frozenset[str]], None]

#: What other features do when a user has lost roles, by whatever door: agents leave departments,
#: monitors their units. Called after the change, in its transaction, with the user as he was and
#: the roles he lost; app.py registers.
on_roles_lost: list[RolesChange] = []
#: The same for roles that a user is given by being saved with them. A role that is given alone
#: makes nobody take conversations (API frame, 7.7).
on_roles_saved: list[RolesChange] = []

#: The roles that have a column of their own.
AGENT = "livechat-agent"
BOT = "bot"


def grant_role(tx: Tx, user: User, role: str) -> bool:
    """Give a role; return False if the user held it already."""
    held = _as_now(tx, user)
    if held is None or role in held.roles:
        return False
    _write(tx, held, [*held.roles, role])
    announce_membership(tx, "added", role, user)
    return True


def revoke_role(tx: Tx, user: User, role: str) -> bool:
    """Take a role away; return False if the user did not hold it."""
    held = _as_now(tx, user)
    if held is None or role not in held.roles:
        return False
    _write(tx, held, [each for each in held.roles if each != role])
    announce_membership(tx, "removed", role, user)
    return True


def set_roles(tx: Tx, user: User, roles: Iterable[str]) -> None:
    """Save a user with other roles; `user` was read with `user_to_change`."""
    wanted = list(dict.fromkeys(roles))
    _write(tx, user, wanted)
    note_saved_roles(tx, user, frozenset(wanted).difference(user.roles))


def note_saved_roles(tx: Tx, user: User, given: frozenset[str]) -> None:
    """Let other features act on the roles that a user was saved with; they are stored already."""
    for follow in on_roles_saved:
        follow(tx, user, given)


def _write(tx: Tx, user: User, roles: list[str]) -> None:
    """Replace a user's roles and announce it, so that sessions learn the new permissions."""
    tx.patch(
        queries.PATCH_USER,
        user.id,
        roles=roles,
        agent=AGENT in roles,
        bot=BOT in roles,
        updated_at=tx.now,
    )
    announce_user(tx, user.id, roles=roles)
    lost = frozenset(user.roles).difference(roles)
    if lost:
        for follow in on_roles_lost:
            follow(tx, user, lost)


def _as_now(tx: Tx, user: User) -> User | None:
    """Return the user as he is now, and keep others from changing him until the commit."""
    return tx.one(queries.USER_TO_CHANGE, user_id=user.id)
