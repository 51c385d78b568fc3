"""What crosses the wire about figures."""

import msgspec

from frontdesk.http.paging import PageQuery


class DepartmentFiguresQuery(PageQuery, kw_only=True):
    """Query of the figures by departments; `sort` is accepted and ignored."""

    start: str
    end: str
    departmentId: str | None = None


class AmountQuery(DepartmentFiguresQuery, kw_only=True):
    """Query of departments/amount-of-chats: only the text `true` asks for the answered ones."""

    answered: str | None = None


class OverviewQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Query of analytics/overview and agent-overview: days, as texts that begin with them."""

    name: str
    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")
    departmentId: str | None = None


class ChartQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Query of dashboards/charts-data: days, as texts that begin with them."""

    chartName: str
    start: str
    end: str
    departmentId: str | None = None


class DashboardQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Query of the dashboards: moments, as JavaScript spells them."""

    start: str
    end: str
    departmentId: str | None = None


class AgentsStatusQuery(msgspec.Struct, kw_only=True):
    """Query of charts/agents-status; clients send dates, which do not count."""

    departmentId: str | None = None


class AgentFiguresQuery(PageQuery, kw_only=True):
    """Query of the figures by agents; `sort` is accepted and ignored."""

    start: str
    end: str


class AvailabilityQuery(AgentFiguresQuery, kw_only=True):
    """Query of agents/available-for-service-history: only the text `true` asks for all times."""

    fullReport: str | None = None


class ReportQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Query of the reports; the end is not included."""

    start: str
    end: str
    sort: str | None = None


class NamedChart(msgspec.Struct):
    """The chart that a client of the older methods wants."""

    name: str


class DateRange(msgspec.Struct, rename={"start": "from", "end": "to"}):
    """The days that a client of the older methods wants."""

    start: str
    end: str


class ChartWish(msgspec.Struct, rename={"chart": "chartOptions", "days": "daterange"}):
    """What `livechat:getAnalyticsChartData` and `livechat:getAgentOverviewData` are asked."""

    chart: NamedChart
    days: DateRange
    departmentId: str | None = None


class OverviewWish(msgspec.Struct, rename={"chart": "analyticsOptions", "days": "daterange"}):
    """What `livechat:getAnalyticsOverviewData` is asked."""

    chart: NamedChart
    days: DateRange
    departmentId: str | None = None


def wanted_department(given: str | None) -> str | None:
    """Return the department that is asked for; None for all, in any of the clients' spellings."""
    return None if given in (None, "", "undefined") else given
