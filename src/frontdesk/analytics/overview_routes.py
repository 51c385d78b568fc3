"""The HTTP face of the overviews."""

from typing import TYPE_CHECKING, Any

from frontdesk.analytics.charts_data import chart_data
from frontdesk.analytics.conversation_counts import Interval
from frontdesk.analytics.days import Days, days_between
from frontdesk.analytics.overview import (
    Figures,
    agent_figures,
    conversation_figures,
    productivity_figures,
)
from frontdesk.analytics.schemas import ChartQuery, OverviewQuery, wanted_department
from frontdesk.conversations.restricting import within_units
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.http import Call, Routes
from frontdesk.http.answers import Answer, encode
from frontdesk.http.call import Principal

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

routes = Routes("Omnichannel Statistics")

_MAY = ["view-livechat-manager"]
_NO_NAME = ("invalid-chart-name",)


def overview_of(
    tx: Tx,
    settings: "Settings",
    user: Principal,
    name: str,
    days: Days | None,
    department_id: str | None,
    language: str,
) -> Figures | None:
    """Return an overview of some days; None for an unknown name or no days."""
    if days is None:
        return None
    if name == "Conversations":
        interval = Interval(days.start, days.end, department_id)
        return conversation_figures(tx, days, interval, language)
    if name == "Productivity":
        seen = within_units(tx, user)
        return productivity_figures(tx, Interval(days.start, days.end, department_id, seen))
    return None


def agent_overview_of(
    tx: Tx, user: Principal, name: str, days: Days | None, department_id: str | None
) -> dict[str, Any] | None:
    """Return an overview by agents; None for an unknown name or no days."""
    if days is None:
        return None
    interval = Interval(days.start, days.end, department_id, within_units(tx, user))
    return agent_figures(tx, name, interval)


def chart_of(
    tx: Tx, user: Principal, name: str, days: Days | None, department_id: str | None
) -> dict[str, Any]:
    """Return the data of a chart; empty for an unknown name or no days."""
    seen = [] if name == "Total_conversations" else within_units(tx, user)
    start, end = (0, 0) if days is None else (days.start, days.end)
    return chart_data(tx, name, days, Interval(start, end, department_id, seen))


@routes.get(
    "livechat/analytics/overview",
    permissions=_MAY,
    example=[
        {"title": "Total_conversations", "value": 24},
        {"title": "Busiest_day", "value": "Tuesday"},
        {"title": "Conversations_per_day", "value": "3.43"},
    ],
    refusals=_NO_NAME,
)
async def overview(call: Call, query: OverviewQuery) -> Answer | None:
    """Show how some days went.

    A list of `{title, value}`: with `name=Conversations` how many conversations and messages there
    were and when the busiest hour was, with `name=Productivity` how fast visitors were answered.
    An unknown name, and texts that begin with no day, are answered without a list.
    """
    if not query.name:
        raise Refused("invalid-chart-name")
    found = await call.read(
        overview_of,
        call.settings,
        call.user,
        query.name,
        days_between(call.settings, call.user, query.start, query.end),
        wanted_department(query.departmentId),
        call.settings.text("Language") or "en",
    )
    return None if found is None else Answer(200, encode(found))


@routes.get(
    "livechat/analytics/agent-overview",
    permissions=_MAY,
    example={
        "head": [{"name": "Agent"}, {"name": "%_of_conversations"}],
        "data": [{"name": "jane", "value": "100.00%"}],
    },
    refusals=_NO_NAME,
)
async def agent_overview(call: Call, query: OverviewQuery) -> dict[str, Any] | None:
    """Show how agents did on some days.

    One measure, the best first: `Total_conversations`, `Avg_chat_duration`, `Total_messages`,
    `Avg_first_response_time`, `Best_first_response_time`, `Avg_response_time` or
    `Avg_reaction_time`.
    """
    if not query.name:
        raise Refused("invalid-chart-name")
    return await call.read(
        agent_overview_of,
        call.user,
        query.name,
        days_between(call.settings, call.user, query.start, query.end),
        wanted_department(query.departmentId),
    )


@routes.get(
    "livechat/analytics/dashboards/charts-data",
    "livechat/livechat/analytics/dashboards/charts-data",
    tag="Omnichannel Dashboards",
    permissions=_MAY,
    style="typed",
    example={
        "chartLabel": "Total_conversations",
        "dataLabels": ["5/1", "5/2"],
        "dataPoints": [12, 7],
    },
)
async def charts_data(call: Call, query: ChartQuery) -> dict[str, Any]:
    """Get one measure over time.

    A point for every day or, for a single day, for every hour, in the zone in which the workspace
    counts. The names are those of the overview by agents.
    """
    return await call.read(
        chart_of,
        call.user,
        query.chartName,
        days_between(call.settings, call.user, query.start, query.end),
        wanted_department(query.departmentId),
    )
