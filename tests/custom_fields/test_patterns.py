import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.custom_fields.patterns import fits_pattern, is_pattern
from frontdesk.http.javascript import pattern

PATTERNS = [
    "[a-z]",
    "^[a-z]+$",
    "^(ab|a)(c|bcd)$",
    r"^\d{3,5}$",
    r"^\+?[0-9 ()-]{6,}$",
    r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$",
    "^(a|b)*?c{2}",
    "x*",
    "^$",
    "^(?=.*[0-9])(?=.*[a-z]).{4,}$",
    "^(?!admin)[a-z]+",
    r"(?<=a)b|(?<!a)c",
    r"\bab\b",
    r"\Bb",
    "^[^a-c0-9]*$",
    r"^\S+\s\S+$",
    "(a*)*b",
    "^((a?){3}|b{0,2})c$",
    "a.c",
    r"^a\/b\.c$",
    "ä|€",
]


@pytest.mark.parametrize("source", PATTERNS)
@given(value=st.text(alphabet="aAbcd01 9.@-\n/_ä€+()", max_size=12))
def test_a_value_fits_exactly_when_it_does_the_usual_way(source: str, value: str) -> None:
    assert is_pattern(source)
    assert fits_pattern(source, value) == (pattern(source).search(value) is not None)


_pieces = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\w", r"\b", "^", "$", "(?=a)"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("(?:{0[0]}|{0[1]})".format),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "*?", "{2,}"])).map(
            lambda parts: f"(?:{parts[0]}){parts[1]}"
        ),
    ),
    max_leaves=6,
)


@given(source=_pieces, value=st.text(alphabet="ab1 ", max_size=8))
def test_whatever_is_repeated_and_chosen_fits_as_usual(source: str, value: str) -> None:
    if is_pattern(source):
        usual = re.compile(pattern(source).pattern, re.ASCII)
        assert fits_pattern(source, value) == (usual.search(value) is not None)


@pytest.mark.parametrize(
    "source", ["(a+)+$", "^(a|a)*$", "(a|aa)+$", "(.*a){12}$", r"^(\w+\s?)*$", "^(a*)*$"]
)
def test_no_pattern_takes_for_ever(source: str) -> None:
    assert fits_pattern(source, "a" * 999 + "!") is False


@pytest.mark.parametrize(
    "source",
    [
        "(",
        "a**",
        "[b-a]",
        r"(a)\1",
        "(?P<x>a)(?P=x)",
        "(?i)a",
        "(?i:a)",
        "(?>a)",
        "a++",
        "(a{1000}){1000}",
        "(?:){4000000000}",
        "(?=a(?=b))",
        "(" * 5_000 + ")" * 5_000,
    ],
)
def test_what_cannot_be_matched_in_bounded_time_is_no_pattern(source: str) -> None:
    assert not is_pattern(source)
    assert not fits_pattern(source, "a")
