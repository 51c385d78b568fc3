"""What becomes of agents whose account is changed elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import (
    Person,
    create_agent,
    create_department,
    create_user,
    open_conversation,
    register_visitor,
    room_of,
    unique,
)
from tests.harness.client import Api


def lose_by_update(admin: Api, user: Person) -> None:
    """Save the user without the role."""
    body = {"userId": user.id, "data": {"roles": ["user"]}}
    assert admin.post("users.update", body).status_code == 200


def lose_the_role(admin: Api, user: Person) -> None:
    """Take the role away."""
    body = {"username": user.username, "roleId": "livechat-agent"}
    assert admin.post("roles.removeUserFromRole", body).status_code == 200


def members_of(admin: Api, department_id: str) -> tuple[int, list[str]]:
    """Return how many agents a department has, and their user names."""
    found: dict[str, Any] = admin.get(f"livechat/department/{department_id}").json()
    names = [str(each["username"]) for each in found["agents"]]
    return int(found["department"]["numAgents"]), names


@pytest.mark.parametrize("lose", [lose_by_update, lose_the_role])
def test_who_is_no_agent_any_more_leaves_his_departments(
    api: Api, admin: Api, lose: Callable[[Api, Person], None]
) -> None:
    agent, other = create_agent(admin), create_user(admin)
    department_id = create_department(admin, [agent, other])
    room, _ = open_conversation(api, register_visitor(api, department=department_id))
    assert room["servedBy"]["_id"] == agent.id

    lose(admin, agent)

    assert members_of(admin, department_id) == (1, [other.username])
    me = agent.api.get("me").json()
    assert {"statusLivechat", "openBusinessHours"}.isdisjoint(me)
    assert room_of(admin, room["_id"])["servedBy"]["_id"] == agent.id
    close = {"rid": room["_id"], "comment": "done"}
    assert admin.post("livechat/room.closeByUser", close).status_code == 200


def test_a_deleted_agent_is_in_no_department(admin: Api) -> None:
    agent, other = create_agent(admin), create_user(admin)
    department_id = create_department(admin, [agent, other])

    assert admin.post("users.delete", {"userId": agent.id}).status_code == 200

    assert members_of(admin, department_id) == (1, [other.username])


def test_memberships_follow_a_new_name(admin: Api) -> None:
    agent = create_agent(admin)
    department_id = create_department(admin, [agent])
    name = unique("renamed")

    body = {"userId": agent.id, "data": {"username": name}}
    assert admin.post("users.update", body).status_code == 200

    assert members_of(admin, department_id) == (1, [name])
    admin.delete(f"livechat/users/agent/{agent.id}")


def test_who_is_saved_as_an_agent_is_available_unless_offline(admin: Api) -> None:
    made_as_agent, online = create_user(admin, "livechat-agent"), create_user(admin)
    online.api.post("users.setStatus", {"status": "online"})

    body = {"userId": online.id, "data": {"roles": ["user", "livechat-agent"]}}
    assert admin.post("users.update", body).status_code == 200

    assert made_as_agent.api.get("me").json()["statusLivechat"] == "not-available"
    assert online.api.get("me").json()["statusLivechat"] == "available"
    for each in (made_as_agent, online):
        admin.delete(f"livechat/users/agent/{each.id}")
