"""The documented operations and those that a server offers, and what the first have that the
second have not.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec

from frontdesk.features import FEATURES

_ROOT = Path(__file__).parents[2]
#: Method, path and tag of every operation in the document of the API, version 8.8; see
#: `tests.api_coverage.collect`.
DOCUMENTED = _ROOT / "docs" / "api-operations.json"
#: The tags of which everything is offered, and is to stay so.
COMPLETE = Path(__file__).with_name("complete.json")

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
_VARIABLE = re.compile(r"{[^{}]*}")


class Operation(NamedTuple):
    """A method and a path, `{}` for every variable: its name says nothing to a client."""

    method: str
    path: str


class Coverage(msgspec.Struct):
    """What one tag documents, and what of it is missing, each in the order of the document."""

    tag: str
    documented: list[Operation]
    missing: list[Operation]

    @property
    def offered(self) -> int:
        """How many of the documented operations are there."""
        return len(self.documented) - len(self.missing)


def operation(method: str, path: str) -> Operation:
    """Return the operation of a method and a path whose variables have names."""
    return Operation(method.upper(), _VARIABLE.sub("{}", path))


def declared() -> set[Operation]:
    """Return the operations that the program declares; the server's document is made of them."""
    return {operation(each.method, each.path) for routes in FEATURES for each in routes.operations}


def served(url: str) -> set[Operation]:
    """Return the operations in the document of the server at `url`.

    Raises httpx.HTTPError when there is no server or no document.
    """
    answer = httpx.get(f"{url.rstrip('/')}/schema/openapi.json", timeout=30)
    return operations_of(answer.raise_for_status().json())


def operations_of(document: dict[str, Any]) -> set[Operation]:
    """Return the operations of an OpenAPI document."""
    return {
        operation(method, path)
        for path, methods in document["paths"].items()
        for method in methods
        if method.upper() in METHODS
    }


def coverage(offered: set[Operation]) -> list[Coverage]:
    """Return what of the documented API is offered, tag by tag."""
    documented = msgspec.json.decode(DOCUMENTED.read_bytes(), type=list[tuple[str, str, str]])
    by_tag: dict[str, list[Operation]] = {}
    for method, path, tag in documented:
        by_tag.setdefault(tag, []).append(operation(method, path))
    return [
        Coverage(tag, each, [one for one in each if one not in offered])
        for tag, each in sorted(by_tag.items())
    ]


def complete_tags() -> list[str]:
    """Return the tags that are recorded as complete."""
    return msgspec.json.decode(COMPLETE.read_bytes(), type=list[str])


def no_longer_complete(found: Iterable[Coverage]) -> list[Coverage]:
    """Return the tags that are recorded as complete and are not."""
    complete = complete_tags()
    return [each for each in found if each.tag in complete and each.missing]
