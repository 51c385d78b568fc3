from typing import Any

import pytest
from sqlalchemy import insert

from frontdesk.access.tables import users
from frontdesk.analytics import agents
from frontdesk.db import Database, Tx
from frontdesk.workforce.tables import agent_activity
from tests.analytics.rooms import answered, at, room, store
from tests.builders import create_agent, create_user, eventually, retire
from tests.harness.client import Api

PATH = "livechat/analytics/agents/"
FIGURES = ("average-service-time", "total-service-time", "available-for-service-history")
EVER = {"start": "2020-01-01", "end": "2030-01-01"}


def served(opened: str, seconds: float | None, username: str = "ann") -> Any:
    """Return a conversation of Ann, of a length of service and under a name that she had."""
    return answered(opened, 1, 1, service_duration=seconds, agent_username=username)


async def test_service_is_added_up_by_the_names_of_agents(database: Database) -> None:
    await store(
        database,
        served("2024-05-01", 100.2),
        served("2024-05-31", 50.1),
        served("2024-05-02", 10.0, "anna"),
        served("2024-05-02", None),
        served("2024-06-01", 1000.0),
        room("2024-05-02", service_duration=5.0),
    )
    start, end = at("2024-05-01"), at("2024-05-31")

    average = await database.read(lambda tx: agents.average_service_time(tx, start, end))
    total = await database.read(lambda tx: agents.total_service_time(tx, start, end))

    assert average == [
        {"_id": "a", "username": "ann", "averageServiceTimeInSeconds": 76},
        {"_id": "a", "username": "anna", "averageServiceTimeInSeconds": 10},
    ]
    assert total == [
        {"_id": "a", "username": "ann", "chats": 2, "serviceTimeDuration": 151},
        {"_id": "a", "username": "anna", "chats": 1, "serviceTimeDuration": 10},
    ]


async def add_activity(database: Database, *stretches: tuple[str, int, str, str | None]) -> None:
    """Store stretches of agents' availability, and users for the agents but `gone`."""

    def write(tx: Tx) -> None:
        for number, (agent_id, day, started, stopped) in enumerate(stretches):
            values: dict[str, Any] = {"id": f"s{number}", "agent_id": agent_id, "day": day}
            values |= {"started_at": at(started), "stopped_at": stopped and at(stopped)}
            tx.execute(insert(agent_activity).values(values))
        for agent_id in {each[0] for each in stretches} - {"gone"}:
            tx.execute(insert(users).values(_user(agent_id)))

    await database.write(write)


def _user(user_id: str) -> dict[str, Any]:
    texts = ("kind", "status", "status_default", "status_connection")
    flags = (
        *("bot", "livechat_switched_by_system", "password_change_required", "email_two_factor"),
        "active",
    )
    return {
        **{"id": user_id, "username": f"name-{user_id}", "username_lower": f"name-{user_id}"},
        **{"roles": [], "agent": True, "livechat_count": 0, "created_at": 1, "updated_at": 1},
        **dict.fromkeys(texts, "x"),
        **dict.fromkeys(flags, False),
    }


async def test_availability_is_added_up_once_it_has_ended(database: Database) -> None:
    await add_activity(
        database,
        ("b", 20240501, "2024-05-01 08:00", "2024-05-01 09:00"),
        ("a", 20240501, "2024-05-01 08:00", "2024-05-01 08:00:10.900"),
        ("a", 20240502, "2024-05-02 08:00", "2024-05-02 08:00:05"),
        ("a", 20240503, "2024-05-03 08:00", "2024-05-03 10:00"),
        ("gone", 20240501, "2024-05-01 08:00", "2024-05-01 09:00"),
        ("c", 20240502, "2024-05-02 08:00", None),
    )
    start, end = at("2024-05-01 12:00"), at("2024-05-02 12:00")

    found = await database.read(lambda tx: agents.availability(tx, start, end))
    times = await database.read(lambda tx: agents.stretches(tx, ["a", "c"], start, end))

    assert found == [
        ("a", {"username": "name-a", "availableTimeInSeconds": 15}),
        ("b", {"username": "name-b", "availableTimeInSeconds": 3600}),
        ("c", {"username": "name-c", "availableTimeInSeconds": 0}),
    ]
    assert [each["startedAt"] for each in times["a"]] == [
        *("2024-05-01T08:00:00.000Z", "2024-05-02T08:00:00.000Z"),
    ]
    assert "c" not in times
    average = await database.read(lambda tx: agents.mean_availability(tx, start, None))
    assert average == (3600 + 10 + 3600) // 3
    nobody = await database.read(lambda tx: agents.mean_availability(tx, start, "nowhere"))
    assert nobody == 0


def test_the_history_of_an_agent_is_shown_if_asked_for(admin: Api) -> None:
    agent = create_agent(admin)
    agent.api.post("users.setStatus", {"status": "offline", "message": ""})
    path = PATH + "available-for-service-history"

    def row(**query: Any) -> dict[str, Any] | None:
        found = admin.get(path, {**EVER, "count": 0, **query}).json()["agents"]
        return next((each for each in found if each["username"] == agent.username), None)

    full = eventually(lambda: row(fullReport="true"))
    assert set(full) == {"username", "availableTimeInSeconds", "serviceHistory"}
    assert set(full["serviceHistory"][0]) == {"startedAt", "stoppedAt"}
    plain = row(fullReport="yes")
    assert plain is not None
    assert "serviceHistory" not in plain
    retire(admin, agent)


@pytest.mark.parametrize("name", FIGURES)
def test_figures_of_agents_need_two_dates(admin: Api, name: str) -> None:
    def error(**query: str) -> str:
        answer = admin.get(PATH + name, query)
        assert answer.status_code == 400
        return str(answer.json()["error"])

    assert error(start="2024-01-01") == "must have required property 'end' [invalid-params]"
    assert error(start="x", end="y") == 'The "start" query parameter must be a valid date.'
    assert error(start="2024-01-01", end="y") == 'The "end" query parameter must be a valid date.'
    no_department = error(**EVER, departmentId="x")
    assert no_department == "must NOT have additional properties [invalid-params]"
    found = admin.get(PATH + name, {**EVER, "count": 1, "offset": 0, "sort": "?"}).json()
    assert found["count"] == len(found["agents"]) <= 1
    ages = {"start": "0001-01-01", "end": "9999-12-31T23:59:59Z"}
    assert admin.get(PATH + name, ages).status_code == 200
    agent = create_user(admin, "livechat-agent")
    assert agent.api.get(PATH + name).status_code == 403
