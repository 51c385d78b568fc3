"""Which departments somebody sees who asks for the own ones only."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import Person, create_agent, create_department, create_user, retire, unique
from tests.harness.client import Api


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


@pytest.fixture
def text(admin: Api) -> str:
    """Return what the names of a test's departments begin with."""
    del admin
    return unique("Team")


@pytest.fixture
def monitor(admin: Api) -> Person:
    """Return a monitor."""
    return create_user(admin, "livechat-monitor")


@pytest.fixture
def unit(admin: Api, monitor: Person, text: str) -> Iterator[str]:
    """Return a unit with the monitor and the department `a`, for the length of a test."""
    body = {
        "unitData": {"name": text, "visibility": "public"},
        "unitMonitors": [{"monitorId": monitor.id, "username": monitor.username}],
        "unitDepartments": [{"departmentId": create_department(admin, name=f"{text} a")}],
    }
    unit_id = str(admin.post("livechat/units", body).json()["_id"])
    yield unit_id
    admin.delete(f"livechat/units/{unit_id}")


def seen(api: Api, text: str, **query: Any) -> list[str]:
    """Return the last letters of the names of a test's departments that somebody sees."""
    answer = api.get("livechat/department", {"text": text, "onlyMyDepartments": "true", **query})
    assert answer.status_code == 200, answer.text
    return [str(each["name"])[-1] for each in answer.json()["departments"]]


def test_without_units_everybody_sees_everything(
    admin: Api, agent: Person, monitor: Person, text: str
) -> None:
    for unit in admin.get("livechat/units", {"count": 0}).json()["units"]:
        admin.delete(f"livechat/units/{unit['_id']}")
    create_department(admin, name=f"{text} a")

    for api in (admin, agent.api, monitor.api):
        assert seen(api, text) == ["a"]


@pytest.mark.usefixtures("unit")
def test_managers_and_administrators_see_everything(admin: Api, text: str) -> None:
    create_department(admin, name=f"{text} b")
    manager = create_user(admin, "livechat-manager", "livechat-monitor")

    assert seen(admin, text) == seen(manager.api, text) == ["a", "b"]


@pytest.mark.usefixtures("unit")
def test_monitors_see_those_of_their_units_and_their_own(
    admin: Api, monitor: Person, text: str
) -> None:
    create_department(admin, [monitor], name=f"{text} b")
    create_department(admin, name=f"{text} c")

    assert seen(monitor.api, text) == ["a", "b"]
    assert seen(monitor.api, text, onlyMyDepartments="false") == ["a", "b", "c"]
    assert seen(create_user(admin, "livechat-monitor").api, text) == []


@pytest.mark.usefixtures("unit")
def test_agents_see_the_departments_they_belong_to(admin: Api, agent: Person, text: str) -> None:
    assert seen(agent.api, text) == []
    create_department(admin, [agent], name=f"{text} b")
    create_department(admin, name=f"{text} c")

    assert seen(agent.api, text) == ["b"]


@pytest.mark.usefixtures("unit")
def test_one_department_and_completions_are_restricted_likewise(
    admin: Api, agent: Person, text: str
) -> None:
    mine = create_department(admin, [agent], name=f"{text} b")
    other = create_department(admin, name=f"{text} c")
    only = {"onlyMyDepartments": "true"}

    assert agent.api.get(f"livechat/department/{mine}", only).status_code == 200
    assert agent.api.get(f"livechat/department/{other}", only).status_code == 404
    assert agent.api.get(f"livechat/department/{other}").status_code == 200
    selector = f'{{"term": "{text}"}}'
    query = {"selector": selector, **only}
    items = agent.api.get("livechat/department.autocomplete", query).json()["items"]
    assert items == [{"_id": mine, "name": f"{text} b"}]


def test_departments_that_a_unit_could_have_are_restricted_likewise(
    admin: Api, monitor: Person, unit: str, text: str
) -> None:
    create_department(admin, name=f"{text} b")
    granted = {"permissionId": "manage-livechat-units", "role": "livechat-monitor"}
    assert admin.post("permissions.addRole", granted).status_code == 200

    path = f"livechat/units/{unit}/departments/available"
    query = {"text": text, "onlyMyDepartments": "true"}
    found = monitor.api.get(path, query).json()["departments"]
    assert [each["name"] for each in found] == [f"{text} a"]

    assert admin.post("permissions.removeRole", granted).status_code == 200
