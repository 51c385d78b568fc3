from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.builders import Person, create_agent, create_department, create_user, retire, unique
from tests.harness.client import Api


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


def save(admin: Api, name: str, *departments: str, **more: Any) -> httpx.Response:
    """Save a tag, for everybody if no department is named."""
    body: dict[str, Any] = {"tagData": {"name": name}, **more}
    if departments:
        body["tagDepartments"] = list(departments)
    return admin.post("livechat/tags.save", body)


def saved(admin: Api, name: str, *departments: str, **more: Any) -> str:
    """Save a tag and return its id."""
    answer = save(admin, name, *departments, **more)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["_id"])


def found(api: Api, text: str, **query: Any) -> list[str]:
    """Return the ends of the names of tags with a text."""
    answer = api.get("livechat/tags", {"text": text, **query})
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] >= answer.json()["count"]
    return [str(each["name"]).removeprefix(f"{text} ") for each in answer.json()["tags"]]


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


def test_a_tag_without_departments_is_for_everybody(admin: Api) -> None:
    name = unique("Tag")

    made = save(admin, name).json()

    tag_id = made.pop("_id")
    assert made == {"name": name, "numDepartments": 0, "departments": [], "success": True}
    read = admin.get(f"livechat/tags/{tag_id}").json()
    assert {**read, "_updatedAt": ""} == {**made, "_id": tag_id, "_updatedAt": ""}


def test_a_tag_is_changed_by_its_id(admin: Api) -> None:
    tag_id = saved(admin, unique("Tag"), "a", "b")
    name = unique("Tag")
    body = {"_id": tag_id, "tagData": {"name": name, "description": "d"}, "tagDepartments": None}

    changed = admin.post("livechat/tags.save", body).json()

    assert set(changed) == {
        *("_id", "name", "description", "numDepartments", "departments", "_updatedAt", "success"),
    }
    assert (changed["_id"], changed["name"], changed["numDepartments"]) == (tag_id, name, 0)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must have required property 'tagData'"),
        ({"tagData": {}}, "must have required property 'name'"),
        ({"tagData": {"name": "a"}, "tagDepartments": []}, "must NOT have fewer than 1 items"),
        ({"tagData": {"name": "a"}, "more": 1}, "must NOT have additional properties"),
    ],
)
def test_a_tag_of_another_shape_is_refused(admin: Api, body: Any, text: str) -> None:
    answer = admin.post("livechat/tags.save", body)

    assert error_of(answer) == (400, text)
    assert answer.json()["errorType"] == "invalid-params"


def test_more_than_name_and_description_is_not_kept(admin: Api) -> None:
    body = {"tagData": {"name": unique("Tag"), "colour": "red"}}

    assert "colour" not in admin.post("livechat/tags.save", body).json()


def test_names_are_unique(admin: Api) -> None:
    first, second = unique("Tag"), unique("Tag")
    saved(admin, first)
    second_id = saved(admin, second)

    assert error_of(save(admin, first)) == (400, "error-duplicated-tag")
    assert error_of(save(admin, first, _id=second_id)) == (400, "error-duplicated-tag")
    assert save(admin, second, _id=second_id).status_code == 200
    assert admin.get(f"livechat/tags/{second_id}").json()["name"] == second


def test_of_two_who_make_the_same_tag_at_once_one_succeeds(admin: Api) -> None:
    name = unique("Tag")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: save(admin, name), range(4)))

    assert sorted(each.status_code for each in answers) == [200, 400, 400, 400]


def test_unknown_tags_are_not_found(admin: Api) -> None:
    text = "Tag not found [tag-not-found]"

    assert error_of(admin.get("livechat/tags/nowhere")) == (404, "Tag not found")
    assert error_of(save(admin, unique("Tag"), _id="nowhere")) == (400, text)
    assert error_of(admin.post("livechat/tags.delete", {"id": "nowhere"})) == (400, text)


def test_a_tag_is_removed_once(admin: Api) -> None:
    tag_id = saved(admin, unique("Tag"))

    assert admin.post("livechat/tags.delete", {"id": tag_id}).json() == {"success": True}
    assert admin.post("livechat/tags.delete", {"id": tag_id}).status_code == 400
    missing = admin.post("livechat/tags.delete", {})
    assert error_of(missing) == (400, "must have required property 'id'")


def test_managers_see_public_tags_those_of_a_department_or_all(admin: Api) -> None:
    text = unique("Text")
    saved(admin, f"{text} public")
    saved(admin, f"{text} x", "x")
    saved(admin, f"{text} y", "x", "y")

    assert found(admin, text) == ["public"]
    assert found(admin, text, department="y") == ["public", "y"]
    assert found(admin, text, viewAll="true") == ["public", "x", "y"]
    assert found(admin, text, viewAll="true", department="y") == ["public", "x", "y"]
    assert found(admin, text, viewAll="true", sort='{"name": -1}', count=1) == ["y"]


def test_agents_see_public_tags_and_those_of_their_departments(admin: Api, agent: Person) -> None:
    text = unique("Text")
    mine, also_mine = create_department(admin, [agent]), create_department(admin, [agent])
    saved(admin, f"{text} public")
    saved(admin, f"{text} mine", mine)
    saved(admin, f"{text} also", also_mine)
    saved(admin, f"{text} strange", "strange")

    assert found(agent.api, text) == ["also", "mine", "public"]
    assert found(agent.api, text, viewAll="true") == ["also", "mine", "public"]
    assert found(agent.api, text, department=mine) == ["mine", "public"]
    assert found(agent.api, text, department="strange") == ["also", "mine", "public"]


def test_monitors_see_the_tags_of_active_departments_of_their_units(
    admin: Api, agent: Person
) -> None:
    text = unique("Text")
    monitor = create_user(admin, "livechat-monitor")
    active, empty = create_department(admin, [agent]), create_department(admin)
    body = {
        "unitData": {"name": unique("Unit"), "visibility": "public"},
        "unitMonitors": [{"monitorId": monitor.id, "username": monitor.username}],
        "unitDepartments": [{"departmentId": each} for each in (active, empty)],
    }
    unit_id = admin.post("livechat/units", body).json()["_id"]
    saved(admin, f"{text} active", active)
    saved(admin, f"{text} empty", empty)

    assert found(monitor.api, text) == ["active"]

    assert admin.delete(f"livechat/units/{unit_id}").status_code == 200


def test_a_text_is_found_literally_in_name_and_description(admin: Api) -> None:
    text = unique("Text")
    saved(admin, f"{text} a.b")
    saved(admin, f"{text} axb")
    body = {"tagData": {"name": unique("Z"), "description": f"About {text} a.b"}}
    admin.post("livechat/tags.save", body)

    answer = admin.get("livechat/tags", {"text": f"{text.upper()} A.B"}).json()

    assert [each["name"] for each in answer["tags"]] == [
        f"{text} a.b",
        body["tagData"]["name"],
    ]


def test_tags_are_saved_by_those_who_manage_them(admin: Api, agent: Person) -> None:
    assert save(agent.api, unique("Tag")).status_code == 403
    assert agent.api.post("livechat/tags.delete", {"id": "x"}).status_code == 403
    assert create_user(admin).api.get("livechat/tags").status_code == 403
