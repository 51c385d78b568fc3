"""Characters that no text of ours may hold."""

import re
from typing import Any

import msgspec

from frontdesk.errors import Typed

#: C0 control characters other than tab, line feed and carriage return. PostgreSQL cannot store
#: NUL at all; the others only ever serve to deceive a terminal or a log.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: How such a character can stand in JSON: escaped (RFC 8259, section 7), or DEL as it is.
_ESCAPED = re.compile(rb"\\u00[01]|\\[bf]|\\u007[fF]|\x7f")
#: And how in a query string.
_PERCENT = re.compile(rb"%(0[0-8BCEF]|1[0-9A-F]|7F)|\x7f", re.IGNORECASE)
_REFUSED = "must NOT contain control characters [invalid-params]"


def refuse_control_characters(value: Any) -> None:
    """Raise `invalid-params` if a text anywhere in the value holds a control character.

    `value` is a decoded value or the bytes of a JSON text.
    """
    if isinstance(value, bytes):
        if not _ESCAPED.search(value):
            return
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
    if _holds_control(value):
        raise Typed(_REFUSED, "invalid-params")


def refuse_control_escapes(query_string: bytes) -> None:
    """Raise `invalid-params` if a query string spells a control character, in whatever part."""
    if _PERCENT.search(query_string):
        raise Typed(_REFUSED, "invalid-params")


def _holds_control(value: Any) -> bool:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            if _CONTROL.search(each):
                return True
        elif isinstance(each, dict):
            waiting.extend(each.keys())
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return False
