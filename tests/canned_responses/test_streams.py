"""What clients on a connection hear of canned responses."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.builders import Person, create_agent, create_department, create_user, retire, settings
from tests.canned_responses.test_canned_responses import remove, save, saved
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.realtime.ddp import Ddp

STREAM = "canned-responses"
Listen = Callable[[Person], Ddp]


@pytest.fixture
def listen(server: FrontdeskProcess) -> Iterator[Listen]:
    """Return a function that lets somebody listen to canned responses."""
    with ExitStack() as open_connections:

        def open_one(person: Person) -> Ddp:
            client = open_connections.enter_context(Ddp(server.url))
            client.log_in(person)
            client.listen(STREAM, STREAM)
            return client

        yield open_one


@pytest.fixture
def agents(admin: Api) -> Iterator[tuple[Person, Person]]:
    """Return two agents, for the length of a test."""
    pair = create_agent(admin), create_agent(admin)
    yield pair
    retire(admin, *pair)


def next_of(client: Ddp, response_id: str) -> list[Any]:
    """Return the arguments of the next event about a response."""
    while True:
        told = client.event(STREAM, STREAM)
        if told[0]["_id"] == response_id:
            return told


def test_a_private_text_is_told_to_its_owner_alone(
    admin: Api, agents: tuple[Person, Person], listen: Listen
) -> None:
    owner, other = agents
    hers, his = listen(owner), listen(other)

    private = saved(owner.api)
    for_all = saved(admin, "global")

    assert next_of(hers, private["_id"])[0]["text"] == "Hello"
    next_of(hers, for_all["_id"])
    assert his.event(STREAM, STREAM)[0]["_id"] == for_all["_id"], "nothing came before"
    assert save(admin, private["shortcut"], "global", _id=private["_id"]).is_success
    assert next_of(his, private["_id"])[0]["type"] == "changed"
    assert next_of(hers, private["_id"])[0] == {"type": "removed", "_id": private["_id"]}
    assert next_of(hers, private["_id"])[0]["scope"] == "global"
    remove(admin, private["_id"])
    assert next_of(his, private["_id"]) == [{"type": "removed", "_id": private["_id"]}]


def test_agents_who_come_to_a_department_are_told_its_responses(
    admin: Api, agents: tuple[Person, Person], listen: Listen
) -> None:
    member, comer = agents
    department = create_department(admin, [member])
    response = saved(admin, "department", departmentId=department)
    path = f"livechat/department/{department}/agents"
    hers, his = listen(member), listen(comer)
    agent = {"agentId": comer.id, "username": comer.username}

    added = admin.post(path, {"upsert": [agent], "remove": []})
    assert added.status_code == 200, added.text
    told = next_of(his, response["_id"])
    assert (told[0]["type"], told[1]) == ("changed", {"agentsId": [comer.id]})

    admin.post(path, {"upsert": [], "remove": [agent]})
    told = next_of(his, response["_id"])
    assert told == [
        {"type": "removed", "_id": response["_id"]},
        {"agentsId": [comer.id]},
    ]
    assert hers.events(STREAM, STREAM) == []


def test_who_may_not_see_any_may_not_listen(
    admin: Api, agents: tuple[Person, Person], server: FrontdeskProcess
) -> None:
    with Ddp(server.url) as nobody:
        assert nobody.sub(STREAM, STREAM)["msg"] == "nosub"
    with Ddp(server.url) as client:
        client.log_in(create_user(admin))
        assert client.sub(STREAM, STREAM)["msg"] == "nosub"
    with Ddp(server.url) as client:
        client.log_in(agents[0])
        assert client.sub(STREAM, "something else")["msg"] == "nosub"
        with settings(admin, Canned_Responses_Enable=False):
            assert client.sub(STREAM, STREAM)["msg"] == "nosub"
