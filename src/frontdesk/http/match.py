"""Shape checks by hand, for the routes that have no schema; they refuse with "Match error: ...".

A pattern is a function that takes a decoded value and raises when it does not fit. Patterns are
made of each other: `object_of({"token": STRING}, optional={"name": STRING})`. Nothing is coerced.

Source of the texts and of their order: behaviour of the API, API frame, section 4.6.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from frontdesk.errors import Refused
from frontdesk.http.javascript import number_text

Pattern: TypeAlias = Callable[[Any], None]

_NO_ALTERNATIVE = "Failed Match.OneOf, Match.Maybe or Match.Optional validation"
_INT32 = 2**31
_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


class Mismatch(Exception):
    """A value does not fit. `path` leads to it, as in `visitor.customFields[0].key`."""

    def __init__(self, text: str, path: str = "") -> None:
        super().__init__(text)
        self.path = path

    def under(self, key: str) -> "Mismatch":
        """Return the same mismatch as seen from one level up."""
        joint = "." if self.path and not self.path.startswith("[") else ""
        return Mismatch(str(self), f"{key}{joint}{self.path}")


def check_match(value: Any, pattern: Pattern) -> None:
    """Raise Refused `Match error: ...` unless the value fits."""
    try:
        pattern(value)
    except Mismatch as mismatch:
        where = f" in field {mismatch.path}" if mismatch.path else ""
        raise Refused(f"Match error: {mismatch}{where}") from mismatch


def _of_type(wanted: str) -> Pattern:
    def pattern(value: Any) -> None:
        given = type_name(value)
        if given != wanted:
            raise Mismatch(f"Expected {wanted}, got {given}")

    return pattern


STRING = _of_type("string")
BOOLEAN = _of_type("boolean")
NUMBER = _of_type("number")


def anything(_: Any) -> None:
    """Fit every value."""


def integer(value: Any) -> None:
    """Fit whole numbers of 32 bits, also when written as 5.0."""
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or not -_INT32 <= value < _INT32:
        raise Mismatch(f"Expected Integer, got {_shown(value)}")


def one_of(*patterns: Pattern) -> Pattern:
    """Return the pattern of values that fit any of the given ones."""

    def pattern(value: Any) -> None:
        for each in patterns:
            try:
                each(value)
            except Mismatch:
                continue
            return
        raise Mismatch(_NO_ALTERNATIVE)

    return pattern


def maybe(wanted: Pattern) -> Pattern:
    """Return the pattern of values that are null or fit."""
    alternatives = one_of(wanted)

    def pattern(value: Any) -> None:
        if value is not None:
            alternatives(value)

    return pattern


def where(holds: Callable[[Any], object]) -> Pattern:
    """Return the pattern of values for which a condition holds."""

    def pattern(value: Any) -> None:
        try:
            fits = holds(value)
        except TypeError:  # a value of a type that the condition knows nothing of
            fits = False
        if not fits:
            raise Mismatch("Failed Match.Where validation")

    return pattern


def array_of(item: Pattern) -> Pattern:
    """Return the pattern of arrays all of whose items fit."""

    def pattern(value: Any) -> None:
        if not isinstance(value, list):
            raise Mismatch(f"Expected array, got {_shown(value)}")
        for index, each in enumerate(value):
            try:
                item(each)
            except Mismatch as mismatch:
                raise mismatch.under(f"[{index}]") from None

    return pattern


def object_of(
    required: Mapping[str, Pattern],
    *,
    optional: Mapping[str, Pattern] | None = None,
    others: Pattern | None = None,
) -> Pattern:
    """Return the pattern of objects with these members.

    `others` is what further members must fit; without it there may be none. Members are judged
    in the order of the value, missing ones last, in the order of `required`.
    """
    known = {**required, **{name: one_of(each) for name, each in (optional or {}).items()}}

    def pattern(value: Any) -> None:
        if not isinstance(value, dict):
            plain = isinstance(value, list)
            raise Mismatch(
                "Expected plain object" if plain else f"Expected object, got {type_name(value)}"
            )
        for key, member in value.items():
            wanted = known.get(key, others)
            if wanted is None:
                raise Mismatch("Unknown key", _path_key(key))
            try:
                wanted(member)
            except Mismatch as mismatch:
                raise mismatch.under(_path_key(key)) from None
        for key in required:
            if key not in value:
                raise Mismatch(f"Missing key '{key}'")

    return pattern


def _path_key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else f"[{msgspec.json.encode(key).decode()}]"


def type_name(value: Any) -> str:
    """Return JavaScript's word for the type of a JSON value, except that null is `null`."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case _:
            return "object"


def _shown(value: Any) -> str:
    """Return a value as the texts quote it."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 100 else f"{text[:100]}..."
