"""What agents hear of the queue."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import (
    Person,
    create_agent,
    create_department,
    create_user,
    inquiry_of,
    open_conversation,
    register_visitor,
    say_as_visitor,
    settings,
    take,
)
from tests.harness.client import Api
from tests.realtime.conftest import Connect
from tests.realtime.ddp import Ddp

QUEUE = "livechat-inquiry-queue-observer"
Hired = Callable[[Person], Person]


@pytest.fixture(autouse=True)
def by_hand(admin: Api) -> Any:
    """Let conversations wait until they are taken."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        yield


def told_of(client: Ddp, key: str, room_id: str) -> dict[str, Any]:
    """Return the next event about a conversation; tests of others share the public queue."""
    while True:
        (told,) = client.event(QUEUE, key)
        if told.get("rid") == room_id:
            return dict(told)


def test_the_queue_is_for_agents(connect: Connect, admin: Api, hired: Hired) -> None:
    assert connect().sub(QUEUE, "public")["msg"] == "nosub"
    assert connect(create_user(admin)).sub(QUEUE, "public")["msg"] == "nosub"
    assert connect(hired(create_agent(admin))).sub(QUEUE, "public")["msg"] == "ready"


def test_a_conversation_that_waits_is_told_at_once(
    connect: Connect, api: Api, admin: Api, hired: Hired
) -> None:
    agent = hired(create_agent(admin))
    client = connect(agent)
    client.listen(QUEUE, "public")
    room, visitor = open_conversation(api)

    told = told_of(client, "public", room["_id"])
    assert (told["type"], told["status"]) == ("changed", "queued")
    assert told["v"]["username"] == visitor.username
    assert "token" not in told["v"], "it is the visitor's secret"
    assert isinstance(told["ts"]["$date"], int)

    client.listen(QUEUE, told["_id"])
    say_as_visitor(api, room["_id"], visitor, "anybody?")
    told = told_of(client, "public", room["_id"])
    assert told["lastMessage"]["msg"] == "anybody?"
    assert client.event(QUEUE, told["_id"])[0]["clientAction"] == "updated"

    take(agent, admin, room["_id"])
    assert told_of(client, "public", room["_id"])["status"] == "taken"
    assert client.event(QUEUE, told["_id"])[0]["status"] == "taken"

    agent.api.post("livechat/room.closeByUser", {"rid": room["_id"], "comment": "done"})
    assert client.event(QUEUE, told["_id"]) == [{"_id": told["_id"], "clientAction": "removed"}]


def test_a_department_has_its_own_queue(
    connect: Connect, api: Api, admin: Api, hired: Hired
) -> None:
    agent = hired(create_agent(admin))
    first, second = (create_department(admin, [agent]) for _ in range(2))
    client = connect(agent)
    for key in ("public", f"department/{first}", f"department/{second}"):
        client.listen(QUEUE, key)
    room, _ = open_conversation(api, register_visitor(api, department=first))

    told = told_of(client, f"department/{first}", room["_id"])
    assert (told["status"], told["department"]) == ("queued", first)
    public = [each[0].get("rid") for each in client.events(QUEUE, "public")]
    assert room["_id"] not in public

    body = {"roomId": room["_id"], "departmentId": second}
    assert admin.post("livechat/room.forward", body).status_code == 200
    assert told_of(client, f"department/{second}", room["_id"])["status"] == "queued"
    while True:
        (gone,) = client.event(QUEUE, f"department/{first}")
        if gone["type"] == "removed":
            break
    assert gone["_id"] == told["_id"]


def test_a_departments_queue_is_for_its_agents_and_managers(
    connect: Connect, api: Api, admin: Api, hired: Hired
) -> None:
    member, stranger = (hired(create_agent(admin)) for _ in range(2))
    manager = create_user(admin, "livechat-manager")
    department = create_department(admin, [member])
    key = f"department/{department}"
    clients = [connect(each) for each in (member, manager, stranger)]
    for client in clients:
        client.listen(QUEUE, key)
        client.listen(QUEUE, "public")
    room, visitor = open_conversation(api, register_visitor(api, department=department))

    for client in clients[:2]:
        assert told_of(client, key, room["_id"])["status"] == "queued"
    marker, _ = open_conversation(api)  # goes the same way, after it
    told_of(clients[2], "public", marker["_id"])
    assert not clients[2].events(QUEUE, key)

    body = {"upsert": [], "remove": [{"agentId": member.id, "username": member.username}]}
    assert admin.post(f"livechat/department/{department}/agents", body).status_code == 200
    say_as_visitor(api, room["_id"], visitor, "anybody?")
    assert told_of(clients[1], key, room["_id"])["lastMessage"]["msg"] == "anybody?"
    assert not clients[0].events(QUEUE, key), "who has left it hears no more of it"
    assert clients[2].sub(QUEUE, f"agent/{member.id}")["msg"] == "nosub"


def test_who_waits_for_an_agent_is_told_to_him(
    connect: Connect, api: Api, admin: Api, hired: Hired
) -> None:
    agent = hired(create_agent(admin))
    client = connect(agent)
    for key in ("public", f"agent/{agent.id}"):
        client.listen(QUEUE, key)
    visitor = register_visitor(api)
    answer = api.get("livechat/room", {"token": visitor.token, "agentId": agent.id})
    assert answer.status_code == 200, answer.text
    room_id = answer.json()["room"]["_id"]
    inquiry = inquiry_of(admin, room_id)
    assert inquiry is not None

    told = told_of(client, f"agent/{agent.id}", room_id)
    assert told["_id"] == inquiry["_id"]
    assert room_id not in [each[0].get("rid") for each in client.events(QUEUE, "public")]


def test_agents_who_could_take_it_are_notified(
    connect: Connect, api: Api, admin: Api, hired: Hired
) -> None:
    inside, outside, away = (hired(create_agent(admin)) for _ in range(3))
    away.api.post("users.setStatus", {"status": "offline", "message": ""})
    department = create_department(admin, [inside, away])
    clients = []
    for agent in (inside, outside, away):
        client = connect(agent)
        if agent is away:
            client.call("setUserStatus", "offline")
        client.listen("notify-user", f"{agent.id}/notification")
        clients.append(client)
    room, visitor = open_conversation(api, register_visitor(api, department=department))

    (told,) = clients[0].event("notify-user", f"{inside.id}/notification")
    assert told["title"] == "New chat in queue"
    assert told["text"] == f"{visitor.username} started a new conversation"
    assert told["payload"]["rid"] == room["_id"]
    for agent, client in ((outside, clients[1]), (away, clients[2])):
        assert not client.events("notify-user", f"{agent.id}/notification")


def test_with_automatic_routing_there_is_no_queue_to_show(connect: Connect, admin: Api) -> None:
    with settings(admin, Livechat_Routing_Method="Auto_Selection"):
        config = connect().call("livechat:getRoutingConfig")["result"]
    assert (config["showQueue"], config["autoAssignAgent"]) == (False, True)
