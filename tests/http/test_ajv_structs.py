"""The interpreter of JSON-Schema with the schemas that msgspec derives from Structs."""

import json
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.http.ajv import check, compile_schema


class Item(msgspec.Struct):
    agent_id: Annotated[str, msgspec.Meta(min_length=1)]
    order: int | None = None
    parent: "Item | None" = None


class Body(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    active: bool
    count: int | None = None
    share: float = 0
    kind: Literal["queue", "custom"] = "queue"
    day: Literal["Monday", "Sunday"] | None = None
    level: Literal[1, 2, 3] = 1
    items: list[Item] = []
    first: Item | None = None
    tags: set[str] = set()
    custom: dict[str, int | str] = {}
    anything: Any = None
    value: int | str | bool | None = None
    pair: tuple[int, str] | None = None


def _of(struct: Any) -> tuple[Any, dict[str, Any]]:
    (schema,), definitions = msgspec.json.schema_components([struct], ref_template="#/$defs/{name}")
    return schema, definitions


BODY = compile_schema(*_of(Body))


def _errors(**members: Any) -> list[str]:
    return BODY({"name": "n", "active": True, **members}).errors


def test_an_optional_member_is_nullable_and_keeps_its_single_text() -> None:
    assert _errors(count=None) == []
    assert _errors(count="x") == ["must be integer"]
    assert BODY({"name": 5, "active": "true", "count": ""}).value == {
        "name": "5",
        "active": True,
        "count": None,
    }


def test_an_optional_object_is_nullable_too() -> None:
    assert _errors(first=None) == []
    assert _errors(first="x") == ["must be object"]
    assert _errors(first={}) == ["must have required property 'agent_id'"]
    assert _errors(first={"agent_id": ""}) == ["must NOT have fewer than 1 characters"]
    assert _errors(first={"agent_id": "a", "parent": {"agent_id": []}}) == ["must be string"]


def test_a_literal_has_the_type_of_its_values() -> None:
    assert _errors(kind=[]) == ["must be string"]
    assert _errors(kind="x") == ["must be equal to one of the allowed values"]
    assert _errors(day=None) == []
    assert _errors(day="x") == ["must be equal to one of the allowed values"]
    assert BODY({"name": "n", "active": True, "level": "2"}).value["level"] == 2


def test_a_struct_that_knows_its_members_refuses_others() -> None:
    assert _errors(other=1) == ["must NOT have additional properties"]


def test_an_optional_member_may_carry_a_keyword_beside_its_union() -> None:
    class Search(msgspec.Struct):
        text: Annotated[str | None, msgspec.Meta(extra_json_schema={"isNotEmpty": True})] = None

    checker = compile_schema(*_of(Search))
    assert checker({"text": None}).errors == []
    assert checker({"text": " "}).errors == ['must pass "isNotEmpty" keyword validation']


def test_references_may_stand_in_the_schema_or_in_components() -> None:
    own = {"$defs": {"a": {"type": "number"}}, "properties": {"a": {"$ref": "#/$defs/a"}}}
    assert check(own, {"a": "x"}).errors == ["must be number"]
    reference = {"$ref": "#/components/schemas/A"}
    assert check(reference, "x", definitions={"A": {"type": "number"}}).errors == ["must be number"]


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "#/$defs/gone"}, {"minimun": 1}, {"format": "unheard-of"}],
)
def test_a_schema_that_is_not_understood_is_refused_when_it_is_compiled(schema: Any) -> None:
    with pytest.raises(ValueError):
        compile_schema(schema)


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
_int = st.integers(-(2**53), 2**53)
_item: st.SearchStrategy[Item] = st.deferred(
    lambda: st.builds(
        Item,
        agent_id=_text.filter(bool),
        order=st.none() | _int,
        parent=st.none() | _item,
    )
)
_json = st.recursive(
    st.none() | st.booleans() | _int | st.floats(allow_nan=False, allow_infinity=False) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)
_body = st.builds(
    Body,
    name=_text,
    active=st.booleans(),
    count=st.none() | _int,
    share=st.floats(allow_nan=False, allow_infinity=False),
    kind=st.sampled_from(["queue", "custom"]),
    day=st.sampled_from([None, "Monday"]),
    level=st.sampled_from([1, 2, 3]),
    items=st.lists(_item, max_size=3),
    first=st.none() | _item,
    tags=st.sets(_text, max_size=3),
    custom=st.dictionaries(_text, _int | _text, max_size=3),
    anything=_json,
    value=st.none() | _int | _text | st.booleans(),
    pair=st.none() | st.tuples(_int, _text),
)


@given(_body)
def test_what_a_struct_holds_is_accepted_unchanged(body: Body) -> None:
    value = json.loads(msgspec.json.encode(body))
    checked = BODY(value)
    assert checked.errors == []
    assert repr(checked.value) == repr(value)
    assert msgspec.convert(checked.value, Body) == body


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(Body.__struct_fields__, _json)))
def test_a_struct_takes_whatever_the_interpreter_accepts(value: dict[str, Any]) -> None:
    checked = BODY(value)
    if not checked.errors:
        msgspec.convert(checked.value, Body)


@given(_body)
def test_texts_for_numbers_and_booleans_reach_the_struct(body: Body) -> None:
    value = json.loads(msgspec.json.encode(body))
    for name in ("active", "level", "share", "count"):
        if value[name] is not None:
            value[name] = json.dumps(value[name])
    assert msgspec.convert(BODY(value).value, Body) == body
