from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.builders import (
    Person,
    create_agent,
    create_department,
    create_user,
    retire,
    unique,
)
from tests.harness.client import Api

REQUIRED = {
    "name": "Sales",
    "email": "sales@example.org",
    "enabled": True,
    "showOnRegistration": True,
    "showOnOfflineForm": False,
}


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent who is available, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


def create(admin: Api, agents: Any = None, **fields: Any) -> httpx.Response:
    """Send a new department; None takes a member away."""
    department = {**REQUIRED, **fields}
    body: dict[str, Any] = {"department": department}
    if agents is not None:
        body["agents"] = agents
    return admin.post("livechat/department", body)


def update(admin: Api, department_id: str, **fields: Any) -> httpx.Response:
    """Change a department."""
    body = {"department": {**REQUIRED, **fields}}
    return admin.put(f"livechat/department/{department_id}", body)


def read(admin: Api, department_id: str) -> dict[str, Any]:
    """Return a department and its agents."""
    answer = admin.get(f"livechat/department/{department_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def change_agents(admin: Api, department_id: str, **body: Any) -> httpx.Response:
    """Add and remove agents."""
    changes = {"upsert": [], "remove": [], **body}
    return admin.post(f"livechat/department/{department_id}/agents", changes)


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


# Creating ------------------------------------------------------------------------------------


def test_a_department_is_kept_as_it_was_sent(admin: Api, agent: Person) -> None:
    given = {
        **REQUIRED,
        "description": "Before the purchase",
        "requestTagBeforeClosingChat": True,
        "chatClosingTags": ["sold"],
        "maxNumberSimultaneousChat": "2",
        "visitorInactivityTimeoutInSeconds": 120,
        "colour": "red",
    }

    answer = create(admin, [{"agentId": agent.id, "order": 2}], **given).json()

    department = answer["department"]
    assert {name: department[name] for name in given} == given
    assert department["type"] == "d"
    assert department["numAgents"] == 1
    (link,) = answer["agents"]
    assert link["username"] == agent.username
    assert (link["count"], link["order"], link["departmentEnabled"]) == (0, 2, True)
    assert read(admin, department["_id"]) == {
        "department": department,
        "agents": [link],
        "success": True,
    }


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must have required property 'department' [invalid-params]"),
        ({"department": {}}, "must have required property 'name' [invalid-params]"),
        ({"department": {"name": "a"}}, "must have required property 'email' [invalid-params]"),
        ({"department": REQUIRED, "x": 1}, "must NOT have additional properties [invalid-params]"),
        (
            {"department": REQUIRED, "agents": [{"agentId": "a", "username": "b"}]},
            "must NOT have additional properties [invalid-params]",
        ),
        (
            {"department": REQUIRED, "departmentUnit": {"_id": {}}},
            "must be string [invalid-params]",
        ),
        (
            {"department": {**REQUIRED, "name": "n" * 501}},
            "must NOT have more than 500 characters [invalid-params]",
        ),
        (
            {"department": {**REQUIRED, "description": None}},
            "Match error: Failed Match.OneOf, Match.Maybe or Match.Optional validation "
            "in field description",
        ),
        (
            {"department": {**REQUIRED, "ratio": 1.5}},
            "Match error: Failed Match.OneOf, Match.Maybe or Match.Optional validation "
            "in field ratio",
        ),
        (
            {"department": {**REQUIRED, "requestTagBeforeClosingChat": True}},
            "At least one closing tag is required when the department requires tag(s) on closing "
            "conversations. [error-validating-department-chat-closing-tags]",
        ),
        (
            {"department": {**REQUIRED, "fallbackForwardDepartment": "nowhere"}},
            "Fallback department not found [error-fallback-department-not-found]",
        ),
    ],
)
def test_a_department_of_another_shape_is_refused(
    admin: Api, body: dict[str, Any], text: str
) -> None:
    assert error_of(admin.post("livechat/department", body)) == (400, text)


def test_no_unit_is_no_error(admin: Api) -> None:
    body = {"department": REQUIRED, "departmentUnit": {"_id": None}}

    assert admin.post("livechat/department", body).status_code == 200


def test_departments_are_saved_with_a_permission_only(admin: Api, agent: Person) -> None:
    assert create(agent.api).status_code == 403
    department_id = create_department(admin)
    assert update(agent.api, department_id).status_code == 403
    assert change_agents(agent.api, department_id).status_code == 403


# Changing ------------------------------------------------------------------------------------


def test_what_is_not_sent_stays_and_what_the_server_writes_cannot_be_sent(
    admin: Api, agent: Person
) -> None:
    department_id = create_department(admin, [agent], description="Before", colour="red")

    answer = update(admin, department_id, name="Support", numAgents=9, archived=True, _id="other")

    department = answer.json()["department"]
    assert department["_id"] == department_id
    assert department["name"] == "Support"
    assert department["description"] == "Before"
    assert department["colour"] == "red"
    assert department["numAgents"] == 1
    assert "archived" not in department
    assert [each["agentId"] for each in answer.json()["agents"]] == [agent.id]


def test_links_follow_whether_the_department_is_enabled(admin: Api, agent: Person) -> None:
    department_id = create_department(admin, [agent])

    disabled = update(admin, department_id, enabled=False).json()
    assert [each["departmentEnabled"] for each in disabled["agents"]] == [False]

    enabled = update(admin, department_id, enabled=True).json()
    assert [each["departmentEnabled"] for each in enabled["agents"]] == [True]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must have required property 'department' [invalid-params]"),
        ({"department": {}}, "must have required property 'name' [invalid-params]"),
        ({"department": {"name": "a"}}, "Match error: Missing key 'enabled'"),
        (
            {"department": {**REQUIRED, "enabled": "true"}},
            "Match error: Expected boolean, got string in field enabled",
        ),
        (
            {
                "department": {
                    **REQUIRED,
                    "requestTagBeforeClosingChat": True,
                    "chatClosingTags": [],
                }
            },
            "At least one closing tag is required when the department requires tag(s) on closing "
            "conversations. [error-validating-department-chat-closing-tags]",
        ),
        (
            {"department": {**REQUIRED, "fallbackForwardDepartment": "nowhere"}},
            "Fallback department not found [error-fallback-department-not-found]",
        ),
    ],
)
def test_a_change_of_another_shape_is_refused(admin: Api, body: dict[str, Any], text: str) -> None:
    department_id = create_department(admin)

    assert error_of(admin.put(f"livechat/department/{department_id}", body)) == (400, text)


def test_a_department_cannot_fall_back_on_itself(admin: Api) -> None:
    department_id = create_department(admin)

    answer = update(admin, department_id, fallbackForwardDepartment=department_id)

    assert error_of(answer) == (
        400,
        "Cannot save department. Circular reference between fallback department and department "
        "[error-fallback-department-circular]",
    )
    assert "details" not in answer.json()


def test_an_unknown_department_cannot_be_changed(admin: Api) -> None:
    answer = update(admin, "nowhere", fallbackForwardDepartment="nowhere")

    assert error_of(answer) == (400, "Department not found [error-department-not-found]")
    assert answer.json()["details"] == {"method": "livechat:saveDepartment"}


def test_who_may_only_add_agents_may_not_change_the_department(admin: Api) -> None:
    role = admin.post("roles.create", {"name": unique("adders")}).json()["role"]["_id"]
    granted = {"permissionId": "add-livechat-department-agents", "role": role}
    assert admin.post("permissions.addRole", granted).status_code == 200
    adder = create_user(admin, role)
    department_id = create_department(admin)

    assert error_of(update(adder.api, department_id)) == (400, "error-not-allowed")
    assert change_agents(adder.api, department_id).status_code == 200

    assert admin.post("permissions.removeRole", granted).status_code == 200


def test_a_change_adds_agents_and_removes_nobody(admin: Api, agent: Person) -> None:
    other = create_agent(admin)
    department_id = create_department(admin, [agent])
    body = {
        "department": REQUIRED,
        "agents": [{"agentId": other.id, "username": "whoever", "count": 3}],
        "departmentUnit": {},
    }

    answer = admin.put(f"livechat/department/{department_id}", body).json()

    counts = {each["username"]: each["count"] for each in answer["agents"]}
    assert counts == {agent.username: 0, other.username: 3}
    assert answer["department"]["numAgents"] == 2
    retire(admin, other)


# Agents of a department ----------------------------------------------------------------------


def test_adding_an_agent_again_replaces_the_numbers_and_keeps_the_link(
    admin: Api, agent: Person
) -> None:
    department_id = create_department(admin)
    named = {"agentId": agent.id, "username": agent.username}
    change_agents(admin, department_id, upsert=[{**named, "count": 9, "order": 1}])
    (first,) = read(admin, department_id)["agents"]

    change_agents(admin, department_id, upsert=[named])

    (second,) = read(admin, department_id)["agents"]
    assert (first["count"], second["count"]) == (9, 0)
    assert first["_id"] == second["_id"]


def test_who_is_added_and_removed_at_once_belongs_afterwards(admin: Api, agent: Person) -> None:
    department_id = create_department(admin)
    named = {"agentId": agent.id, "username": agent.username}
    change_agents(admin, department_id, upsert=[{**named, "count": 9}])

    answer = change_agents(admin, department_id, upsert=[named], remove=[{"agentId": agent.id}])

    assert answer.json() == {"success": True}
    (link,) = read(admin, department_id)["agents"]
    assert link["count"] == 0


def test_unknown_agents_are_skipped(admin: Api) -> None:
    department_id = create_department(admin)
    nobody = {"agentId": "nobody", "username": "nobody"}

    answer = change_agents(admin, department_id, upsert=[nobody], remove=[nobody])

    assert answer.json() == {"success": True}
    assert read(admin, department_id)["department"]["numAgents"] == 0


def test_the_number_of_agents_is_right_after_changes_at_once(admin: Api) -> None:
    department_id = create_department(admin)
    users = [create_user(admin) for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda user: change_agents(
                    admin,
                    department_id,
                    upsert=[{"agentId": user.id, "username": user.username}],
                ),
                users,
            )
        )

    found = read(admin, department_id)
    assert found["department"]["numAgents"] == len(found["agents"]) == 8


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must have required property 'upsert' [invalid-params]"),
        ({"upsert": []}, "must have required property 'remove' [invalid-params]"),
        (
            {"upsert": [{"agentId": "a"}], "remove": []},
            "must have required property 'username' [invalid-params]",
        ),
        (
            {"upsert": [{"agentId": "a", "username": "b", "c": 1}], "remove": []},
            "must NOT have additional properties [invalid-params]",
        ),
        ({"upsert": [], "remove": []}, "Department not found [error-department-not-found]"),
    ],
)
def test_agents_cannot_be_changed_otherwise(admin: Api, body: dict[str, Any], text: str) -> None:
    assert error_of(admin.post("livechat/department/nowhere/agents", body)) == (400, text)


def test_agents_are_listed_by_user_name(admin: Api) -> None:
    users = [create_user(admin) for _ in range(3)]
    department_id = create_department(admin, users)
    names = sorted(each.username for each in users)

    answer = admin.get(f"livechat/department/{department_id}/agents", {"count": 2}).json()

    assert [each["username"] for each in answer["agents"]] == names[:2]
    assert (answer["count"], answer["offset"], answer["total"]) == (2, 0, 3)
    backwards = {"sort": '{"username": -1}', "offset": 1}
    answer = admin.get(f"livechat/department/{department_id}/agents", backwards).json()
    assert [each["username"] for each in answer["agents"]] == names[1::-1]
    assert admin.get("livechat/department/nowhere/agents").json()["total"] == 0


# Reading -------------------------------------------------------------------------------------


def test_agents_read_departments_without_their_agents(admin: Api, agent: Person) -> None:
    department_id = create_department(admin, [agent])

    found = agent.api.get(f"livechat/department/{department_id}").json()

    assert found["department"]["_id"] == department_id
    assert "agents" not in found
    without = admin.get(f"livechat/department/{department_id}", {"includeAgents": "false"})
    assert "agents" not in without.json()


def test_an_unknown_department_is_not_found(admin: Api) -> None:
    answer = admin.get("livechat/department/nowhere")

    assert error_of(answer) == (404, "Department not found")


def test_departments_are_listed_by_name_and_filtered(admin: Api) -> None:
    text = unique("Team")
    names = [f"{text} {each}" for each in ("c", "A", "b")]
    ids = {name: create_department(admin, name=name) for name in names}
    disabled = create_department(admin, name=f"{text} d", enabled=False)

    def found(**query: str) -> list[str]:
        answer = admin.get("livechat/department", {"text": text.upper(), **query})
        assert answer.status_code == 200, answer.text
        return [each["name"].removeprefix(f"{text} ") for each in answer.json()["departments"]]

    assert found() == ["A", "b", "c", "d"]
    assert found(enabled="true") == ["A", "b", "c"]
    assert found(enabled="false") == ["A", "b", "c", "d"]
    assert found(excludeDepartmentId=disabled, sort='{"name": -1}') == ["c", "b", "A"]
    assert found(count="1", offset="1") == ["b"]
    assert found(onlyMyDepartments="true", showArchived="true") == ["A", "b", "c", "d"]
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"fields": "{}"}, "must NOT have additional properties [invalid-params]"),
        (
            {"onlyMyDepartments": "yes"},
            "must be equal to one of the allowed values [invalid-params]",
        ),
    ],
)
def test_a_list_is_asked_for_in_the_right_words(
    admin: Api, query: dict[str, str], text: str
) -> None:
    assert error_of(admin.get("livechat/department", query)) == (400, text)


def test_strangers_read_no_departments(api: Api, admin: Api) -> None:
    assert api.get("livechat/department").status_code == 401
    assert create_user(admin).api.get("livechat/department").status_code == 403
