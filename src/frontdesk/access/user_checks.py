"""What names, addresses and custom fields of users must look like (API frame, 7.6)."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec

from frontdesk.access import queries
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.http.formats import is_email

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_FORBIDDEN_IN_NAMES = frozenset("<>/\\")
_DEFAULT_USERNAMES = "[0-9a-zA-Z-_.]+"
#: Mentions of everybody; nobody can be called so.
_MENTIONS = ("all", "here")
#: Longest texts of a profile, in characters (API frame, 7.6).
LONGEST_BIO = 260
LONGEST_NICKNAME = 120
#: Longest names and user names, in characters; the database cannot index any length.
LONGEST_NAME = 255
#: Longest e-mail address (RFC 5321, 4.5.3.1.3, less the angle brackets).
LONGEST_EMAIL = 254


def refuse(code: str, reason: str, **details: Any) -> Coded:
    """Return the refusal of a value for a user's document."""
    return Coded(code, reason, {"method": "insertOrUpdateUser", **details})


def check_name_characters(name: str | None) -> None:
    """Raise Refused for a name with characters of HTML or paths, also percent-encoded, and for
    one that is too long.
    """
    if name is None:
        return
    if len(name) > LONGEST_NAME:
        raise Refused("Name is too long")
    if not _FORBIDDEN_IN_NAMES.isdisjoint(name) or not _FORBIDDEN_IN_NAMES.isdisjoint(
        unquote(name)
    ):
        raise Refused("Name contains invalid characters")


def check_username_characters(settings: "Settings", username: str) -> None:
    """Raise `error-input-is-not-a-valid-field` for a name against the workspace's pattern, or
    one that is too long.
    """
    pattern = _usernames(settings.text("UTF8_User_Names_Validation"))
    if len(username) > LONGEST_NAME or not pattern.fullmatch(username):
        username = username[:LONGEST_NAME]
        raise refuse(
            "error-input-is-not-a-valid-field",
            f"{username} is not a valid username",
            input=username,
            field="Username",
        )


@lru_cache(maxsize=8)
def _usernames(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern or _DEFAULT_USERNAMES)
    except re.error:
        return re.compile(_DEFAULT_USERNAMES)


def is_reserved(settings: "Settings", username: str) -> bool:
    """Tell whether a name stands on one of the lists of names that nobody may have."""
    return username.lower() in {
        *_MENTIONS,
        *(each.lower() for each in settings.texts("Accounts_BlockedUsernameList")),
        *(each.lower() for each in settings.texts("Accounts_SystemBlockedUsernameList")),
    }


def username_is_available(tx: Tx, settings: "Settings", username: str, owner: str) -> bool:
    """Tell whether a user may take a name: nobody else has it.

    Raises Coded `error-blocked-username` for one that is reserved.
    """
    if is_reserved(settings, username):
        raise Coded(
            "error-blocked-username",
            f"{username} is blocked and can't be used!",
            {"method": "checkUsernameAvailability", "field": username},
        )
    return tx.one(queries.NAME_OWNER, lower=username.lower()) in (None, owner)


def check_username_is_free(
    tx: Tx, settings: "Settings", username: str, owner: str | None = None
) -> None:
    """Raise for a name that is reserved, or has an owner other than the given one."""
    if is_reserved(settings, username):
        raise refuse(
            "error-blocked-username", f"{username} is blocked and can't be used!", field=username
        )
    if tx.one(queries.NAME_OWNER, lower=username.lower()) not in (None, owner):
        raise in_use(username)


def check_email_is_free(tx: Tx, address: str, owner: str | None = None) -> None:
    """Raise for an address that has an owner other than the given one."""
    if tx.one(queries.EMAIL_OWNER, lower=address.lower()) not in (None, owner):
        raise in_use(address)


def in_use(value: str) -> Coded:
    """Return the refusal of a user name or address that somebody else has."""
    return refuse("error-field-unavailable", f"{value} is already in use :(", field=value)


def check_email(settings: "Settings", address: str) -> None:
    """Raise for an address with bad syntax, or of a domain that is not wanted."""
    if len(address) > LONGEST_EMAIL or not is_email(address):
        address = address[:LONGEST_EMAIL]
        raise Coded(
            "error-invalid-email",
            f"Invalid email {address}",
            {"function": "RocketChat.validateEmailDomain", "email": address},
        )
    domain = address.rpartition("@")[2].lower()
    allowed = settings.texts("Accounts_AllowedDomainsList")
    if allowed and domain not in {each.lower() for each in allowed}:
        raise Coded("error-invalid-domain", "The email domain is not in whitelist")
    if domain in {each.lower() for each in settings.texts("Accounts_BlockedDomainsList")}:
        raise Coded("error-email-domain-blacklisted", "The email domain is blacklisted")


def check_profile_texts(bio: str | None, nickname: str | None) -> None:
    """Raise for a bio or nickname that is too long."""
    if bio and len(bio.strip()) > LONGEST_BIO:
        raise Coded(
            "error-bio-size-exceeded",
            f"Bio size exceeds {LONGEST_BIO} characters",
            {"method": "saveUserProfile"},
        )
    if nickname and len(nickname.strip()) > LONGEST_NICKNAME:
        raise Coded(
            "error-nickname-size-exceeded",
            f"Nickname size exceeds {LONGEST_NICKNAME} characters",
            {"method": "saveUserProfile"},
        )


def check_custom_fields(settings: "Settings", given: dict[str, Any]) -> None:
    """Raise for values that the workspace's custom fields do not allow.

    Raises Coded `error-invalid-customfield-json` where the setting cannot be read.
    """
    for name, field in _fields(settings).items():
        value = given.get(name)
        text = value.strip() if isinstance(value, str) else ""
        if field.required and not text:
            raise _bad_field(f"Field {name} is required")
        if value is None:
            continue
        if field.type == "select" and value not in field.options:
            raise _bad_field(f"Value for field {name} is invalid")
        if field.max_length and len(text) > field.max_length:
            raise _bad_field(f"Max length of field {name} {field.max_length}")
        if field.min_length and 0 < len(text) < field.min_length:
            raise _bad_field(f"Min length of field {name} {field.min_length}")


def kept_custom_fields(settings: "Settings", given: dict[str, Any]) -> dict[str, Any]:
    """Return the values of the fields that the workspace has."""
    return {name: given[name] for name in _fields(settings) if name in given}


def public_custom_fields(settings: "Settings", given: dict[str, Any]) -> dict[str, Any]:
    """Return the values of the fields that everybody may see."""
    return {
        name: given[name]
        for name, field in _fields(settings).items()
        if field.public and name in given
    }


class _Field(msgspec.Struct, rename="camel"):
    """One custom field, as an administrator describes it in the setting."""

    type: str = "text"
    required: bool = False
    public: bool = False
    options: list[Any] = []
    min_length: int = 0
    max_length: int = 0


def _fields(settings: "Settings") -> dict[str, _Field]:
    text = settings.text("Accounts_CustomFields").strip()
    if not text:
        return {}
    try:
        return msgspec.json.decode(text, type=dict[str, _Field])
    except msgspec.DecodeError:
        raise Coded("error-invalid-customfield-json", "Invalid JSON for Custom Fields") from None


def _bad_field(text: str) -> Coded:
    return Coded("error-user-registration-custom-field", text, {"method": "registerUser"})
