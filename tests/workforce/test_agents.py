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
    open_conversation,
    register_visitor,
    retire,
    room_of,
    settings,
    take,
    unique,
)
from tests.harness.client import Api


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent who is available, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


def links_of(admin: Api, agent_id: str, **query: str) -> list[dict[str, Any]]:
    """Return the departments of an agent."""
    answer = admin.get(f"livechat/agents/{agent_id}/departments", query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["departments"])


def agent_count(admin: Api, department_id: str) -> int:
    """Return how many agents a department has."""
    return int(admin.get(f"livechat/department/{department_id}").json()["department"]["numAgents"])


def staff_member(admin: Api, user_id: str, kind: str = "agent") -> Any:
    """Return an agent or manager as the API shows him."""
    return admin.get(f"livechat/users/{kind}/{user_id}").json()["user"]


def listed(admin: Api, **query: Any) -> list[str]:
    """Return the user names of the agents that a query finds."""
    answer = admin.get("livechat/users/agent", {"count": 0, **query})
    assert answer.status_code == 200, answer.text
    return [each["username"] for each in answer.json()["users"]]


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


# Appointing ----------------------------------------------------------------------------------


def test_a_user_becomes_an_agent_who_is_available(admin: Api) -> None:
    user = create_user(admin)

    answer = admin.post("livechat/users/agent", {"username": user.username})

    assert answer.json() == {
        "user": {"_id": user.id, "username": user.username},
        "success": True,
    }
    assert staff_member(admin, user.id)["statusLivechat"] == "available"
    # His sessions know at once: only agents may read this.
    assert user.api.get("livechat/department").status_code == 200
    retire(admin, user)


def test_appointing_an_agent_again_makes_him_available(admin: Api, agent: Person) -> None:
    agent.api.post("livechat/agent.status", {"status": "not-available"})

    assert admin.post("livechat/users/agent", {"username": agent.username}).status_code == 200

    assert staff_member(admin, agent.id)["statusLivechat"] == "available"
    roles = admin.get("users.info", {"userId": agent.id}).json()["user"]["roles"]
    assert roles.count("livechat-agent") == 1


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("agent", {}, "must have required property 'username' [invalid-params]"),
        (
            "agent",
            {"username": "x", "y": 1},
            "must NOT have additional properties [invalid-params]",
        ),
        ("agent", {"username": "nobody"}, "error-invalid-user"),
        ("manager", {"username": "nobody"}, "error-invalid-user"),
        ("foo", {"username": "nobody"}, "Invalid type"),
    ],
)
def test_whom_there_is_not_cannot_be_appointed(
    admin: Api, kind: str, body: dict[str, Any], text: str
) -> None:
    assert error_of(admin.post(f"livechat/users/{kind}", body)) == (400, text)


def test_a_user_name_is_taken_exactly(admin: Api) -> None:
    user = create_user(admin)

    answer = admin.post("livechat/users/agent", {"username": user.username.upper()})

    assert error_of(answer) == (400, "error-invalid-user")


def test_agents_may_not_appoint_and_monitors_may_not_make_managers(
    admin: Api, agent: Person
) -> None:
    body = {"username": agent.username}
    assert agent.api.post("livechat/users/manager", body).status_code == 403

    monitor = create_user(admin, "livechat-monitor")
    refused = monitor.api.post("livechat/users/manager", body)
    assert error_of(refused) == (403, "unauthorized")
    assert monitor.api.post("livechat/users/agent", body).status_code == 200


def test_a_manager_is_appointed_and_dismissed(admin: Api) -> None:
    user = create_user(admin)

    admin.post("livechat/users/manager", {"username": user.username})
    assert staff_member(admin, user.id, "manager")["username"] == user.username
    assert staff_member(admin, user.id, "agent") is None

    assert admin.delete(f"livechat/users/manager/{user.id}").json() == {"success": True}
    assert staff_member(admin, user.id, "manager") is None


def test_a_dismissed_agent_leaves_his_departments_and_keeps_his_conversation(
    api: Api, admin: Api
) -> None:
    agent = create_agent(admin)
    departments = [create_department(admin, [agent]) for _ in range(2)]
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        room, _ = open_conversation(api)
        take(agent, admin, room["_id"])

    assert admin.delete(f"livechat/users/agent/{agent.id}").json() == {"success": True}

    assert staff_member(admin, agent.id) is None
    assert links_of(admin, agent.id) == []
    assert [agent_count(admin, each) for each in departments] == [0, 0]
    assert room_of(admin, room["_id"])["open"] is True
    assert room_of(admin, room["_id"])["servedBy"]["_id"] == agent.id
    user = admin.get("users.info", {"userId": agent.id}).json()["user"]
    assert "statusLivechat" not in user

    again = admin.delete(f"livechat/users/agent/{agent.id}")
    assert again.json() == {"success": True}


def test_who_is_not_there_cannot_be_dismissed(admin: Api) -> None:
    assert error_of(admin.delete("livechat/users/agent/nobody")) == (400, "error-invalid-user")
    assert error_of(admin.delete("livechat/users/foo/nobody")) == (400, "Invalid type")


# Lists ---------------------------------------------------------------------------------------


def test_a_list_shows_every_member_of_an_agent(admin: Api, agent: Person) -> None:
    department_id = create_department(admin, [agent])

    answer = admin.get("livechat/users/agent", {"text": agent.username}).json()

    assert (answer["count"], answer["offset"], answer["total"]) == (1, 0, 1)
    assert answer["users"] == [
        {
            "_id": agent.id,
            "username": agent.username,
            "name": agent.username.title(),
            "status": "online",
            "statusLivechat": "available",
            "emails": [{"address": f"{agent.username}@example.org", "verified": True}],
            "livechat": None,
            "departments": [department_id],
        }
    ]


def test_a_text_is_found_as_it_is_in_name_user_name_and_address(admin: Api) -> None:
    name = unique("Äpfel.Birnen")
    agent = create_user(admin, "livechat-agent", name=name)
    create_user(admin, "livechat-agent", name=name.replace(".", "x"))

    assert listed(admin, text=name.upper()) == [agent.username]
    assert listed(admin, text=f"{agent.username}@EXAMPLE") == [agent.username]
    assert listed(admin, text="(") == []
    retire(admin, agent)


def test_agents_are_filtered_by_availability(admin: Api) -> None:
    text = unique("team")
    kinds = {}
    for kind, roles, status in (
        ("online", ["livechat-agent"], "online"),
        ("away", ["livechat-agent"], "away"),
        ("offline", ["livechat-agent"], "offline"),
        ("bot", ["livechat-agent", "bot"], "offline"),
    ):
        person = create_user(admin, *roles, name=f"{text} {kind}")
        admin.post("livechat/users/agent", {"username": person.username})
        person.api.post("users.setStatus", {"status": status, "message": ""})
        kinds[kind] = person

    present = {kinds[each].username for each in ("online", "away", "bot")}
    assert set(listed(admin, text=text, showIdleAgents="false")) == present
    assert kinds["online"].username not in listed(admin, text=text, excludeId=kinds["online"].id)
    kinds["away"].api.post("livechat/agent.status", {"status": "not-available"})
    available = listed(admin, text=text, onlyAvailable="true")
    assert kinds["away"].username not in available
    assert len(available) == 3
    by_name = [kinds[each].username for each in ("online", "offline", "bot", "away")]
    assert listed(admin, text=text, sort='{"name": -1}') == by_name
    retire(admin, *kinds.values())


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"departmentId": "x"}, "must NOT have additional properties [invalid-params]"),
        ({"onlyAvailable": "yes"}, "must be boolean [invalid-params]"),
        ({"sort": "{"}, 'Invalid sort parameter provided: "{" [error-invalid-sort]'),
    ],
)
def test_a_query_that_cannot_be_read_is_refused(
    admin: Api, query: dict[str, str], text: str
) -> None:
    assert error_of(admin.get("livechat/users/agent", query)) == (400, text)


def test_agents_may_list_agents_but_not_managers(admin: Api, agent: Person) -> None:
    assert agent.api.get("livechat/users/agent").status_code == 200
    assert error_of(agent.api.get("livechat/users/manager")) == (403, "unauthorized")
    stranger = create_user(admin)
    assert error_of(stranger.api.get("livechat/users/agent")) == (403, "unauthorized")
    assert error_of(stranger.api.get("livechat/users/foo")) == (400, "Invalid type")


def test_who_is_no_agent_is_read_as_null(admin: Api) -> None:
    user = create_user(admin)

    assert staff_member(admin, user.id) is None
    assert staff_member(admin, "nobody") is None
    assert error_of(admin.get("livechat/users/foo/x")) == (400, "Invalid type")


# Profile and availability --------------------------------------------------------------------


def test_a_profile_is_replaced_without_its_null_members(admin: Api, agent: Person) -> None:
    def save(**data: Any) -> None:
        body = {"agentId": agent.id, "agentData": data, "agentDepartments": []}
        assert admin.post("livechat/agents.saveInfo", body).json() == {"success": True}

    save(name="Ann", maxNumberSimultaneousChat="3")
    assert staff_member(admin, agent.id)["livechat"] == {
        "name": "Ann",
        "maxNumberSimultaneousChat": "3",
    }
    save(maxNumberSimultaneousChat=None)
    assert staff_member(admin, agent.id)["livechat"] == {}


def test_the_number_of_conversations_at_a_time_is_obeyed(
    api: Api, admin: Api, agent: Person
) -> None:
    department_id = create_department(admin, [agent])
    data = {"maxNumberSimultaneousChat": "1"}
    body = {"agentId": agent.id, "agentData": data, "agentDepartments": [department_id]}
    admin.post("livechat/agents.saveInfo", body)

    with settings(admin, Livechat_waiting_queue=False):
        rooms = [
            open_conversation(api, register_visitor(api, department=department_id))[0]
            for _ in range(2)
        ]

    served = [room.get("servedBy", {}).get("_id") for room in rooms]
    assert served == [agent.id, None]


def test_departments_that_are_named_are_joined_and_others_left(admin: Api, agent: Person) -> None:
    kept, left, joined = (create_department(admin) for _ in range(3))
    for department_id in (kept, left):
        added = {"agentId": agent.id, "username": agent.username, "count": 7, "order": 2}
        admin.post(f"livechat/department/{department_id}/agents", {"upsert": [added], "remove": []})

    def save(*department_ids: str) -> None:
        body = {"agentId": agent.id, "agentData": {}, "agentDepartments": list(department_ids)}
        assert admin.post("livechat/agents.saveInfo", body).status_code == 200

    save(kept, joined, "nowhere")
    links = {each["departmentId"]: each for each in links_of(admin, agent.id)}
    assert set(links) == {kept, joined}
    assert (links[kept]["count"], links[kept]["order"]) == (7, 2)
    assert (links[joined]["count"], links[joined]["order"]) == (0, 0)
    assert [agent_count(admin, each) for each in (kept, left, joined)] == [1, 0, 1]

    save("")
    assert links_of(admin, agent.id) == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must have required property 'agentId'"),
        (
            {"agentId": "x", "agentData": {}, "agentDepartments": [], "y": 1},
            "must NOT have additional properties",
        ),
        (
            {"agentId": "rocket.cat", "agentData": {}, "agentDepartments": []},
            "error-user-is-not-agent",
        ),
    ],
)
def test_only_the_profile_of_an_agent_can_be_saved(
    admin: Api, body: dict[str, Any], text: str
) -> None:
    assert error_of(admin.post("livechat/agents.saveInfo", body)) == (400, text)


def test_an_agent_switches_over_and_back(agent: Person) -> None:
    def switch(**body: str) -> str:
        answer = agent.api.post("livechat/agent.status", body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["status"])

    assert switch() == "not-available"
    assert switch() == "available"
    assert switch(status="available") == "available"
    assert switch(status="not-available") == "not-available"
    assert error_of(agent.api.post("livechat/agent.status", {"status": "busy"})) == (
        400,
        "must be equal to one of the allowed values [invalid-params]",
    )


def test_switching_at_once_ends_in_one_of_the_two(admin: Api, agent: Person) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: agent.api.post("livechat/agent.status", {}).json(), range(8))
        )

    statuses = [each["status"] for each in answers]
    assert statuses.count("available") == statuses.count("not-available") == 4
    assert staff_member(admin, agent.id)["statusLivechat"] == "available"


def test_another_agent_is_switched_with_a_permission_only(admin: Api, agent: Person) -> None:
    other = create_agent(admin)
    same = {"agentId": other.id, "status": "available"}
    different = {"agentId": other.id, "status": "not-available"}

    assert agent.api.post("livechat/agent.status", same).status_code == 200
    assert error_of(agent.api.post("livechat/agent.status", different)) == (403, "unauthorized")
    assert admin.post("livechat/agent.status", different).json()["status"] == "not-available"
    retire(admin, other)


def test_who_is_no_agent_cannot_be_switched(admin: Api) -> None:
    user = create_user(admin)
    answer = admin.post("livechat/agent.status", {"agentId": user.id})
    assert error_of(answer) == (404, "Agent not found")

    agent = create_agent(admin)
    admin.post("users.setActiveStatus", {"userId": agent.id, "activeStatus": False})
    answer = admin.post("livechat/agent.status", {"agentId": agent.id})
    assert error_of(answer) == (400, "error-user-deactivated")
    retire(admin, agent)


def test_an_agents_departments_carry_their_names(admin: Api, agent: Person) -> None:
    name = unique("Sales")
    enabled = create_department(admin, [agent], name=name)
    disabled = create_department(admin, [agent], enabled=False)

    links = {each["departmentId"]: each for each in links_of(admin, agent.id)}
    assert links[enabled]["departmentName"] == name
    assert links[disabled]["departmentEnabled"] is False
    only = links_of(admin, agent.id, enabledDepartmentsOnly="true")
    assert [each["departmentId"] for each in only] == [enabled]
    assert links_of(admin, "nobody") == []


# What visitors are told ----------------------------------------------------------------------


def test_a_visitor_learns_who_serves_the_own_conversation(
    api: Api, admin: Api, agent: Person
) -> None:
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        room, visitor = open_conversation(api)
        path = f"livechat/agent.info/{room['_id']}/{visitor.token}"
        assert error_of(api.get(path)) == (400, "invalid-agent")
        take(agent, admin, room["_id"])

    told = api.get(path).json()["agent"]
    assert told["username"] == agent.username
    assert told["emails"][0]["address"] == f"{agent.username}@example.org"

    profile = {"name": "Ann", "email": "private@example.org"}
    body = {"agentId": agent.id, "agentData": profile, "agentDepartments": []}
    admin.post("livechat/agents.saveInfo", body)
    with settings(admin, Livechat_show_agent_email=False):
        told = api.get(path).json()["agent"]
        assert told["livechat"] == {"name": "Ann"}
        assert "emails" not in told
    with settings(admin, Livechat_show_agent_info=False):
        assert api.get(path).json()["agent"] == {"hiddenInfo": True}


def test_nobody_learns_who_serves_the_conversation_of_another(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        room, _ = open_conversation(api)
    other = register_visitor(api)

    assert error_of(api.get(f"livechat/agent.info/{room['_id']}/nobody")) == (400, "invalid-token")
    answer = api.get(f"livechat/agent.info/{room['_id']}/{other.token}")
    assert error_of(answer) == (400, "invalid-room")


def test_the_next_agent_is_another_each_time(api: Api, admin: Api) -> None:
    agents = [create_agent(admin) for _ in range(2)]
    department_id = create_department(admin, agents)
    path = f"livechat/agent.next/{unique('token')}"

    told = [api.get(path, {"department": department_id}).json()["agent"]["_id"] for _ in range(2)]

    assert set(told) == {each.id for each in agents}
    retire(admin, *agents)


def test_there_is_no_next_agent_where_nobody_is_free_or_all_take_by_hand(
    api: Api, admin: Api, agent: Person
) -> None:
    path = f"livechat/agent.next/{unique('token')}"
    empty = create_department(admin)

    assert error_of(api.get(path, {"department": empty})) == (400, "agent-not-found")
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        assert error_of(api.get(path)) == (400, "agent-not-found")
        _, visitor = open_conversation(api)
        assert api.get(f"livechat/agent.next/{visitor.token}").json() == {"success": True}
