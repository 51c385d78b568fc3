"""Texts that are longer than a database can index."""

import random
from string import ascii_letters

import pytest

from tests.builders import create_user, unique
from tests.harness.client import Api

#: Nothing that could be compressed, to fit all the same.
LONG = "".join(random.Random(1).choices(ascii_letters, k=20_000))
MANY_LABELS = ".".join(LONG[start : start + 60] for start in range(0, len(LONG), 60))


@pytest.mark.parametrize("user", [LONG, f"{LONG}@example.org", f"ann@{MANY_LABELS}.org"])
def test_a_log_in_with_a_long_name_is_no_log_in(api: Api, user: str) -> None:
    answer = api.post("login", {"user": user, "password": "secret"})

    assert answer.status_code == 401
    assert answer.json()["error"] == "Unauthorized"


@pytest.mark.parametrize(
    ("member", "value", "error"),
    [
        ("name", LONG, "Name is too long"),
        ("username", LONG, f"{LONG[:255]} is not a valid username"),
        ("email", f"ann@{MANY_LABELS}.org", "Invalid email ann@"),
    ],
)
def test_a_user_has_no_long_name_and_no_long_address(
    admin: Api, member: str, value: str, error: str
) -> None:
    name = unique("long")
    body = {
        "email": f"{name}@example.org",
        "name": name,
        "username": name,
        "password": "correct horse battery staple",
    }
    created = admin.post("users.create", {**body, member: value})
    assert created.status_code == 400
    assert created.json()["error"].startswith(error)

    ann = create_user(admin)
    changed = admin.post("users.update", {"userId": ann.id, "data": {member: value}})
    assert changed.status_code == 400
    assert changed.json()["error"].startswith(error)


def test_a_status_text_is_cut_off(admin: Api) -> None:
    ann = create_user(admin, statusText=LONG)

    shown = ann.api.get("users.info", {"userId": ann.id}).json()["user"]
    assert shown["statusText"] == LONG[:120]


def test_a_token_has_no_long_name(admin: Api) -> None:
    answer = admin.post("users.generatePersonalAccessToken", {"tokenName": LONG})

    assert answer.json()["error"] == "must NOT have more than 255 characters [invalid-params]"
