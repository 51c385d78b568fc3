"""The workspace's rules for passwords that are chosen anew."""

import re
from typing import TYPE_CHECKING, Any

from frontdesk.errors import Typed

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_RULE = "Accounts_Password_Policy"
_NOT_MET = "error-password-policy-not-met"
_AGAINST = "which is against the password policy."
#: Settings that ask for a kind of character, the ending of the API's names for them, what counts
#: as one, and its name in the refusal.
_KINDS = (
    ("AtLeastOneLowercase", "oneLowercase", re.compile(r"[a-z]"), "lowercase"),
    ("AtLeastOneUppercase", "oneUppercase", re.compile(r"[A-Z]"), "uppercase"),
    ("AtLeastOneNumber", "oneNumber", re.compile(r"[0-9]"), "numerical"),
    ("AtLeastOneSpecialCharacter", "oneSpecial", re.compile(r"[^A-Za-z0-9 ]"), "special"),
)


def describe_policy(settings: "Settings") -> dict[str, Any]:
    """Return the policy as GET pw.getPolicy does: `enabled`, and rules with their numbers."""
    if not settings.flag(f"{_RULE}_Enabled"):
        return {"enabled": False, "policy": []}
    policy: list[list[Any]] = []
    shortest, longest, repeated = _numbers(settings)
    if shortest >= 1:
        policy.append(["get-password-policy-minLength", {"minLength": shortest}])
    if longest >= 1:
        policy.append(["get-password-policy-maxLength", {"maxLength": longest}])
    if settings.flag(f"{_RULE}_ForbidRepeatingCharacters"):
        policy.append(["get-password-policy-forbidRepeatingCharacters"])
        policy.append(
            [
                "get-password-policy-forbidRepeatingCharactersCount",
                {"forbidRepeatingCharactersCount": repeated},
            ]
        )
    policy.extend(
        [f"get-password-policy-mustContain{setting}"]
        for setting, *_ in _KINDS
        if settings.flag(f"{_RULE}_{setting}")
    )
    return {"enabled": True, "policy": policy}


def check_password(settings: "Settings", password: str) -> None:
    """Raise `error-password-policy-not-met`, with a reason per broken rule as details."""
    broken = _broken_rules(settings, password)
    if broken:
        raise Typed(
            "The password provided does not meet the server's password policy.",
            _NOT_MET,
            [{"error": code, "message": message} for code, message in broken],
        )


def _broken_rules(settings: "Settings", password: str) -> list[tuple[str, str]]:
    if not password.strip():
        return [(_NOT_MET, "The password provided does not meet the server's password policy.")]
    if not settings.flag(f"{_RULE}_Enabled"):
        return []
    broken: list[tuple[str, str]] = []
    shortest, longest, repeated = _numbers(settings)
    if shortest >= 1 and len(password) < shortest:
        text = "The password does not meet the minimum length password policy."
        broken.append((f"{_NOT_MET}-minLength", text))
    if longest >= 1 and len(password) > longest:
        text = "The password does not meet the maximum length password policy."
        broken.append((f"{_NOT_MET}-maxLength", text))
    if settings.flag(f"{_RULE}_ForbidRepeatingCharacters") and _repeats(password, repeated):
        text = f"The password contains repeating characters {_AGAINST}"
        broken.append((f"{_NOT_MET}-repeatingCharacters", text))
    for setting, ending, characters, kind in _KINDS:
        if settings.flag(f"{_RULE}_{setting}") and not characters.search(password):
            text = f"The password does not contain at least one {kind} character {_AGAINST}"
            broken.append((f"{_NOT_MET}-{ending}", text))
    return broken


def _repeats(password: str, allowed: int) -> bool:
    """Tell whether a character stands more than `allowed` times in a row."""
    return re.search(rf"(.)\1{{{max(1, allowed)}}}", password, re.DOTALL) is not None


def _numbers(settings: "Settings") -> tuple[int, int, int]:
    return (
        settings.number(f"{_RULE}_MinLength"),
        settings.number(f"{_RULE}_MaxLength"),
        settings.number(f"{_RULE}_ForbidRepeatingCharactersCount"),
    )
