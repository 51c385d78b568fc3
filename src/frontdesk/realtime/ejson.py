"""EJSON: JSON with a spelling for dates, as the real-time interface speaks it.

A date is `{"$date": milliseconds}`, and `{"$escape": {...}}` holds an object that only looks like
one. Dates inside are `datetime` with UTC, or, in documents made for REST, the API's text under one
of the names in `DATES`: both are sent as `$date`. Other types of EJSON (binary, infinity, patterns)
do not occur here and are left as they are.

Source: behaviour of the API, real time, section 3.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

_DATE = "$date"
_ESCAPE = "$escape"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LENGTH = len("2025-03-01T10:00:00.000Z")
#: Members of the API's documents that are dates.
DATES = frozenset(
    (
        *("ts", "tlm", "lm", "ls", "lr", "lq", "fd", "until", "end", "when", "editedAt"),
        *("createdAt", "_createdAt", "_updatedAt", "uploadedAt", "pinnedAt", "queuedAt"),
        *("takenAt", "lockedAt", "closedAt", "requestedAt", "expiresAt", "statusExpiresAt"),
        *("autoTransferredAt", "predictedVisitorAbandonmentAt", "estimatedInactivityCloseTimeAt"),
        *("lastMessageTs", "firstResponseTs", "webRtcCallEndTs", "lastLogin", "tokenExpires"),
        *("lastAssignTime", "lastRoutingTime", "busyRequestedAt", "_deletedAt"),
    )
)
#: Members whose own members people name as they like.
FREE = frozenset(("customFields", "livechatData", "value"))


def encode(value: Any) -> str:
    """Return a value (also one that holds Structs) as EJSON text."""
    plain = msgspec.to_builtins(value, builtin_types=(datetime,))
    return msgspec.json.encode(spelled(plain)).decode()


def decode(text: str | bytes) -> Any:
    """Return what EJSON text says; raises msgspec.DecodeError or RecursionError."""
    return read(msgspec.json.decode(text))


def spelled(value: Any, dates: frozenset[str] = DATES) -> Any:
    """Return plain data with its dates and what only looks like one as EJSON spells them."""
    if isinstance(value, dict):
        written = {str(name): _member(name, member, dates) for name, member in value.items()}
        return {_ESCAPE: written} if _looks_special(value) else written
    if isinstance(value, list | tuple):
        return [spelled(each, dates) for each in value]
    if isinstance(value, datetime):
        return {_DATE: (value - _EPOCH) // timedelta(milliseconds=1)}
    return value


def read(value: Any) -> Any:
    """Return data with the dates that it spells."""
    match value:
        case {"$date": int() | float() as moment} if len(value) == 1:
            try:
                return _EPOCH + timedelta(milliseconds=moment)
            except OverflowError:  # no date that there is
                return value
        case {"$escape": dict() as escaped} if len(value) == 1:
            return {name: read(member) for name, member in escaped.items()}
        case dict():
            return {name: read(member) for name, member in value.items()}
        case list():
            return [read(each) for each in value]
        case _:
            return value


def _member(name: Any, member: Any, dates: frozenset[str]) -> Any:
    if isinstance(member, str):
        return _date_or_text(member) if name in dates else member
    if isinstance(member, dict | list | tuple | datetime):
        return spelled(member, frozenset() if name in FREE else dates)
    return member


def _date_or_text(text: str) -> Any:
    if len(text) != _LENGTH or text[-1] != "Z":
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return {_DATE: (moment - _EPOCH) // timedelta(milliseconds=1)}


def _looks_special(value: dict[Any, Any]) -> bool:
    return len(value) == 1 and (_DATE in value or _ESCAPE in value)
