"""The real-time methods of the workforce, for clients older than their REST successors."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import (
    Person,
    create_agent,
    create_department,
    create_user,
    eventually,
    retire,
    settings,
    unique,
)
from tests.conversations.test_methods import call, frame_of, refused
from tests.harness.client import Api

NOT_ALLOWED = "Not allowed [error-not-allowed]"
SWITCH = "changeLivechatStatus"
DAY = {"day": "Monday", "start": "08:00", "finish": "20:00", "open": True}


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


def status_of(admin: Api, agent: Person) -> str:
    """Return whether an agent takes conversations."""
    return str(admin.get(f"livechat/users/agent/{agent.id}").json()["user"]["statusLivechat"])


def links_of(admin: Api, department_id: str) -> dict[str, dict[str, Any]]:
    """Return who belongs to a department, by id."""
    agents = admin.get(f"livechat/department/{department_id}/agents").json()["agents"]
    return {each["agentId"]: each for each in agents}


def department_data(**fields: Any) -> dict[str, Any]:
    """Return a department as it is saved."""
    flags = dict.fromkeys(("enabled", "showOnRegistration", "showOnOfflineForm"), True)
    return {"name": unique("Department"), "email": "a@example.org", **flags, **fields}


def unit_lists(monitor: Person, *departments: str) -> tuple[list[Any], list[Any]]:
    """Return the monitors and departments of a unit as they are saved."""
    monitors = [{"monitorId": monitor.id, "username": monitor.username}]
    return monitors, [{"departmentId": each} for each in departments]


# Agents and managers -------------------------------------------------------------------------


def test_an_agent_switches_over_and_to_a_status(admin: Api, agent: Person) -> None:
    assert call(agent.api, SWITCH) is None
    assert status_of(admin, agent) == "not-available"
    call(agent.api, SWITCH, {})
    assert status_of(admin, agent) == "available"
    call(agent.api, SWITCH, {"status": "not-available", "agentId": agent.id})
    call(agent.api, SWITCH, {"status": "not-available"})
    assert status_of(admin, agent) == "not-available"


def test_who_may_not_switch_is_told_why(api: Api, admin: Api, agent: Person) -> None:
    other = create_user(admin, "livechat-agent")

    assert refused(api, SWITCH, {}) == NOT_ALLOWED
    for wish in ({"agentId": "nobody", "status": "x"}, {"agentId": create_user(admin).id}):
        assert refused(other.api, SWITCH, wish) == "Invalid Agent Id [error-not-allowed]"
    bad = refused(other.api, SWITCH, {"agentId": agent.id, "status": "x"})
    assert bad == "Invalid Status [error-not-allowed]"
    assert call(other.api, SWITCH, {"agentId": agent.id, "status": "available"}) is None
    assert refused(other.api, SWITCH, {"agentId": agent.id}) == NOT_ALLOWED
    assert refused(other.api, SWITCH, {"status": 1}) == "Match failed [400]"
    details = frame_of(other.api, SWITCH, {"agentId": agent.id})["error"]["details"]
    assert details == {"method": "livechat:changeLivechatStatus"}
    assert status_of(admin, agent) == "available"


def test_business_hours_bind_agents_but_not_who_manages_them(admin: Api, agent: Person) -> None:
    (default,) = (
        each
        for each in admin.get("livechat/business-hours").json()["businessHours"]
        if each["type"] == "default"
    )
    hour = {"_id": default["_id"], "name": "", "type": "default", "timezoneName": "UTC"}
    never = {**DAY, "open": False}
    call(admin, "saveBusinessHour", {**hour, "active": True, "workHours": [never]})
    with settings(admin, Livechat_business_hour_type="Single", Livechat_enable_business_hours=True):
        eventually(lambda: status_of(admin, agent) == "not-available")

        closed = refused(agent.api, SWITCH, {"status": "available"})
        assert closed == "Not allowed [error-business-hours-are-closed]"
        call(admin, SWITCH, {"agentId": agent.id, "status": "available"})

        assert status_of(admin, agent) == "available"
    week = [
        {"day": each["day"], "open": each["open"]}
        | {end: each[end]["time"] for end in ("start", "finish")}
        for each in default["workHours"]
    ]
    call(admin, "saveBusinessHour", {**hour, "active": default["active"], "workHours": week})


def test_a_deactivated_agent_can_be_switched(admin: Api, agent: Person) -> None:
    admin.post("users.setActiveStatus", {"userId": agent.id, "activeStatus": False})

    call(admin, SWITCH, {"agentId": agent.id, "status": "available"})

    assert status_of(admin, agent) == "available"


def test_an_agents_profile_and_departments_are_saved(admin: Api, agent: Person) -> None:
    department = create_department(admin)
    profile = {"maxNumberSimultaneousChat": 3, "name": None}

    assert call(admin, "saveAgentInfo", agent.id, profile, [department]) is True

    user = admin.get(f"livechat/users/agent/{agent.id}").json()["user"]
    assert user["livechat"] == {"maxNumberSimultaneousChat": 3}
    assert agent.id in links_of(admin, department)
    nobody = refused(admin, "saveAgentInfo", create_user(admin).id, {}, [])
    assert nobody == "User is not a livechat agent [error-user-is-not-agent]"
    assert refused(agent.api, "saveAgentInfo", agent.id, {}, []) == NOT_ALLOWED


@pytest.mark.parametrize(
    ("kind", "role"), [("Agent", "livechat-agent"), ("Manager", "livechat-manager")]
)
def test_users_are_appointed_and_dismissed(admin: Api, kind: str, role: str) -> None:
    user = create_user(admin)

    assert call(admin, f"add{kind}", user.username) == {"_id": user.id, "username": user.username}
    assert role in user.api.get("me").json()["roles"]
    assert call(admin, f"remove{kind}", user.username) is True
    assert call(admin, f"remove{kind}", user.username) is True
    assert role not in user.api.get("me").json()["roles"]
    for act in ("add", "remove"):
        for name in ("nobody", user.username.upper()):
            assert refused(admin, f"{act}{kind}", name) == "[error-invalid-user]"
        assert refused(user.api, f"{act}{kind}", user.username) == NOT_ALLOWED


def test_a_user_is_searched_for_in_any_case(admin: Api) -> None:
    user = create_user(admin)

    found = call(admin, "searchAgent", user.username.upper())

    assert found == {"_id": user.id, "username": user.username}
    for nothing in ("", None, 1):
        bad = refused(admin, "searchAgent", nothing)
        assert bad == "Invalid arguments [error-invalid-arguments]"
    assert refused(admin, "searchAgent", "nobody") == "Invalid user [error-invalid-user]"
    assert refused(user.api, "searchAgent", user.username) == NOT_ALLOWED


# Departments ---------------------------------------------------------------------------------


def test_a_department_is_made_and_changed(admin: Api, agent: Person) -> None:
    other = create_agent(admin)
    monitor = create_user(admin, "livechat-monitor")
    made = call(
        admin, "saveDepartment", None, department_data(), [{"agentId": agent.id, "username": "x"}]
    )
    unit = call(
        admin, "saveUnit", None, {"name": "u", "visibility": "public"}, *unit_lists(monitor)
    )
    data = department_data(name="Changed")

    call(admin, "saveDepartment", made["_id"], data, None, {"_id": unit["_id"]})
    again = call(
        admin, "saveDepartment", made["_id"], data, [{"agentId": other.id, "order": 2, "count": 5}]
    )

    assert (again["name"], again["numAgents"]) == ("Changed", 2)
    assert again["parentId"] == unit["_id"], "without a unit it stays where it is"
    link = links_of(admin, made["_id"])[other.id]
    assert (link["order"], link["count"]) == (2, 5)
    retire(admin, other)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"email": 1}, "[Match error: Expected string, got number in field email]"),
        ({"name": "x" * 501}, "[Match error: Failed Match.Where validation in field name]"),
        ({"own": [1]}, "Match.OneOf, Match.Maybe or Match.Optional validation in field own]"),
        ({"requestTagBeforeClosingChat": True}, "[error-validating-department-chat-closing-tags]"),
        ({"fallbackForwardDepartment": "x"}, "[error-fallback-department-not-found]"),
    ],
)
def test_a_department_that_cannot_be_saved_is_refused(
    admin: Api, data: dict[str, Any], text: str
) -> None:
    for department_id in (None, create_department(admin)):
        answer = refused(admin, "saveDepartment", department_id, department_data(**data), [])
        assert answer.endswith(text), answer


def test_a_change_of_a_department_has_refusals_of_its_own(admin: Api, agent: Person) -> None:
    monitor = create_user(admin, "livechat-monitor")
    department = create_department(admin)
    call(
        admin, "saveUnit", None, {"name": "u", "visibility": "x"}, *unit_lists(monitor, department)
    )

    def saving(data: dict[str, Any], *more: Any, of: str = department) -> str:
        return refused(admin, "saveDepartment", of, department_data(**data), *more)

    unit = saving({}, [], {"_id": 1})
    assert unit == "Invalid department unit id provided [error-invalid-department-unit]"
    last = saving({}, [], {})
    assert last == "The last department in a unit can't be removed [error-unit-cant-be-empty]"
    assert saving({}, of="x") == "Department not found [error-department-not-found]"
    circle = saving({"fallbackForwardDepartment": department})
    assert circle.endswith("[error-fallback-department-circular]")
    admin.post(f"livechat/department/{department}/archive")
    archived = saving({"enabled": True})
    assert archived.endswith("[error-archived-department-cant-be-enabled]")
    assert saving({}, "x") == "Match failed [400]"
    assert refused(agent.api, "saveDepartment", None, department_data()) == NOT_ALLOWED


def test_agents_are_added_to_a_department_and_none_is_removed(admin: Api, agent: Person) -> None:
    other = create_agent(admin)
    department = create_department(admin, agents=[other])
    listed = [{"agentId": agent.id, "username": "x", "order": 4}, {"agentId": "nobody"}]

    assert call(admin, "saveDepartmentAgents", department, listed) is True

    links = links_of(admin, department)
    assert set(links) == {agent.id, other.id}
    assert links[agent.id]["order"] == 4
    unknown = refused(admin, "saveDepartmentAgents", "x", listed)
    assert unknown == "Department not found [error-department-not-found]"
    assert refused(agent.api, "saveDepartmentAgents", department, listed) == NOT_ALLOWED
    retire(admin, other)


def test_a_department_is_removed_where_that_is_allowed(admin: Api, agent: Person) -> None:
    department = create_department(admin)

    off = refused(admin, "removeDepartment", department)
    assert off == "[error-department-removal-disabled]"
    with settings(admin, Omnichannel_enable_department_removal=True):
        assert refused(agent.api, "removeDepartment", department) == NOT_ALLOWED
        assert call(admin, "removeDepartment", department) is True
        again = refused(admin, "removeDepartment", department)
        assert again == "[error-department-not-found]"


def test_forwarding_may_be_restricted_to_departments(api: Api, admin: Api, agent: Person) -> None:
    target = create_department(admin)
    source = create_department(admin, departmentsAllowedToForward=[target])
    ask = "getDepartmentForwardRestrictions"

    assert call(agent.api, ask, source) == {"_id": {"$in": [target]}}
    assert call(agent.api, ask, target) == {}
    assert call(agent.api, ask, "nothing") == {}
    assert refused(api, ask, source) == "Invalid user [error-invalid-user]"


# Business hours ------------------------------------------------------------------------------


def test_a_business_hour_is_saved_and_removed(api: Api, admin: Api, agent: Person) -> None:
    name, department = unique("Hour"), create_department(admin)
    hour = {
        "name": name,
        "active": True,
        "type": "custom",
        "timezoneName": "Europe/Berlin",
        "workHours": [DAY],
        "daysTime": [{"day": "Monday"}],
        "departmentsToApplyBusinessHour": f"{department},",
    }

    assert call(admin, "saveBusinessHour", hour) is None

    (made,) = admin.get("livechat/business-hours", {"name": name}).json()["businessHours"]
    assert made["departments"] == [{"_id": department}]
    again = refused(admin, "saveBusinessHour", hour)
    assert again == "[error-business-hour-name-already-in-use]"
    for times, text in (
        ({"start": "21:00"}, "[error-business-hour-finish-time-before-start-time]"),
        ({"start": "20:00"}, "[error-business-hour-finish-time-equals-start-time]"),
        ({"start": "8 o'clock"}, "Match failed [400]"),
        ({"day": "Moonday"}, "Match failed [400]"),
    ):
        bad = {**hour, "name": unique("Hour"), "workHours": [{**DAY, **times}]}
        assert refused(admin, "saveBusinessHour", bad) == text
    for caller in (api, agent.api):
        assert refused(caller, "saveBusinessHour", hour) == NOT_ALLOWED
        assert refused(caller, "removeBusinessHour", made["_id"], "custom") == NOT_ALLOWED
    call(admin, "removeBusinessHour", made["_id"], "default")
    assert admin.get("livechat/business-hours", {"name": name}).json()["total"] == 1
    call(admin, "removeBusinessHour", made["_id"], "custom")
    call(admin, "removeBusinessHour", made["_id"], "custom")
    assert admin.get("livechat/business-hours", {"name": name}).json()["total"] == 0


# Units and monitors --------------------------------------------------------------------------


def test_a_monitor_is_appointed_and_dismissed(admin: Api, agent: Person) -> None:
    user = create_user(admin)

    made = call(admin, "addMonitor", user.username)

    assert made == {"_id": user.id, "username": user.username, "roles": ["user"]}
    assert "livechat-monitor" in user.api.get("me").json()["roles"]
    assert call(admin, "removeMonitor", user.username) is True
    assert "livechat-monitor" not in user.api.get("me").json()["roles"]
    for method in ("addMonitor", "removeMonitor"):
        assert refused(admin, method, "nobody") == "Invalid user [error-invalid-user]"
        assert refused(agent.api, method, user.username) == NOT_ALLOWED


def test_a_unit_is_saved_and_removed(admin: Api, agent: Person) -> None:
    monitor = create_user(admin, "livechat-monitor")
    department = create_department(admin)
    lists = unit_lists(monitor, department)

    made = call(admin, "saveUnit", None, {"name": "One", "visibility": "public"}, *lists)
    changed = call(
        admin, "saveUnit", made["_id"], {"name": "Two", "visibility": "private"}, lists[0], []
    )

    assert (made["name"], made["numMonitors"], made["numDepartments"]) == ("One", 1, 1)
    assert (changed["_id"], changed["name"], changed["numDepartments"]) == (made["_id"], "Two", 0)
    unit = {"name": "One", "visibility": "public"}
    unknown = refused(admin, "saveUnit", "x", unit, *lists)
    assert unknown == "Unit not found [error-unit-not-found]"
    for data, text in (
        ({"name": "One"}, "[Match error: Missing key 'visibility']"),
        ({**unit, "color": "red"}, "[Match error: Unknown key in field color]"),
    ):
        assert refused(admin, "saveUnit", None, data, *lists) == text
    assert refused(agent.api, "saveUnit", None, unit, *lists) == NOT_ALLOWED
    assert refused(agent.api, "removeUnit", made["_id"]) == NOT_ALLOWED
    assert call(admin, "removeUnit", made["_id"]) is True
    assert refused(admin, "removeUnit", made["_id"]) == "Unit not found [unit-not-found]"


def test_who_is_limited_to_units_and_departments_is_told_which(
    api: Api, admin: Api, agent: Person
) -> None:
    monitor = create_user(admin, "livechat-monitor")
    department = create_department(admin, agents=[agent])
    data = {"name": "One", "visibility": "public"}
    unit = call(admin, "saveUnit", None, data, *unit_lists(monitor, department))

    assert call(monitor.api, "getUnitsFromUser") == [unit["_id"]]
    assert call(agent.api, "getUnitsFromUser") == [department]
    assert call(admin, "getUnitsFromUser") is None
    assert call(create_user(admin).api, "getUnitsFromUser") is None
    assert refused(api, "getUnitsFromUser") == NOT_ALLOWED
    call(admin, "removeUnit", unit["_id"])
