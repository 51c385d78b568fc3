"""An interpreter of JSON-Schema that coerces, decides and words its refusals as AJV 8 does.

Clients of the API read its validation texts, and the API takes them from AJV (type coercion on,
first error only). So what counts here is AJV's order of evaluation and its message catalogue:
inside one schema object first `type`, then the keywords for any type, then those for numbers,
texts, arrays and objects; the first failure ends it, except that a failing `anyOf` or `oneOf`
gives the first failure of each branch before its own text.

The schemas are those of msgspec Structs and hand-written ones. These things differ from AJV:

- `X | None` and `Literal[...]` of msgspec are read as their hand-written counterparts, that is
  `nullable: true` and an `enum` with its `type`.
- An `anyOf` takes a value that fits one of its branches as it is, before it tries to coerce it.
- A text that stands for infinity is no number: nothing behind the wall could use one.
- With `scalar_to_array` an array of one becomes its element also where null is allowed besides.

A schema that recurses through several branches of one union takes time exponential in the depth
of the input; write none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from frontdesk.http import ajv_rules as rules
from frontdesk.http.ajv_rules import accept, fails, sequence
from frontdesk.http.ajv_types import SCALARS, Node, Texts, only_for, typed

Schema: TypeAlias = Mapping[str, Any] | bool

#: Input nested beyond the interpreter's recursion limit; AJV has no text for this.
TOO_DEEP = "must NOT be nested too deeply"

_ANNOTATIONS = frozenset(
    (
        *("$comment", "$defs", "$id", "$schema", "components", "contentEncoding", "default"),
        *("deprecated", "description", "discriminator", "example", "examples", "nullable"),
        *("readOnly", "title", "writeOnly"),
    )
)
#: The keywords that look at values of one type only, in their order of evaluation. `items` and
#: `contains` run before `uniqueItems`, so that duplicates are found among coerced items.
_BY_TYPE: Mapping[str, Sequence[str]] = {
    "number": ("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf"),
    "string": ("maxLength", "minLength", "pattern", "format", "isNotEmpty"),
    "array": ("maxItems", "minItems", "prefixItems", "items", "contains", "uniqueItems"),
    "object": (
        *("maxProperties", "minProperties", "required", "propertyNames"),
        *("additionalProperties", "properties", "dependentRequired"),
    ),
}
_ANY_TYPE = ("$ref", "const", "enum", "not", "anyOf", "oneOf", "allOf", "if")
_KNOWN = _ANNOTATIONS.union(_ANY_TYPE, ("type", "then", "else"), *_BY_TYPE.values())


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: the coerced value, and the texts of the errors (none: it is valid).

    The value shares with the input whatever needed no coercion; the input itself is untouched.
    """

    value: Any
    errors: list[str]


Checker: TypeAlias = Callable[[Any], Checked]


def compile_schema(
    schema: Schema,
    definitions: Mapping[str, Schema] | None = None,
    *,
    scalar_to_array: bool = False,
    coerce: bool = True,
) -> Checker:
    """Return a function that checks decoded JSON against `schema`; it never raises.

    `$ref` may name one of `definitions` (or of the schema's own `$defs` or
    `components/schemas`). `scalar_to_array` also turns a scalar into an array of one and back,
    as query strings need it; without `coerce` every type is taken as it comes. Raises ValueError
    for a schema that this interpreter does not understand.
    """
    node = _Compiler(schema, definitions or {}, coerce, scalar_to_array).node(schema, False)

    def checker(value: Any) -> Checked:
        errors: Texts = []
        try:
            coerced = node(value, errors)
        except RecursionError:
            return Checked(value, [TOO_DEEP])
        return Checked(coerced, errors)

    return checker


def check(
    schema: Schema,
    value: Any,
    *,
    definitions: Mapping[str, Schema] | None = None,
    scalar_to_array: bool = False,
) -> Checked:
    """Check one value; to check more than one, keep what `compile_schema` returns."""
    return compile_schema(schema, definitions, scalar_to_array=scalar_to_array)(value)


class _Compiler:
    """Turns one schema and what it refers to into closures.

    `composite` says that a node stands inside a branch (`anyOf`, `oneOf`, ...), where AJV
    collects the texts of a failure instead of returning the first.
    """

    def __init__(
        self, root: Schema, definitions: Mapping[str, Schema], coerce: bool, wrap: bool
    ) -> None:
        self._root = root
        self._definitions = definitions
        self._coerce = coerce
        self._wrap = wrap and coerce
        self._references: dict[tuple[str, bool, bool], Node] = {}
        #: Compiles the same schemas without coercion.
        self._as_is = _Compiler(root, definitions, False, False) if coerce else None

    def node(self, schema: Schema, composite: bool) -> Node:
        if isinstance(schema, bool):
            return accept if schema else fails("boolean schema is false")
        schema = _as_hand_written(schema)
        unknown = [name for name in schema if name not in _KNOWN and not name.startswith("x-")]
        if unknown:
            raise ValueError(f"unknown keywords {unknown} in schema {schema!r:.200}")

        types = _types(schema)
        text = f"must be {','.join(types)}"
        if isinstance(schema.get("type"), str):
            # AJV does not name the null of `nullable` next to a single type.
            text = f"must be {schema['type']}"
        late_type = self._late_type(schema, types)
        any_type = sequence(
            [self._any_type(each, schema, composite) for each in _ANY_TYPE if each in schema]
        )
        steps = [any_type]
        if types and late_type is None:
            by_type = typed(types, text, coerce=self._coerce, wrap=self._wrap)
            # Where AJV collects texts, a wrong type does not keep it from the next keywords.
            steps = [rules.both(by_type, any_type)] if composite else [by_type, any_type]
        for type_name, keywords in _BY_TYPE.items():
            group = sequence(
                [
                    self._for_type(keyword, schema, composite)
                    for keyword in keywords
                    if keyword in schema
                ]
            )
            if late_type == type_name:
                steps.append(only_for(type_name, group, otherwise=text))
            elif group is not accept:
                steps.append(only_for(type_name, group))
        return sequence(steps)

    def _late_type(self, schema: Mapping[str, Any], types: Sequence[str]) -> str | None:
        """Return the type that is only checked together with the keywords for it.

        AJV does so when nothing can be coerced to the type; the keywords for any type then
        come first.
        """
        if len(types) != 1 or types[0] not in _BY_TYPE:
            return None
        coercible = self._coerce and (types[0] in SCALARS or (self._wrap and "array" in types))
        if coercible or not any(keyword in schema for keyword in _BY_TYPE[types[0]]):
            return None
        return types[0]

    def _any_type(self, keyword: str, schema: Mapping[str, Any], composite: bool) -> Node:
        wanted = schema[keyword]
        match keyword:
            case "$ref":
                return self._reference(wanted, composite, schema.get("nullable") is True)
            case "const":
                return rules.one_of_values([wanted], "must be equal to constant")
            case "enum":
                return rules.one_of_values(wanted, "must be equal to one of the allowed values")
            case "not":
                return rules.negation(self.node(wanted, True))
            case "anyOf":
                as_is = [self._as_is.node(each, True) for each in wanted if self._as_is]
                return rules.any_of([self.node(each, True) for each in wanted], as_is)
            case "oneOf":
                return rules.one_of([self.node(branch, True) for branch in wanted])
            case "allOf":
                return sequence([self.node(part, composite) for part in wanted])
            case _:
                then, otherwise = schema.get("then", True), schema.get("else", True)
                return rules.conditional(
                    self.node(wanted, True),
                    self.node(then, composite),
                    self.node(otherwise, composite),
                    composite,
                )

    def _for_type(self, keyword: str, schema: Mapping[str, Any], composite: bool) -> Node:
        wanted = schema[keyword]
        match keyword:
            case "properties":
                return rules.properties(
                    {name: self.node(each, composite) for name, each in wanted.items()}
                )
            case "additionalProperties":
                known = frozenset(schema.get("properties", ()))
                if wanted is False:
                    return rules.no_additional_properties(known)
                return rules.additional_properties(known, self.node(wanted, composite))
            case "propertyNames":
                return rules.property_names(self.node(wanted, True))
            case "prefixItems":
                return rules.prefix_items([self.node(each, composite) for each in wanted])
            case "items":
                start = len(schema.get("prefixItems", ()))
                if wanted is False and start:
                    return rules.at_most_items(start)
                return rules.items(self.node(wanted, composite), start)
            case "contains":
                return rules.contains(self.node(wanted, True), composite)
            case "uniqueItems":
                item = schema.get("items")
                types = _types(_as_hand_written(item)) if isinstance(item, Mapping) else ()
                scalars = bool(types) and SCALARS.issuperset(types)
                return rules.unique_items(scalars) if wanted else accept
            case _:
                return rules.SIMPLE[keyword](wanted)

    def _reference(self, reference: str, composite: bool, nullable: bool) -> Node:
        """Return the node of a definition, compiled once; it may refer to itself."""
        key = (reference, composite, nullable)
        if key not in self._references:
            ready: list[Node] = []
            self._references[key] = lambda value, errors: ready[0](value, errors)
            schema = self._definition(reference)
            if nullable:
                schema = _nullable(schema)
            ready.append(self.node(schema, composite))
            self._references[key] = ready[0]
        return self._references[key]

    def _definition(self, reference: str) -> Schema:
        if reference == "#":
            return self._root
        own = self._root if isinstance(self._root, Mapping) else {}
        for start, known in (
            ("#/$defs/", {**own.get("$defs", {}), **self._definitions}),
            (
                "#/components/schemas/",
                {**own.get("components", {}).get("schemas", {}), **self._definitions},
            ),
        ):
            if reference.startswith(start) and reference[len(start) :] in known:
                definition: Schema = known[reference[len(start) :]]
                return definition
        raise ValueError(f"no schema for {reference!r}")


def _types(schema: Mapping[str, Any]) -> Sequence[str]:
    """Return the types a schema allows; `nullable` adds null behind the others."""
    given = schema.get("type", ())
    types = [given] if isinstance(given, str) else list(given)
    if types and schema.get("nullable") is True and "null" not in types:
        types.append("null")
    return types


def _as_hand_written(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema of msgspec as it would be written by hand for AJV.

    `X | None` comes as `anyOf` of X and null, a `Literal` as an `enum` without its type.
    """
    alternatives = schema.get("anyOf", ())
    others = [each for each in alternatives if not _is_null(each)]
    if len(alternatives) == 2 and len(others) == 1:
        only = _nullable(others[0])
        if "anyOf" not in only:
            schema = {name: value for name, value in schema.items() if name != "anyOf"}
            return {**schema, **only}
    return _with_enum_type(schema)


def _is_null(schema: Schema) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "null"


def _nullable(schema: Schema) -> dict[str, Any]:
    """Return a schema that takes what `schema` takes, and null."""
    if isinstance(schema, Mapping):
        schema = _with_enum_type(schema)
        if "$ref" in schema:
            return {**schema, "nullable": True}
        if "type" in schema and "const" not in schema:
            with_null = {**schema, "nullable": True}
            if "enum" in schema:
                with_null["enum"] = [*schema["enum"], None]
            return with_null
    return {"anyOf": [schema, {"type": "null"}]}


def _with_enum_type(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "enum" not in schema or "type" in schema:
        return schema
    kinds = {type(value) for value in schema["enum"] if value is not None}
    if len(kinds) != 1:
        return schema
    name = {str: "string", int: "integer", float: "number", bool: "boolean"}.get(kinds.pop())
    if name is None:
        return schema
    nullable = {"nullable": True} if None in schema["enum"] else {}
    return {**schema, "type": name, **nullable}
