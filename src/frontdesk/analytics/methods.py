"""The real-time methods of figures: for clients older than their REST successors.

Source: behaviour of the API, analytics, section 15.
"""

from typing import Any

from frontdesk.analytics.days import days_between
from frontdesk.analytics.overview import Figures
from frontdesk.analytics.overview_routes import agent_overview_of, chart_of, overview_of
from frontdesk.analytics.schemas import ChartWish, OverviewWish, wanted_department
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods

methods = Methods()

_MAY = ["view-livechat-manager"]


@methods.method("livechat:getAnalyticsOverviewData", permissions=_MAY)
async def overview(caller: Caller, wish: OverviewWish) -> Figures | None:
    """Answer how some days went, in the caller's language."""
    return await caller.read(
        overview_of,
        caller.settings,
        caller.user,
        wish.chart.name,
        days_between(caller.settings, caller.user, wish.days.start, wish.days.end),
        wanted_department(wish.departmentId),
        caller.user.language or caller.settings.text("Language") or "en",
    )


@methods.method("livechat:getAgentOverviewData", permissions=_MAY)
async def agent_overview(caller: Caller, wish: ChartWish) -> dict[str, Any] | None:
    """Answer how agents did on some days."""
    return await caller.read(
        agent_overview_of,
        caller.user,
        wish.chart.name,
        days_between(caller.settings, caller.user, wish.days.start, wish.days.end),
        wanted_department(wish.departmentId),
    )


@methods.method("livechat:getAnalyticsChartData", permissions=_MAY)
async def chart(caller: Caller, wish: ChartWish) -> dict[str, Any] | None:
    """Answer one measure over time; nothing if there is none."""
    days = days_between(caller.settings, caller.user, wish.days.start, wish.days.end)
    found = await caller.read(
        chart_of, caller.user, wish.chart.name, days, wanted_department(wish.departmentId)
    )
    return found if found["dataLabels"] else None
