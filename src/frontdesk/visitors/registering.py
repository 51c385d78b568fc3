"""Registering visitors: a new one, or the one who comes back with the same token.

Source: behaviour of the API, visitors, sections 3.1, 4.1 and 4.2. In one point we differ on
purpose: there, somebody who registers with a new token and another visitor's phone number gets
that visitor's token, and with another visitor's e-mail address takes the visitor over. Phone
numbers and addresses are no secrets, so anybody could read and continue the conversations of
others. Here the token alone says who comes back; everybody else is a new visitor.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from frontdesk.access.finding import find_user, user_by_name
from frontdesk.conversations.following import follow_visitor_name
from frontdesk.custom_fields.records import FieldValue
from frontdesk.custom_fields.setting import set_registered_values
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.ids import hex_id
from frontdesk.settings.store import next_number
from frontdesk.visitors import queries
from frontdesk.visitors.finding import find_visitor
from frontdesk.visitors.records import Visitor
from frontdesk.visitors.schemas import Registration
from frontdesk.workforce.finding import department_by_id_or_name

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Characters of a token, a name, and a telephone number at the most.
LONGEST_TOKEN = 512
LONGEST_NAME = 255
LONGEST_PHONE = 64
#: Longest e-mail address (RFC 5321, 4.5.3.1.3, less the angle brackets).
LONGEST_EMAIL = 254

#: Follows a known visitor who has registered again; given what was sent.
Follower: TypeAlias = Callable[[Tx, Visitor, Registration], None]
#: Finds who looks after the person with an e-mail address, if that user is there:
#: `{_id, username, name, emails}`.
ManagerFinder: TypeAlias = Callable[[Tx, "Settings", str], dict[str, Any] | None]

#: Contacts, which may not be known here.
on_registered: list[Follower] = []
manager_finders: list[ManagerFinder] = []

_UNWELCOME_IN_NAMES = re.compile(r"[<>\x00-\x1f\x7f\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_METHOD = {"method": "livechat/visitor"}


class Connection(msgspec.Struct, frozen=True):
    """Where a registration comes from. `language` is the first that the browser asks for."""

    address: str
    user_agent: str | None = None
    host: str | None = None
    language: str | None = None


def register_visitor(
    tx: Tx, settings: "Settings", registration: Registration, connection: Connection
) -> Visitor:
    """Return the visitor who holds the token, brought up to date, or a new one.

    What is not given stays as it was. An open conversation follows the name, and contacts what
    they take from visitors. Values of custom fields are left to `keep_fields`.

    Raises Coded `error-invalid-token`, `error-invalid-email`, `error-invalid-phone` or
    `error-livechat-visitor-registration` (an id or user name that is somebody else's), Refused
    `Name contains invalid characters`, `Name is too long` or `error-invalid-department`.
    """
    _check_token(registration.token)
    changes = _changes(tx, settings, registration, connection)
    visitor = tx.one(queries.VISITOR_BY_TOKEN, token=registration.token)
    if visitor is None:
        visitor = _new_visitor(tx, settings, registration, connection, changes)
        if tx.insert(queries.INSERT_VISITOR, visitor):
            return visitor
        # Either a second registration with the token was faster, or the id is taken.
        visitor = tx.one(queries.VISITOR_BY_TOKEN, token=registration.token)
        if visitor is None:
            raise _not_registered()
    tx.patch(queries.PATCH_VISITOR, visitor.id, **changes)
    visitor = msgspec.structs.replace(visitor, **changes)
    if visitor.name and visitor.name.strip():
        follow_visitor_name(tx, registration.token, visitor.name)
    for follower in on_registered:
        follower(tx, visitor, registration)
    return visitor


def keep_fields(tx: Tx, visitor: Visitor, fields: Sequence[FieldValue]) -> Visitor:
    """Keep the values of custom fields that a visitor has registered with; return him as he is
    then.

    In a transaction of its own: the registration counts also if values are refused. Raises
    Refused as `set_registered_values` does.
    """
    if not set_registered_values(tx, visitor, fields):
        return visitor
    return find_visitor(tx, visitor.id) or visitor


def _check_token(token: str) -> None:
    if not token.strip():
        raise Coded("error-invalid-token", "Token cannot be empty", _METHOD)
    if len(token) > LONGEST_TOKEN:
        raise Coded("error-invalid-token", "Token is too long", _METHOD)


def _changes(
    tx: Tx, settings: "Settings", registration: Registration, connection: Connection
) -> dict[str, Any]:
    """Return the columns that a registration sets, for new and known visitors alike."""
    changes: dict[str, Any] = {"status": "online", "updated_at": tx.now}
    if registration.name:
        changes["name"] = checked_name(registration.name)
    email = (registration.email or "").strip().lower()
    if email:
        changes |= {"email": checked_email(email), "emails": [{"address": email}]}
        found = (find(tx, settings, email) for find in manager_finders)
        manager = next((each for each in found if each is not None), None)
        if manager is not None:
            changes["contact_manager"] = manager
    if registration.phone:
        phone = checked_phone(registration.phone)
        changes |= {"phone": phone, "phones": [{"phoneNumber": phone}]}
    if registration.department:
        department = department_by_id_or_name(tx, registration.department)
        if department is None:
            raise Refused("error-invalid-department")
        changes["department_id"] = department.id
    if connection.language:
        changes["language"] = connection.language
    return changes


def _new_visitor(
    tx: Tx,
    settings: "Settings",
    registration: Registration,
    connection: Connection,
    changes: dict[str, Any],
) -> Visitor:
    visitor = Visitor(
        id=_free_id(tx, registration.id) if registration.id else hex_id(),
        token=registration.token,
        username=_username(tx, registration.username),
        created_at=tx.now,
    )
    if settings.flag("Livechat_Allow_collect_and_store_HTTP_header_informations"):
        visitor.user_agent = connection.user_agent
        visitor.ip = connection.address
        visitor.host = connection.host
    return msgspec.structs.replace(visitor, **changes)


def _free_id(tx: Tx, wanted: str) -> str:
    """Return an id that was wished for, unless it would pass for a user's."""
    if not _ID.fullmatch(wanted) or find_user(tx, wanted) is not None:
        raise _not_registered()
    return wanted


def _username(tx: Tx, wanted: str | None) -> str:
    """Return the name that was wished for, unless it would pass for a user's, or the next guest."""
    if not wanted:
        return f"guest-{next_number(tx, 'Livechat_guest_count')}"
    if user_by_name(tx, checked_name(wanted)) is not None:
        raise _not_registered()
    return wanted


def checked_name(name: str) -> str:
    """Return the name; raises Refused `Name contains invalid characters`, `Name is too long`."""
    if _UNWELCOME_IN_NAMES.search(name):
        raise Refused("Name contains invalid characters")
    if len(name) > LONGEST_NAME:
        raise Refused("Name is too long")
    return name


def checked_email(email: str) -> str:
    """Return the address; raises Coded `error-invalid-email`."""
    if len(email) > LONGEST_EMAIL or _CONTROL.search(email):
        shown = email[:LONGEST_EMAIL]
        details = {"function": "Livechat.validateEmail", "email": shown}
        raise Coded("error-invalid-email", f"Invalid email {shown}", details)
    return email


def checked_phone(phone: str) -> str:
    """Return the telephone number; raises Coded `error-invalid-phone`."""
    if len(phone) > LONGEST_PHONE or _CONTROL.search(phone):
        raise Coded("error-invalid-phone", "Invalid phone number", _METHOD)
    return phone


def _not_registered() -> Coded:
    return Coded("error-livechat-visitor-registration", "Error registering visitor")
