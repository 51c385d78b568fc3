"""Numbers that clients keep as they like: 5, 5.0 or "5" (workforce, 2.2)."""

from typing import Any

from frontdesk.http.javascript import text_number

#: What the integer columns of both engines hold.
LARGEST = 2**31 - 1


def whole_number(value: Any) -> int | None:
    """Return the whole part of a number or of a text that spells one; None for all else."""
    number = text_number(value) if isinstance(value, str) and value.strip() else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return max(-LARGEST, min(int(number), LARGEST))


def chat_limit(value: Any) -> int | None:
    """Return a limit of simultaneous chats; None, meaning no limit, for what is not above 0."""
    number = whole_number(value)
    return number if number is not None and number > 0 else None
