"""The forms in which somebody proves who he is (API frame, 7.2)."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from frontdesk.access.passwords import LONGEST, digest

_OWN_KEYS = frozenset(("user", "username", "email", "password", "code"))


class PasswordProof(msgspec.Struct, frozen=True):
    """A name of some kind with the digest of a password, and the second factor if given."""

    kind: Literal["username", "email", "id"]
    name: str
    digest: str
    code: str | None = None


class TokenProof(msgspec.Struct, frozen=True):
    """A token from an earlier log-in."""

    token: str


def read_proof(
    body: Mapping[str, Any], code_header: str | None
) -> PasswordProof | TokenProof | None:
    """Return what the body of a log-in proves, or None if it is of no use.

    Besides the forms of POST login these are understood, as the real-time `login` sends them:
    `{"user": {"username" | "email" | "id": ...}, "password": ...}`, the same within
    `{"totp": {"login": ..., "code": ...}}`, and `{"resume": token}`.
    """
    totp = body.get("totp")
    if isinstance(totp, Mapping) and isinstance(totp.get("login"), Mapping):
        return _password_proof(totp["login"], _text(totp.get("code")))
    if body.get("password") is None:
        token = _text(body.get("resume"))
        return TokenProof(token) if token else None
    return _password_proof(body, _text(body.get("code")) or code_header)


def _password_proof(body: Mapping[str, Any], code: str | None) -> PasswordProof | None:
    password = _digest(body.get("password"))
    user, username, email = body.get("user"), body.get("username"), body.get("email")
    plain = _OWN_KEYS.issuperset(body)
    kind: Any
    if isinstance(user, Mapping) and len(user) == 1:
        ((kind, name),) = user.items()
    elif plain and isinstance(user, str):
        kind, name = ("email" if "@" in user else "username"), user
    elif plain and username:
        kind, name = "username", username
    elif plain:
        kind, name = "email", email
    else:
        return None
    known = kind in ("username", "email", "id")
    if password is None or not known or not isinstance(name, str) or not name:
        return None
    return PasswordProof(kind, name, password, code)


def _digest(password: Any) -> str | None:
    """Return the digest of a password in either form; None for anything else, or too much."""
    if isinstance(password, str):
        return digest(password) if 0 < len(password) <= LONGEST else None
    if isinstance(password, Mapping) and password.get("algorithm") == "sha-256":
        given = password.get("digest")
        return given if isinstance(given, str) and len(given) == 64 else None
    return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
