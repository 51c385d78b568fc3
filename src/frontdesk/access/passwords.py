"""Keeping and checking passwords.

A client may send the password as it is or as the hex SHA-256 of it. What is hashed for keeping
is always that hex digest, so both forms verify against one hash.
"""

import hashlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

#: Longest plain password (API frame, log-in).
LONGEST = 256


def digest(password: str) -> str:
    """Return the hex SHA-256 of a plain password."""
    return hashlib.sha256(password.encode("utf-8", "surrogatepass")).hexdigest()


def hash_digest(password_digest: str) -> str:
    """Return the Argon2id hash of a digest, for storing. Takes tens of milliseconds."""
    return _hasher().hash(password_digest)


def verify_digest(stored: str | None, password_digest: str) -> bool:
    """Tell whether a digest belongs to the stored hash.

    Takes the same time when there is none, so that an answer does not tell whether a user exists.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(stored or _nobody(), password_digest) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    # 19 MiB, two passes, one lane: the OWASP minimum for Argon2id, so that many log-ins at once
    # do not take the server's memory.
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobody() -> str:
    return _hasher().hash(digest("nobody"))
