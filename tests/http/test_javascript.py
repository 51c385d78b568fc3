"""Numbers, texts and equality as JavaScript has them."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.http.javascript import identity, is_blank, number_text, pattern, text_number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (5, "5"),
        (5.0, "5"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (1.25e-9, "1.25e-9"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (2**53 + 1, "9007199254740992"),
        (12345678901234567890, "12345678901234567000"),
        (5e-324, "5e-324"),
        (10**400, "Infinity"),
        (-math.inf, "-Infinity"),
        (math.nan, "NaN"),
    ],
)
def test_a_number_has_the_text_that_javascript_gives_it(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5),
        ("+5", 5),
        ("-.5", -0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("\ufeff 7\n", 7),
        ("", 0),
        ("0b11", 3),
        ("0o17", 15),
        ("0xFf", 255),
        ("-0x1", None),
        ("1e", None),
        ("1 2", None),
        ("1_0", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("0x" + "f" * 300, None),
    ],
)
def test_a_text_is_read_as_a_number_the_way_javascript_does(
    text: str, number: float | None
) -> None:
    assert repr(text_number(text)) == repr(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_of_a_number_reads_back_as_the_number(number: float) -> None:
    assert text_number(number_text(number)) == number


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        (None, "", False),
        ([True], True, False),
        ({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 1}, False),
        ([], {}, False),
        ([1, 2], [2, 1], False),
    ],
)
def test_values_are_identical_when_javascript_finds_them_deeply_equal(
    one: Any, other: Any, same: bool
) -> None:
    assert (identity(one) == identity(other)) is same


def test_blank_means_nothing_is_left_after_trimming() -> None:
    assert is_blank("\u00a0\u2003\ufeff\n")
    assert not is_blank("\u200b")


@pytest.mark.parametrize(
    ("source", "text", "matches"),
    [
        ("a$", "a\n", False),
        (r"^\d$", "\u0661", False),
        (r"^\w$", "\u00e9", False),
        (r"^\s$", "\u00a0", True),
        (r"^[\s]$", "\u2028", True),
        (r"^\S$", "\u00a0", False),
        ("^.$", "\u2028", False),
        (r"^\/[$.]$", "/$", True),
        (r"\$", "$", True),
    ],
)
def test_a_pattern_means_what_it_means_in_javascript(source: str, text: str, matches: bool) -> None:
    assert (pattern(source).search(text) is not None) is matches
