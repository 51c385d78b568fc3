"""The HTTP face of the real-time page's totals and charts."""

from typing import Any

import msgspec

from frontdesk.analytics import dashboards
from frontdesk.analytics.dashboards import Wanted
from frontdesk.analytics.days import days_between
from frontdesk.analytics.instants import instant
from frontdesk.analytics.overview import Figures
from frontdesk.analytics.queries import Period
from frontdesk.analytics.schemas import AgentsStatusQuery, DashboardQuery, wanted_department
from frontdesk.conversations.restricting import within_units
from frontdesk.db import Tx
from frontdesk.http import Call, Routes

routes = Routes("Omnichannel Dashboards")

_MAY = ["view-livechat-manager"]
_REFUSALS = (
    'The "start" query parameter must be a valid date.',
    'The "end" query parameter must be a valid date.',
)
_COUNTS = {"open": 3, "closed": 21, "onhold": 1}


def _totals(*figures: tuple[str, Any]) -> dict[str, Any]:
    return {"totalizers": [{"title": title, "value": value} for title, value in figures]}


@routes.get(
    "livechat/analytics/dashboards/conversation-totalizers",
    permissions=_MAY,
    example=_totals(
        ("Total_conversations", 24),
        ("Open_conversations", 3),
        ("On_Hold_conversations", 1),
        ("Total_messages", 311),
        ("Total_visitors", 19),
    ),
    refusals=_REFUSALS,
)
async def conversation_totals(call: Call, query: DashboardQuery) -> dict[str, Any]:
    """Count conversations, messages and visitors.

    Conversations and messages of whole days, visitors who were there between the two moments.
    """
    return _answer(await call.read(dashboards.conversation_totals, _wanted(call, query)))


@routes.get(
    "livechat/analytics/dashboards/agents-productivity-totalizers",
    permissions=_MAY,
    example=_totals(
        ("Busiest_time", "7AM - 8AM"),
        ("Avg_of_available_service_time", "06:12:00"),
        ("Avg_of_service_time", "00:08:31"),
    ),
    refusals=_REFUSALS,
)
async def agent_totals(call: Call, query: DashboardQuery) -> dict[str, Any]:
    """Show the busiest hour, and how long agents were available and served on average.

    Availability is that of the day of `start`.
    """
    # Here the text is taken as an id, as clients of the API are used to.
    of = "undefined" if query.departmentId == "undefined" else wanted_department(query.departmentId)
    return _answer(await call.read(dashboards.agent_totals, _wanted(call, query), of))


@routes.get(
    "livechat/analytics/dashboards/chats-totalizers",
    permissions=_MAY,
    example=_totals(
        ("Total_abandoned_chats", 2),
        ("Avg_of_abandoned_chats", "5.5%"),
        ("Avg_of_chat_duration_time", "00:12:40"),
    ),
    refusals=_REFUSALS,
)
async def chat_totals(call: Call, query: DashboardQuery) -> dict[str, Any]:
    """Show how many chats were abandoned, and how long chats took on average.

    Averages are over departments.
    """
    wanted = _wanted(call, query)
    return _answer(await call.read(dashboards.chat_totals, call.settings, wanted))


@routes.get(
    "livechat/analytics/dashboards/productivity-totalizers",
    permissions=_MAY,
    example=_totals(
        ("Avg_response_time", "00:00:41"),
        ("Avg_first_response_time", "00:00:33"),
        ("Avg_reaction_time", "00:00:25"),
        ("Avg_of_waiting_time", "00:00:35"),
    ),
    refusals=_REFUSALS,
)
async def productivity_totals(call: Call, query: DashboardQuery) -> dict[str, Any]:
    """Show how fast visitors were answered.

    Of whole days, but for the waiting time, which is that of the time between the two moments.
    """
    wanted = _wanted(call, query)

    def found(tx: Tx) -> Figures:
        on_days = wanted.on_days
        if on_days is not None:
            on_days = msgspec.structs.replace(on_days, seen=within_units(tx, call.user))
        return dashboards.productivity_totals(tx, wanted, on_days)

    return _answer(await call.read(found))


@routes.get(
    "livechat/analytics/dashboards/charts/chats",
    permissions=_MAY,
    example={**_COUNTS, "queued": 2},
    refusals=_REFUSALS,
)
async def chats(call: Call, query: DashboardQuery) -> dict[str, Any]:
    """Count chats by their state.

    Those that were opened between the two moments; `closed` are also those opened again.
    """
    return await call.read(dashboards.chats, _wanted(call, query))


@routes.get(
    "livechat/analytics/dashboards/charts/chats-per-agent",
    permissions=_MAY,
    example={"jane": _COUNTS},
    refusals=_REFUSALS,
)
async def chats_per_agent(call: Call, query: DashboardQuery) -> dict[str, Any]:
    """Count chats by their state and the names of agents.

    Open ones that were opened between the two moments, and closed ones that were closed in between,
    too.
    """
    return await call.read(dashboards.chats_per_agent, _wanted(call, query))


@routes.get(
    "livechat/analytics/dashboards/charts/agents-status",
    permissions=_MAY,
    example={"_id": None, "offline": 4, "away": 1, "busy": 0, "available": 3},
)
async def agents_status(call: Call, query: AgentsStatusQuery) -> dict[str, Any]:
    """Count agents by whether they are there now.

    `offline` are also those who are there and take no chats.
    """
    return await call.read(dashboards.agents_status, wanted_department(query.departmentId))


@routes.get(
    "livechat/analytics/dashboards/charts/chats-per-department",
    permissions=_MAY,
    example={"Sales": {"open": 3, "closed": 21}},
    refusals=_REFUSALS,
)
async def chats_per_department(call: Call, query: DashboardQuery) -> dict[str, Any]:
    """Count open and closed chats by the names of departments.

    Those of departments that are gone are under `undefined`.
    """
    return await call.read(dashboards.chats_per_department, _wanted(call, query))


@routes.get(
    "livechat/analytics/dashboards/charts/timings",
    permissions=_MAY,
    example={
        "response": {"avg": 41, "longest": 190.5},
        "reaction": {"avg": 25, "longest": 130.1},
        "chatDuration": {"avg": 760, "longest": 4100.75},
    },
    refusals=_REFUSALS,
)
async def timings(call: Call, query: DashboardQuery) -> dict[str, Any]:
    """Show how long answers, first reactions and chats took, in seconds.

    `longest` of `response` is the longest first response.
    """
    return await call.read(dashboards.timings, _wanted(call, query))


def _wanted(call: Call, query: DashboardQuery) -> Wanted:
    start, end = instant("start", query.start), instant("end", query.end)
    days = days_between(call.settings, call.user, query.start, query.end)
    return Wanted(Period(start, end, wanted_department(query.departmentId)), days)


def _answer(figures: Figures) -> dict[str, Any]:
    return {"totalizers": figures}
