"""Several processes of one workspace, on PostgreSQL and Redis."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.builders import (
    Visitor,
    create_agent,
    create_user,
    open_conversation,
    say_as_user,
    say_as_visitor,
    take,
)
from tests.harness.client import Api
from tests.harness.engines import on_postgresql
from tests.harness.redis import RedisServer
from tests.harness.server import FrontdeskProcess
from tests.realtime.ddp import PATIENCE, Ddp, proof

#: On SQLite there is one process.
pytestmark = on_postgresql

BY_HAND = {"OVERWRITE_SETTING_Livechat_Routing_Method": "Manual_Selection"}


@dataclass
class Pair:
    """Two processes on one database, and the Redis between them."""

    first: FrontdeskProcess
    second: FrontdeskProcess
    redis: RedisServer


@pytest.fixture
def pair(
    redis_server: RedisServer,
    private_server: Callable[..., FrontdeskProcess],
) -> Iterator[Pair]:
    """Return two running processes."""
    first = private_server(redis_url=redis_server.url, environment=BY_HAND)
    second = private_server(
        redis_url=redis_server.url, database_url=first.database_url, environment=BY_HAND
    )
    yield Pair(first, second, redis_server)


def comes_back(process: FrontdeskProcess, room_id: str, visitor: Visitor) -> Ddp:
    """Connect as a client does that was sent away, and listen to the conversation."""
    client = Ddp(process.url)
    client.listen("room-messages", room_id, proof(visitor))
    return client


def heard_at_last(client: Ddp, room_id: str, say: Callable[[], Any]) -> None:
    """Say something again and again until the client hears it: the ways between have healed."""
    deadline = time.monotonic() + PATIENCE
    while not client.events("room-messages", room_id):
        assert time.monotonic() < deadline
        say()
        time.sleep(0.05)  # who heals does not say when


def test_what_is_said_at_one_is_heard_at_the_other(pair: Pair) -> None:
    with (
        Api(pair.first.url) as api,
        api.login_as_administrator() as admin,
        Ddp(pair.second.url) as visitors,
        Ddp(pair.second.url) as agents,
    ):
        agent = create_agent(admin)
        agents.log_in(agent)
        agents.listen("livechat-inquiry-queue-observer", "public")
        agents.listen("notify-user", f"{agent.id}/subscriptions-changed")
        room, visitor = open_conversation(api)
        (told,) = agents.event("livechat-inquiry-queue-observer", "public")
        assert (told["rid"], told["status"]) == (room["_id"], "queued")

        visitors.listen("room-messages", room["_id"], proof(visitor))
        visitors.listen("notify-room", f"{room['_id']}/user-activity", proof(visitor))
        take(agent, admin, room["_id"])
        assert agents.event("notify-user", f"{agent.id}/subscriptions-changed")[0] == "inserted"
        say_as_user(agent.api, room["_id"], "hello from the other process")
        while True:
            (message,) = visitors.event("room-messages", room["_id"])
            if message["msg"] == "hello from the other process":
                break
        with Ddp(pair.first.url) as typing:
            typing.log_in(agent)
            key = f"{room['_id']}/user-activity"
            typing.call("stream-notify-room", key, agent.username, ["user-typing"])
            assert visitors.event("notify-room", key) == [agent.username, ["user-typing"]]


def test_what_is_changed_at_one_counts_at_the_other(pair: Pair) -> None:
    with Api(pair.first.url) as api, api.login_as_administrator() as admin:
        person = create_user(admin)
        with Ddp(pair.second.url) as client, Ddp(pair.second.url) as anybody:
            client.log_in(person)
            anybody.listen("notify-all", "public-settings-changed")
            admin.post("settings/Livechat_title", {"value": "Another title"})
            _, told = anybody.event("notify-all", "public-settings-changed")
            assert (told["_id"], told["value"]) == ("Livechat_title", "Another title")
            config = Api(pair.second.url).get("livechat/config").json()["config"]
            assert config["theme"]["title"] == "Another title"

            person.api.post("logout")
            assert client.closed()[0] == 1008
            elsewhere = Api(pair.second.url, user_id=person.id, token=person.api.token)
            assert elsewhere.get("me").status_code == 401


def test_a_user_is_there_while_connected_to_any_process(pair: Pair) -> None:
    with Api(pair.first.url).login_as_administrator() as admin:
        person, watcher = create_user(admin), create_user(admin)
        with Ddp(pair.first.url) as watching:
            watching.log_in(watcher)
            watching.listen("notify-logged", "user-status")
            first, second = Ddp(pair.first.url), Ddp(pair.second.url)
            first.log_in(person)
            second.log_in(person)
            assert watching.event("notify-logged", "user-status")[0][:3] == [
                person.id,
                person.username,
                1,
            ]
            first.close()
            second.call("UserPresence:away")
            assert watching.event("notify-logged", "user-status")[0][2] == 2
            second.close()
            assert watching.event("notify-logged", "user-status")[0][2] == 0


def test_clients_come_back_when_redis_was_away(pair: Pair) -> None:
    with Api(pair.first.url) as api:
        with Api(pair.first.url).login_as_administrator() as admin:
            create_agent(admin)
        room, visitor = open_conversation(api)
        client = comes_back(pair.second, room["_id"], visitor)
        pair.redis.stop()
        own = say_as_visitor(Api(pair.second.url), room["_id"], visitor, "at home")
        assert client.event("room-messages", room["_id"])[0]["_id"] == own["_id"], "goes on"
        say_as_visitor(api, room["_id"], visitor, "missed")
        pair.redis.start()

        assert client.closed() == (1012, "come back"), "something was missed"
        client = comes_back(pair.second, room["_id"], visitor)
        heard_at_last(
            client, room["_id"], lambda: say_as_visitor(api, room["_id"], visitor, "again")
        )
        client.close()


def test_clients_stay_when_nothing_was_missed(pair: Pair) -> None:
    with Api(pair.first.url) as api:
        with Api(pair.first.url).login_as_administrator() as admin:
            create_agent(admin)
        room, visitor = open_conversation(api)
        client = comes_back(pair.second, room["_id"], visitor)
        pair.redis.stop()
        pair.redis.start()

        def both_are_back() -> bool:
            return all(each.log.count("redis_connected") == 2 for each in (pair.first, pair.second))

        def say() -> None:
            if both_are_back():
                say_as_visitor(api, room["_id"], visitor, "hello")

        heard_at_last(client, room["_id"], say)
        client.close()


def test_a_process_that_dies_is_noticed(pair: Pair) -> None:
    with Api(pair.first.url) as api:
        with Api(pair.first.url).login_as_administrator() as admin:
            create_agent(admin)
        room, visitor = open_conversation(api)
        client = comes_back(pair.second, room["_id"], visitor)
        pair.first.kill()

        assert client.closed() == (1012, "come back"), "it may have had more to tell"
        pair.first.restart()
        client = comes_back(pair.second, room["_id"], visitor)
        heard_at_last(
            client, room["_id"], lambda: say_as_visitor(api, room["_id"], visitor, "back")
        )
        client.close()


def test_a_process_that_takes_leave_is_not_missed(pair: Pair) -> None:
    with Api(pair.second.url) as api:
        with Api(pair.first.url).login_as_administrator() as admin:
            create_agent(admin)
        room, visitor = open_conversation(api)
        client, other = comes_back(pair.second, room["_id"], visitor), Ddp(pair.first.url)
        pair.first.stop()
        assert other.closed()[0] == 1012
        pair.first.start()
        heard_at_last(
            client,
            room["_id"],
            lambda: say_as_visitor(Api(pair.first.url), room["_id"], visitor, "back"),
        )
        client.close()


def test_several_workers_of_one_server_hear_each_other(
    redis_server: RedisServer,
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    process = private_server(redis_url=redis_server.url, workers=2, environment=BY_HAND)
    with Api(process.url) as api:
        with Api(process.url).login_as_administrator() as admin:
            create_agent(admin)
        room, visitor = open_conversation(api)
        clients = [comes_back(process, room["_id"], visitor) for _ in range(8)]
        sent = [
            say_as_visitor(Api(process.url), room["_id"], visitor, str(number))["_id"]
            for number in range(8)
        ]
        for client in clients:
            told = [client.event("room-messages", room["_id"])[0]["_id"] for _ in sent]
            assert sorted(told) == sorted(sent)
            client.close()
