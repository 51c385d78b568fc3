from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.builders import Person, create_agent, create_user, retire, unique
from tests.harness.client import Api


@pytest.fixture(autouse=True)
def default_names(admin: Api) -> Iterator[None]:
    """Give the priorities back their names after each test."""
    yield
    admin.post("livechat/priorities.reset")


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


def priorities(api: Api, **query: Any) -> list[dict[str, Any]]:
    """Return the priorities that a query finds."""
    answer = api.get("livechat/priorities", query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["priorities"])


def id_of(admin: Api, label: str) -> str:
    """Return the id of the priority with this label."""
    return next(str(each["_id"]) for each in priorities(admin) if each["i18n"] == label)


def change(admin: Api, priority_id: str, body: Any) -> httpx.Response:
    """Rename or reset a priority."""
    return admin.put(f"livechat/priorities/{priority_id}", body)


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


def test_a_workspace_starts_with_five_priorities_the_lowest_first(agent: Person) -> None:
    answer = agent.api.get("livechat/priorities").json()

    labels = ["Lowest", "Low", "Medium", "High", "Highest"]
    assert [each["i18n"] for each in answer["priorities"]] == labels
    assert [each["sortItem"] for each in answer["priorities"]] == [5, 4, 3, 2, 1]
    assert (answer["count"], answer["offset"], answer["total"]) == (5, 0, 5)
    assert not any("name" in each or each["dirty"] for each in answer["priorities"])


def test_default_names_are_not_found_by_text(admin: Api) -> None:
    answer = admin.get("livechat/priorities", {"text": "High"}).json()

    assert (answer["priorities"], answer["total"]) == ([], 0)


def test_renamed_priorities_are_found_by_text_and_come_last(admin: Api) -> None:
    change(admin, id_of(admin, "Low"), {"name": "b (2)"})
    change(admin, id_of(admin, "High"), {"name": "A"})

    assert [each.get("name") for each in priorities(admin)] == [None, None, None, "A", "b (2)"]
    assert [each["name"] for each in priorities(admin, text="B (")] == ["b (2)"]
    assert [each["sortItem"] for each in priorities(admin, sort='{"sortItem": 1}', count=2)] == [
        1,
        2,
    ]


@pytest.mark.parametrize("name", ["fields", "query"])
def test_a_list_is_asked_for_in_the_right_words(admin: Api, name: str) -> None:
    answer = admin.get("livechat/priorities", {name: "{}"})

    assert error_of(answer) == (400, "must NOT have additional properties [invalid-params]")


def test_one_priority_is_read(agent: Person, admin: Api) -> None:
    priority_id = id_of(admin, "Lowest")

    answer = agent.api.get(f"livechat/priorities/{priority_id}").json()

    assert answer.pop("success") is True
    assert {**answer, "_updatedAt": ""} == {
        "_id": priority_id,
        "i18n": "Lowest",
        "sortItem": 5,
        "dirty": False,
        "_updatedAt": "",
    }
    unknown = admin.get("livechat/priorities/nowhere")
    assert error_of(unknown) == (404, "Priority with id nowhere not found")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must match exactly one schema in oneOf [invalid-params]"),
        (
            {"name": "x", "reset": True},
            "must NOT have additional properties\n must NOT have additional properties\n "
            "must match exactly one schema in oneOf [invalid-params]",
        ),
        (
            [],
            "must be object\n must be object\n must match exactly one schema in oneOf "
            "[invalid-params]",
        ),
        ({"name": "x"}, "error-unable-to-update-priority"),
    ],
)
def test_a_change_of_another_shape_is_refused(admin: Api, body: Any, text: str) -> None:
    assert error_of(change(admin, "nowhere", body)) == (400, text)


def test_a_name_is_trimmed_and_unique_in_any_case(admin: Api) -> None:
    low, high = id_of(admin, "Low"), id_of(admin, "High")

    assert change(admin, low, {"name": "  VIP "}).json() == {"success": True}
    stored = admin.get(f"livechat/priorities/{low}").json()
    assert (stored["name"], stored["dirty"]) == ("VIP", True)
    assert error_of(change(admin, high, {"name": "vip"})) == (400, "error-duplicate-priority-name")
    assert change(admin, low, {"name": "Vip"}).status_code == 200


def test_default_names_of_others_are_free(admin: Api) -> None:
    assert change(admin, id_of(admin, "Low"), {"name": "High"}).status_code == 200


def test_a_number_is_a_name_and_a_blank_name_is_a_reset(admin: Api) -> None:
    low = id_of(admin, "Low")

    assert change(admin, low, {"name": 5}).status_code == 200
    assert admin.get(f"livechat/priorities/{low}").json()["name"] == "5"
    assert change(admin, low, {"name": None}).status_code == 200
    assert "name" not in admin.get(f"livechat/priorities/{low}").json()


def test_only_a_reset_that_is_meant_resets(admin: Api) -> None:
    low = id_of(admin, "Low")
    change(admin, low, {"name": "VIP"})

    assert change(admin, low, {"reset": False}).status_code == 200
    assert admin.get(f"livechat/priorities/{low}").json()["name"] == "VIP"
    assert change(admin, low, {"reset": True}).status_code == 200
    assert admin.get(f"livechat/priorities/{low}").json()["dirty"] is False


def test_all_names_are_reset_at_once_if_there_are_any(admin: Api) -> None:
    nothing = admin.post("livechat/priorities.reset")
    assert (nothing.status_code, nothing.json()) == (400, {"success": False})
    assert admin.get("livechat/priorities.reset").json()["reset"] is False
    change(admin, id_of(admin, "Low"), {"name": "a"})
    change(admin, id_of(admin, "High"), {"name": "b"})
    assert admin.get("livechat/priorities.reset").json()["reset"] is True

    assert admin.post("livechat/priorities.reset").json() == {"success": True}

    assert not any(each["dirty"] for each in priorities(admin))
    assert admin.get("livechat/priorities.reset").json()["reset"] is False


def test_of_two_who_want_the_same_name_at_once_one_gets_it(admin: Api) -> None:
    name = unique("Priority")
    ids = [id_of(admin, label) for label in ("Low", "Medium", "High")]

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda each: change(admin, each, {"name": name}), ids))

    assert sorted(each.status_code for each in answers) == [200, 400, 400]


def test_agents_read_priorities_and_others_do_not(admin: Api, agent: Person) -> None:
    assert change(agent.api, id_of(admin, "Low"), {"name": "x"}).status_code == 403
    assert agent.api.get("livechat/priorities.reset").status_code == 403
    stranger = create_user(admin)
    assert stranger.api.get("livechat/priorities").status_code == 403
    assert stranger.api.put("livechat/priorities/nowhere", {}).status_code == 403
