from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.builders import Person, open_conversation, register_visitor, settings
from tests.calls.conftest import OpenCall, another_agent
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

NONE_FITS = "must match exactly one schema in oneOf"


def refusal(response) -> tuple[int, str]:
    body = response.json()
    assert body["success"] is False
    return response.status_code, body["error"]


def test_a_new_call_room_says_who_calls_and_who_serves(api: Api, agent: Person):
    token = register_visitor(api, name="Ann", phone="+1 555 0100").token
    response = agent.api.get("voip/room", {"token": token, "agentId": agent.id})
    assert response.status_code == 200
    body = response.json()
    assert body["newRoom"] is True
    assert body["success"] is True
    room = body["room"]
    opened = room["ts"]
    served_by = {"_id": agent.id, "username": agent.username}
    visitor = room["v"]
    assert visitor.pop("_id")
    assert visitor.pop("username")
    assert room == {
        "_id": room["_id"],
        "t": "v",
        "name": f"Ann-{room['_id']}",
        "fname": "Ann",
        "msgs": 0,
        "usersCount": 1,
        "ts": opened,
        "lm": opened,
        "queuedAt": opened,
        "callStarted": opened,
        "_updatedAt": opened,
        "v": {"token": token, "status": "online", "phone": "+1 555 0100"},
        "servedBy": {**served_by, "ts": opened},
        "u": served_by,
        "open": True,
        "waitingResponse": True,
        "source": {"type": "api"},
        "queue": "default",
        "direction": "inbound",
        "uids": [],
        "autoTranslateLanguage": "",
        "livechatData": "",
    }
    assert len(room["_id"]) == 17


def test_a_visitor_without_a_name_is_called_by_the_user_name(open_call: OpenCall):
    room = open_call(name="")
    assert room["fname"] == room["v"]["username"]
    assert room["name"] == f"{room['v']['username']}-{room['_id']}"
    assert "phone" not in room["v"]


def test_an_outbound_call_is_recorded_as_one(open_call: OpenCall):
    assert open_call(direction="outbound")["direction"] == "outbound"


def test_the_same_visitor_gets_the_same_open_room(admin: Api, agent: Person, open_call: OpenCall):
    room = open_call()
    with another_agent(admin) as colleague:
        query = {"token": room["v"]["token"], "agentId": colleague.id, "direction": "outbound"}
        assert colleague.api.get("voip/room", query).json() == {
            "room": room,
            "newRoom": False,
            "success": True,
        }


def test_after_the_close_a_new_call_makes_a_new_room(agent: Person, open_call: OpenCall):
    room = open_call()
    token = room["v"]["token"]
    agent.api.post("voip/room.close", {"rid": room["_id"], "token": token})
    body = agent.api.get("voip/room", {"token": token, "agentId": agent.id}).json()
    assert body["newRoom"] is True
    assert body["room"]["_id"] != room["_id"]


def test_eight_simultaneous_openers_share_one_room(
    server: FrontdeskProcess, api: Api, agent: Person
):
    query = {"token": register_visitor(api).token, "agentId": agent.id}
    start = Barrier(8)

    def open_at_once(_: int) -> dict[str, Any]:
        with Api(server.url, user_id=agent.id, token=agent.api.token) as client:
            start.wait()
            answer: dict[str, Any] = client.get("voip/room", query).json()
            return answer

    with ThreadPoolExecutor(8) as openers:
        answers = list(openers.map(open_at_once, range(8)))
    assert len({answer["room"]["_id"] for answer in answers}) == 1
    assert [answer["newRoom"] for answer in answers].count(True) == 1


def test_a_room_is_found_by_its_id(agent: Person, open_call: OpenCall):
    room = open_call()
    response = agent.api.get("voip/room", {"rid": room["_id"], "token": room["v"]["token"]})
    assert response.json() == {"room": room, "newRoom": False, "success": True}


def test_a_closed_room_is_found_by_its_id(agent: Person, open_call: OpenCall):
    room = open_call()
    query = {"rid": room["_id"], "token": room["v"]["token"]}
    agent.api.post("voip/room.close", query)
    response = agent.api.get("voip/room", query)
    assert response.status_code == 200
    assert response.json()["newRoom"] is False
    assert "open" not in response.json()["room"]


def test_a_room_of_another_visitor_is_not_found(api: Api, agent: Person, open_call: OpenCall):
    query = {"rid": open_call()["_id"], "token": register_visitor(api).token}
    assert refusal(agent.api.get("voip/room", query)) == (400, "invalid-room")


def test_a_chat_is_not_found(api: Api, admin: Api, agent: Person):
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        chat, visitor = open_conversation(api)
    query = {"rid": chat["_id"], "token": visitor.token}
    assert refusal(agent.api.get("voip/room", query)) == (400, "invalid-room")


@pytest.mark.parametrize("rest", [{"agentId": "anybody"}, {"rid": "anything"}])
def test_an_unknown_token_is_refused(agent: Person, rest: dict[str, str]):
    response = agent.api.get("voip/room", {"token": "nobody's", **rest})
    assert refusal(response) == (400, "invalid-token")


def test_only_an_agent_can_serve(api: Api, admin: Api, agent: Person):
    query = {"token": register_visitor(api).token, "agentId": admin.user_id, "direction": "inbound"}
    assert refusal(agent.api.get("voip/room", query)) == (400, "agent-not-found")


def test_the_agent_of_an_open_room_is_not_asked_about(agent: Person, open_call: OpenCall):
    room = open_call()
    query = {"token": room["v"]["token"], "agentId": "nobody"}
    assert agent.api.get("voip/room", query).json()["room"] == room


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        (
            {},
            ["must have required property 'token'", "must have required property 'rid'"],
        ),
        (
            {"token": "t"},
            ["must have required property 'agentId'", "must have required property 'rid'"],
        ),
        (
            {"token": "t", "agentId": "a", "rid": "r"},
            ["must NOT have additional properties", "must NOT have additional properties"],
        ),
        (
            {"token": "t", "agentId": "a", "direction": "sideways"},
            ["must be equal to one of the allowed values", "must have required property 'rid'"],
        ),
    ],
)
def test_a_query_of_neither_shape_is_refused(
    agent: Person, query: dict[str, str], texts: list[str]
):
    response = agent.api.get("voip/room", query)
    assert response.status_code == 400
    assert response.json() == {
        "success": False,
        "error": "\n ".join([*texts, NONE_FITS]) + " [invalid-params]",
        "errorType": "invalid-params",
    }


def test_a_call_needs_a_login(api: Api):
    response = api.get("voip/room", {"token": "t", "agentId": "a"})
    assert response.status_code == 401
    assert response.json()["message"] == "You must be logged in to do this."


def test_a_call_needs_the_permission(admin: Api):
    response = admin.get("voip/room", {"token": "t", "agentId": "a"})
    assert refusal(response) == (
        403,
        "User does not have the permissions required for this action [error-unauthorized]",
    )


def test_the_sixth_call_within_a_minute_is_refused(
    private_server: Callable[..., FrontdeskProcess],
):
    server = private_server(
        environment={
            "TEST_MODE": "false",
            "ADMIN_USERNAME": "boss",
            "ADMIN_PASS": "a-long-password",
            "ADMIN_EMAIL": "boss@example.org",
            "OVERWRITE_SETTING_Accounts_TwoFactorAuthentication_Enabled": "false",
        }
    )
    with (
        Api(server.url) as api,
        api.login("boss", "a-long-password") as boss,
        another_agent(boss) as agent,
    ):
        query = {"token": register_visitor(api).token, "agentId": agent.id}
        answers = [agent.api.get("voip/room", query) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[0].headers["x-ratelimit-limit"] == "5"
    assert answers[5].json()["error"].endswith("[error-too-many-requests]")
