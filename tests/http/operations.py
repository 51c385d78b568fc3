"""The operations of the served document, and requests made from their schemas."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.harness.client import Api

#: How deep a body is made; schemas may recurse.
DEPTH = 6
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Served:
    """An operation: its parameters by kind, and the schema of its JSON body."""

    method: str
    path: str
    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    body: Mapping[str, Any] | None
    takes_file: bool
    schemas: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What the operation is called in a failure."""
        return f"{self.method} {self.path.removeprefix('/api/v1/')}"

    def address(self, known: Mapping[str, str]) -> str:
        """Return the path with its variables filled from `known`, by name."""
        path = self.path
        for variable in self.variables:
            path = path.replace(f"{{{variable}}}", known.get(variable, "text"))
        return path

    def names(self) -> set[str]:
        """Return the names of all variables, parameters and members of the body."""
        inside = {str(step) for path in places(self.whole_body({})) for step in path}
        return {*self.variables, *self.parameters, *inside}

    def whole_body(self, known: Mapping[str, str]) -> Any:
        """Return a body with every member that the schema names, texts taken from `known`."""
        return None if self.body is None else self._sample(self.body, "", known, 0)

    def _sample(
        self, schema: Mapping[str, Any], name: str, known: Mapping[str, str], depth: int
    ) -> Any:
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]]
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        branches = schema.get("anyOf") or schema.get("oneOf")
        if branches and "properties" not in schema:
            return self._sample(branches[0], name, known, depth)
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = kind[0]
        match kind:
            case "object":
                members = schema.get("properties", {}) if depth < DEPTH else {}
                return {
                    member: self._sample(inner, member, known, depth + 1)
                    for member, inner in members.items()
                }
            case "array":
                return [self._sample(schema.get("items", {}), name, known, depth + 1)]
            case "number" | "integer":
                return 1
            case "boolean":
                return True
            case _:
                return known.get(name, "text")


def served_operations(api: Api) -> list[Served]:
    """Return all operations of the document that a server serves."""
    document = api.get("/schema/openapi.json").json()
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            parameters = operation["parameters"]
            found.append(
                Served(
                    method=method.upper(),
                    path=path,
                    variables=tuple(p["name"] for p in parameters if p["in"] == "path"),
                    parameters=tuple(p["name"] for p in parameters if p["in"] == "query"),
                    body=content.get("application/json", {}).get("schema"),
                    takes_file="multipart/form-data" in content,
                    schemas=document["components"]["schemas"],
                )
            )
    return found


def places(body: Any, path: Path = ()) -> Iterator[Path]:
    """Return the paths of all values in a body, containers and the body itself included."""
    yield path
    if isinstance(body, dict):
        for name, inner in body.items():
            yield from places(inner, (*path, name))
    elif isinstance(body, list):
        for index, inner in enumerate(body):
            yield from places(inner, (*path, index))


def replaced(body: Any, path: Path, value: Any) -> Any:
    """Return a copy of a body with another value at a path."""
    if not path:
        return value
    copy = deepcopy(body)
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return copy
