"""EJSON: JSON with a spelling for dates, as the real-time interface speaks it.

A date is `{"$date": milliseconds}`, and `{"$escape": {...}}` holds an object that only looks like
one. Dates inside are `datetime` with UTC. Other types of EJSON (binary, infinity, patterns) do not
occur here and are left as they are.

Source: behaviour of the API, real time, section 3.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

_DATE = "$date"
_ESCAPE = "$escape"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def encode(value: Any) -> str:
    """Return a value (also one that holds Structs) as EJSON text."""
    plain = msgspec.to_builtins(value, builtin_types=(datetime,))
    return msgspec.json.encode(_spelled(plain)).decode()


def decode(text: str | bytes) -> Any:
    """Return what EJSON text says; raises msgspec.DecodeError or RecursionError."""
    return _read(msgspec.json.decode(text))


def _spelled(value: Any) -> Any:
    match value:
        case datetime():
            return {_DATE: (value - _EPOCH) // timedelta(milliseconds=1)}
        case dict():
            spelled = {str(name): _spelled(member) for name, member in value.items()}
            return {_ESCAPE: spelled} if _looks_special(value) else spelled
        case list():
            return [_spelled(each) for each in value]
        case _:
            return value


def _read(value: Any) -> Any:
    match value:
        case {"$date": int() | float() as moment} if len(value) == 1:
            try:
                return _EPOCH + timedelta(milliseconds=moment)
            except OverflowError:  # no date that there is
                return value
        case {"$escape": dict() as escaped} if len(value) == 1:
            return {name: _read(member) for name, member in escaped.items()}
        case dict():
            return {name: _read(member) for name, member in value.items()}
        case list():
            return [_read(each) for each in value]
        case _:
            return value


def _looks_special(value: dict[Any, Any]) -> bool:
    return len(value) == 1 and (_DATE in value or _ESCAPE in value)
