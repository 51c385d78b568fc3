"""Query strings as `qs` reads them, and forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.errors import Refused
from frontdesk.http.querystring import MAX_ELEMENTS, MAX_PARAMETERS, parse_form, parse_query


@pytest.mark.parametrize(
    ("raw", "parsed"),
    [
        ("", {}),
        ("&&", {}),
        ("=1", {}),
        ("a", {"a": ""}),
        ("a=", {"a": ""}),
        ("a=b=c", {"a": "b=c"}),
        ("a=x+y%2Bz", {"a": "x y+z"}),
        ("a%20b=1", {"a b": "1"}),
        ("a=%F0%9F%98%80", {"a": "😀"}),
        ("a=1&a=2", {"a": ["1", "2"]}),
        ("a=1&a=", {"a": ["1", ""]}),
        ("a[]=1", {"a": ["1"]}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a%5B%5D=1&a%5b%5d=2", {"a": ["1", "2"]}),
        ("a[]=", {"a": [""]}),
        ("a=1&a[]=2", {"a": ["1", "2"]}),
        ("a[]=1&a=2", {"a": ["1", "2"]}),
        ("a[1]=y&a[0]=x", {"a": ["x", "y"]}),
        ("a[7]=x", {"a": ["x"]}),
        ("a[01]=x", {"a": {"01": "x"}}),
        ("a[b]=c", {"a": {"b": "c"}}),
        ("a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
        ("a[b]=1&a[b]=2", {"a": {"b": ["1", "2"]}}),
        ("a[b][]=1&a[b][]=2", {"a": {"b": ["1", "2"]}}),
        ("a[0][b]=1&a[0][c]=2&a[1][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        ("a[][b]=1", {"a": [{"b": "1"}]}),
        ("a[b=c]=1", {"a": {"b=c": "1"}}),
        ("a[b]=[c]=d", {"a": {"b": "[c]=d"}}),
        ("a[b", {"a": {"[b": ""}}),
        ("a]=1", {"a]": "1"}),
        ("[a]=1", {"a": "1"}),
        ("[]=1&[]=2", {"0": "1", "1": "2"}),
        ("a=1&a[b]=2", {"a": ["1", {"b": "2"}]}),
        ("a[b]=1&a=2", {"a": [{"b": "1"}, "2"]}),
        ("a[]=1&a[b]=2", {"a": {"0": "1", "b": "2"}}),
        ("a[b]=1&a=", {"a": {"b": "1"}}),
        ("a[b][c][d][e][f][g][h]=1", {"a": {"b": {"c": {"d": {"e": {"f": {"[g][h]": "1"}}}}}}}),
        ('createdAt={"start":"2024"}', {"createdAt": '{"start":"2024"}'}),
    ],
)
def test_a_query_is_read_as_qs_reads_it(raw: str, parsed: dict[str, object]) -> None:
    assert parse_query(raw) == parsed
    assert parse_query(raw.encode()) == parsed


def test_escapes_that_are_not_utf8_become_replacement_characters() -> None:
    assert parse_query(b"a=%FF&b=\xff&c=100%&d=%zz") == {
        "a": "\ufffd",
        "b": "\ufffd",
        "c": "100%",
        "d": "%zz",
    }
    assert parse_query("a=\ud800") == {"a": "?"}


@pytest.mark.parametrize(
    "raw",
    ["__proto__=1", "__proto__[a]=1", "a[__proto__]=1", "a[b][constructor][c]=1", "toString=1"],
)
def test_names_that_every_javascript_object_inherits_are_dropped(raw: str) -> None:
    assert parse_query(raw) == {}


@pytest.mark.parametrize("key", ["a", "a[]", "a[b]", "a[b][]"])
def test_an_array_may_have_500_elements_and_not_one_more(key: str) -> None:
    assert parse_query("&".join([f"{key}=1"] * MAX_ELEMENTS))
    with pytest.raises(Refused, match=r"^Invalid query parameters$"):
        parse_query("&".join([f"{key}=1"] * (MAX_ELEMENTS + 1)))


def test_an_index_beyond_the_limit_is_refused() -> None:
    assert parse_query("a[499]=x") == {"a": ["x"]}
    with pytest.raises(Refused, match=r"^Invalid query parameters$"):
        parse_query("a[500]=x")


def test_arrays_that_grow_by_different_spellings_are_counted_together() -> None:
    half = MAX_ELEMENTS // 2
    with pytest.raises(Refused, match=r"^Invalid query parameters$"):
        parse_query("&".join(["a=1"] * half + ["a[]=1"] * half + ["a[0]=1"]))


def test_more_parameters_than_the_limit_are_refused() -> None:
    names = [f"a{index}=1" for index in range(MAX_PARAMETERS + 1)]
    assert len(parse_query("&".join(names[1:]))) == MAX_PARAMETERS
    with pytest.raises(Refused, match=r"^Invalid query parameters$"):
        parse_query("&".join(names))


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(type(name) is str and _is_plain(each) for name, each in value.items())
    if isinstance(value, list):
        return len(value) <= MAX_ELEMENTS and all(map(_is_plain, value))
    return isinstance(value, str)


@given(
    st.binary()
    | st.text(st.characters(exclude_categories=[]))
    | st.text("ab[]=&%5BDd01+", max_size=60)
)
def test_any_bytes_give_plain_values_or_are_refused(raw: bytes | str) -> None:
    try:
        parsed = parse_query(raw)
    except Refused as refused:
        assert str(refused) == "Invalid query parameters"
    else:
        assert type(parsed) is dict
        assert _is_plain(parsed)


def test_a_form_is_flat() -> None:
    assert parse_form(b"From=%2B49+1&Body=a%20b&a[b]=c&Empty=&Body=last&%ff=1") == {
        "From": "+49 1",
        "Body": "last",
        "a[b]": "c",
        "Empty": "",
        "\ufffd": "1",
    }
    assert parse_form("") == {}


def test_a_form_with_too_many_fields_is_refused() -> None:
    with pytest.raises(Refused, match=r"^Invalid request body$"):
        parse_form(b"a=1&" * (MAX_PARAMETERS + 1))
