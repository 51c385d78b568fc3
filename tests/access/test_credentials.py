"""The forms of a log-in, as clients and real-time connections send them."""

from typing import Any

import pytest

from frontdesk.access.credentials import PasswordProof, TokenProof, read_proof
from frontdesk.access.passwords import digest

HASHED = {"digest": digest("secret"), "algorithm": "sha-256"}


@pytest.mark.parametrize(
    ("body", "kind", "name"),
    [
        ({"user": "ann"}, "username", "ann"),
        ({"user": "a@b.c"}, "email", "a@b.c"),
        ({"username": "a@b.c"}, "username", "a@b.c"),
        ({"email": "ann"}, "email", "ann"),
        ({"user": {"username": "a@b.c"}}, "username", "a@b.c"),
        ({"user": {"id": "x"}, "more": 1}, "id", "x"),
    ],
)
def test_a_name_is_of_one_kind(body: dict[str, Any], kind: str, name: str) -> None:
    for password in ("secret", HASHED):
        proof = read_proof({**body, "password": password}, None)
        assert proof == PasswordProof(kind, name, digest("secret"))  # type: ignore[arg-type]


def test_a_code_comes_in_the_body_or_in_a_header() -> None:
    body = {"user": "ann", "password": "secret"}
    assert read_proof({**body, "code": "1"}, "2") == PasswordProof(
        "username", "ann", digest("secret"), "1"
    )
    assert read_proof(body, "2") == PasswordProof("username", "ann", digest("secret"), "2")


def test_a_real_time_log_in_wraps_the_name_and_the_code() -> None:
    login = {"user": {"username": "ann"}, "password": HASHED}
    assert read_proof({"totp": {"login": login, "code": "1"}}, None) == PasswordProof(
        "username", "ann", digest("secret"), "1"
    )


def test_a_token_comes_alone() -> None:
    assert read_proof({"resume": "t"}, None) == TokenProof("t")
    assert read_proof({"resume": "t", "password": "secret"}, None) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"password": "secret"},
        {"user": "ann", "password": True},
        {"user": "ann", "password": {**HASHED, "algorithm": "md5"}},
        {"user": "ann", "password": "secret", "more": 1},
        {"user": {"username": "ann", "email": "a@b.c"}, "password": "secret"},
        {"user": {"phone": "1"}, "password": "secret"},
        {"user": ["ann"], "password": "secret"},
        {"totp": {"login": {"user": "ann"}}},
    ],
)
def test_anything_else_proves_nothing(body: dict[str, Any]) -> None:
    assert read_proof(body, None) is None
