from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.realtime import ejson

MOMENT = datetime(2026, 3, 1, 10, 0, 0, 120_000, tzinfo=UTC)

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text() | st.sampled_from(["$date", "$escape"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (MOMENT, '{"$date":1772359200120}'),
        ([{"at": MOMENT}], '[{"at":{"$date":1772359200120}}]'),
        ({"$date": 5}, '{"$escape":{"$date":5}}'),
        ({"$date": 5, "more": 1}, '{"$date":5,"more":1}'),
        ({"a": None}, '{"a":null}'),
    ],
)
def test_values_have_one_spelling(value: Any, text: str) -> None:
    assert ejson.encode(value) == text
    assert ejson.decode(text) == value


def test_structs_are_spelled_like_objects() -> None:
    class Agent(msgspec.Struct):
        name: str
        since: datetime

    assert ejson.encode(Agent("Ann", MOMENT)) == '{"name":"Ann","since":{"$date":1772359200120}}'


@given(plain)
def test_whatever_is_written_is_read_back(value: Any) -> None:
    assert ejson.decode(ejson.encode(value)) == value


@pytest.mark.parametrize("moment", [10**30, -(10**30), 1e300])
def test_what_is_no_date_stays_as_it_is(moment: float) -> None:
    assert ejson.decode(msgspec.json.encode({"$date": moment})) == {"$date": moment}


@pytest.mark.parametrize("name", ["ts", "_updatedAt", "editedAt", "lm"])
def test_dates_of_documents_are_dates(name: str) -> None:
    text = "2026-03-01T10:00:00.120Z"
    assert ejson.encode([{name: text}]) == f'[{{"{name}":{{"$date":1772359200120}}}}]'


@pytest.mark.parametrize(
    "document",
    [
        {"msg": "2026-03-01T10:00:00.120Z"},
        {"ts": "yesterday, about ten o'cloZ"},
        {"ts": "2026-13-01T10:00:00.120Z"},
        {"ts": 5},
        {"livechatData": {"ts": "2026-03-01T10:00:00.120Z"}},
        {"customFields": {"a": {"ts": "2026-03-01T10:00:00.120Z"}}},
    ],
)
def test_what_people_write_is_no_date(document: dict[str, Any]) -> None:
    assert ejson.decode(ejson.encode(document)) == document
