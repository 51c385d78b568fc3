"""The interpreter of JSON-Schema, against what AJV 8 answers."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.http.ajv import TOO_DEEP, check, compile_schema

#: schema, value, texts: the message catalogue.
CATALOGUE: list[tuple[Any, Any, list[str]]] = [
    ({"type": "object", "required": ["b", "a"]}, {}, ["must have required property 'b'"]),
    (
        {"properties": {"visitor": {"type": "object", "required": ["token"]}}},
        {"visitor": {}},
        ["must have required property 'token'"],
    ),
    ({"type": "string"}, {}, ["must be string"]),
    ({"type": "string", "nullable": True}, [], ["must be string"]),
    ({"type": "number"}, "x", ["must be number"]),
    ({"type": "integer"}, 1.5, ["must be integer"]),
    ({"type": "boolean"}, "yes", ["must be boolean"]),
    ({"type": "object"}, [], ["must be object"]),
    ({"type": "object", "properties": {}, "required": ["a"]}, "x", ["must be object"]),
    ({"type": "array"}, {}, ["must be array"]),
    ({"type": "array", "items": {"type": "string"}}, "x", ["must be array"]),
    ({"type": "null"}, "x", ["must be null"]),
    ({"type": ["string", "number"]}, [], ["must be string,number"]),
    ({"type": ["string", "null"]}, [], ["must be string,null"]),
    ({"type": "string", "enum": ["a"]}, "b", ["must be equal to one of the allowed values"]),
    ({"type": "number", "enum": [1]}, "2", ["must be equal to one of the allowed values"]),
    ({"const": 1}, True, ["must be equal to constant"]),
    (
        {"properties": {"a": {}}, "additionalProperties": False},
        {"a": 1, "b": 2},
        ["must NOT have additional properties"],
    ),
    ({"additionalProperties": {"type": "number"}}, {"b": "x"}, ["must be number"]),
    ({"minLength": 2}, "a", ["must NOT have fewer than 2 characters"]),
    ({"maxLength": 2}, "abc", ["must NOT have more than 2 characters"]),
    ({"minItems": 1}, [], ["must NOT have fewer than 1 items"]),
    ({"maxItems": 1}, [1, 2], ["must NOT have more than 1 items"]),
    ({"minProperties": 1}, {}, ["must NOT have fewer than 1 properties"]),
    ({"maxProperties": 1}, {"a": 1, "b": 2}, ["must NOT have more than 1 properties"]),
    (
        {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        ["a", "b", "a", "b"],
        ["must NOT have duplicate items (items ## 3 and 1 are identical)"],
    ),
    (
        {"type": "array", "items": {"type": "object"}, "uniqueItems": True},
        [{"a": 1, "b": 2}, {}, {"b": 2, "a": 1.0}],
        ["must NOT have duplicate items (items ## 0 and 2 are identical)"],
    ),
    ({"minimum": 1.5}, 1, ["must be >= 1.5"]),
    ({"maximum": 5}, 6, ["must be <= 5"]),
    ({"exclusiveMinimum": 1}, 1, ["must be > 1"]),
    ({"exclusiveMaximum": 5}, 5, ["must be < 5"]),
    ({"multipleOf": 3}, 4, ["must be multiple of 3"]),
    ({"pattern": "^a+$"}, "a\n", ['must match pattern "^a+$"']),
    ({"format": "basic_email"}, "foo", ['must match format "basic_email"']),
    ({"format": "rfc_email"}, "a@b_c", ['must match format "rfc_email"']),
    (
        {"anyOf": [{"required": ["rid"]}, {"required": ["roomId"]}]},
        {},
        [
            "must have required property 'rid'",
            "must have required property 'roomId'",
            "must match a schema in anyOf",
        ],
    ),
    (
        {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {},
        [
            "must have required property 'a'",
            "must have required property 'b'",
            "must match exactly one schema in oneOf",
        ],
    ),
    (
        {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"a": 1, "b": 2},
        ["must match exactly one schema in oneOf"],
    ),
    ({"not": {"required": ["a"]}}, {"a": 1}, ["must NOT be valid"]),
    (
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}},
        {"a": 1},
        ["must have required property 'b'"],
    ),
    (
        {"anyOf": [{"if": {"required": ["a"]}, "then": {"required": ["b"]}}]},
        {"a": 1},
        [
            "must have required property 'b'",
            'must match "then" schema',
            "must match a schema in anyOf",
        ],
    ),
    (
        {"anyOf": [{"if": {"required": ["a"]}, "else": {"required": ["b"]}}]},
        {},
        [
            "must have required property 'b'",
            'must match "else" schema',
            "must match a schema in anyOf",
        ],
    ),
    (
        {"dependentRequired": {"a": ["b"]}},
        {"a": 1},
        ["must have property b when property a is present"],
    ),
    (
        {"dependentRequired": {"a": ["b", "c"]}},
        {"a": 1, "b": 1},
        ["must have properties b, c when property a is present"],
    ),
    ({"contains": {"type": "integer"}}, ["x"], ["must contain at least 1 valid item(s)"]),
    (
        {"anyOf": [{"contains": {"type": "integer"}}]},
        ["x", {}],
        [
            "must be integer",
            "must be integer",
            "must contain at least 1 valid item(s)",
            "must match a schema in anyOf",
        ],
    ),
    (
        {"propertyNames": {"maxLength": 1}},
        {"ab": 1},
        ["must NOT have more than 1 characters", "property name must be valid"],
    ),
    ({"isNotEmpty": True}, " \u00a0\n", ['must pass "isNotEmpty" keyword validation']),
    ({"properties": {"a": False}}, {"a": 1}, ["boolean schema is false"]),
    (
        {"prefixItems": [{"type": "number"}], "items": False},
        [1, 2],
        ["must NOT have more than 1 items"],
    ),
    (
        {"allOf": [{"minLength": 2}, {"maxLength": 0}]},
        "a",
        ["must NOT have fewer than 2 characters"],
    ),
]

#: schema, value, coerced value.
COERCIONS: list[tuple[Any, Any, Any]] = [
    ({"type": "string"}, 5, "5"),
    ({"type": "string"}, 1.5, "1.5"),
    ({"type": "string"}, 1e21, "1e+21"),
    ({"type": "string"}, True, "true"),
    ({"type": "string"}, False, "false"),
    ({"type": "string"}, None, ""),
    ({"type": "number"}, "5", 5),
    ({"type": "number"}, " 1.5 ", 1.5),
    ({"type": "number"}, " ", 0),
    ({"type": "number"}, "0x10", 16),
    ({"type": "number"}, True, 1),
    ({"type": "number"}, False, 0),
    ({"type": "number"}, None, 0),
    ({"type": "integer"}, "5.0", 5),
    ({"type": "integer"}, 5.0, 5),
    ({"type": "integer"}, True, 1),
    ({"type": "integer"}, None, 0),
    ({"type": "boolean"}, "true", True),
    ({"type": "boolean"}, 1, True),
    ({"type": "boolean"}, "false", False),
    ({"type": "boolean"}, 0, False),
    ({"type": "boolean"}, None, False),
    ({"type": "null"}, "", None),
    ({"type": "null"}, 0, None),
    ({"type": "null"}, False, None),
    ({"type": "number", "nullable": True}, "", None),
    ({"type": "number", "nullable": True}, False, 0),
    ({"type": "boolean", "nullable": True}, "", None),
    ({"type": "string", "nullable": True}, None, None),
    ({"type": "string", "nullable": True}, 0, "0"),
    ({"type": "array", "nullable": True}, "", None),
    ({"type": ["number", "string"]}, "5", "5"),
    ({"type": ["boolean", "number"]}, "5", 5),
]

UNCOERCIBLE: list[tuple[str, Any]] = [
    ("number", ""),
    ("number", "x"),
    ("number", "1_000"),
    ("number", "\u0661"),
    ("integer", "1.5"),
    ("boolean", "1"),
    ("boolean", "yes"),
    ("boolean", ""),
    ("boolean", 2),
    ("null", "null"),
    ("string", []),
    ("array", "a"),
    ("object", "{}"),
]


@pytest.mark.parametrize(("schema", "value", "texts"), CATALOGUE)
def test_a_failure_is_worded_as_in_the_catalogue(schema: Any, value: Any, texts: list[str]) -> None:
    assert check(schema, value).errors == texts


@pytest.mark.parametrize(("schema", "value", "coerced"), COERCIONS)
def test_a_value_is_coerced_to_the_type_that_is_wanted(
    schema: Any, value: Any, coerced: Any
) -> None:
    checked = check(schema, value)
    assert checked.errors == []
    assert repr(checked.value) == repr(coerced)


@pytest.mark.parametrize(("wanted", "value"), UNCOERCIBLE)
def test_what_cannot_be_coerced_is_refused(wanted: str, value: Any) -> None:
    assert check({"type": wanted}, value).errors == [f"must be {wanted}"]


def test_a_text_for_infinity_is_no_number() -> None:
    for text in ("Infinity", "-Infinity", "1e999"):
        assert check({"type": "number"}, text).errors == ["must be number"]


def test_without_coercion_a_type_is_taken_as_it_comes() -> None:
    checker = compile_schema({"type": "string", "minLength": 1}, coerce=False)
    assert checker(5).errors == ["must be string"]
    assert checker("5").value == "5"


# --- order ---------------------------------------------------------------------------------------


def test_a_missing_property_is_reported_before_a_surplus_one_and_before_wrong_members() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "number"}, "b": {"type": "string"}},
        "required": ["b"],
        "additionalProperties": False,
    }
    assert check(schema, {"a": "x", "c": 1}).errors == ["must have required property 'b'"]
    assert check(schema, {"a": "x", "b": "", "c": 1}).errors == [
        "must NOT have additional properties"
    ]
    assert check(schema, {"b": {}, "a": "x"}).errors == ["must be number"]


def test_the_type_comes_first_then_enum_then_limits() -> None:
    schema = {"type": "string", "minLength": 3, "pattern": "^b", "enum": ["abc", "b"]}
    assert check(schema, {}).errors == ["must be string"]
    assert check(schema, "x").errors == ["must be equal to one of the allowed values"]
    assert check(schema, "b").errors == ["must NOT have fewer than 3 characters"]
    assert check(schema, "abc").errors == ['must match pattern "^b"']


def test_the_type_object_is_looked_at_together_with_the_keywords_for_objects() -> None:
    schema = {"type": "object", "properties": {}, "enum": [{}]}
    assert check(schema, "x").errors == ["must be equal to one of the allowed values"]


def test_inside_a_branch_a_wrong_type_does_not_hide_the_enum() -> None:
    assert check({"anyOf": [{"type": "string", "enum": ["a"]}]}, {}).errors == [
        "must be string",
        "must be equal to one of the allowed values",
        "must match a schema in anyOf",
    ]


def test_duplicates_are_found_among_coerced_items() -> None:
    schema = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
    assert check(schema, [1, "1"]).errors == [
        "must NOT have duplicate items (items ## 1 and 0 are identical)"
    ]


def test_every_branch_of_a_call_lookup_gives_its_first_failure() -> None:
    direction = {"type": "string", "enum": ["inbound", "outbound"]}
    text = {"type": "string"}
    schema = {
        "oneOf": [
            {
                "type": "object",
                "properties": {"token": text, "agentId": text, "direction": direction},
                "required": ["token", "agentId"],
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": {"rid": text, "token": text},
                "required": ["rid", "token"],
                "additionalProperties": False,
            },
        ]
    }
    composite = "must match exactly one schema in oneOf"
    assert check(schema, {}).errors == [
        "must have required property 'token'",
        "must have required property 'rid'",
        composite,
    ]
    assert check(schema, {"token": "t", "agentId": "a", "rid": "r"}).errors == [
        "must NOT have additional properties",
        "must NOT have additional properties",
        composite,
    ]
    assert check(schema, {"token": "t", "agentId": "a", "direction": "up"}).errors == [
        "must be equal to one of the allowed values",
        "must have required property 'rid'",
        composite,
    ]
    assert check(schema, []).errors == ["must be object", "must be object", composite]
    assert check(schema, {"token": 5, "rid": "r"}).value == {"token": "5", "rid": "r"}


# --- branches, copies ----------------------------------------------------------------------------


def test_what_one_branch_coerced_the_next_one_sees() -> None:
    # So AJV finds two branches that match: 5 becomes "5", and "5" becomes 5.
    assert check({"oneOf": [{"type": "string"}, {"type": "number"}]}, 5).errors == [
        "must match exactly one schema in oneOf"
    ]


def test_an_any_of_takes_a_value_as_it_is_before_it_coerces() -> None:
    schema = {"anyOf": [{"type": "number"}, {"type": "boolean"}, {"type": "string"}]}
    for value in (5, True, "5", ""):
        assert check(schema, value).value is value
    assert check(schema, None).value == 0


def test_the_input_is_never_changed_and_what_fits_is_shared() -> None:
    schema = {
        "properties": {
            "a": {"type": "array", "items": {"type": "string"}},
            "b": {"additionalProperties": {"type": "number"}},
        }
    }
    value: dict[str, Any] = {"a": ["x", 1], "b": {"c": "1"}, "d": {"e": []}}
    before = copy.deepcopy(value)
    checked = check(schema, value)
    assert checked.value == {"a": ["x", "1"], "b": {"c": 1}, "d": {"e": []}}
    assert value == before
    assert checked.value["d"] is value["d"]
    fitting = {"a": ["x"], "b": {"c": 1}}
    assert check(schema, fitting).value is fitting


def test_query_arrays_wrap_scalars_and_unwrap_single_elements() -> None:
    schema = {
        "type": "object",
        "properties": {
            "tags": {"type": "array", "items": {"type": "string"}},
            "open": {"type": "boolean"},
            "count": {"type": "number", "nullable": True},
        },
    }
    checker = compile_schema(schema, scalar_to_array=True)
    assert checker({"tags": "a", "open": ["true"], "count": ["5"]}).value == {
        "tags": ["a"],
        "open": True,
        "count": 5,
    }
    assert checker({"tags": {}}).errors == ["must be array"]
    assert checker({"open": ["true", "true"]}).errors == ["must be boolean"]
    assert check(schema, {"tags": "a"}).errors == ["must be array"]


# --- hostile input -------------------------------------------------------------------------------

_hostile = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[]), max_size=5)
    | st.sampled_from([10**400, -(10**4000), "9" * 5000, "1e999", "\ud800", "0x" + "f" * 400]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*"abcd", "rid", "\udfff"]), inner, max_size=4)
    ),
    max_leaves=10,
)
_SCHEMAS = [schema for schema, _, _ in (*CATALOGUE, *COERCIONS)]
_CHECKERS = [compile_schema(schema) for schema in _SCHEMAS] + [
    compile_schema({"additionalProperties": schema, "items": schema}, scalar_to_array=True)
    for schema in _SCHEMAS
]


@given(_hostile)
def test_no_value_makes_a_check_raise_or_is_changed_by_it(value: Any) -> None:
    before = copy.deepcopy(value)
    for checker in _CHECKERS:
        checker(value)
    assert repr(value) == repr(before)


@given(_hostile)
def test_a_coerced_value_is_valid_as_it_is(value: Any) -> None:
    for schema, _, _ in COERCIONS:
        checked = check(schema, value)
        if not checked.errors:
            assert check(schema, checked.value).value is checked.value


def test_input_that_is_nested_too_deeply_is_refused_not_raised() -> None:
    chain: Any = {}
    for _ in range(100_000):
        chain = {"next": chain}
    node = {"properties": {"next": {"$ref": "#"}}}
    assert check(node, chain).errors == [TOO_DEEP]
    assert check({"uniqueItems": True}, [chain, chain]).errors == [TOO_DEEP]


def test_a_whole_number_beyond_all_doubles_is_no_number() -> None:
    for value in (10**5000, -(10**5000)):
        assert check({"type": "integer"}, value).errors == ["must be integer"]
    assert check({"type": "string"}, 10**5000).value == "Infinity"


def test_numbers_chosen_to_collide_do_not_slow_down_the_search_for_duplicates() -> None:
    # Python hashes all multiples of 2**61 - 1 to 0; compared pairwise this would take hours.
    items = [index * (2**61 - 1) for index in range(200_000)]
    assert check({"uniqueItems": True}, items).errors == []
