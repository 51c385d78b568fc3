"""How JavaScript reads, writes, compares and matches values, as far as the API shows it.

The servers this API was defined by run on JavaScript, so a number that becomes text, a text that
becomes a number, and "identical" all mean what ECMAScript says they mean. Pure functions, no state.
"""

import math
import re
from collections.abc import Hashable
from decimal import Decimal
from typing import Any

#: What `String.prototype.trim` removes: white space and line ends of ECMAScript.
WHITE_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
#: `Number.MAX_SAFE_INTEGER + 1`: up to here every whole number has its own double.
EXACT_WHOLES = 2**53

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_PREFIXED = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_BASES = {"x": 16, "o": 8, "b": 2}


def to_double(number: int | float) -> float:
    """Return the double nearest to `number`; whole numbers beyond its range become infinite."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def number_text(number: int | float) -> str:
    """Return what `String(number)` gives: 5 -> "5", 1.5 -> "1.5", 1e21 -> "1e+21"."""
    if isinstance(number, int) and -EXACT_WHOLES <= number <= EXACT_WHOLES:
        return str(int(number))
    double = to_double(number)
    if math.isnan(double):
        return "NaN"
    sign = "-" if double < 0 else ""
    if math.isinf(double):
        return sign + "Infinity"
    if double == 0:
        return "0"
    # Both languages choose the shortest digits that read back as the same double; only the
    # notation differs (ECMA-262, Number::toString).
    _, figures, exponent = Decimal(repr(double)).as_tuple()
    all_digits = "".join(map(str, figures))
    point = len(all_digits) + int(exponent)
    digits = all_digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{point - 1:+d}"


def text_number(text: str) -> int | float | None:
    """Return the finite number that `Number(text)` gives, or None when there is none.

    White space around is ignored and blank text is 0; hexadecimal, octal and binary spellings
    count. A whole number that a double holds exactly comes out as `int`.
    """
    bare = text.strip(WHITE_SPACE)
    if not bare:
        return 0
    if _DECIMAL.fullmatch(bare):
        double = float(bare)
    elif _PREFIXED.fullmatch(bare):
        double = to_double(int(bare[2:], _BASES[bare[1].lower()]))
    else:
        return None
    if math.isinf(double):
        return None
    if double.is_integer() and -EXACT_WHOLES <= double <= EXACT_WHOLES:
        return int(double)
    return double


def is_blank(text: str) -> bool:
    """Tell whether nothing is left of `text` after `trim()`."""
    return not text.strip(WHITE_SPACE)


def identity(value: Any) -> Hashable:
    """Return a key that two JSON values share exactly when JavaScript finds them deeply equal.

    1 and 1.0 are one number, `true` and 1 are not the same, the order of an object's members
    does not matter. Raises RecursionError for values nested beyond the interpreter's limit.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return (value,)
    if isinstance(value, int | float):
        # As a double, because that is what is compared; besides, an attacker can choose whole
        # numbers that share a hash by the thousand, but hardly doubles.
        return to_double(value)
    if isinstance(value, list):
        return ("array", *map(identity, value))
    if isinstance(value, dict):
        return ("object", frozenset((name, identity(member)) for name, member in value.items()))
    return repr(value)


def pattern(source: str) -> re.Pattern[str]:
    """Compile a JavaScript regular expression (flag `u`) to be used with `search`.

    Covers what schemas use; named groups and `\\u{...}` are not translated. Raises `re.error`
    when Python cannot read the expression. Only for expressions of our own: a hostile one could
    take forever.
    """
    return re.compile("".join(_translated(source)), re.ASCII)


_TOKEN = re.compile(r"\\.|.", re.DOTALL)
_SPACE_IN_CLASS = "".join(rf"\u{ord(char):04x}" for char in WHITE_SPACE)
_OUTSIDE = {
    "$": r"\Z",
    ".": r"[^\n\r\u2028\u2029]",
    r"\s": f"[{_SPACE_IN_CLASS}]",
    r"\S": f"[^{_SPACE_IN_CLASS}]",
    r"\/": "/",
}
# Inside a class a set difference cannot be spelled, so `\S` there stays ASCII.
_INSIDE = {r"\s": _SPACE_IN_CLASS, r"\/": "/", "[": r"\["}


def _translated(source: str) -> list[str]:
    parts: list[str] = []
    in_class = False
    for token in _TOKEN.findall(source):
        if in_class:
            parts.append(_INSIDE.get(token, token))
            in_class = token != "]"
        else:
            parts.append(_OUTSIDE.get(token, token))
            in_class = token == "["
    return parts
