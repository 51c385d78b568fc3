from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.builders import Person, create_agent, create_department, create_user, retire, unique
from tests.harness.client import Api

UNKNOWN = "Canned Response not found [error-canned-response-not-found]"
TAKEN = "Shortcut provided already exists [error-invalid-shortcut]"


def not_allowed(scope: str) -> tuple[int, str]:
    """Return how a scope is refused."""
    text = f"Not allowed to modify canned responses on *{scope}* scope [error-not-allowed]"
    return 400, text


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


def save(api: Api, shortcut: str, scope: str = "user", **more: Any) -> httpx.Response:
    """Save a response."""
    return api.post(
        "canned-responses", {"shortcut": shortcut, "text": "Hello", "scope": scope, **more}
    )


def saved(api: Api, scope: str = "user", **more: Any) -> dict[str, Any]:
    """Save a response and return it."""
    shortcut = unique("cut")
    answer = save(api, shortcut, scope, **more)
    assert (answer.status_code, answer.json()) == (200, {"success": True}), answer.text
    (found,) = listed(api, shortcut=shortcut)
    return found


def listed(api: Api, **query: Any) -> list[dict[str, Any]]:
    """Return the responses that a list shows."""
    answer = api.get("canned-responses", query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] >= answer.json()["count"]
    return list(answer.json()["cannedResponses"])


def at_hand(api: Api) -> set[str]:
    """Return the ids of what a user can use."""
    answer = api.get("canned-responses.get")
    assert answer.status_code == 200, answer.text
    return {each["_id"] for each in answer.json()["responses"]}


def remove(api: Api, response_id: str, by_body: bool = False) -> httpx.Response:
    """Remove a response."""
    if by_body:
        return api.http.request("DELETE", "/api/v1/canned-responses", json={"_id": response_id})
    return api.delete(f"canned-responses/{response_id}")


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


def test_a_saved_response_says_what_it_is_and_who_made_it(admin: Api, agent: Person) -> None:
    made = saved(agent.api, tags=["a", "b"])

    assert made["_createdAt"] == made["_updatedAt"]
    wanted = {
        "_id": made["_id"],
        "shortcut": made["shortcut"],
        "text": "Hello",
        "scope": "user",
        "tags": ["a", "b"],
        "userId": agent.id,
        "createdBy": {"_id": agent.id, "username": agent.username},
        "_createdAt": made["_createdAt"],
        "_updatedAt": made["_updatedAt"],
    }
    assert made == wanted
    read = agent.api.get(f"canned-responses/{made['_id']}").json()
    assert read == {"cannedResponse": wanted, "success": True}


def test_own_responses_are_for_their_owner_and_readable_for_managers(
    admin: Api, agent: Person
) -> None:
    other = create_agent(admin)
    made = saved(agent.api)
    path = f"canned-responses/{made['_id']}"

    assert made["_id"] in at_hand(agent.api)
    assert error_of(other.api.get(path)) == (404, "Resource not found")
    assert listed(other.api, shortcut=made["shortcut"]) == []
    assert made["_id"] not in at_hand(other.api)
    assert admin.get(path).status_code == 200
    assert len(listed(admin, shortcut=made["shortcut"])) == 1
    assert made["_id"] not in at_hand(admin)
    assert error_of(admin.get("canned-responses/nowhere")) == (404, "Resource not found")
    retire(admin, other)


def test_responses_of_departments_are_for_their_agents_and_monitors_even_while_disabled(
    admin: Api, agent: Person
) -> None:
    mine = create_department(admin, [agent], enabled=False)
    strange = create_department(admin)
    of_mine = saved(admin, "department", departmentId=mine)
    of_strange = saved(admin, "department", departmentId=strange)
    monitor = create_user(admin, "livechat-monitor")
    unit = admin.post(
        "livechat/units",
        {
            "unitData": {"name": unique("Unit"), "visibility": "public"},
            "unitMonitors": [{"monitorId": monitor.id, "username": monitor.username}],
            "unitDepartments": [{"departmentId": mine}],
        },
    ).json()

    for person in (agent, monitor):
        assert of_mine["_id"] in at_hand(person.api)
        assert of_strange["_id"] not in at_hand(person.api)
        assert len(listed(person.api, departmentId=mine)) == 1
        assert listed(person.api, departmentId=strange) == []
        assert person.api.get(f"canned-responses/{of_strange['_id']}").status_code == 404
    assert {of_mine["_id"], of_strange["_id"]} <= at_hand(admin)

    assert admin.delete(f"livechat/units/{unit['_id']}").status_code == 200


def test_a_list_is_filtered_by_everything_at_once(admin: Api, agent: Person) -> None:
    tag, word = unique("tag"), unique("WORD")
    first = saved(admin, "global", tags=[tag], text=f"some {word}[a-z]* text")
    second = saved(agent.api, tags=[tag, "more"], text=word)

    def found(**query: Any) -> list[str]:
        return [each["_id"] for each in listed(admin, **query)]

    both = sorted([first, second], key=lambda each: str(each["shortcut"]))
    assert found(tags=tag) == [each["_id"] for each in both]
    assert found(**{"tags[]": [tag, "none"]}) == [each["_id"] for each in both]
    assert found(tags=tag, sort='{"shortcut": -1}', count=1) == [both[1]["_id"]]
    assert found(tags=tag, text=word.lower()) == [each["_id"] for each in both]
    assert found(text=f"{word}[a-z]*") == [first["_id"]]
    assert found(tags=tag, text=first["shortcut"].upper()) == [first["_id"]]
    assert found(tags=tag, createdBy=agent.id) == [second["_id"]]
    assert found(tags=tag, scope="global") == [first["_id"]]
    assert found(tags=tag, scope="user", createdBy="nobody") == []
    assert found(tags=tag, fields="{}", departmentId="nowhere") == []
    assert error_of(admin.get("canned-responses", {"sort": "x"})) == (
        400,
        'Invalid sort parameter provided: "x" [error-invalid-sort]',
    )
    assert admin.get("canned-responses", {"more": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"text": "t", "scope": "user"}, "must have required property 'shortcut'"),
        ({"shortcut": "s", "scope": "user"}, "must have required property 'text'"),
        ({"shortcut": "s", "text": "t"}, "must have required property 'scope'"),
        ({"shortcut": "", "text": "t", "scope": "user"}, "must NOT have fewer than 1 characters"),
        (
            {"shortcut": "s", "text": "t", "scope": "all"},
            "must be equal to one of the allowed values",
        ),
        (
            {"shortcut": "s", "text": "t", "scope": "user", "more": 1},
            "must NOT have additional properties",
        ),
        ({"shortcut": "s" * 501, "text": "t", "scope": "user"}, "must NOT have more than 500"),
    ],
)
def test_a_response_of_another_shape_is_refused(admin: Api, body: Any, text: str) -> None:
    status, error = error_of(admin.post("canned-responses", body))

    assert status == 400
    assert error.startswith(text)
    assert error.endswith("[invalid-params]")


def test_scopes_are_for_those_who_may_write_them(admin: Api, agent: Person) -> None:
    monitor = create_user(admin, "livechat-monitor")
    shortcut = unique("cut")

    assert error_of(save(agent.api, shortcut, "global")) == not_allowed("global")
    assert error_of(save(agent.api, shortcut, "department")) == not_allowed("department")
    assert save(agent.api, shortcut).status_code == 200
    assert error_of(save(monitor.api, unique("cut"), "global")) == not_allowed("global")
    without = save(monitor.api, unique("cut"), "department")
    assert error_of(without) == (400, "Invalid department [error-invalid-department]")
    assert without.json()["details"] == {"method": "saveCannedResponse"}
    unknown = save(monitor.api, unique("cut"), "department", departmentId="nowhere")
    assert error_of(unknown) == (400, "Invalid department [error-invalid-department]")
    department = create_department(admin)
    assert save(monitor.api, unique("cut"), "department", departmentId=department).is_success
    user = create_user(admin)
    assert save(user.api, unique("cut")).status_code == 403
    assert user.api.get("canned-responses").status_code == 403


def test_shortcuts_are_unique_over_the_whole_workspace(admin: Api, agent: Person) -> None:
    mine = saved(agent.api)
    theirs = saved(admin, "global")

    answer = save(admin, mine["shortcut"], "global")
    assert error_of(answer) == (400, TAKEN)
    assert answer.json()["errorType"] == "error-invalid-shortcut"
    assert answer.json()["details"] == {"method": "saveCannedResponse"}
    assert save(agent.api, mine["shortcut"].upper()).status_code == 200
    assert error_of(save(agent.api, mine["shortcut"], "global")) == not_allowed("global")
    assert error_of(save(agent.api, theirs["shortcut"], _id=mine["_id"])) == (400, TAKEN)
    assert save(agent.api, mine["shortcut"], _id=mine["_id"]).status_code == 200
    assert error_of(save(agent.api, unique("cut"), _id="nowhere")) == (400, UNKNOWN)


def test_of_two_who_take_a_shortcut_at_once_one_succeeds(admin: Api) -> None:
    shortcut = unique("cut")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: save(admin, shortcut, "global"), range(4)))

    assert sorted(each.status_code for each in answers) == [200, 400, 400, 400]
    assert {error_of(each) for each in answers if each.status_code == 400} == {(400, TAKEN)}


def test_a_change_replaces_all_but_who_made_it_and_when(admin: Api, agent: Person) -> None:
    made = saved(agent.api, tags=["a"])
    shortcut = unique("cut")

    assert save(agent.api, shortcut, text="Bye", _id=made["_id"]).status_code == 200

    (changed,) = listed(agent.api, shortcut=shortcut)
    assert {**changed, "_updatedAt": ""} == {
        **made,
        "shortcut": shortcut,
        "text": "Bye",
        "tags": [],
        "_updatedAt": "",
    }


def test_whom_a_response_is_for_follows_its_scope(admin: Api, agent: Person) -> None:
    department = create_department(admin)
    made = saved(agent.api)
    given = {"_id": made["_id"], "departmentId": department}

    def after(scope: str, **more: Any) -> tuple[Any, Any]:
        assert save(admin, made["shortcut"], scope, **more).status_code == 200
        (found,) = listed(admin, shortcut=made["shortcut"])
        return found.get("userId"), found.get("departmentId")

    assert after("department", **given) == (None, department)
    assert after("global", _id=made["_id"]) == (None, None)
    assert after("global", **given) == (None, department)
    assert after("global", _id=made["_id"]) == (None, department)
    assert after("user", **given) == (agent.id, None)


def test_what_is_not_ones_own_is_neither_changed_nor_removed(admin: Api, agent: Person) -> None:
    other = create_agent(admin)
    mine, for_all = saved(agent.api), saved(admin, "global")

    assert error_of(save(other.api, unique("cut"), _id=mine["_id"])) == not_allowed("user")
    assert error_of(save(other.api, unique("cut"), _id=for_all["_id"])) == not_allowed("global")
    for by_body in (True, False):
        assert error_of(remove(other.api, mine["_id"], by_body)) == not_allowed("user")
        assert error_of(remove(other.api, for_all["_id"], by_body)) == not_allowed("global")
    assert remove(admin, mine["_id"]).status_code == 200
    retire(admin, other)


@pytest.mark.parametrize("by_body", [True, False])
def test_a_response_is_removed_once(agent: Person, by_body: bool) -> None:
    made = saved(agent.api)

    assert remove(agent.api, made["_id"], by_body).json() == {"success": True}
    again = remove(agent.api, made["_id"], by_body)
    assert error_of(again) == (400, UNKNOWN)
    assert again.json()["details"] == {"method": "removeCannedResponse"}


def test_a_removal_names_the_response(admin: Api) -> None:
    answer = admin.http.request("DELETE", "/api/v1/canned-responses", json={})

    assert error_of(answer) == (400, "must have required property '_id' [invalid-params]")


def test_a_tag_that_is_removed_vanishes_from_responses(admin: Api) -> None:
    tag = unique("Tag")
    tag_id = admin.post("livechat/tags.save", {"tagData": {"name": tag}}).json()["_id"]
    made = saved(admin, "global", tags=["first", tag, "last"])

    assert admin.post("livechat/tags.delete", {"id": tag_id}).status_code == 200

    (found,) = listed(admin, shortcut=made["shortcut"])
    assert found["tags"] == ["first", "last"]
