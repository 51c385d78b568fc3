"""The HTTP face of the figures by departments."""

from typing import Any

import msgspec

from frontdesk.analytics import departments
from frontdesk.analytics.departments import Rows
from frontdesk.analytics.instants import instant
from frontdesk.analytics.queries import Period
from frontdesk.analytics.schemas import AmountQuery, DepartmentFiguresQuery
from frontdesk.http import Call, Routes
from frontdesk.http.paging import listed, page

routes = Routes("Omnichannel Departments")

_MAY = ("view-livechat-manager",)
_REFUSALS = (
    'The "start" query parameter must be a valid date.',
    'The "end" query parameter must be a valid date.',
)


def _example(**figures: int) -> dict[str, Any]:
    rows = [{"_id": "k7vXpSxrYhLfbTqGW", **figures}]
    return {"departments": rows, "count": 1, "offset": 0, "total": 1}


@routes.get(
    "livechat/analytics/departments/amount-of-chats",
    permissions=_MAY,
    example=_example(rooms=13),
    refusals=_REFUSALS,
)
async def amount_of_chats(call: Call, query: AmountQuery) -> dict[str, Any]:
    """Count chats by departments.

    Those opened in the period whose visitors wait for an answer now; with `answered=true` the
    others.
    """
    answered = query.answered == "true"
    rows = await call.read(departments.amount_of_chats, _period(query), answered)
    return _answer(call, query, rows)


@routes.get(
    "livechat/analytics/departments/average-service-time",
    permissions=_MAY,
    example=_example(averageServiceTimeInSeconds=2941),
    refusals=_REFUSALS,
)
async def average_service_time(call: Call, query: DepartmentFiguresQuery) -> dict[str, Any]:
    """Show how long chats were served on average, by departments.

    From taking to the last answer, in seconds.
    """
    rows = await call.read(departments.average_service_time, _period(query))
    return _answer(call, query, rows)


@routes.get(
    "livechat/analytics/departments/average-chat-duration-time",
    permissions=_MAY,
    example=_example(averageChatDurationTimeInSeconds=1742),
    refusals=_REFUSALS,
)
async def average_chat_duration(call: Call, query: DepartmentFiguresQuery) -> dict[str, Any]:
    """Show how long chats took on average, by departments.

    From opening to closing, in seconds.
    """
    rows = await call.read(departments.average_chat_duration, _period(query))
    return _answer(call, query, rows)


@routes.get(
    "livechat/analytics/departments/total-service-time",
    permissions=_MAY,
    example=_example(chats=5, serviceTimeDuration=2686),
    refusals=_REFUSALS,
)
async def total_service_time(call: Call, query: DepartmentFiguresQuery) -> dict[str, Any]:
    """Add up the service of closed chats, by departments.

    From taking to closing, in seconds.
    """
    rows = await call.read(departments.total_service_time, _period(query))
    return _answer(call, query, rows)


@routes.get(
    "livechat/analytics/departments/average-waiting-time",
    permissions=_MAY,
    example=_example(averageWaitingTimeInSeconds=199),
    refusals=_REFUSALS,
)
async def average_waiting_time(call: Call, query: DepartmentFiguresQuery) -> dict[str, Any]:
    """Show how long visitors waited on average, by departments.

    For the first answer, in seconds; chats without one count with 0.
    """
    rows = await call.read(departments.average_waiting_time, _period(query))
    return _answer(call, query, rows)


@routes.get(
    "livechat/analytics/departments/total-transferred-chats",
    permissions=_MAY,
    example=_example(numberOfTransferredRooms=6),
    refusals=_REFUSALS,
)
async def transferred_chats(call: Call, query: DepartmentFiguresQuery) -> dict[str, Any]:
    """Count transfers, by departments.

    A chat counts as often as it was transferred, for the department in which it is now.
    """
    period = _period(query)
    # Here the text is taken as an id, as clients of the API are used to.
    if query.departmentId == "undefined":
        period = msgspec.structs.replace(period, department_id=query.departmentId)
    rows = await call.read(departments.transferred_chats, period)
    return _answer(call, query, rows)


@routes.get(
    "livechat/analytics/departments/total-abandoned-chats",
    permissions=_MAY,
    example=_example(abandonedRooms=3),
    refusals=_REFUSALS,
)
async def abandoned_chats(call: Call, query: DepartmentFiguresQuery) -> dict[str, Any]:
    """Count abandoned chats, by departments.

    Closed ones whose visitors had been silent for as long as the workspace allows.
    """
    rows = await call.read(departments.abandoned_chats, call.settings, _period(query))
    return _answer(call, query, rows)


@routes.get(
    "livechat/analytics/departments/percentage-abandoned-chats",
    permissions=_MAY,
    example=_example(percentageOfAbandonedChats=11),
    refusals=_REFUSALS,
)
async def percentage_abandoned(call: Call, query: DepartmentFiguresQuery) -> dict[str, Any]:
    """Show how many of 100 chats were abandoned, by departments.

    Rounded down to whole chats.
    """
    rows = await call.read(departments.percentage_abandoned, call.settings, _period(query))
    return _answer(call, query, rows)


def _period(query: DepartmentFiguresQuery) -> Period:
    start, end = instant("start", query.start), instant("end", query.end)
    every = query.departmentId in (None, "", "undefined")
    return Period(start, end, None if every else query.departmentId)


def _answer(call: Call, query: DepartmentFiguresQuery, rows: Rows) -> dict[str, Any]:
    wanted = page(call.settings, msgspec.structs.replace(query, sort=None))
    last = None if wanted.count is None else wanted.offset + wanted.count
    return listed("departments", rows[wanted.offset : last], wanted, len(rows))
