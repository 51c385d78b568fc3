"""Looking up users, for this feature and others."""

from typing import TYPE_CHECKING, Protocol

from frontdesk.access import queries
from frontdesk.access.records import User
from frontdesk.db import Tx
from frontdesk.errors import Coded

if TYPE_CHECKING:
    from frontdesk.http.call import Principal


class Selector(Protocol):
    """How an endpoint is told which user is meant."""

    userId: str | None  # noqa: N815 (the name of the API)
    username: str | None
    user: str | None


def find_user(tx: Tx, user_id: str) -> User | None:
    """Return a user by id."""
    return tx.one(queries.USER, user_id=user_id)


def user_to_change(tx: Tx, user_id: str) -> User | None:
    """Return a user by id; others cannot change it until the commit."""
    return tx.one(queries.USER_TO_CHANGE, user_id=user_id)


def user_by_name(tx: Tx, username: str) -> User | None:
    """Return a user by name: the exact one, else the only one that differs in case."""
    exact = tx.one(queries.USER_BY_NAME, username=username)
    if exact is not None:
        return exact
    others = tx.all(queries.USERS_BY_LOWER_NAME, lower=username.lower())
    return others[0] if len(others) == 1 else None


def user_by_email(tx: Tx, address: str) -> User | None:
    """Return the user one of whose addresses it is, in any case."""
    return tx.one(queries.USER_BY_EMAIL, lower=address.lower())


def people_with_addresses(tx: Tx) -> list[User]:
    """Return the people (no bots, nobody deactivated) who have an e-mail address."""
    return [
        each
        for each in tx.select(queries.all_users(), User)
        if each.active and each.kind == "user" and each.emails
    ]


def selected_user(tx: Tx, selector: Selector) -> User:
    """Return the user that is meant: by `userId` if it is not blank, else by name.

    Raises Coded `error-user-param-not-provided` or `error-invalid-user` (API frame, 7.5).
    """
    user_id = (selector.userId or "").strip()
    name = (selector.username or selector.user or "").strip()
    if not user_id and not name:
        raise Coded(
            "error-user-param-not-provided",
            'The required "userId" or "username" param was not provided',
        )
    user = find_user(tx, user_id) if user_id else user_by_name(tx, name)
    if user is None:
        raise _unknown_user()
    return user


def selected_user_to_change(tx: Tx, selector: Selector) -> User:
    """Return the user that is meant; others cannot change it until the commit.

    Raises as `selected_user` does.
    """
    user = user_to_change(tx, selected_user(tx, selector).id)
    if user is None:  # deleted a moment ago
        raise _unknown_user()
    return user


def admins_to_change(tx: Tx) -> list[str]:
    """Return the ids of the active administrators; others cannot change them until the commit.

    Whoever may take an administrator away asks for this first and for the user afterwards: in one
    order for all, so that two never wait for each other.
    """
    return tx.all(queries.ACTIVE_ADMINS)


def meant_user(tx: Tx, caller: "Principal", selector: Selector) -> User:
    """Return the caller if he means himself, else the user that is meant; see `selected_user`."""
    own = find_user(tx, caller.id) if means_caller(selector, caller) else None
    return own or selected_user(tx, selector)


def means_caller(selector: Selector, caller: "Principal") -> bool:
    """Tell whether the caller means himself: by naming nobody, or himself (API frame, 7.5)."""
    if selector.userId:
        return selector.userId == caller.id
    name = selector.username or selector.user
    return not name or name == caller.username


def _unknown_user() -> Coded:
    return Coded(
        "error-invalid-user",
        'The required "userId" or "username" param provided does not match any users',
    )
