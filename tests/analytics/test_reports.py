from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert

from frontdesk.access.tables import users
from frontdesk.analytics import reports
from frontdesk.analytics.reports import Stretch, stretch_between
from frontdesk.conversations.tables import rooms
from frontdesk.db import Database, Tx
from frontdesk.errors import Refused
from frontdesk.workforce.tables import departments
from tests.analytics.rooms import at, room, store
from tests.analytics.test_agents import _user
from tests.builders import create_user
from tests.harness.client import Api

PATH = "livechat/analytics/dashboards/conversations-by-"
REPORTS = ("status", "source", "department", "tags", "agent")
MAY = Stretch(at("2024-05-01"), at("2024-06-01"))
TOO_LONG = 'The "start" and "end" query parameters must be less than 1 year apart.'


def rows(*given: tuple[str, int]) -> list[dict[str, Any]]:
    """Return labels and values as reports show them."""
    return [{"label": label, "value": value} for label, value in given]


async def read(database: Database, report: Callable[[Tx], dict[str, Any]]) -> dict[str, Any]:
    """Return a report."""
    return await database.read(report)


async def test_conversations_are_counted_by_state(database: Database) -> None:
    empty = await read(database, lambda tx: reports.by_status(tx, MAY))
    assert empty == {"total": 0, "data": []}

    await store(
        database,
        room("2024-05-01", open=True, agent_id="a"),
        room("2024-05-01", chat_duration=1.0),
        room("2024-05-31 23:59:59.999", chat_duration=1.0, open=True, agent_id="a"),
        room("2024-06-01", chat_duration=1.0),
        room("2024-04-30 23:59:59.999", chat_duration=1.0),
    )
    assert await read(database, lambda tx: reports.by_status(tx, MAY)) == {
        "total": 3,
        "data": rows(("Closed", 2), ("Open", 2), ("On_Hold", 0), ("Queued", 0)),
    }


async def test_conversations_are_counted_by_source(database: Database) -> None:
    await store(
        database,
        room("2024-05-01", source={"type": "widget"}),
        room("2024-05-01", source={"type": "widget", "id": "x"}),
        room("2024-05-01", source={"type": "sms", "alias": "twilio"}),
        room("2024-05-01"),
    )

    found = await read(database, lambda tx: reports.by_source(tx, MAY))

    assert found == {"total": 3, "data": rows(("widget", 2), ("twilio", 1))}


async def test_conversations_are_counted_by_tags(database: Database) -> None:
    await store(
        database,
        room("2024-05-01", tags=["a", "b"]),
        room("2024-05-01", tags=["b"]),
        room("2024-05-01", tags=[]),
        room("2024-05-01"),
    )

    async def found(*sort: tuple[str, int]) -> dict[str, Any]:
        return await read(database, lambda tx: reports.by_tag(tx, MAY, sort))

    fewest_first = {"total": 3, "data": rows(("a", 1), ("b", 2)), "unspecified": 2}
    assert await found() == fewest_first
    assert await found(("unknown", -1)) == fewest_first
    most_first = {**fewest_first, "data": rows(("b", 2), ("a", 1))}
    assert await found(("total", -1)) == most_first
    assert await found(("_id", -1)) == most_first


async def test_conversations_are_counted_by_departments_that_there_are(database: Database) -> None:
    def write(tx: Tx) -> None:
        for department_id, name in (("x", "Sales"), ("y", "Help"), ("z", "Sales")):
            tx.execute(
                insert(departments).values(
                    **{"id": department_id, "name": name, "email": "", "document": {}},
                    **dict.fromkeys(("agent_count", "created_at", "updated_at"), 1),
                    **dict.fromkeys(("enabled", "show_on_registration", "archived"), False),
                    **dict.fromkeys(("show_on_offline_form", "receives_offline"), False),
                    request_tag_before_closing=False,
                )
            )

    await database.write(write)
    await store(
        database,
        *(room("2024-05-01", department_id=each) for each in ("x", "z", "y", "gone")),
        room("2024-05-01"),
    )

    found = await read(database, lambda tx: reports.by_department(tx, MAY, ()))

    assert found == {"total": 3, "data": rows(("Help", 1), ("Sales", 2)), "unspecified": 1}


async def test_conversations_are_counted_by_agents(database: Database) -> None:
    await database.write(
        lambda tx: tx.execute(insert(users).values({**_user("a"), "name": "Zoe"})) and None
    )
    await store(
        database,
        *(room("2024-05-01", agent_id=each) for each in ("a", "a", "gone")),
        room("2024-05-01"),
    )

    async def found(*sort: tuple[str, int]) -> dict[str, Any]:
        return await read(database, lambda tx: reports.by_agent(tx, MAY, sort))

    by_name = {"total": 3, "data": rows(("Zoe", 2), ("gone", 1)), "unspecified": 1}
    assert await found() == by_name
    assert await found(("total", -1)) == by_name
    assert (await found(("name", -1)))["data"] == rows(("gone", 1), ("Zoe", 2))
    assert (await found(("_id", 1)))["data"] == rows(("Zoe", 2), ("gone", 1))


async def test_what_a_caller_may_not_see_is_not_counted(database: Database) -> None:
    await store(database, room("2024-05-01", department_id="x"), room("2024-05-01"))
    seen = Stretch(MAY.start, MAY.end, [rooms.c.department_id.is_(None)])

    found = await read(database, lambda tx: reports.by_status(tx, seen))

    assert found["total"] == 1


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2023-01-01", "2024-01-04"),
        ("2023-01-01T00:00:00Z", "2023-12-31T23:59:59.999Z"),
        ("2024-05-01", "2024-05-01"),
        ("2024-02-29", "2025-02-28"),
        ("2024-05", "2024-06"),
    ],
)
def test_a_report_may_be_of_a_year_and_three_days(start: str, end: str) -> None:
    first, last = stretch_between(start, end)

    assert first <= last


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("x", "y", 'The "start" query parameter must be a valid date.'),
        ("2024-01-01", "May 22 2024", 'The "end" query parameter must be a valid date.'),
        ("2024-02-30", "2024-03-01", 'The "start" query parameter must be a valid date.'),
        ("2023-01-01", "2024-01-05", TOO_LONG),
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", TOO_LONG),
        (
            *("2024-01-02", "2020-01-01"),
            'The "start" query parameter must be before the "end" query parameter.',
        ),
    ],
)
def test_other_stretches_are_refused(start: str, end: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        stretch_between(start, end)
    assert str(refused.value) == text


# Over HTTP -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REPORTS)
def test_reports_are_for_those_who_may_see_them(admin: Api, name: str) -> None:
    year = {"start": "2026-01-01T00:00:00.000Z", "end": "2026-12-31T23:59:59.999Z"}
    found = admin.get(PATH + name, {**year, "sort": '{"total": -1}'}).json()

    assert found["success"] is True
    assert ("unspecified" in found) is (name in ("department", "tags", "agent"))
    assert isinstance(found["data"], list)
    late = admin.get(PATH + name, {"start": "2024-01-02", "end": "2024-01-01"})
    assert late.status_code == 400
    missing = admin.get(PATH + name, {"start": "2024-01-02"}).json()["error"]
    assert missing == "must have required property 'end' [invalid-params]"
    more = admin.get(PATH + name, {**year, "departmentId": "x"}).json()["error"]
    assert more == "must NOT have additional properties [invalid-params]"
    agent = create_user(admin, "livechat-agent")
    assert agent.api.get(PATH + name).status_code == 403


def test_a_sort_that_is_none_is_refused(admin: Api) -> None:
    query = {"start": "2024-01-01", "end": "2024-01-01", "sort": "x"}

    answer = admin.get(PATH + "tags", query)

    assert (answer.status_code, answer.json()["errorType"]) == (400, "error-invalid-sort")
    assert admin.get(PATH + "tags", {**query, "sort": "{}"}).json()["data"] == []
