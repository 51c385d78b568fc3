"""List parameters: count, offset, sort (API frame, section 3)."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec

from frontdesk.errors import Coded

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class PageQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The parameters that every list understands."""

    count: float | None = None
    offset: float | None = None
    sort: str | None = None


class ListQuery(PageQuery, kw_only=True):
    """Those of most lists: `query` and `fields` are accepted and ignored where the API still
    names them.
    """

    query: str | None = None
    fields: str | None = None


class OpenListQuery(msgspec.Struct, kw_only=True):
    """List parameters of a route that tolerates unknown ones and checks none."""

    json_schema: ClassVar[dict[str, Any]] = {"type": "object"}

    count: Any = None
    offset: Any = None
    sort: Any = None


class Page(msgspec.Struct, frozen=True):
    """Which part of a list: `count` items (None: all) from `offset`, in the order of `sort`."""

    offset: int
    count: int | None
    sort: tuple[tuple[str, Literal[1, -1]], ...]


def page(settings: "Settings", query: PageQuery | OpenListQuery) -> Page:
    """Return the page that a query asks for.

    Raises Coded `error-invalid-sort`.
    """
    upper = settings.number("API_Upper_Count_Limit")
    upper = 100 if upper <= 0 else upper
    default = settings.number("API_Default_Count")
    default = 50 if default <= 0 else default
    count: int | None = default
    if query.count is not None:
        count = min(abs(_whole(query.count)), upper)
    if count == 0:
        count = None if settings.flag("API_Allow_Infinite_Count") else default
    return Page(max(0, _whole(query.offset or 0)), count, parse_sort(query.sort))


def parse_sort(text: Any) -> tuple[tuple[str, Literal[1, -1]], ...]:
    """Return the order that a `sort` parameter asks for, as (field, 1 or -1) in its order.

    Raises Coded `error-invalid-sort` for anything but a JSON object of 1 and -1.
    """
    if text is None:
        return ()
    try:
        value = msgspec.json.decode(str(text))
    except (msgspec.DecodeError, RecursionError, ValueError):
        value = None
    if isinstance(value, bool | int | float):
        return ()
    if not isinstance(value, dict) or any(
        isinstance(direction, bool) or direction not in (1, -1) for direction in value.values()
    ):
        raise Coded(
            "error-invalid-sort",
            f'Invalid sort parameter provided: "{text}"',
            {"helperMethod": "parseJsonQuery"},
        )
    return tuple((field, 1 if direction == 1 else -1) for field, direction in value.items())


def listed(name: str, items: list[Any], page: Page, total: int) -> dict[str, Any]:
    """Return the members of a list answer."""
    return {name: items, "count": len(items), "offset": page.offset, "total": total}


def _whole(number: Any) -> int:
    try:
        whole = int(float(number))
    except (TypeError, ValueError, OverflowError):
        return 0
    # Engines hold 64 bits; nobody has more rows than this.
    return max(-(2**53), min(whole, 2**53))
