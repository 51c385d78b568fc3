"""Which users a mailing goes to: a small part of the query language of the reference's database."""

from collections.abc import Mapping
from typing import Any

import msgspec

from frontdesk.access.records import User
from frontdesk.errors import Coded

#: Conditions of one filter.
MOST = 20


def checked_filter(query: str | None) -> dict[str, Any]:
    """Return a filter of users from its JSON text: fields that must be equal to a value, one of
    several (`$in`), or not equal (`$ne`).

    Raises Coded `error-invalid-query` for anything else.
    """
    if not query or not query.strip():
        return {}
    try:
        conditions = msgspec.json.decode(query, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _invalid() from error
    if len(conditions) > MOST or not all(
        field in _FIELDS and _is_condition(condition) for field, condition in conditions.items()
    ):
        raise _invalid()
    return conditions


def fits(user: User, conditions: Mapping[str, Any]) -> bool:
    """Tell whether a user fits a checked filter."""
    return all(_holds(_FIELDS[field](user), each) for field, each in conditions.items())


_FIELDS: dict[str, Any] = {
    "_id": lambda user: [user.id],
    "username": lambda user: [user.username],
    "name": lambda user: [user.name],
    "type": lambda user: [user.kind],
    "active": lambda user: [user.active],
    "language": lambda user: [user.language],
    "roles": lambda user: list(user.roles),
    "emails.address": lambda user: [each.get("address") for each in user.emails or ()],
}


def _is_condition(condition: Any) -> bool:
    if not isinstance(condition, dict):
        return not isinstance(condition, list)
    match condition:
        case {"$in": list(), **others} | {"$ne": str() | bool() | None, **others}:
            return not others
    return False


def _holds(values: list[Any], condition: Any) -> bool:
    match condition:
        case {"$in": wanted}:
            return any(value in wanted for value in values)
        case {"$ne": unwanted}:
            return unwanted not in values
    return condition in values


def _invalid() -> Coded:
    return Coded("error-invalid-query", "Invalid query")
