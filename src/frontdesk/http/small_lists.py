"""Lists that are small enough to be sorted and cut in memory: agents, departments, tags.

The order is then the same on every database: that of the characters' code points, with what is
missing first.
"""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from frontdesk.http.paging import Page, listed

Order = Sequence[tuple[str, Literal[1, -1]]]

#: Members that a `sort` may name; more would only cost time.
MOST_KEYS = 10


def listed_page(
    name: str, documents: list[dict[str, Any]], page: Page, default: Order
) -> dict[str, Any]:
    """Return the members of a list answer: one page of `documents`, sorted as asked for.

    A given `sort` replaces the `default` order; a path such as `emails.address` may lead into
    objects.
    """
    ordered = list(documents)
    for path, direction in reversed((page.sort or tuple(default))[:MOST_KEYS]):
        ordered.sort(key=_sort_key(path), reverse=direction == -1)
    end = None if page.count is None else page.offset + page.count
    return listed(name, ordered[page.offset : end], page, len(ordered))


def _sort_key(path: str) -> Any:
    members = path.split(".")

    def key(document: dict[str, Any]) -> tuple[int, Any]:
        value: Any = document
        for member in members:
            value = value.get(member) if isinstance(value, dict) else None
        match value:
            case None:
                return (0, 0)
            case bool():
                return (3, value)
            case int() | float():
                return (1, value)
            case str():
                return (2, value)
            case _:
                return (4, msgspec.json.encode(value))

    return key
