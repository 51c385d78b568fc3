"""Numbers as figures show them.

Source: behaviour of the API, analytics, section 8.6.
"""

import math
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


def clock_time(seconds: float) -> str:
    """Return seconds as `hh:mm:ss`, rounded half up; there may be any number of hours."""
    whole = math.floor(seconds + 0.5)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}"


def two_decimals(number: float) -> str:
    """Return a number with two decimals; what lies exactly between two goes up."""
    return str(Decimal(number).quantize(_CENT, ROUND_HALF_UP))


def rounded(number: float) -> float | int:
    """Return a number rounded half up to two decimals, whole where it is."""
    return plain(math.floor(number * 100 + 0.5) / 100)


def plain(number: float) -> float | int:
    """Return a number without a fraction that says nothing, as JavaScript writes it."""
    return int(number) if float(number).is_integer() else number


def mean(total: float, count: int) -> float:
    """Return a mean; 0 over nothing."""
    return total / count if count else 0.0
