"""Our OpenAPI document, made from what the endpoints declare, and a page to read it."""

import inspect
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frontdesk import __version__
from frontdesk.http.answers import NOT_LOGGED_IN, NOT_PERMITTED, Answer, encode
from frontdesk.http.call import Call
from frontdesk.http.openapi_schemas import Schemas
from frontdesk.http.operation import Operation, Routes
from frontdesk.http.validation import InvalidParams, Shape

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

_PAGE = Path(__file__).with_name("schema_page.html")
#: The page brings all it needs with it and asks for nothing but the document.
_PAGE_POLICY = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)

_LOGIN: list[dict[str, list[str]]] = [{"authToken": [], "userId": []}]
_SECURITY_SCHEMES = {
    "authToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Auth-Token",
        "description": "The `authToken` that POST login answers, or a personal access token.",
    },
    "userId": {
        "type": "apiKey",
        "in": "header",
        "name": "X-User-Id",
        "description": "The `userId` that POST login answers.",
    },
}
_SUCCESS = {
    "type": "object",
    "description": "What was asked for, and `success: true`.",
    "properties": {"success": {"type": "boolean"}},
}
_FAILURE = {
    "type": "object",
    "description": "Why it was not done. Texts and codes are stable; compare with them.",
    "properties": {
        "success": {"type": "boolean", "const": False},
        "error": {"type": "string"},
        "errorType": {"type": "string"},
        "details": {},
    },
}
_TOO_MANY = {
    "success": False,
    "error": "Error, too many requests. Please slow down. You must wait 24 seconds before trying "
    "this endpoint again. [error-too-many-requests]",
}
_CODE = re.compile(r"\[([^\[\]]+)\]$")
_VARIABLE = re.compile(r"{(\w+)}")


def openapi_routes(features: Iterable[Routes], workspace: "Workspace") -> Routes:
    """Return `/schema` and `/schema/openapi.json`.

    The document is made at the first request, so `features` may still grow until then.
    """
    routes = Routes("Server", prefix="/")
    made: list[bytes] = []

    @routes.get("schema/openapi.json", public=True, limited=False)
    async def document(_: Call) -> Answer:
        """Read the OpenAPI document.

        All endpoints of this server with their input, permissions, answers and refusals
        (OpenAPI 3.1).
        """
        if not made:
            made.append(encode(openapi_document(features, workspace.config.root_url)))
        return Answer(200, made[0])

    @routes.get("schema", public=True, limited=False)
    async def page(_: Call) -> Answer:
        """Read the documentation of the API.

        A page that shows the OpenAPI document; it needs nothing from elsewhere.
        """
        return Answer(200, _PAGE.read_bytes(), [_PAGE_POLICY], b"text/html; charset=utf-8")

    return routes


def openapi_document(features: Iterable[Routes], root_url: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of all endpoints."""
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    tags: set[str] = set()
    for routes in features:
        for operation in routes.operations:
            tags.add(operation.tag)
            methods = paths.setdefault(operation.path, {})
            methods[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Frontdesk",
            "version": __version__,
            "description": "The API of this front desk. It is that of Rocket.Chat's Omnichannel "
            "(8.x, and 6.x for the call centre), so clients of that API work unchanged.",
        },
        "servers": [{"url": root_url}],
        "tags": [{"name": name} for name in sorted(tags)],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {
                "Success": _SUCCESS,
                "Failure": _FAILURE,
                **dict(sorted(schemas.by_name.items())),
            },
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }


def answers_json(operation: Operation) -> bool:
    """Tell whether an endpoint answers JSON: one that makes its answer itself and shows no
    example gives a file, a page or plain text.
    """
    makes_answer = inspect.get_annotations(operation.handler, eval_str=True).get("return") is Answer
    return bool(operation.example) or not makes_answer


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": _operation_id(operation),
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": "\n\n".join(_paragraphs(operation)),
        "parameters": _parameters(operation, schemas),
        "responses": _responses(operation),
        "security": _LOGIN if operation.auth == "required" else [{}, *_LOGIN],
    }
    body = _request_body(operation, schemas)
    if body is not None:
        found["requestBody"] = body
    if operation.deprecated:
        found["deprecated"] = True
    return found


def _operation_id(operation: Operation) -> str:
    words = re.sub(r"\W+", "_", operation.path.removeprefix("/api/v1/")).strip("_")
    return f"{operation.method.lower()}_{words}"


def _paragraphs(operation: Operation) -> list[str]:
    """Return the description, and what the declaration says about permissions and limits."""
    found = [operation.description] if operation.description else []
    needed = [f"`{each}`" for each in sorted(operation.permissions)]
    if len(needed) == 1:
        found.append(f"Needs the permission {needed[0]}.")
    elif needed:
        how = "one of" if operation.any_permission else "all of"
        found.append(f"Needs {how} the permissions {', '.join(needed)}.")
    if operation.two_factor != "no":
        found.append("Asks for a second factor where the caller has set one up.")
    calls, span = operation.rate.calls, operation.rate.milliseconds
    if isinstance(calls, int) and isinstance(span, int):
        found.append(f"At most {calls} calls in {span // 1000} seconds from one address.")
    return found


def _parameters(operation: Operation, schemas: Schemas) -> list[dict[str, Any]]:
    text = {"type": "string"}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": text}
        for name in _VARIABLE.findall(operation.path)
    ]
    if operation.query is not None:
        found += schemas.parameters(operation.query)
    known = {each["name"] for each in found}
    found += [
        {"name": name, "in": "query", "required": False, "description": told, "schema": text}
        for name, told in operation.parameters.items()
        if name not in known
    ]
    if operation.two_factor != "no":
        found += [
            {"name": "X-2fa-Code", "in": "header", "schema": text},
            {"name": "X-2fa-Method", "in": "header", "schema": text},
        ]
    return found


def _request_body(operation: Operation, schemas: Schemas) -> dict[str, Any] | None:
    if operation.raw_body:
        file = {"type": "string", "contentMediaType": "application/octet-stream"}
        form = {"type": "object", "properties": {"file": file}}
        return {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    shape = operation.body or operation.body_by_hand
    if shape is None:
        return None
    schema = schemas.body(shape)
    example = operation.request
    if example is None:
        example = schemas.example(schema)
    return {
        "required": bool(schemas.resolved(schema).get("required")),
        "content": {"application/json": {"schema": schema, "example": example}},
    }


def _responses(operation: Operation) -> dict[str, Any]:
    found = {"200": _success(operation)}
    if operation.path.startswith("/api/"):
        found["400"] = _failure("The request was refused.", _refusals(operation))
        if operation.auth == "required":
            found["401"] = _failure("Nobody is logged in.", [NOT_LOGGED_IN])
            # Many endpoints look at further permissions themselves.
            found["403"] = _failure(
                "The caller lacks a permission.",
                [NOT_PERMITTED] if operation.permissions else [_text_answer("unauthorized")],
            )
        if "{" in operation.path:
            missing = _text_answer("Resource not found")
            found["404"] = _failure("There is nothing by that name.", [missing])
        if operation.limited:
            found["429"] = _failure("Too many calls; see X-RateLimit-Reset.", [_TOO_MANY])
    return found


def _success(operation: Operation) -> dict[str, Any]:
    if not answers_json(operation):
        return {"description": "A file, a page or plain text.", "content": {"*/*": {}}}
    schema: dict[str, Any] = {"$ref": "#/components/schemas/Success"}
    example: Any = operation.example
    if isinstance(example, Mapping):
        example = {**example, "success": True}
    else:
        schema = {"anyOf": [{"type": "array", "items": {"type": "object"}}, schema]}
    content = {"application/json": {"schema": schema, "example": example}}
    return {"description": "It was done.", "content": content}


def _failure(description: str, bodies: list[dict[str, Any]]) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Failure"}
    examples = {
        f"refusal{number}": {"summary": body["error"], "value": body}
        for number, body in enumerate(bodies, 1)
    }
    content: dict[str, Any] = {"schema": schema}
    if examples:
        content["examples"] = examples
    return {"description": description, "content": {"application/json": content}}


def _refusals(operation: Operation) -> list[dict[str, Any]]:
    """Return the bodies of the refusals that an endpoint declares, after that of wrong input."""
    found = []
    for shape, part in ((operation.query, "query"), (operation.body, "body")):
        invalid = shape and _invalid_body(operation, shape, part)
        if invalid:
            found.append(invalid)
    return found + [_text_answer(text) for text in operation.refusals]


def _invalid_body(operation: Operation, shape: Shape[Any], part: Any) -> dict[str, Any] | None:
    """Return what is answered when all is missing, or None if nothing is required."""
    try:
        shape.from_value({}, operation.style, part)
    except InvalidParams as refusal:
        return refusal.body()
    return None


def _text_answer(text: str) -> dict[str, Any]:
    code = _CODE.search(text)
    body: dict[str, Any] = {"success": False, "error": text}
    return body if code is None else {**body, "errorType": code[1]}
