"""The schemas of the input, as the OpenAPI document shows them.

Inside, schemas are written for the interpreter in `ajv`: with `nullable`, with keywords of its
own, and with `null` wherever a member may be missing. Here they become JSON Schema 2020-12, which
OpenAPI 3.1 speaks.
"""

from collections.abc import Mapping
from typing import Any

from frontdesk.http.validation import Shape

Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/"
#: Keywords whose values are schemas, lists of them, or schemas by name.
_ONE = ("items", "contains", "not", "if", "then", "else", "propertyNames", "additionalProperties")
_LIST = ("anyOf", "oneOf", "allOf", "prefixItems")
_BY_NAME = ("properties",)
#: What stands in examples that are made up, by the name of the member.
_KNOWN_VALUES: Mapping[str, Any] = {
    **dict.fromkeys(("rid", "roomId", "_id"), "k3VbnQ7xTzP2mWc9d"),
    **dict.fromkeys(("token", "visitorToken"), "tok-ann"),
    **dict.fromkeys(("userId", "agentId"), "rbAXPnMktTFbNpwtJ"),
    **dict.fromkeys(("departmentId", "department"), "k7vXpSxrYhLfbTqGW"),
    "email": "ann@example.org",
    "username": "ann",
    "name": "Ann",
    "msg": "Hello",
}
_VALUES_BY_TYPE: Mapping[str, Any] = {
    "string": "text",
    "number": 1,
    "integer": 1,
    "boolean": True,
    "null": None,
}


class Schemas:
    """The schemas of a document by name; each shape is added once."""

    def __init__(self) -> None:
        self.by_name: dict[str, Schema] = {}
        self._given: dict[str, Schema] = {}

    def body(self, shape: Shape[Any]) -> Schema:
        """Return the reference to the schema of a body."""
        root, definitions = shape.schema()
        names = self._names(shape.struct.__name__, root, definitions)
        return {"$ref": _REFERENCE + names[shape.struct.__name__]}

    def parameters(self, shape: Shape[Any]) -> list[dict[str, Any]]:
        """Return the query parameters of a shape. Of alternatives all members are parameters;
        required is what all of them require.
        """
        root, definitions = shape.schema()
        names = self._names("", {}, definitions)
        found: dict[str, Schema] = {}
        required: set[str] | None = None
        for branch in (root, *(root.get("anyOf") or root.get("oneOf") or ())):
            found.update(branch.get("properties", {}))
            if "properties" in branch:
                needed = set(branch.get("required", ()))
                required = needed if required is None else required & needed
        return [
            {
                "name": name,
                "in": "query",
                "required": name in (required or ()),
                **_described(schema),
                "schema": _without_null(_translated(schema, names)),
            }
            for name, schema in found.items()
        ]

    def resolved(self, schema: Schema) -> Schema:
        """Return a schema itself where it is a reference."""
        reference = schema.get("$ref", "")
        return self.by_name[reference.removeprefix(_REFERENCE)] if reference else schema

    def example(self, schema: Schema, name: str = "") -> Any:
        """Make up a value that fits: of objects the members that are required."""
        schema = self.resolved(schema)
        if schema.get("enum"):
            return schema["enum"][0]
        alternatives = schema.get("anyOf") or schema.get("oneOf")
        if alternatives and "properties" not in schema:
            return self.example(alternatives[0], name)
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            members = schema.get("properties", {})
            # What an alternative requires is described outside of it.
            needed = [schema, *(alternatives or ())[:1], schema.get("then", {})]
            return {
                each: self.example(members.get(each, {}), each)
                for part in needed
                for each in part.get("required", ())
            }
        if kind == "array":
            return [self.example(schema.get("items", {}), name.removesuffix("s"))]
        return _KNOWN_VALUES.get(name, "text") if kind == "string" else _VALUES_BY_TYPE[kind]

    def _names(
        self, root_name: str, root: Schema, definitions: Mapping[str, Schema]
    ) -> dict[str, str]:
        """Add what a shape consists of; return under which names it is found."""
        parts = {**definitions, root_name: root} if root_name else dict(definitions)
        names = {name: self._free_name(name, part) for name, part in parts.items()}
        for name, part in parts.items():
            self._given[names[name]] = part
            self.by_name.setdefault(names[name], _translated(part, names))
        return names

    def _free_name(self, wanted: str, schema: Schema) -> str:
        """Return a name that is free, or taken by the same schema."""
        name, number = wanted, 1
        while self._given.get(name, schema) != schema:
            number += 1
            name = f"{wanted}{number}"
        return name


def _translated(schema: Any, names: Mapping[str, str]) -> Any:
    if not isinstance(schema, dict):
        return schema
    result = {
        keyword: _translated_value(keyword, value, names)
        for keyword, value in schema.items()
        if keyword not in ("nullable", "title", "isNotEmpty")
        and not (keyword == "default" and value is None)
    }
    reference = result.get("$ref")
    if reference is not None:
        name = reference.rpartition("/")[2]
        result["$ref"] = _REFERENCE + names.get(name, name)
    if schema.get("isNotEmpty"):
        result["pattern"] = r"\S"
    if schema.get("nullable"):
        return _or_null(result)
    return result


def _translated_value(keyword: str, value: Any, names: Mapping[str, str]) -> Any:
    if keyword in _ONE:
        return _translated(value, names)
    if keyword in _LIST:
        return [_translated(each, names) for each in value]
    if keyword in _BY_NAME:
        return {name: _translated(each, names) for name, each in value.items()}
    return value


def _or_null(schema: Schema) -> Schema:
    kind = schema.get("type")
    if kind is None:
        return {"anyOf": [schema, {"type": "null"}]}
    with_null = {**schema, "type": [*([kind] if isinstance(kind, str) else kind), "null"]}
    if "enum" in schema:
        with_null["enum"] = [*schema["enum"], None]
    return with_null


def _without_null(schema: Schema) -> Schema:
    """Return the schema of a query parameter, which is left out where it would be null."""
    alternatives = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "description"}
    if len(alternatives) == 1:
        rest.pop("anyOf")
        return {**rest, **alternatives[0]}
    if isinstance(rest.get("type"), list):
        kinds = [kind for kind in rest["type"] if kind != "null"]
        rest["type"] = kinds[0] if len(kinds) == 1 else kinds
    return rest


def _described(schema: Any) -> dict[str, str]:
    text = schema.get("description") if isinstance(schema, dict) else None
    return {"description": text} if text else {}
