"""The HTTP face of the reports."""

from collections.abc import Callable
from typing import Any

from frontdesk.analytics import reports
from frontdesk.analytics.reports import Stretch, stretch_between
from frontdesk.analytics.schemas import ReportQuery
from frontdesk.conversations.restricting import within_units
from frontdesk.db import Tx
from frontdesk.http import Call, Routes
from frontdesk.http.paging import parse_sort

routes = Routes("Reports")

_MAY = ["view-livechat-reports"]
_REFUSALS = (
    'The "start" query parameter must be a valid date.',
    'The "end" query parameter must be a valid date.',
    'The "start" and "end" query parameters must be less than 1 year apart.',
    'The "start" query parameter must be before the "end" query parameter.',
)
_SORT = 'Invalid sort parameter provided: "x" [error-invalid-sort]'


def _example(label: str, **more: int) -> dict[str, Any]:
    return {"total": 24, "data": [{"label": label, "value": 24}], **more}


@routes.get(
    "livechat/analytics/dashboards/conversations-by-status",
    permissions=_MAY,
    example=_example("Closed"),
    refusals=_REFUSALS,
)
async def by_status(call: Call, query: ReportQuery) -> dict[str, Any]:
    """Count conversations by their state.

    `Open`, `Closed`, `Queued` and `On_Hold`; the most first. The end is not included, here and in
    the other reports.
    """
    return await _report(call, query, reports.by_status)


@routes.get(
    "livechat/analytics/dashboards/conversations-by-source",
    permissions=_MAY,
    example=_example("widget"),
    refusals=_REFUSALS,
)
async def by_source(call: Call, query: ReportQuery) -> dict[str, Any]:
    """Count conversations by where they came from.

    The most first.
    """
    return await _report(call, query, reports.by_source)


@routes.get(
    "livechat/analytics/dashboards/conversations-by-department",
    permissions=_MAY,
    example=_example("Sales", unspecified=3),
    refusals=(*_REFUSALS, _SORT),
)
async def by_department(call: Call, query: ReportQuery) -> dict[str, Any]:
    """Count conversations by the names of their departments.

    `unspecified` are those without one. The fewest first, unless sorted by `total` or `_id` (the
    name).
    """
    order = parse_sort(query.sort)
    return await _report(call, query, lambda tx, found: reports.by_department(tx, found, order))


@routes.get(
    "livechat/analytics/dashboards/conversations-by-tags",
    permissions=_MAY,
    example=_example("invoice", unspecified=3),
    refusals=(*_REFUSALS, _SORT),
)
async def by_tags(call: Call, query: ReportQuery) -> dict[str, Any]:
    """Count conversations by their tags.

    Each counts for all of its tags; `unspecified` are those without any. The fewest first, unless
    sorted by `total` or `_id` (the tag).
    """
    order = parse_sort(query.sort)
    return await _report(call, query, lambda tx, found: reports.by_tag(tx, found, order))


@routes.get(
    "livechat/analytics/dashboards/conversations-by-agent",
    permissions=_MAY,
    example=_example("Jane Doe", unspecified=3),
    refusals=(*_REFUSALS, _SORT),
)
async def by_agent(call: Call, query: ReportQuery) -> dict[str, Any]:
    """Count conversations by the names of their agents.

    `unspecified` are those that nobody serves. By name, unless sorted by `total`, `name` or `_id`
    (the agent's id).
    """
    order = parse_sort(query.sort)
    return await _report(call, query, lambda tx, found: reports.by_agent(tx, found, order))


async def _report(
    call: Call, query: ReportQuery, count: Callable[[Tx, Stretch], dict[str, Any]]
) -> dict[str, Any]:
    start, end = stretch_between(query.start, query.end)
    return await call.read(lambda tx: count(tx, Stretch(start, end, within_units(tx, call.user))))
