"""The rules for new passwords."""

from typing import Any

import pytest

from frontdesk.access.password_policy import check_password, describe_policy
from frontdesk.errors import Typed
from frontdesk.settings.workspace import Settings

INITIAL = Settings.initial("http://localhost:3000")
RULE = "Accounts_Password_Policy"


def broken(password: str, **values: Any) -> list[str]:
    settings = INITIAL
    for name, value in values.items():
        settings = settings.with_value(f"{RULE}_{name}", value)
    try:
        check_password(settings, password)
    except Typed as refusal:
        return [
            each["error"].removeprefix("error-password-policy-not-met") for each in refusal.details
        ]
    return []


def test_a_good_password_passes() -> None:
    assert broken("Good-Pa55word-here") == []


@pytest.mark.parametrize(
    ("password", "rules"),
    [
        ("Short-1", ["-minLength"]),
        ("Loooong-Pa55word-x", ["-repeatingCharacters"]),
        ("GOOD-PA55WORD-HERE", ["-oneLowercase"]),
        ("good-pa55word-here", ["-oneUppercase"]),
        ("Good-Password-here", ["-oneNumber"]),
        ("GoodPa55wordHereToo", ["-oneSpecial"]),
        ("   ", [""]),
    ],
)
def test_each_rule_is_named(password: str, rules: list[str]) -> None:
    assert broken(password) == rules


def test_a_longest_length_may_be_set() -> None:
    assert broken("Good-Pa55word-here", MaxLength=10) == ["-maxLength"]
    assert ["get-password-policy-maxLength", {"maxLength": 10}] in describe_policy(
        INITIAL.with_value(f"{RULE}_MaxLength", 10)
    )["policy"]


def test_without_a_policy_only_blank_passwords_are_refused() -> None:
    assert broken("x", Enabled=False) == []
    assert broken(" ", Enabled=False) == [""]
