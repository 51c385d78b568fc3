from typing import Any

import pytest

from frontdesk.analytics import dashboards
from frontdesk.analytics.dashboards import Wanted
from frontdesk.analytics.queries import Period
from frontdesk.db import Database
from frontdesk.settings.workspace import Settings
from tests.analytics.rooms import answered, at, room, store
from tests.analytics.test_overview import days_of
from tests.builders import (
    create_agent,
    create_department,
    create_user,
    register_visitor,
    retire,
    unique,
)
from tests.harness.client import Api

PATH = "livechat/analytics/dashboards/"
TOTALS = {
    "conversation-totalizers": [
        *("Total_conversations", "Open_conversations", "On_Hold_conversations", "Total_messages"),
        "Total_visitors",
    ],
    "agents-productivity-totalizers": [
        *("Busiest_time", "Avg_of_available_service_time", "Avg_of_service_time"),
    ],
    "chats-totalizers": [
        *("Total_abandoned_chats", "Avg_of_abandoned_chats", "Avg_of_chat_duration_time"),
    ],
    "productivity-totalizers": [
        *("Avg_response_time", "Avg_first_response_time", "Avg_reaction_time"),
        "Avg_of_waiting_time",
    ],
}
CHARTS = ("chats", "chats-per-agent", "chats-per-department", "timings")
EVER = {"start": "2020-01-01T00:00:00.000Z", "end": "2030-01-01T00:00:00.000Z"}


def wanted(start: str, end: str, department_id: str | None = None) -> Wanted:
    """Return what is looked at between two moments."""
    return Wanted(Period(at(start), at(end), department_id), days_of(start, end))


MAY = wanted("2024-05-01", "2024-05-31")


async def test_chats_are_counted_by_their_state(database: Database) -> None:
    ann: dict[str, Any] = {"agent_id": "a", "agent_username": "ann"}
    await store(
        database,
        room("2024-05-01", open=True, **ann),
        room("2024-05-02", open=True, on_hold=True, **ann),
        room("2024-05-31", open=True, on_hold=True, **ann),
        room("2024-05-02", open=True),
        room("2024-05-02", chat_duration=5.0, closed_at=at("2024-05-03"), **ann),
        room("2024-05-30", chat_duration=5.0, closed_at=at("2024-06-03"), **ann),
        room("2024-06-01", chat_duration=5.0, closed_at=at("2024-06-03"), **ann),
    )

    chats = await database.read(lambda tx: dashboards.chats(tx, MAY))
    assert chats == {"open": 1, "closed": 2, "queued": 1, "onhold": 1}
    per_agent = await database.read(lambda tx: dashboards.chats_per_agent(tx, MAY))
    assert per_agent == {"ann": {"open": 1, "closed": 1, "onhold": 2}}
    nowhere = wanted("2024-05-01", "2024-05-31", "nowhere")
    assert await database.read(lambda tx: dashboards.chats_per_agent(tx, nowhere)) == {}


async def test_an_agent_with_closed_chats_only_is_counted(database: Database) -> None:
    closed: dict[str, Any] = {"agent_id": "a", "agent_username": "ann", "chat_duration": 1.0}
    await store(database, room("2024-05-01", closed_at=at("2024-05-02"), **closed))

    found = await database.read(lambda tx: dashboards.chats_per_agent(tx, MAY))

    assert found == {"ann": {"open": 0, "closed": 1, "onhold": 0}}


async def test_chats_of_departments_that_are_gone_are_counted_together(database: Database) -> None:
    await store(
        database,
        room("2024-05-01", open=True, department_id="x"),
        room("2024-05-01", department_id="y"),
        room("2024-05-01"),
    )

    found = await database.read(lambda tx: dashboards.chats_per_department(tx, MAY))

    assert found == {"undefined": {"open": 1, "closed": 1}}


async def test_timings_are_averages_and_the_longest(database: Database) -> None:
    nothing = {"avg": 0, "longest": 0}
    empty = await database.read(lambda tx: dashboards.timings(tx, MAY))
    assert empty == {"response": nothing, "reaction": nothing, "chatDuration": nothing}

    await store(
        database,
        answered("2024-05-01", 30.5, 20, chat_duration=100.0, responses=2, response_time=41.0),
        answered("2024-05-02", 61, 30.25, chat_duration=201.0),
        room("2024-05-03"),
    )
    assert await database.read(lambda tx: dashboards.timings(tx, MAY)) == {
        "response": {"avg": 40, "longest": 61},
        "reaction": {"avg": 25, "longest": 30.25},
        "chatDuration": {"avg": 150, "longest": 201},
    }


async def test_averages_of_chats_are_over_departments(database: Database) -> None:
    closed = {"closed_at": at("2024-05-02"), "chat_duration": 60.0}
    silent = {**closed, "visitor_inactivity": 3600}
    await store(
        database,
        *(room("2024-05-01", department_id="x", **closed) for _ in range(8)),
        room("2024-05-01", department_id="x", **silent),
        room("2024-05-01", **{**closed, "chat_duration": 120.0}),
    )

    found = await database.read(
        lambda tx: dashboards.chat_totals(tx, Settings.initial("http://localhost"), MAY)
    )

    assert found == [
        {"title": "Total_abandoned_chats", "value": 1},
        {"title": "Avg_of_abandoned_chats", "value": "5.5%"},
        {"title": "Avg_of_chat_duration_time", "value": "00:01:30"},
    ]


async def test_without_chats_totals_are_zero(database: Database) -> None:
    settings = Settings.initial("http://localhost")
    chats = await database.read(lambda tx: dashboards.chat_totals(tx, settings, MAY))
    assert [each["value"] for each in chats] == [0, "0%", "00:00:00"]
    agents = await database.read(lambda tx: dashboards.agent_totals(tx, MAY, None))
    assert [each["value"] for each in agents] == ["-", "00:00:00", "00:00:00"]


# Over HTTP -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TOTALS)
def test_totals_come_in_their_order(admin: Api, name: str) -> None:
    found = admin.get(PATH + name, {**EVER, "departmentId": ""}).json()
    assert [each["title"] for each in found["totalizers"]] == TOTALS[name]

    spelled = admin.get(PATH + name, {"start": "May 22 2023", "end": "May 23 2023"}).json()
    assert len(spelled["totalizers"]) < len(TOTALS[name]) or name == "chats-totalizers"


@pytest.mark.parametrize("name", [*TOTALS, *(f"charts/{each}" for each in CHARTS)])
def test_dashboards_need_two_dates(admin: Api, name: str) -> None:
    path = PATH + name

    def error(**query: str) -> str:
        answer = admin.get(path, query)
        assert answer.status_code == 400
        return str(answer.json()["error"])

    assert error(end="2024-01-01") == "must have required property 'start' [invalid-params]"
    assert error(start="x", end="y") == 'The "start" query parameter must be a valid date.'
    assert error(start="2024-01-01", end="y") == 'The "end" query parameter must be a valid date.'
    assert error(**EVER, more="x") == "must NOT have additional properties [invalid-params]"
    assert admin.get(path, {"start": "9999-12-31", "end": "0001-01-01"}).status_code == 200
    agent = create_user(admin, "livechat-agent")
    assert agent.api.get(path, {"start": "x"}).status_code == 403


def test_visitors_are_counted_in_their_department(api: Api, admin: Api) -> None:
    department = create_department(admin)
    register_visitor(api, department=department)

    found = admin.get(PATH + "conversation-totalizers", {**EVER, "departmentId": department})

    assert found.json()["totalizers"][-1] == {"title": "Total_visitors", "value": 1}


def test_agents_are_counted_by_whether_they_are_there(admin: Api) -> None:
    agents = [create_agent(admin, status=each) for each in ("online", "away", "busy", "online")]
    department = create_department(admin, agents)
    path = PATH + "charts/agents-status"
    query = {"start": "a", "end": "b", "departmentId": department}
    agents[3].api.post("livechat/agent.status", {"status": "not-available"})

    assert admin.get(path, query).json() == {
        "_id": None,
        "offline": 1,
        "away": 1,
        "busy": 1,
        "available": 1,
        "success": True,
    }
    assert admin.get(path, {"departmentId": "nowhere"}).json() == {"success": True}
    assert admin.get(path, {"departmentId": ""}).json()["available"] >= 1
    assert create_user(admin).api.get(path).status_code == 403
    retire(admin, *agents)


def test_chats_are_counted_by_the_names_of_departments(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    name = unique("Department")
    department = create_department(admin, [agent], name=name)
    visitor = register_visitor(api, department=department)
    assert api.get("livechat/room", {"token": visitor.token}).status_code == 200

    found = admin.get(PATH + "charts/chats-per-department", {**EVER, "departmentId": department})

    assert found.json() == {name: {"open": 1, "closed": 0}, "success": True}
    retire(admin, agent)
