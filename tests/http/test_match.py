from typing import Any

import pytest

from frontdesk.errors import Refused
from frontdesk.http.match import (
    BOOLEAN,
    NUMBER,
    STRING,
    Pattern,
    anything,
    array_of,
    check_match,
    integer,
    maybe,
    object_of,
    one_of,
)

NO_ALTERNATIVE = "Failed Match.OneOf, Match.Maybe or Match.Optional validation"


def text_of(value: Any, pattern: Pattern) -> str | None:
    """Return how a value is refused, without the words that all refusals begin with."""
    try:
        check_match(value, pattern)
    except Refused as refusal:
        return str(refusal).removeprefix("Match error: ")
    return None


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("a", STRING),
        (True, BOOLEAN),
        (1.5, NUMBER),
        (5.0, integer),
        (None, maybe(STRING)),
        (object, anything),
        ([1, 2], array_of(NUMBER)),
        ({"a": "x"}, object_of({"a": STRING})),
        ({}, object_of({}, optional={"a": STRING})),
        ({"b": True}, object_of({}, others=one_of(STRING, BOOLEAN))),
    ],
)
def test_values_that_fit_are_accepted(value: Any, pattern: Pattern) -> None:
    assert text_of(value, pattern) is None


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (1, STRING, "Expected string, got number"),
        (None, STRING, "Expected string, got null"),
        ([], STRING, "Expected string, got object"),
        (True, NUMBER, "Expected number, got boolean"),
        (1.5, integer, "Expected Integer, got 1.5"),
        (2**31, integer, "Expected Integer, got 2147483648"),
        (True, integer, "Expected Integer, got true"),
        ("x", array_of(STRING), 'Expected array, got "x"'),
        (["a", 1], array_of(STRING), "Expected string, got number in field [1]"),
        ("x", object_of({}), "Expected object, got string"),
        ([], object_of({}), "Expected plain object"),
        ({}, object_of({"a": STRING}), "Missing key 'a'"),
        ({"b": 1}, object_of({"a": STRING}), "Unknown key in field b"),
        ({"a": None}, object_of({}, optional={"a": STRING}), f"{NO_ALTERNATIVE} in field a"),
        ({"a-b": 1}, object_of({}), 'Unknown key in field ["a-b"]'),
        (
            {"items": [{"x": 1}]},
            object_of({"items": array_of(object_of({"x": STRING}))}),
            "Expected string, got number in field items[0].x",
        ),
        (
            {"a": {}},
            object_of({"a": object_of({"b": STRING})}),
            "Missing key 'b' in field a",
        ),
    ],
)
def test_values_that_do_not_fit_are_refused_in_the_words_of_the_api(
    value: Any, pattern: Pattern, text: str
) -> None:
    assert text_of(value, pattern) == text


def test_what_is_there_is_judged_before_what_is_missing() -> None:
    pattern = object_of({"a": STRING, "b": STRING})

    assert text_of({"c": 1}, pattern) == "Unknown key in field c"
    assert text_of({"b": 1}, pattern) == "Expected string, got number in field b"


def test_a_long_value_is_quoted_in_part() -> None:
    text = text_of("x" * 5000, array_of(STRING))

    assert text is not None
    assert len(text) < 200
