from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import httpx
import pytest

from tests.builders import create_agent, create_user, retire, unique
from tests.harness.client import Api

#: Due times are unique in a workspace.
minutes = count(1000)


@pytest.fixture(autouse=True)
def no_policies_left(admin: Api) -> Iterator[None]:
    """Remove all policies after each test."""
    yield
    for each in admin.get("livechat/sla", {"count": 0}).json()["sla"]:
        admin.delete(f"livechat/sla/{each['_id']}")


def create(admin: Api, **fields: Any) -> httpx.Response:
    """Send a new policy."""
    return admin.post(
        "livechat/sla", {"name": unique("Policy"), "dueTimeInMinutes": next(minutes), **fields}
    )


def created(admin: Api, **fields: Any) -> dict[str, Any]:
    """Make a policy and return it."""
    answer = create(admin, **fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["sla"])


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


def test_a_policy_is_made_with_and_without_a_description(admin: Api) -> None:
    described = created(admin, description="For customers with a contract")
    plain = created(admin)

    assert set(described) == {"_id", "name", "description", "dueTimeInMinutes"}
    assert set(plain) == {"_id", "name", "dueTimeInMinutes"}
    read = admin.get(f"livechat/sla/{plain['_id']}").json()
    assert set(read) == {"_id", "name", "dueTimeInMinutes", "_updatedAt", "success"}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must have required property 'name' [invalid-params]"),
        ({"name": "x"}, "must have required property 'dueTimeInMinutes' [invalid-params]"),
        ({"name": "x", "dueTimeInMinutes": "soon"}, "must be number [invalid-params]"),
        (
            {"name": "x", "dueTimeInMinutes": 1, "colour": "red"},
            "must NOT have additional properties [invalid-params]",
        ),
    ],
)
def test_a_policy_of_another_shape_is_refused(admin: Api, body: Any, text: str) -> None:
    assert error_of(admin.post("livechat/sla", body)) == (400, text)
    assert error_of(admin.put("livechat/sla/nowhere", body)) == (400, text)


def test_names_and_due_times_are_unique(admin: Api) -> None:
    first = created(admin)

    same_name = create(admin, name=first["name"])
    same_time = create(admin, dueTimeInMinutes=first["dueTimeInMinutes"] + 0.9)

    assert error_of(same_name) == (400, "error-duplicated-sla")
    assert error_of(same_time) == (400, "error-duplicated-sla")
    assert create(admin, name=first["name"].upper()).status_code == 200


def test_a_due_time_is_a_whole_number_of_any_size(admin: Api) -> None:
    assert created(admin, dueTimeInMinutes="7.9")["dueTimeInMinutes"] == 7
    assert created(admin, dueTimeInMinutes=-3)["dueTimeInMinutes"] == -3
    assert create(admin, dueTimeInMinutes=1e300).status_code == 200


def test_of_two_who_make_the_same_policy_at_once_one_succeeds(admin: Api) -> None:
    name = unique("Policy")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: create(admin, name=name), range(4)))

    assert sorted(each.status_code for each in answers) == [200, 400, 400, 400]


def test_a_policy_is_changed_and_keeps_the_description_that_is_not_sent(admin: Api) -> None:
    sla = created(admin, description="Before")
    other = created(admin)
    body = {"name": unique("Policy"), "dueTimeInMinutes": next(minutes)}

    changed = admin.put(f"livechat/sla/{sla['_id']}", body).json()["sla"]

    assert set(changed) == {"_id", "name", "description", "dueTimeInMinutes", "_updatedAt"}
    assert (changed["name"], changed["description"]) == (body["name"], "Before")
    again = admin.put(f"livechat/sla/{sla['_id']}", body)
    assert again.status_code == 200
    taken = {**body, "name": other["name"]}
    refused = admin.put(f"livechat/sla/{sla['_id']}", taken)
    assert error_of(refused) == (400, "error-duplicated-sla")
    kept = admin.get(f"livechat/sla/{sla['_id']}").json()
    assert kept["name"] == body["name"]


def test_unknown_policies_are_told_apart_by_status(admin: Api) -> None:
    text = "SLA with id nowhere not found"
    body = {"name": unique("Policy"), "dueTimeInMinutes": next(minutes)}

    assert error_of(admin.get("livechat/sla/nowhere")) == (404, text)
    assert error_of(admin.put("livechat/sla/nowhere", body)) == (404, text)
    assert error_of(admin.delete("livechat/sla/nowhere")) == (400, text)


def test_policies_are_listed_by_name_and_found_by_text(admin: Api) -> None:
    text = unique("Text")
    for name in ("b", "a"):
        created(admin, name=f"{text} {name}")
    created(admin, description=f"about {text}", name=unique("Z"))

    def found(**query: str) -> list[str]:
        answer = admin.get("livechat/sla", {"text": text.upper(), **query})
        assert answer.status_code == 200, answer.text
        return [str(each["name"]).removeprefix(f"{text} ") for each in answer.json()["sla"]]

    assert found(count="2") == ["a", "b"]
    assert found(sort='{"name": -1}', offset="1") == ["b", "a"]
    assert len(found(fields="{}", query="{}")) == 3
    assert error_of(admin.get("livechat/sla", {"colour": "red"}))[0] == 400


def test_agents_read_policies_only(admin: Api) -> None:
    agent = create_agent(admin)
    sla = created(admin)

    assert agent.api.get(f"livechat/sla/{sla['_id']}").status_code == 200
    assert create(agent.api).status_code == 403
    assert agent.api.put(f"livechat/sla/{sla['_id']}", {}).status_code == 403
    assert agent.api.delete(f"livechat/sla/{sla['_id']}").status_code == 403
    assert create_user(admin).api.get("livechat/sla").status_code == 403
    retire(admin, agent)
