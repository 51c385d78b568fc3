"""Archiving departments, taking them back, and removing them."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.builders import (
    Person,
    create_agent,
    create_department,
    create_user,
    inquiry_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    settings,
    unique,
)
from tests.harness.client import Api

REQUIRED = {
    "name": "Sales",
    "email": "sales@example.org",
    "enabled": True,
    "showOnRegistration": False,
    "showOnOfflineForm": False,
}


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


@pytest.fixture
def removal(admin: Api) -> Iterator[None]:
    """Let departments be removed, for the length of a test."""
    with settings(admin, Omnichannel_enable_department_removal=True):
        yield


def read(admin: Api, department_id: str) -> dict[str, Any]:
    """Return a department and its agents."""
    answer = admin.get(f"livechat/department/{department_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def archive(admin: Api, department_id: str, act: str = "archive") -> httpx.Response:
    """Archive a department, or take it back."""
    return admin.post(f"livechat/department/{department_id}/{act}")


def remove(api: Api, department_id: str) -> httpx.Response:
    """Remove a department."""
    return api.delete(f"livechat/department/{department_id}")


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


# Archiving -----------------------------------------------------------------------------------


def test_an_archived_department_is_disabled_with_its_links(admin: Api, agent: Person) -> None:
    department_id = create_department(admin, [agent])

    assert archive(admin, department_id).json() == {"success": True}
    assert archive(admin, department_id).status_code == 200

    found = read(admin, department_id)
    assert (found["department"]["archived"], found["department"]["enabled"]) == (True, False)
    assert [each["departmentEnabled"] for each in found["agents"]] == [False]
    body = {"department": REQUIRED}
    assert error_of(admin.put(f"livechat/department/{department_id}", body)) == (
        400,
        "Archived departments cant be enabled [error-archived-department-cant-be-enabled]",
    )


def test_a_department_out_of_the_archive_stays_disabled_until_it_is_saved(
    admin: Api, agent: Person
) -> None:
    department_id = create_department(admin, [agent])
    archive(admin, department_id)

    assert archive(admin, department_id, "unarchive").json() == {"success": True}

    found = read(admin, department_id)
    assert "archived" not in found["department"]
    assert found["department"]["enabled"] is False
    assert [each["departmentEnabled"] for each in found["agents"]] == [False]
    body = {"department": REQUIRED}
    enabled = admin.put(f"livechat/department/{department_id}", body).json()
    assert [each["departmentEnabled"] for each in enabled["agents"]] == [True]


def test_both_spellings_of_the_path_work(admin: Api) -> None:
    department_id = create_department(admin)

    assert admin.post(f"livechat/department/archive/{department_id}").status_code == 200
    assert read(admin, department_id)["department"]["archived"] is True
    assert admin.post(f"livechat/department/unarchive/{department_id}").status_code == 200
    assert "archived" not in read(admin, department_id)["department"]


def test_unknown_departments_cannot_be_archived(admin: Api, agent: Person) -> None:
    archived, taken_back = archive(admin, "nowhere"), archive(admin, "nowhere", "unarchive")

    assert archived.json() == {"success": False, "error": "department-not-found"}
    assert error_of(taken_back) == (400, "[department-not-found]")
    assert taken_back.json()["errorType"] == "department-not-found"
    assert archive(agent.api, "nowhere").status_code == 403
    assert archive(agent.api, "nowhere", "unarchive").status_code == 403


def test_archived_departments_have_a_list_of_their_own(admin: Api) -> None:
    text = unique("Team")
    kept, archived = (create_department(admin, name=f"{text} {each}") for each in "ab")
    archive(admin, archived)

    def found(path: str, **query: str) -> list[str]:
        answer = admin.get(path, {"text": text.lower(), **query}).json()
        return [str(each["_id"]) for each in answer["departments"]]

    assert found("livechat/department") == [kept]
    assert found("livechat/department", showArchived="true") == [kept, archived]
    assert found("livechat/departments/archived") == [archived]
    ignored = {"enabled": "true", "showArchived": "false"}
    assert found("livechat/departments/archived", **ignored) == [archived]
    assert found("livechat/departments/archived", excludeDepartmentId=archived) == []


# Removing ------------------------------------------------------------------------------------


def test_departments_are_removed_only_where_a_setting_allows_it(admin: Api) -> None:
    assert error_of(remove(admin, create_department(admin))) == (
        400,
        "error-department-removal-disabled",
    )


@pytest.mark.usefixtures("removal")
def test_a_removed_department_leaves_its_conversations_with_their_agents(
    api: Api, admin: Api, agent: Person
) -> None:
    department_id = create_department(admin, [agent])
    visitor = register_visitor(api, department=department_id)
    room, _ = open_conversation(api, visitor)
    assert room["departmentId"] == department_id

    assert remove(admin, department_id).json() == {"success": True}

    now = room_of(admin, room["_id"])
    assert "departmentId" not in now
    assert (now["open"], now["servedBy"]["_id"]) == (True, agent.id)
    inquiry = inquiry_of(admin, room["_id"])
    assert inquiry is not None
    assert inquiry["department"] == department_id
    assert admin.get(f"livechat/department/{department_id}").status_code == 404
    links = admin.get(f"livechat/agents/{agent.id}/departments").json()
    assert links["departments"] == []
    assert error_of(remove(admin, department_id)) == (400, "error-department-not-found")
    body = {"rid": room["_id"], "comment": "done"}
    assert agent.api.post("livechat/room.closeByUser", body).status_code == 200


@pytest.mark.usefixtures("removal")
def test_no_other_department_speaks_of_one_that_is_gone(admin: Api) -> None:
    gone, stays = create_department(admin), create_department(admin)
    other = create_department(
        admin,
        fallbackForwardDepartment=gone,
        departmentsAllowedToForward=[gone, stays],
        colour="red",
    )

    remove(admin, gone)

    document = read(admin, other)["department"]
    assert document["fallbackForwardDepartment"] == ""
    assert document["departmentsAllowedToForward"] == [stays]
    assert document["colour"] == "red"
    saved = admin.put(f"livechat/department/{other}", {"department": {**document, "_id": other}})
    assert saved.status_code == 200, saved.text


@pytest.mark.usefixtures("removal")
def test_a_unit_counts_a_removed_department_no_more(admin: Api) -> None:
    department_id = create_department(admin)
    body = {
        "unitData": {"name": unique("Unit"), "visibility": "public"},
        "unitMonitors": [],
        "unitDepartments": [{"departmentId": department_id}],
    }
    unit_id = admin.post("livechat/units", body).json()["_id"]

    assert remove(admin, department_id).status_code == 200

    assert admin.get(f"livechat/units/{unit_id}").json()["numDepartments"] == 0
    admin.delete(f"livechat/units/{unit_id}")


@pytest.mark.usefixtures("removal")
def test_departments_are_removed_with_a_permission_only(admin: Api, agent: Person) -> None:
    department_id = create_department(admin)

    assert remove(agent.api, department_id).status_code == 403
    manager = create_user(admin, "livechat-manager")
    assert remove(manager.api, department_id).status_code == 200


# Finding -------------------------------------------------------------------------------------


def complete(admin: Api, selector: str, **query: str) -> list[str]:
    """Return the names that complete what somebody types."""
    answer = admin.get("livechat/department.autocomplete", {"selector": selector, **query})
    assert answer.status_code == 200, answer.text
    return [str(each["name"]) for each in answer.json()["items"]]


def test_departments_are_completed_by_how_their_name_begins(admin: Api) -> None:
    text = unique("Team")
    first = create_department(admin, name=f"{text} a")
    create_department(admin, name=f"{text} b", enabled=False)
    archived = create_department(admin, name=f"{text} c")
    archive(admin, archived)
    create_department(admin, name=f"The {text}")

    assert complete(admin, f'{{"term": " {text.upper()} "}}') == [f"{text} a", f"{text} b"]
    assert complete(admin, f'{{"term": "{text}", "exceptions": ["{first}"]}}') == [f"{text} b"]
    enabled = f'{{"term": "{text}", "conditions": {{"enabled": true}}}}'
    assert complete(admin, enabled) == [f"{text} a"]
    assert complete(admin, f'{{"term": "{text} c"}}', showArchived="true") == [f"{text} c"]
    assert complete(admin, '{"term": "."}') == []
    assert f"{text} a" in complete(admin, "{}")


@pytest.mark.parametrize(
    "selector", [None, "", "notjson", "[]", '{"conditions": {"name": {"$ne": 1}}}']
)
def test_a_selector_that_cannot_be_read_is_refused(admin: Api, selector: str | None) -> None:
    query = {} if selector is None else {"selector": selector}

    answer = admin.get("livechat/department.autocomplete", query)

    assert answer.status_code == 400
    if not selector:
        assert answer.json()["error"] == "The 'selector' param is required"


def test_several_departments_are_read_at_once(admin: Api) -> None:
    department_id = create_department(admin)
    archive(admin, department_id)

    one = admin.get("livechat/department.listByIds", {"ids[]": [department_id, "nowhere"]})
    assert [each["_id"] for each in one.json()["departments"]] == [department_id]
    repeated = f"livechat/department.listByIds?ids={department_id}&ids=nowhere"
    assert len(admin.get(repeated).json()["departments"]) == 1
    scalar = admin.get("livechat/department.listByIds", {"ids": "x"})
    assert error_of(scalar) == (400, "The 'ids' param must be an array")
    missing = admin.get("livechat/department.listByIds")
    assert error_of(missing) == (400, "The 'ids' param is required")


def test_more_departments_can_always_be_made(admin: Api) -> None:
    answer = admin.get("livechat/department/isDepartmentCreationAvailable")

    assert answer.json() == {"isDepartmentCreationAvailable": True, "success": True}
