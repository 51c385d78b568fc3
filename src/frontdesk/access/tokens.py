"""Tokens: given at a log-in or by name, taken back, and expired."""

from typing import TYPE_CHECKING

from frontdesk.access import queries
from frontdesk.access.announcing import announce_user
from frontdesk.access.finding import find_user
from frontdesk.access.records import LoginToken
from frontdesk.access.sessions import hash_token
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.ids import random_token

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Log-in tokens of one user; of more the oldest are dropped (API frame, 7.2).
MOST_TOKENS = 50
#: Days until a token expires where the setting gives no positive number.
EXPIRATION_DAYS = 90
_DAY = 86_400_000


def issue_token(tx: Tx, user_id: str, most: int = MOST_TOKENS) -> str:
    """Give a user a new token; return it, the only time it is seen.

    Of more than `most` tokens the oldest are dropped; personal ones are not counted.
    """
    token = random_token()
    tx.insert(
        queries.INSERT_TOKEN,
        LoginToken(hashed_token=hash_token(token), user_id=user_id, created_at=tx.now),
    )
    tx.run(queries.DELETE_SURPLUS_TOKENS, user_id=user_id, most=most)
    announce_user(tx, user_id)
    return token


def revoke_token(tx: Tx, user_id: str, hashed_token: str) -> None:
    """Take one token back."""
    tx.run(queries.DELETE_TOKEN, user_id=user_id, hashed_token=hashed_token)
    announce_user(tx, user_id)


def revoke_other_tokens(tx: Tx, user_id: str, kept: str) -> LoginToken | None:
    """Take back all tokens but the one with the hash `kept` and personal ones; return that one."""
    tx.run(queries.DELETE_OTHER_TOKENS, user_id=user_id, kept=kept)
    announce_user(tx, user_id)
    return tx.one(queries.TOKEN, hashed_token=kept)


def revoke_all_tokens(tx: Tx, user_id: str) -> None:
    """Take back all tokens of a user, personal ones too.

    Raises Coded `error-invalid-user-id` where there is no such user.
    """
    if find_user(tx, user_id) is None:
        raise Coded("error-invalid-user-id", "Invalid user id")
    tx.run(queries.DELETE_TOKENS, user_id=user_id)
    announce_user(tx, user_id)


def expires_at(token: LoginToken, settings: "Settings") -> int | None:
    """Return when a token expires, in ms; None for a personal one, which never does."""
    return None if token.personal_name is not None else token.created_at + lifetime(settings)


def lifetime(settings: "Settings") -> int:
    """Return how long tokens live, in ms."""
    days = settings.number("Accounts_LoginExpiration")
    return (days if days > 0 else EXPIRATION_DAYS) * _DAY


def create_personal_token(tx: Tx, user_id: str, name: str, bypass_two_factor: bool) -> str:
    """Give a user a token with a name, which never expires; return it.

    Raises Coded `error-token-already-exists`.
    """
    token = random_token()
    created = tx.insert(
        queries.INSERT_TOKEN,
        LoginToken(
            hashed_token=hash_token(token),
            user_id=user_id,
            created_at=tx.now,
            personal_name=name,
            last_part=token[-6:],
            bypass_two_factor=bypass_two_factor,
        ),
    )
    if not created:
        raise Coded("error-token-already-exists", "A token with this name already exists")
    announce_user(tx, user_id)
    return token


def renew_personal_token(tx: Tx, user_id: str, name: str) -> str:
    """Replace a named token by a new one; return it.

    Raises Coded `error-token-does-not-exists`.
    """
    old = tx.one(queries.PERSONAL_TOKEN, user_id=user_id, name=name)
    remove_personal_token(tx, user_id, name)
    return create_personal_token(tx, user_id, name, old is not None and old.bypass_two_factor)


def remove_personal_token(tx: Tx, user_id: str, name: str) -> None:
    """Take a named token back.

    Raises Coded `error-token-does-not-exists`.
    """
    if not tx.run(queries.DELETE_PERSONAL_TOKEN, user_id=user_id, name=name):
        raise Coded("error-token-does-not-exists", "Token does not exist")
    announce_user(tx, user_id)


def personal_tokens(tx: Tx, user_id: str) -> list[LoginToken]:
    """Return a user's named tokens, oldest first."""
    return tx.all(queries.PERSONAL_TOKENS, user_id=user_id)


def remove_expired_tokens(tx: Tx, settings: "Settings") -> int:
    """Delete the tokens whose time is over; return how many."""
    owners = tx.all(queries.DELETE_EXPIRED_TOKENS, before=tx.now - lifetime(settings))
    for user_id in set(owners):
        announce_user(tx, user_id)
    return len(owners)
