"""Business hours over HTTP; see test_business_calendar for the times themselves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from frontdesk.clock import parse_iso, server_zone
from frontdesk.jobs.queue import list_jobs
from frontdesk.workforce.business_calendar import DAYS
from tests.builders import (
    PASSWORD,
    Person,
    create_agent,
    create_department,
    create_user,
    eventually,
    retire,
    settings,
    stored,
    unique,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

#: Times on a clock that shows noon or a little more.
OPEN_NOW = ("09:00", "15:00")
CLOSED_NOW = ("18:00", "20:00")


def zone_at_noon() -> str:
    """Return a zone whose clocks show between 12:00 and 13:00 now."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


@pytest.fixture(autouse=True)
def no_hours_left(admin: Api) -> Iterator[None]:
    """Remove custom business hours and restore the default one after each test."""
    yield
    for each in hours(admin):
        body = {"_id": each["_id"], "type": "custom"}
        admin.post("livechat/business-hours.remove", body)
    assert save_default(admin, "08:00", "20:00").status_code == 200


@pytest.fixture
def single(admin: Api) -> Iterator[None]:
    """Keep one business hour for everybody, open now, for the length of a test."""
    save_default(admin, *OPEN_NOW)
    with settings(admin, Livechat_enable_business_hours=True):
        yield
    _wait_until_nobody_has_hours(admin)


@pytest.fixture
def multiple(admin: Api) -> Iterator[None]:
    """Keep several business hours, the default one closed now, for the length of a test."""
    save_default(admin, *CLOSED_NOW)
    with settings(
        admin, Livechat_business_hour_type="Multiple", Livechat_enable_business_hours=True
    ):
        yield


def _wait_until_nobody_has_hours(admin: Api) -> None:
    watcher = create_agent(admin)
    eventually(lambda: not open_hours(watcher))
    retire(admin, watcher)


def work_hours(start: str, finish: str, *, open: bool = True) -> list[dict[str, Any]]:
    """Return the same open time for all days."""
    return [{"day": day, "start": start, "finish": finish, "open": open} for day in DAYS]


def save(admin: Api, start: str = "09:00", finish: str = "15:00", **fields: Any) -> httpx.Response:
    """Save a custom business hour, on clocks that show noon."""
    body = {
        "name": unique("Hour"),
        "timezoneName": zone_at_noon(),
        "daysOpen": list(DAYS),
        "departmentsToApplyBusinessHour": "",
        "active": True,
        "type": "custom",
        "workHours": work_hours(start, finish),
        **fields,
    }
    return admin.post("livechat/business-hours.save", body)


def saved(admin: Api, start: str, finish: str, *departments: str, **fields: Any) -> str:
    """Save a custom business hour for some departments and return its id."""
    given = {
        "name": unique("Hour"),
        "departmentsToApplyBusinessHour": ",".join(departments),
        **fields,
    }
    answer = save(admin, start, finish, **given)
    assert answer.status_code == 200, answer.text
    (found,) = hours(admin, name=given["name"])
    return str(found["_id"])


def save_default(admin: Api, start: str, finish: str, **fields: Any) -> httpx.Response:
    """Save the default business hour."""
    hour_id = admin.get("livechat/business-hour").json()["businessHour"]["_id"]
    return save(admin, start, finish, **{"_id": hour_id, "type": "default", "name": "", **fields})


def hours(admin: Api, **query: Any) -> list[dict[str, Any]]:
    """Return the business hours that a query finds."""
    answer = admin.get("livechat/business-hours", {"count": 0, **query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["businessHours"])


def custom(admin: Api, hour_id: str) -> Any:
    """Return a custom business hour."""
    query = {"type": "custom", "_id": hour_id}
    return admin.get("livechat/business-hour", query).json()["businessHour"]


def status_of(admin: Api, agent: Person) -> str:
    """Return whether an agent takes conversations."""
    user = admin.get(f"livechat/users/agent/{agent.id}").json()["user"]
    return str(user["statusLivechat"])


def open_hours(agent: Person) -> list[str]:
    """Return the ids of the business hours that are open for an agent."""
    return list(agent.api.get("me").json().get("openBusinessHours", []))


def switch(api: Api, status: str, **body: str) -> httpx.Response:
    """Switch whether an agent takes conversations."""
    return api.post("livechat/agent.status", {"status": status, **body})


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an online agent, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


# Saving and reading --------------------------------------------------------------------------


def test_a_workspace_starts_with_working_days_from_eight_to_eight(admin: Api) -> None:
    default = admin.get("livechat/business-hour", {"type": "default", "_id": "x"}).json()

    hour = default["businessHour"]
    assert (hour["name"], hour["active"], hour["type"]) == ("", True, "default")
    assert "departments" not in hour
    assert [each["day"] for each in hour["workHours"]] == list(DAYS)
    assert hour["workHours"][0]["start"].keys() == {"time", "utc", "cron"}


def test_times_are_shown_in_utc_and_kept_as_they_were_sent(admin: Api) -> None:
    entry = {"day": "Monday", "start": "00:30:15", "finish": "09:00", "open": True}

    hour_id = saved(admin, "", "", timezoneName="Asia/Kolkata", workHours=[entry])

    hour = custom(admin, hour_id)
    assert hour["timezone"] == {"name": "Asia/Kolkata", "utc": "+05:30"}
    (shown,) = hour["workHours"]
    assert shown["start"]["time"] == "00:30:15"
    assert shown["start"]["utc"] == {"dayOfWeek": "Sunday", "time": "19:00"}
    assert shown["finish"]["utc"] == {"dayOfWeek": "Monday", "time": "03:30"}


def test_without_a_zone_the_servers_counts(admin: Api) -> None:
    hour = custom(admin, saved(admin, "08:00", "09:00", timezoneName=""))

    assert hour["timezone"]["name"] == server_zone()
    assert hour["workHours"][0]["start"]["cron"] == {"dayOfWeek": "Monday", "time": "08:00"}


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"name": ...}, "must have required property 'name'"),
        ({"timezoneName": ...}, "must have required property 'timezoneName'"),
        ({"workHours": []}, "must NOT have fewer than 1 items"),
        ({"type": "other"}, "must be equal to one of the allowed values"),
        ({"more": 1}, "must NOT have additional properties"),
        ({"timezoneName": "Mars/Base"}, "error-invalid-timezone"),
        (
            {"workHours": [{"day": "Freitag", "start": "08:00", "finish": "09:00", "open": True}]},
            "must be equal to one of the allowed values",
        ),
        (
            {"workHours": work_hours("09:00", "08:00")},
            "error-business-hour-finish-time-before-start-time",
        ),
        (
            {"workHours": work_hours("09:00:59", "09:00")},
            "error-business-hour-finish-time-equals-start-time",
        ),
        ({"_id": "nowhere"}, "error-business-hour-not-found"),
        ({"_id": "nowhere", "type": "default"}, "error-business-hour-not-found"),
    ],
)
def test_a_business_hour_of_another_shape_is_refused(
    admin: Api, fields: dict[str, Any], text: str
) -> None:
    body: dict[str, Any] = {
        "name": unique("Hour"),
        "timezoneName": "UTC",
        "daysOpen": [],
        "departmentsToApplyBusinessHour": "",
        "active": True,
        "type": "custom",
        "workHours": work_hours("08:00", "09:00"),
        **fields,
    }
    given = {name: value for name, value in body.items() if value is not ...}

    assert error_of(admin.post("livechat/business-hours.save", given)) == (400, text)


@pytest.mark.parametrize("time", ["8:00", "24:00", "08:60", "noon", "08:00:99"])
def test_a_time_that_no_clock_shows_is_refused(admin: Api, time: str) -> None:
    answer = save(admin, time, "23:00")

    assert answer.status_code == 400
    assert answer.json()["errorType"] == "invalid-params"


def test_days_that_are_not_open_are_not_checked(admin: Api) -> None:
    assert save(admin, workHours=work_hours("09:00", "08:00", open=False)).status_code == 200


def test_names_are_unique(admin: Api) -> None:
    name = unique("Hour")
    hour_id = saved(admin, "08:00", "09:00", name=name)
    (found,) = hours(admin, name=name)
    assert found["_id"] == hour_id

    taken = "error-business-hour-name-already-in-use"
    assert error_of(save(admin, name=name)) == (400, taken)
    assert save(admin, name=name, _id=hour_id).status_code == 200
    assert error_of(save(admin, name="")) == (400, taken)  # the default one's
    assert error_of(save_default(admin, "08:00", "09:00", name=name)) == (400, taken)


def test_the_default_one_is_changed_by_its_id_only(admin: Api) -> None:
    before = hours(admin)

    assert save(admin, type="default", name=unique("Hour")).json() == {"success": True}
    assert save(admin, type="", name=unique("Hour")).status_code == 200
    assert hours(admin) == before
    default_id = before[0]["_id"]
    assert error_of(save(admin, _id=default_id)) == (400, "error-business-hour-not-found")
    assert save_default(admin, "10:00", "11:00").status_code == 200
    assert admin.get("livechat/business-hour").json()["businessHour"]["_id"] == default_id


def test_a_department_has_one_custom_business_hour(admin: Api) -> None:
    first, second = create_department(admin), create_department(admin, name="B")
    one = saved(admin, "08:00", "09:00", first, "", "nowhere", first)
    assert custom(admin, one)["departments"][0].keys() == {"_id", "name"}

    other = saved(admin, "08:00", "09:00", first, second)

    assert custom(admin, one)["departments"] == []
    assert {each["_id"] for each in custom(admin, other)["departments"]} == {first, second}
    document = admin.get(f"livechat/department/{first}").json()["department"]
    assert document["businessHourId"] == other
    listed = {each["_id"]: each.get("departments") for each in hours(admin)}
    assert listed[one] is None
    assert {each["_id"] for each in listed[other] or ()} == {first, second}


def test_business_hours_are_read_one_by_one(admin: Api) -> None:
    def read(**query: str) -> Any:
        return admin.get("livechat/business-hour", query).json()["businessHour"]

    assert read(type="custom") is None
    assert read(type="custom", _id="nowhere") is None
    assert read(type="other") is None
    refused = admin.get("livechat/business-hour", {"more": "x"})
    assert error_of(refused) == (400, "must NOT have additional properties")
    assert refused.json()["errorType"] == "error-invalid-params"


def test_business_hours_are_listed_by_name(admin: Api) -> None:
    text = unique("Hour")
    for name in ("b", "a"):
        saved(admin, "08:00", "09:00", name=f"{text} {name}")

    answer = admin.get("livechat/business-hours", {"name": text.upper(), "count": 1}).json()

    assert [each["name"] for each in answer["businessHours"]] == [f"{text} a"]
    assert (answer["count"], answer["offset"], answer["total"]) == (1, 0, 2)
    assert hours(admin)[0]["type"] == "default"


def test_a_custom_business_hour_is_removed_and_the_default_one_is_not(admin: Api) -> None:
    department_id = create_department(admin)
    hour_id = saved(admin, "08:00", "09:00", department_id)
    default_id = hours(admin)[0]["_id"]

    def remove(hour_id: str, kind: str) -> int:
        body = {"_id": hour_id, "type": kind}
        return admin.post("livechat/business-hours.remove", body).status_code

    assert remove("nowhere", "custom") == 200
    assert remove(default_id, "default") == remove(default_id, "custom") == 200
    assert remove(hour_id, "default") == 200
    assert custom(admin, hour_id) is not None
    assert remove(hour_id, "custom") == remove(hour_id, "custom") == 200
    assert custom(admin, hour_id) is None
    document = admin.get(f"livechat/department/{department_id}").json()["department"]
    assert "businessHourId" not in document
    assert remove(hour_id, "other") == 400
    missing = admin.post("livechat/business-hours.remove", {})
    assert error_of(missing) == (400, "must have required property '_id'")


def test_business_hours_are_for_those_with_the_permission(admin: Api, agent: Person) -> None:
    assert agent.api.get("livechat/business-hour").status_code == 403
    assert agent.api.get("livechat/business-hours").status_code == 403
    assert save(agent.api).status_code == 403
    assert agent.api.post("livechat/business-hours.remove", {}).status_code == 403
    monitor = create_user(admin, "livechat-monitor")
    assert save(monitor.api).status_code == 200


# One for everybody ---------------------------------------------------------------------------


def test_saving_touches_nobody_where_business_hours_are_not_kept(admin: Api, agent: Person) -> None:
    save_default(admin, *CLOSED_NOW)
    saved(admin, *CLOSED_NOW, create_department(admin, [agent]))

    assert status_of(admin, agent) == "available"
    assert switch(agent.api, "not-available").status_code == 200
    assert switch(agent.api, "available").status_code == 200


@pytest.mark.usefixtures("single")
def test_agents_follow_the_default_business_hour(admin: Api, agent: Person) -> None:
    default_id = hours(admin)[0]["_id"]
    away = create_agent(admin, status="away")
    eventually(lambda: open_hours(away) == [default_id])

    save_default(admin, *CLOSED_NOW)
    assert (status_of(admin, agent), open_hours(agent)) == ("not-available", [])
    save_default(admin, *OPEN_NOW)
    assert (status_of(admin, agent), open_hours(agent)) == ("available", [default_id])
    assert (status_of(admin, away), open_hours(away)) == ("not-available", [default_id])
    save_default(admin, *OPEN_NOW, active=False)
    assert status_of(admin, agent) == "not-available"
    retire(admin, away)


@pytest.mark.usefixtures("single")
def test_opening_overrides_an_agents_own_choice(admin: Api, agent: Person) -> None:
    eventually(lambda: open_hours(agent))
    save_default(admin, *CLOSED_NOW)
    assert switch(agent.api, "not-available").status_code == 200

    save_default(admin, *OPEN_NOW)

    assert status_of(admin, agent) == "available"
    assert switch(agent.api, "not-available").status_code == 200
    save_default(admin, "10:00", "14:00")  # still open: nothing opens
    assert status_of(admin, agent) == "not-available"


@pytest.mark.usefixtures("single")
def test_nobody_becomes_available_by_hand_while_closed_except_bots(
    admin: Api, agent: Person
) -> None:
    bot = create_agent(admin, "bot")
    eventually(lambda: open_hours(bot))
    save_default(admin, *CLOSED_NOW)
    assert status_of(admin, bot) == "available"

    refused = switch(agent.api, "available")
    assert error_of(refused) == (400, "error-business-hours-are-closed")
    assert switch(agent.api, "not-available").json()["status"] == "not-available"
    for_him = switch(admin, "available", agentId=agent.id)
    assert for_him.json() == {"status": "not-available", "success": True}
    assert switch(bot.api, "not-available").status_code == 200
    assert switch(bot.api, "available").json()["status"] == "available"
    retire(admin, bot)


@pytest.mark.usefixtures("single")
def test_who_becomes_an_agent_while_closed_is_not_available(admin: Api, agent: Person) -> None:
    eventually(lambda: open_hours(agent))
    save_default(admin, *CLOSED_NOW)

    newcomer = create_agent(admin)

    assert status_of(admin, newcomer) == "not-available"
    admin.post("livechat/users/agent", {"username": agent.username})
    assert status_of(admin, agent) == "not-available"
    retire(admin, newcomer)


@pytest.mark.usefixtures("single")
def test_logging_in_makes_available_while_open(admin: Api, agent: Person) -> None:
    eventually(lambda: open_hours(agent))
    switch(agent.api, "not-available")
    admin.login(agent.username, PASSWORD)
    assert status_of(admin, agent) == "available"

    save_default(admin, *CLOSED_NOW)
    admin.login(agent.username, PASSWORD)
    assert status_of(admin, agent) == "not-available"


@pytest.mark.usefixtures("single")
def test_who_is_active_again_has_business_hours_but_stays_switched_off(
    admin: Api, agent: Person
) -> None:
    eventually(lambda: open_hours(agent))

    for active in (False, True):
        body = {"userId": agent.id, "activeStatus": active}
        assert admin.post("users.setActiveStatus", body).status_code == 200

    assert status_of(admin, agent) == "not-available"
    again = admin.login(agent.username, PASSWORD)
    assert again.get("me").json()["openBusinessHours"]


def test_when_business_hours_are_kept_no_more_nobody_has_any(admin: Api, agent: Person) -> None:
    bot = create_agent(admin, "bot")
    save_default(admin, *OPEN_NOW)
    with settings(admin, Livechat_enable_business_hours=True):
        eventually(lambda: open_hours(bot))
        save_default(admin, *CLOSED_NOW)
        assert status_of(admin, agent) == "not-available"
        save_default(admin, *OPEN_NOW)
        switch(agent.api, "not-available")

    eventually(lambda: not open_hours(bot) and not open_hours(agent))
    # Whom they had switched off stays so until somebody switches him.
    assert status_of(admin, agent) == "not-available"
    assert switch(agent.api, "available").status_code == 200
    retire(admin, bot)


@pytest.mark.usefixtures("single")
def test_the_next_look_is_planned_for_the_next_change(
    admin: Api, server: FrontdeskProcess, agent: Person
) -> None:
    eventually(lambda: open_hours(agent))
    save_default(admin, *CLOSED_NOW)

    (job,) = [each for each in stored(server, list_jobs) if each.kind == "workforce.keep_hours"]

    offset = 12 - datetime.now(UTC).hour
    today = (datetime.now(UTC) + timedelta(hours=offset)).date()
    opening = datetime(today.year, today.month, today.day, 18, tzinfo=UTC)
    assert job.due_at == parse_iso((opening - timedelta(hours=offset)).isoformat())
    assert job.state == "waiting"


# Several -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("multiple")
def test_agents_have_the_hours_of_their_departments(admin: Api, agent: Person) -> None:
    eventually(lambda: status_of(admin, agent) == "not-available")
    department_id = create_department(admin, [agent])
    hour_id = saved(admin, *OPEN_NOW, department_id)
    assert (status_of(admin, agent), open_hours(agent)) == ("available", [hour_id])

    admin.post(
        f"livechat/department/{department_id}/agents",
        {"upsert": [], "remove": [{"agentId": agent.id}]},
    )
    assert (status_of(admin, agent), open_hours(agent)) == ("not-available", [])
    body = {"agentId": agent.id, "agentData": {}, "agentDepartments": [department_id]}
    assert admin.post("livechat/agents.saveInfo", body).status_code == 200
    assert (status_of(admin, agent), open_hours(agent)) == ("available", [hour_id])
    body = {"_id": hour_id, "type": "custom"}
    admin.post("livechat/business-hours.remove", body)
    assert (status_of(admin, agent), open_hours(agent)) == ("not-available", [])


@pytest.mark.usefixtures("multiple")
def test_agents_without_hours_of_their_own_have_the_default_ones(admin: Api, agent: Person) -> None:
    with_hours, without = create_department(admin), create_department(admin)
    custom_id = saved(admin, *OPEN_NOW, with_hours)
    save_default(admin, *OPEN_NOW)
    default_id = hours(admin)[0]["_id"]

    def in_departments(*ids: str) -> list[str]:
        body = {"agentId": agent.id, "agentData": {}, "agentDepartments": list(ids)}
        assert admin.post("livechat/agents.saveInfo", body).status_code == 200
        return sorted(open_hours(agent))

    eventually(lambda: open_hours(agent) == [default_id])
    assert in_departments(without) == [default_id]
    assert in_departments(with_hours) == [custom_id]
    assert in_departments(with_hours, without) == sorted([custom_id, default_id])
    assert in_departments() == [default_id]


@pytest.mark.usefixtures("multiple")
def test_a_department_moves_to_hours_that_are_open(admin: Api, agent: Person) -> None:
    other = create_agent(admin)
    moved, stays = create_department(admin, [agent]), create_department(admin, [other])
    closed = saved(admin, *CLOSED_NOW, moved, stays)
    eventually(lambda: status_of(admin, other) == "not-available")

    opened = saved(admin, *OPEN_NOW, moved)

    assert (status_of(admin, agent), open_hours(agent)) == ("available", [opened])
    assert (status_of(admin, other), open_hours(other)) == ("not-available", [])
    document = admin.get(f"livechat/department/{stays}").json()["department"]
    assert document["businessHourId"] == closed
    retire(admin, other)


@pytest.mark.usefixtures("multiple")
@pytest.mark.parametrize("act", ["disable", "archive", "remove"])
def test_hours_that_no_department_has_any_more_become_inactive(
    admin: Api, agent: Person, act: str
) -> None:
    department_id = create_department(admin, [agent])
    hour_id = saved(admin, *OPEN_NOW, department_id)
    eventually(lambda: open_hours(agent) == [hour_id])

    path = f"livechat/department/{department_id}"
    body = {
        "department": {
            "name": "D",
            "email": "d@example.org",
            "enabled": False,
            "showOnRegistration": False,
            "showOnOfflineForm": False,
        }
    }
    with settings(admin, Omnichannel_enable_department_removal=True):
        if act == "disable":
            answer = admin.put(path, body)
        else:
            answer = admin.delete(path) if act == "remove" else admin.post(f"{path}/archive")
    assert answer.status_code == 200, answer.text

    hour = custom(admin, hour_id)
    assert (hour["active"], hour["departments"]) == (False, [])
    assert (status_of(admin, agent), open_hours(agent)) == ("not-available", [])
    if act == "disable":
        enabled = {**body["department"], "enabled": True}
        document = admin.put(path, {"department": enabled}).json()["department"]
        assert "businessHourId" not in document


def test_departments_that_are_disabled_lose_their_hours_when_these_begin_to_count(
    admin: Api,
) -> None:
    enabled, disabled = create_department(admin), create_department(admin, enabled=False)
    hour_id = saved(admin, *OPEN_NOW, enabled, disabled)
    assert len(custom(admin, hour_id)["departments"]) == 2

    with settings(
        admin, Livechat_business_hour_type="Multiple", Livechat_enable_business_hours=True
    ):
        eventually(lambda: len(custom(admin, hour_id)["departments"]) == 1)

    assert custom(admin, hour_id)["departments"][0]["_id"] == enabled
