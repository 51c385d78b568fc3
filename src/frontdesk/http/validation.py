"""Turning input into Structs, and explaining in the API's words why that is not possible.

Valid JSON takes the short way through msgspec. Whatever that refuses is looked at again by the
interpreter in `ajv`, which either coerces it (numbers for texts and the like) or says what is
wrong.
"""

from typing import Any, Generic, Literal, TypeVar

import msgspec

from frontdesk.errors import Failure
from frontdesk.http.ajv import Checker, compile_schema

T = TypeVar("T", bound=msgspec.Struct)

#: What reading bytes as JSON may raise: no JSON, no UTF-8, or nested too deeply.
NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class InvalidParams(Failure):
    """Input that does not fit the schema; rendered by the style of the route.

    `texts` are the validator's messages, `part` is where the input stood.
    """

    def __init__(
        self,
        texts: list[str],
        style: Literal["classic", "typed"],
        part: Literal["body", "query"] = "body",
    ) -> None:
        super().__init__("\n ".join(texts))
        self.style = style
        self.part = part

    def body(self) -> dict[str, Any]:
        """Return the error body: classic texts carry the bracketed code, typed ones do not."""
        if self.style == "classic":
            return {
                "success": False,
                "error": f"{self} [invalid-params]",
                "errorType": "invalid-params",
            }
        kind = "invalid-params" if self.part == "body" else "error-invalid-params"
        return {"success": False, "errorType": kind, "error": str(self)}


class Shape(Generic[T]):
    """A Struct as the schema of some input.

    The schema is derived from the Struct; one that msgspec cannot express (alternatives that
    exclude each other) is given by the Struct as a class attribute `json_schema`.
    """

    def __init__(self, struct: type[T], *, from_query: bool = False) -> None:
        self.struct = struct
        self._from_query = from_query
        self._decoder = msgspec.json.Decoder(struct)
        self._checker: Checker | None = None

    def schema(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the JSON-Schema of the input and the definitions that it refers to."""
        (root,), definitions = msgspec.json.schema_components(
            [self.struct], ref_template="#/$defs/{name}"
        )
        given: dict[str, Any] | None = getattr(self.struct, "json_schema", None)
        if given is not None:
            return given, definitions
        reference = root.get("$ref", "").rpartition("/")[2]
        return definitions.get(reference, root), definitions

    def from_json(self, raw: bytes, style: Literal["classic", "typed"]) -> T:
        """Read a JSON body. Text that is not JSON, or none, counts as `{}` (the API's rule)."""
        if raw and not hasattr(self.struct, "json_schema"):
            try:
                return self._decoder.decode(raw)
            except NOT_JSON:
                pass
        return self.from_value(decode_or_empty(raw), style, "body")

    def from_value(
        self,
        value: Any,
        style: Literal["classic", "typed"],
        part: Literal["body", "query"],
    ) -> T:
        """Read a decoded value; raises InvalidParams."""
        if self._checker is None:
            schema, definitions = self.schema()
            self._checker = compile_schema(schema, definitions, scalar_to_array=self._from_query)
        checked = self._checker(value)
        if checked.errors:
            raise InvalidParams(checked.errors, style, part)
        try:
            return msgspec.convert(checked.value, self.struct, strict=False)
        except (msgspec.ValidationError, RecursionError) as error:
            raise InvalidParams([str(error)], style, part) from error


def decode_or_empty(raw: bytes) -> Any:
    """Return the decoded JSON, or `{}` where there is none or it cannot be read."""
    if not raw:
        return {}
    try:
        return msgspec.json.decode(raw)
    except NOT_JSON:
        return {}
