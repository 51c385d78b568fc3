from typing import Any

import pytest

from frontdesk.analytics.charts_data import chart_data
from frontdesk.analytics.conversation_counts import Interval
from frontdesk.analytics.days import Days, days_between
from frontdesk.analytics.overview import (
    agent_figures,
    conversation_figures,
    productivity_figures,
)
from frontdesk.db import Database
from frontdesk.http.call import Principal
from frontdesk.settings.workspace import Settings
from tests.analytics.rooms import answered, room, store
from tests.builders import create_user, settings
from tests.harness.client import Api
from tests.realtime.test_methods import call, said

USER = Principal("u", "ann", None, frozenset(), frozenset(), "")
OVERVIEW = "livechat/analytics/overview"
AGENTS = "livechat/analytics/agent-overview"
CHART = "livechat/analytics/dashboards/charts-data"
EVER = {"from": "2020-01-01", "to": "2030-01-01"}


def days_of(start: str, end: str, zone: str = "UTC") -> Days:
    """Return the days from one to another in a zone."""
    known = Settings.initial("http://localhost")
    known = known.with_value("Default_Timezone_For_Reporting", "custom")
    found = days_between(known.with_value("Default_Custom_Timezone", zone), USER, start, end)
    assert found is not None
    return found


def interval_of(days: Days, department_id: str | None = None) -> Interval:
    """Return the conversations of some days."""
    return Interval(days.start, days.end, department_id)


async def overview(
    database: Database, days: Days, department_id: str | None = None, language: str = "en"
) -> dict[str, Any]:
    """Return the figures about conversations by their titles."""
    interval = interval_of(days, department_id)
    figures = await database.read(lambda tx: conversation_figures(tx, days, interval, language))
    return {each["title"]: each["value"] for each in figures}


async def test_without_conversations_there_is_nothing_to_show(database: Database) -> None:
    days = days_of("2024-05-01", "2024-05-08")

    assert await overview(database, days) == {
        "Total_conversations": 0,
        "Open_conversations": 0,
        "On_Hold_conversations": 0,
        "Total_messages": 0,
        "Busiest_day": "-",
        "Conversations_per_day": "0.00",
        "Busiest_time": "-",
    }
    figures = await database.read(lambda tx: productivity_figures(tx, interval_of(days)))
    assert [each["value"] for each in figures] == ["00:00:00"] * 3


async def test_conversations_and_messages_are_counted(database: Database) -> None:
    await store(
        database,
        room("2024-05-01 00:00", open=True),
        room("2024-05-01 10:00", open=True, visitor_asked_at=1, visitor_messages=3),
        room("2024-05-03 11:00", open=True, visitor_asked_at=1, on_hold=True, agent_messages=2),
        room("2024-05-03 11:59:59.999", chat_duration=60.0, visitor_asked_at=1, visitor_messages=3),
        room("2024-05-08 23:59:59.999", department_id="d", open=True, on_hold=True),
        room("2024-05-09 00:00"),
    )
    days = days_of("2024-05-01", "2024-05-08")

    found = await overview(database, days)

    assert found["Total_conversations"] == 5
    assert found["Open_conversations"] == 1, "without a message there is nothing to measure"
    assert found["On_Hold_conversations"] == 1, "the last millisecond does not count here"
    assert found["Total_messages"] == 1 + 3 + 2 + 3 + 1, "no message counts as one"
    assert found["Conversations_per_day"] == "0.63"
    assert found["Busiest_day"] == "Friday"
    assert found["Busiest_time"] == "11AM - 12PM"
    assert (await overview(database, days, language="de"))["Busiest_day"] == "Freitag"
    assert (await overview(database, days, language="xx-klingon"))["Busiest_day"] == "Friday"
    assert (await overview(database, days, "d"))["Total_conversations"] == 1
    assert (await overview(database, days, "nowhere"))["Busiest_time"] == "-"


async def test_the_busiest_day_and_hour_are_those_of_the_zone(database: Database) -> None:
    await store(database, room("2024-05-01 22:50", visitor_messages=5), room("2024-05-01 10:00"))

    berlin = await overview(database, days_of("2024-05-01", "2024-05-02", "Europe/Berlin"))
    assert (berlin["Busiest_day"], berlin["Busiest_time"]) == ("Thursday", "12AM - 1AM")
    nepal = await overview(database, days_of("2024-05-01", "2024-05-02", "Asia/Kathmandu"))
    assert (nepal["Busiest_day"], nepal["Busiest_time"]) == ("Thursday", "4AM - 5AM")
    late = await overview(database, days_of("2024-05-01", "2024-05-01", "Etc/GMT-1"))
    assert (late["Busiest_day"], late["Busiest_time"]) == ("Wednesday", "11PM - 12AM")


async def test_the_first_of_equally_busy_days_and_hours_counts(database: Database) -> None:
    await store(
        database,
        *(room(f"2024-05-0{day} {hour}:00") for day in (3, 2) for hour in ("14", "09")),
    )

    found = await overview(database, days_of("2024-05-01", "2024-05-08"))

    assert (found["Busiest_day"], found["Busiest_time"]) == ("Thursday", "9AM - 10AM")


async def test_answers_are_averaged_over_answered_conversations(database: Database) -> None:
    await store(
        database,
        answered("2024-05-01 10:00", 30, 20, responses=2, response_time=60.0),
        answered("2024-05-01 11:00", 61, 30, first_reaction_time=None),
        room("2024-05-01 12:00"),
    )
    interval = interval_of(days_of("2024-05-01", "2024-05-01"))

    figures = await database.read(lambda tx: productivity_figures(tx, interval))

    assert figures == [
        {"title": "Avg_response_time", "value": "00:00:46"},
        {"title": "Avg_first_response_time", "value": "00:00:46"},
        {"title": "Avg_reaction_time", "value": "00:00:10"},
    ]


BOB = {"agent_id": "b", "agent_username": "bob"}
BOBS = {**BOB, "responder_id": "b", "responder_username": "bob"}


async def test_agents_are_compared_by_one_measure(database: Database) -> None:
    await store(
        database,
        answered("2024-05-01 10:00", 30, 20, chat_duration=300.0, agent_messages=4),
        answered("2024-05-01 11:00", 60, 30, chat_duration=0.0),
        answered("2024-05-01 12:00", 10, 15, chat_duration=360_000.0, agent_messages=0, **BOBS),
        room("2024-05-01 13:00", chat_duration=5.0),
    )
    interval = interval_of(days_of("2024-05-01", "2024-05-01"))

    async def rows(name: str) -> list[tuple[str, Any]]:
        found = await database.read(lambda tx: agent_figures(tx, name, interval))
        assert found is not None
        shown = "%_of_conversations" if name == "Total_conversations" else name
        assert found["head"] == [{"name": "Agent"}, {"name": shown}]
        return [(each["name"], each["value"]) for each in found["data"]]

    assert await rows("Total_conversations") == [("ann", "66.67%"), ("bob", "33.33%")]
    assert await rows("Avg_chat_duration") == [("bob", "100:00:00"), ("ann", "00:05:00")]
    assert await rows("Total_messages") == [("ann", 5), ("bob", 1)]
    first = [("bob", "00:00:10"), ("ann", "00:00:45")]
    assert await rows("Avg_first_response_time") == first
    assert await rows("Avg_response_time") == first
    best = [("bob", "00:00:10"), ("ann", "00:00:30")]
    assert await rows("Best_first_response_time") == best
    assert await rows("Avg_reaction_time") == [("bob", "00:00:15"), ("ann", "00:00:25")]


async def test_a_chart_has_a_point_for_every_day(database: Database) -> None:
    await store(
        database,
        answered("2024-05-01 10:00", 30, 20, chat_duration=300.0, agent_messages=4),
        answered("2024-05-01 11:00", 61, 30, chat_duration=0.0),
        room("2024-05-03 23:59:59.999"),
    )
    days = days_of("2024-05-01", "2024-05-03")

    async def points(name: str) -> list[float]:
        found = await database.read(lambda tx: chart_data(tx, name, days, interval_of(days)))
        assert found["chartLabel"] == name
        assert found["dataLabels"] == ["5/1", "5/2", "5/3"]
        return list(found["dataPoints"])

    assert await points("Total_conversations") == [2, 0, 1]
    assert await points("Avg_chat_duration") == [300, 0, 0]
    assert await points("Total_messages") == [5, 0, 1]
    assert await points("Avg_first_response_time") == [45.5, 0, 0]
    assert await points("Best_first_response_time") == [30, 0, 0]
    assert await points("Avg_response_time") == [45.5, 0, 0]
    assert await points("Avg_reaction_time") == [25, 0, 0]


async def test_days_of_a_chart_are_those_of_the_zone(database: Database) -> None:
    await store(database, room("2024-04-30 22:30"), room("2024-05-01 22:30"))
    days = days_of("2024-05-01", "2024-05-02", "Europe/Berlin")

    found = await database.read(
        lambda tx: chart_data(tx, "Total_conversations", days, interval_of(days))
    )

    assert (found["dataLabels"], found["dataPoints"]) == (["5/1", "5/2"], [1, 1])


async def test_a_chart_of_one_day_has_its_hours(database: Database) -> None:
    await store(database, room("2024-05-01 10:00"), room("2024-05-01 10:44"))
    days = days_of("2024-05-01", "2024-05-01", "Asia/Kathmandu")

    found = await database.read(
        lambda tx: chart_data(tx, "Total_conversations", days, interval_of(days))
    )

    labels, points = found["dataLabels"], found["dataPoints"]
    assert (len(labels), labels[0], labels[12], labels[-1]) == (
        *(24, "12AM-12AM", "12PM-12PM"),
        "11PM-11PM",
    )
    assert (points[15], points[16], sum(points)) == (1, 1, 2)


@pytest.mark.parametrize(("start", "end"), [("2024-05-03", "2024-05-01"), ("0900", "9000")])
async def test_a_chart_of_no_days_or_of_ages_is_empty(
    database: Database, start: str, end: str
) -> None:
    days = days_of(start, end)

    found = await database.read(
        lambda tx: chart_data(tx, "Total_conversations", days, interval_of(days))
    )

    assert (found["dataLabels"], found["dataPoints"]) == ([], [])


# Over HTTP -----------------------------------------------------------------------------------


def test_an_overview_is_a_bare_list(admin: Api) -> None:
    found = admin.get(OVERVIEW, {**EVER, "name": "Conversations", "departmentId": ""}).json()

    assert [each["title"] for each in found] == [
        *("Total_conversations", "Open_conversations", "On_Hold_conversations", "Total_messages"),
        *("Busiest_day", "Conversations_per_day", "Busiest_time"),
    ]
    productivity = admin.get(OVERVIEW, {**EVER, "name": "Productivity"}).json()
    assert [each["title"] for each in productivity] == [
        *("Avg_response_time", "Avg_first_response_time", "Avg_reaction_time"),
    ]


@pytest.mark.parametrize("path", [OVERVIEW, AGENTS])
def test_what_is_unknown_is_answered_with_nothing(admin: Api, path: str) -> None:
    for query in ({**EVER, "name": "Foo"}, {"name": "Conversations", "from": "abc", "to": "x"}):
        answer = admin.get(path, query)
        assert (answer.status_code, answer.json()) == (200, {"success": True})
    empty = admin.get(path, {**EVER, "name": ""})
    assert (empty.status_code, empty.json()["error"]) == (400, "invalid-chart-name")
    for name in ("name", "from", "to"):
        query = {key: value for key, value in {**EVER, "name": "x"}.items() if key != name}
        error = admin.get(path, query).json()["error"]
        assert error == f"must have required property '{name}' [invalid-params]"
    more = admin.get(path, {**EVER, "name": "x", "more": "y"}).json()["error"]
    assert more == "must NOT have additional properties [invalid-params]"


def test_agents_are_compared_over_http(admin: Api) -> None:
    found = admin.get(AGENTS, {**EVER, "name": "Total_conversations"}).json()

    assert found["success"] is True
    assert found["head"] == [{"name": "Agent"}, {"name": "%_of_conversations"}]


@pytest.mark.parametrize("path", [CHART, CHART.replace("livechat/", "livechat/livechat/", 1)])
def test_charts_are_served_under_both_paths(admin: Api, path: str) -> None:
    with settings(admin, Default_Timezone_For_Reporting="custom", Default_Custom_Timezone="UTC"):
        query = {"chartName": "Total_conversations", "start": "2024-05-01", "end": "2024-05-03"}
        found = admin.get(path, query).json()
        assert found["dataLabels"] == ["5/1", "5/2", "5/3"]
        assert len(found["dataPoints"]) == 3

    unknown = admin.get(path, {**query, "chartName": "Foo"}).json()
    assert unknown == {"chartLabel": "Foo", "dataLabels": [], "dataPoints": [], "success": True}
    missing = admin.get(path, {"start": "x", "end": "y"})
    assert missing.status_code == 400
    assert missing.json() == {
        "success": False,
        "errorType": "error-invalid-params",
        "error": "must have required property 'chartName'",
    }


def test_overviews_are_for_managers(admin: Api) -> None:
    agent = create_user(admin, "livechat-agent")

    for path in (OVERVIEW, AGENTS, CHART):
        assert agent.api.get(path, {"bad": "x"}).status_code == 403


def test_older_clients_ask_by_method(admin: Api) -> None:
    daterange = {"from": "2024-05-01", "to": "2024-05-03"}

    def asked(method: str, **wish: Any) -> dict[str, Any]:
        return said(call(admin, method, {"daterange": daterange, **wish}))

    overview = asked("livechat:getAnalyticsOverviewData", analyticsOptions={"name": "Productivity"})
    assert overview["result"][0]["title"] == "Avg_response_time"
    total = {"name": "Total_conversations"}
    agents = asked("livechat:getAgentOverviewData", chartOptions=total)
    assert agents["result"]["head"][0] == {"name": "Agent"}
    chart = asked("livechat:getAnalyticsChartData", chartOptions=total)
    assert chart["result"]["chartLabel"] == "Total_conversations"
    unknown = asked("livechat:getAnalyticsChartData", chartOptions={"name": "Foo"})
    assert "result" not in unknown
    user = create_user(admin)
    refused = said(call(user.api, "livechat:getAnalyticsChartData", {}))["error"]
    assert refused["message"] == "Not allowed [error-not-allowed]"
