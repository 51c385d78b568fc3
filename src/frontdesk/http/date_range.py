"""List filters that are a range of time, given as JSON text: `{"start": "...", "end": "..."}`."""

from typing import Any

import msgspec

from frontdesk.clock import parse_iso
from frontdesk.errors import Refused


def date_range(name: str, text: str | None) -> tuple[int | None, int | None]:
    """Return both ends in milliseconds, None for one that is not given.

    Raises Refused with the JSON parser's message, or naming the end that is no date.
    """
    if not text:
        return None, None
    try:
        given = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused(str(error)) from error
    if not isinstance(given, dict):
        return None, None
    return _end(name, "start", given), _end(name, "end", given)


def _end(name: str, end: str, given: dict[str, Any]) -> int | None:
    if not given.get(end):
        return None
    try:
        return parse_iso(str(given[end]))
    except ValueError as error:
        text = f'The "{name}.{end}" query parameter must be a valid date.'
        raise Refused(text) from error
