import re
from collections.abc import Iterator
from typing import Any, ClassVar

import jsonschema_rs
import msgspec
import pytest

from frontdesk.features import FEATURES
from frontdesk.http import Call, Rate, Routes
from frontdesk.http.answers import Answer
from frontdesk.http.openapi import answers_json, openapi_document
from frontdesk.http.operation import Operation
from tests.harness.client import Api

ALL = [operation for routes in FEATURES for operation in routes.operations]


def name_of(operation: Operation) -> str:
    """Return what a test about an operation is called."""
    return f"{operation.method} {operation.path.removeprefix('/api/v1/')}"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """Return the document of all features, as a client would read it."""
    made: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(openapi_document(FEATURES, "https://desk.example.org"))
    )
    return made


def operations_of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return all operations of a document."""
    for methods in document["paths"].values():
        yield from methods.values()


# What every endpoint owes its readers --------------------------------------------------------


@pytest.mark.parametrize("operation", ALL, ids=name_of)
def test_every_endpoint_is_described(operation: Operation) -> None:
    assert len(operation.summary) >= 5, "the first line of the docstring says what it does"
    assert len(operation.description) >= 15, "the docstring says more than its first line"
    assert operation.description != operation.summary


@pytest.mark.parametrize("operation", ALL, ids=name_of)
def test_every_endpoint_shows_an_answer(operation: Operation) -> None:
    returned = operation.handler.__annotations__.get("return")
    if returned not in (None, "None") and answers_json(operation):
        assert operation.example, "give the declaration an `example`"


def test_every_endpoint_is_in_the_document_once(document: dict[str, Any]) -> None:
    ids = [each["operationId"] for each in operations_of(document)]

    assert len(ids) == len(set(ids)) == len(ALL)


def test_every_example_of_a_body_fits_its_schema(document: dict[str, Any]) -> None:
    components = {"components": document["components"]}
    wrong = []
    for operation in operations_of(document):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is None:
            continue
        validator = jsonschema_rs.validator_for({**components, **body["schema"]})
        wrong += [
            f"{operation['operationId']}: {error.message}"
            for error in validator.iter_errors(body["example"])
        ]
    assert wrong == []


def test_every_schema_is_one_and_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        assert jsonschema_rs.meta.is_valid(schema), name
    text = msgspec.json.encode(document).decode()
    for reference in set(re.findall(r'"\$ref":"([^"]+)"', text)):
        assert reference.removeprefix("#/components/schemas/") in schemas
    assert '"nullable"' not in text


# How a declaration becomes a part of the document --------------------------------------------


class _Inner(msgspec.Struct):
    """A part."""

    size: int


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    """A body."""

    rid: str
    part: _Inner | None = None
    kind: str | None = None


class _Query(msgspec.Struct):
    """Alternatives."""

    json_schema: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {
                "type": "object",
                "properties": {"a": {"type": "string", "nullable": True}, "x": {"type": "string"}},
                "required": ["a", "x"],
            },
            {
                "type": "object",
                "properties": {"b": {"description": "The other."}, "x": {"type": "string"}},
                "required": ["b", "x"],
            },
        ]
    }

    a: str | None = None
    b: str | None = None
    x: str = ""


def declared(**options: Any) -> dict[str, Any]:
    """Return the operation of a POST endpoint, as the document shows it."""
    routes = Routes("Things")

    @routes.post("things/{_id}", **options)
    async def handler(call: Call, body: _Body, query: _Query) -> None:
        """Change a thing.

        More about it.
        """

    made = openapi_document([routes], "/")
    operation: dict[str, Any] = made["paths"]["/api/v1/things/{_id}"]["post"]
    return {**operation, "schemas": made["components"]["schemas"]}


def test_a_body_is_a_reference_to_its_schema_with_an_example() -> None:
    operation = declared()

    body = operation["requestBody"]
    assert body["required"] is True
    content = body["content"]["application/json"]
    assert content["schema"] == {"$ref": "#/components/schemas/_Body"}
    assert content["example"] == {"rid": "k3VbnQ7xTzP2mWc9d"}
    schema = operation["schemas"]["_Body"]
    assert schema["required"] == ["rid"]
    assert schema["properties"]["part"]["anyOf"][0] == {"$ref": "#/components/schemas/_Inner"}
    given = declared(request={"rid": "r", "kind": "a"})["requestBody"]["content"]
    assert given["application/json"]["example"] == {"rid": "r", "kind": "a"}


def test_parameters_come_from_path_query_and_declaration() -> None:
    operation = declared(parameters={"more": "Said by hand."}, two_factor="always")

    found = {each["name"]: each for each in operation["parameters"]}
    assert (found["_id"]["in"], found["_id"]["required"]) == ("path", True)
    assert found["a"] == {
        "name": "a",
        "in": "query",
        "required": False,
        "schema": {"type": "string"},
    }
    assert found["b"]["description"] == "The other."
    assert found["x"]["required"] is True
    assert found["more"]["description"] == "Said by hand."
    assert found["X-2fa-Code"]["in"] == "header"


def test_permissions_and_limits_are_said_in_words() -> None:
    text = declared(permissions=["b", "a"], any_permission=True, rate=Rate(5, 60_000))
    assert text["description"].split("\n\n") == [
        "More about it.",
        "Needs one of the permissions `a`, `b`.",
        "At most 5 calls in 60 seconds from one address.",
    ]
    assert "Needs the permission `a`." in declared(permissions=["a"])["description"]


def test_refusals_are_shown_as_they_are_answered() -> None:
    responses = declared(refusals=["Gone [error-gone]", "plain"])["responses"]

    examples = responses["400"]["content"]["application/json"]["examples"].values()
    assert [each["value"] for each in examples][2:] == [
        {"success": False, "error": "Gone [error-gone]", "errorType": "error-gone"},
        {"success": False, "error": "plain"},
    ]
    assert any("must have required property 'rid'" in each["summary"] for each in examples)
    assert set(responses) == {"200", "400", "401", "403", "404", "429"}
    assert responses["200"]["content"]["application/json"]["example"] == {"success": True}


def test_a_public_endpoint_takes_a_log_in_and_needs_none() -> None:
    operation = declared(public=True, limited=False)

    assert {} in operation["security"]
    assert {"401", "403", "429"}.isdisjoint(operation["responses"])


def test_schemas_of_one_name_do_not_replace_each_other() -> None:
    first, second = Routes("A"), Routes("B")

    def declare(routes: Routes, kind: type) -> None:
        body = msgspec.defstruct("Same", [("member", kind)])

        async def handler(call: Call) -> None:
            """Do.

            Something.
            """

        routes.post(routes.tag, body_by_hand=body)(handler)

    declare(first, str)
    declare(second, int)

    schemas = openapi_document([first, second], "/")["components"]["schemas"]
    assert schemas["Same"]["properties"]["member"] == {"type": "string"}
    assert schemas["Same2"]["properties"]["member"] == {"type": "integer"}


def test_an_endpoint_that_makes_its_answer_and_shows_none_gives_a_file() -> None:
    routes = Routes("Files")

    @routes.get("file")
    async def handler(_: Call) -> Answer:
        """Download.

        A file.
        """
        return Answer(200, b"")

    answer = openapi_document([routes], "/")["paths"]["/api/v1/file"]["get"]["responses"]["200"]
    assert list(answer["content"]) == ["*/*"]


# Over HTTP -----------------------------------------------------------------------------------


def test_the_document_is_served_with_all_that_is_served(api: Api) -> None:
    answer = api.get("/schema/openapi.json")

    assert answer.headers["content-type"] == "application/json"
    served = answer.json()
    assert served["openapi"] == "3.1.0"
    assert {"/api/v1/livechat/visitor", "/schema", "/readyz"} <= set(served["paths"])
    assert len(list(operations_of(served))) > len(ALL)


def test_the_page_asks_for_nothing_from_elsewhere(api: Api) -> None:
    answer = api.get("/schema")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert re.search(r"(src|href)=[\"']?(https?:)?//", answer.text) is None
