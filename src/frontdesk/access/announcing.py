"""Telling what has changed about users: the sessions and the streams listen.

The stream `user` carries every change, keyed by the user's id; what is kept of a user in memory
is dropped with it. Its arguments are the act (`inserted`, `updated`, `removed`) and, for an
update, the members that changed, as the API names them.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from frontdesk.access.documents import user_document
from frontdesk.access.finding import find_user
from frontdesk.access.records import User
from frontdesk.db import Tx

Follower: TypeAlias = Callable[[Tx, str, Mapping[str, Any]], None]

#: What other features do when something about a user has changed: they are told the user's id and
#: the changed members, as the API names them. Called in the transaction of the change, after it;
#: app.py registers.
on_changed: list[Follower] = []

#: The codes of presence on the stream `user-status`.
PRESENCE_CODES = {"offline": 0, "online": 1, "away": 2, "busy": 3}


def announce_new_user(tx: Tx, user_id: str) -> None:
    """Tell that there is a new user."""
    tx.emit("user", user_id, "inserted", {})


def announce_user(tx: Tx, user_id: str, **changes: Any) -> None:
    """Tell what changed about a user; nothing but the id when tokens or secrets did."""
    tx.emit("user", user_id, "updated", changes)
    if changes:
        for follow in on_changed:
            follow(tx, user_id, changes)


def announce_changes(tx: Tx, before: User) -> User:
    """Tell what differs from how a user was; return the user as it is."""
    after = find_user(tx, before.id) or before
    old, new = user_document(before), user_document(after)
    announce_user(
        tx,
        before.id,
        **{name: new.get(name) for name in {**old, **new} if old.get(name) != new.get(name)},
    )
    return after


def announce_removed_user(tx: Tx, user_id: str) -> None:
    """Tell that a user is gone."""
    tx.emit("user", user_id, "removed", {})


def announce_presence(tx: Tx, user: User, before: User | None = None) -> None:
    """Tell everybody a user's presence, after it changed; `before` is how the user was, if that
    is known, so that what is still the same counts as no change.
    """
    tx.emit(
        "user-status",
        user.id,
        user.username,
        PRESENCE_CODES.get(user.status, 0),
        user.status_text or "",
        user.name,
        user.roles,
    )
    changes = {}
    if before is None or before.status != user.status:
        changes["status"] = user.status
    if before is None or before.status_text != user.status_text:
        changes["statusText"] = user.status_text or ""
    announce_user(tx, user.id, **changes)


def announce_membership(tx: Tx, act: str, role_id: str, user: User) -> None:
    """Tell that a user was given a role (`added`) or lost it (`removed`)."""
    who = {"_id": user.id, "username": user.username}
    tx.emit("roles-change", role_id, {"type": act, "_id": role_id, "u": who, "scope": None})
