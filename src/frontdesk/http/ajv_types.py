"""The types of JSON-Schema and how AJV 8 coerces one into another.

A node takes a value and the list of texts so far. It appends a text for each failure and returns
the value as coerced, also when it failed: AJV coerces in place, so what one branch has coerced the
next one sees. Input is copied where it changes, never written to.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from frontdesk.http.javascript import number_text, text_number

Texts: TypeAlias = list[str]
Node: TypeAlias = Callable[[Any, Texts], Any]

#: The types that other scalars can be coerced to.
SCALARS = frozenset(("string", "number", "integer", "boolean", "null"))
_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
    "array": (list,),
    "object": (dict,),
}
_NUMBERS = frozenset((int, float))
_LARGEST = sys.float_info.max
#: What a coercion returns that does not apply.
_NONE_FITS = object()


def is_number(value: Any) -> bool:
    """Tell whether JavaScript has a finite number for `value`."""
    return type(value) in _NUMBERS and -_LARGEST <= value <= _LARGEST


def typed(types: Sequence[str], text: str, *, coerce: bool, wrap: bool) -> Node:
    """Take values of one of the types, after coercion if need be (in the order of the types).

    `wrap` adds arrays: an array of one becomes its element, a scalar an array of one.
    """
    exact = frozenset(python for name in types for python in _PYTHON_TYPES[name])
    coercions = [_COERCIONS[name] for name in types if coerce and name in SCALARS]
    wrap = wrap and not SCALARS.union(("array",)).isdisjoint(types)
    if wrap and "array" in types:
        coercions.insert(sum(name in SCALARS for name in types[: types.index("array")]), _to_array)
    if "integer" in types and "number" not in types:
        # 5.0 is an integer to JavaScript; to Python it must become one.
        coercions.insert(0, _whole)

    def run(value: Any, errors: Texts) -> Any:
        if type(value) in exact and (type(value) not in _NUMBERS or is_number(value)):
            return value
        only = value[0] if wrap and isinstance(value, list) and len(value) == 1 else value
        if type(only) in exact and (type(only) not in _NUMBERS or is_number(only)):
            return only
        for coercion in coercions:
            coerced = coercion(only)
            if coerced is not _NONE_FITS:
                return coerced
        errors.append(text)
        return value

    return run


def _to_string(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    return "" if value is None else _NONE_FITS


def _to_number(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return 1 if value else 0
    if isinstance(value, str) and value:
        number = text_number(value)
        return _NONE_FITS if number is None else number
    return _NONE_FITS


def _to_integer(value: Any) -> Any:
    number = _to_number(value)
    return _whole(number) if isinstance(number, float) else number


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _NONE_FITS


def _to_boolean(value: Any) -> Any:
    if value is None or (isinstance(value, str) and value == "false"):
        return False
    if isinstance(value, str) and value == "true":
        return True
    if type(value) in _NUMBERS and value in (0, 1):
        return value == 1
    return _NONE_FITS


def _to_null(value: Any) -> Any:
    if isinstance(value, str):
        return _NONE_FITS if value else None
    return None if isinstance(value, bool | int | float) and value == 0 else _NONE_FITS


def _to_array(value: Any) -> Any:
    return _NONE_FITS if isinstance(value, list | dict) else [value]


_COERCIONS: Mapping[str, Callable[[Any], Any]] = {
    "string": _to_string,
    "number": _to_number,
    "integer": _to_integer,
    "boolean": _to_boolean,
    "null": _to_null,
}


def only_for(type_name: str, node: Node, otherwise: str | None = None) -> Node:
    """Run `node` for values of one type; give `otherwise`, if any, for all others."""
    if type_name == "number":
        fits: Callable[[Any], bool] = is_number
    else:
        python_type = _PYTHON_TYPES[type_name][0]

        def fits(value: Any) -> bool:
            return isinstance(value, python_type)

    def run(value: Any, errors: Texts) -> Any:
        if fits(value):
            return node(value, errors)
        if otherwise is not None:
            errors.append(otherwise)
        return value

    return run
