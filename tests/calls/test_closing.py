from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.builders import (
    Person,
    open_conversation,
    register_visitor,
    settings,
    stored_messages,
)
from tests.calls.conftest import OpenCall, Room, another_agent
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess


def close(user: Api, room: Room, **options: Any):
    body = {"rid": room["_id"], "token": room["v"]["token"]}
    return user.post("voip/room.close", {**body, "options": options} if options else body)


def read(user: Api, room: Room) -> Room:
    answer = user.get("voip/room", {"rid": room["_id"], "token": room["v"]["token"]})
    closed: Room = answer.json()["room"]
    return closed


def refusal(response) -> tuple[int, Any]:
    return response.status_code, response.json()


def refused(text: str) -> tuple[int, Any]:
    return 400, {"success": False, "error": text}


def invalid(text: str) -> tuple[int, Any]:
    error = f"{text} [invalid-params]"
    return 400, {"success": False, "error": error, "errorType": "invalid-params"}


def test_an_open_call_is_closed(agent: Person, open_call: OpenCall):
    room = open_call()
    response = close(agent.api, room)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {"rid": room["_id"], "success": True}


def test_a_closed_call_has_no_open_member_and_knows_how_it_ended(
    agent: Person, open_call: OpenCall
):
    room = open_call()
    close(agent.api, room)
    closed = read(agent.api, room)
    assert "open" not in closed
    assert closed["closer"] == "visitor"
    assert closed["closedBy"] == {"_id": room["v"]["_id"], "username": room["v"]["username"]}
    assert closed["v"]["status"] == "offline"
    assert closed["callDuration"] >= 0
    assert closed["callTotalHoldTime"] == 0
    assert closed["closedAt"] >= closed["ts"]
    assert closed["lm"] == closed["closedAt"] == closed["_updatedAt"]
    assert "callWaitingTime" not in closed
    assert "tags" not in closed


def test_a_comment_becomes_the_wrap_up_note(
    server: FrontdeskProcess, agent: Person, open_call: OpenCall
):
    room = open_call()
    assert close(agent.api, room, comment="Will call back").is_success
    (message,) = stored_messages(server, room["_id"])
    assert (message.kind, message.text) == ("voip-call-wrapup", "Will call back")
    assert (message.author_id, message.author_username) == (agent.id, agent.username)
    assert message.groupable is False
    closed = read(agent.api, room)
    assert closed["msgs"] == 1
    assert closed["lastMessage"]["msg"] == "Will call back"


@pytest.mark.parametrize("comment", [{}, {"comment": ""}, {"comment": None}])
def test_without_a_comment_the_call_has_simply_ended(
    server: FrontdeskProcess, agent: Person, open_call: OpenCall, comment: dict[str, Any]
):
    room = open_call()
    assert close(agent.api, room, **comment).is_success
    (message,) = stored_messages(server, room["_id"])
    assert (message.kind, message.text) == ("voip-call-ended", "")


def test_tags_are_kept(agent: Person, open_call: OpenCall):
    room = open_call()
    assert close(agent.api, room, tags=["sales", "urgent"]).is_success
    assert read(agent.api, room)["tags"] == ["sales", "urgent"]


@pytest.mark.parametrize("tags", [[], None])
def test_no_tags_leave_none(agent: Person, open_call: OpenCall, tags: list[str] | None):
    room = open_call()
    assert close(agent.api, room, tags=tags).is_success
    assert "tags" not in read(agent.api, room)


def test_options_may_hold_what_the_server_does_not_know(agent: Person, open_call: OpenCall):
    assert close(agent.api, open_call(), mood="good").is_success


def test_options_may_be_null(agent: Person, open_call: OpenCall):
    room = open_call()
    body = {"rid": room["_id"], "token": room["v"]["token"], "options": None}
    assert agent.api.post("voip/room.close", body).is_success


def test_who_holds_the_token_may_close_without_serving_the_call(
    server: FrontdeskProcess, admin: Api, open_call: OpenCall
):
    room = open_call()
    with another_agent(admin) as colleague:
        assert close(colleague.api, room).is_success
        (message,) = stored_messages(server, room["_id"])
        assert message.author_id == colleague.id
        assert read(colleague.api, room)["closedBy"]["_id"] == room["v"]["_id"]


def test_a_closed_call_cannot_be_closed_again(
    server: FrontdeskProcess, agent: Person, open_call: OpenCall
):
    room = open_call()
    close(agent.api, room, comment="first")
    before = read(agent.api, room)
    assert refusal(close(agent.api, room, comment="second")) == refused("room-closed")
    assert read(agent.api, room) == before
    assert [message.text for message in stored_messages(server, room["_id"])] == ["first"]


def test_of_eight_simultaneous_closers_one_succeeds(
    server: FrontdeskProcess, agent: Person, open_call: OpenCall
):
    room = open_call()
    start = Barrier(8)

    def close_at_once(number: int) -> tuple[int, Any]:
        with Api(server.url, user_id=agent.id, token=agent.api.token) as client:
            start.wait()
            return refusal(close(client, room, comment=f"closer {number}"))

    with ThreadPoolExecutor(8) as closers:
        outcomes = list(closers.map(close_at_once, range(8)))
    assert outcomes.count((200, {"rid": room["_id"], "success": True})) == 1
    assert outcomes.count(refused("room-closed")) == 7
    (message,) = stored_messages(server, room["_id"])
    winner = outcomes.index((200, {"rid": room["_id"], "success": True}))
    assert message.text == f"closer {winner}"
    assert read(agent.api, room)["msgs"] == 1


def test_an_unknown_token_is_refused(agent: Person, open_call: OpenCall):
    room = open_call()
    body = {"rid": room["_id"], "token": "nobody's"}
    assert refusal(agent.api.post("voip/room.close", body)) == refused("invalid-token")


def test_an_unknown_room_is_refused(agent: Person, open_call: OpenCall):
    body = {"rid": "nowhere", "token": open_call()["v"]["token"]}
    assert refusal(agent.api.post("voip/room.close", body)) == refused("invalid-room")


def test_the_token_of_another_visitor_is_refused(api: Api, agent: Person, open_call: OpenCall):
    room = open_call()
    body = {"rid": room["_id"], "token": register_visitor(api).token}
    assert refusal(agent.api.post("voip/room.close", body)) == refused("invalid-room")
    assert read(agent.api, room)["open"] is True


def test_a_chat_is_no_call(api: Api, admin: Api, agent: Person):
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        chat, visitor = open_conversation(api)
    body = {"rid": chat["_id"], "token": visitor.token}
    assert refusal(agent.api.post("voip/room.close", body)) == refused("invalid-room")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must have required property 'rid'"),
        ({"token": "t"}, "must have required property 'rid'"),
        ({"rid": "r"}, "must have required property 'token'"),
        ({"rid": "r", "token": "t", "comment": "c"}, "must NOT have additional properties"),
        ({"rid": ["r"], "token": "t"}, "must be string"),
        ({"rid": "r", "token": {}}, "must be string"),
        ({"rid": "r", "token": "t", "options": "o"}, "must be object"),
        ({"rid": "r", "token": "t", "options": {"tags": "x"}}, "must be array"),
        ({"rid": "r", "token": "t", "options": {"tags": [[]]}}, "must be string"),
        ({"rid": "r", "token": "t", "options": {"comment": []}}, "must be string"),
        ([], "must be object"),
    ],
)
def test_a_malformed_body_is_refused(agent: Person, body: Any, text: str):
    assert refusal(agent.api.post("voip/room.close", body)) == invalid(text)


def test_a_body_that_is_not_json_counts_as_empty(agent: Person):
    headers = {"Content-Type": "application/json"}
    response = agent.api.post("voip/room.close", content=b"{rid", headers=headers)
    assert refusal(response) == invalid("must have required property 'rid'")


def test_a_number_for_a_text_is_taken_as_text(agent: Person):
    body = {"rid": 5, "token": 5}
    assert refusal(agent.api.post("voip/room.close", body)) == refused("invalid-token")


def test_nobody_closes_without_a_login(api: Api, agent: Person, open_call: OpenCall):
    room = open_call()
    response = close(api, room)
    assert response.status_code == 401
    body = response.json()
    assert body["status"] == "error"
    assert body["message"] == "You must be logged in to do this."
    assert read(agent.api, room)["open"] is True


def test_an_administrator_who_is_no_agent_is_refused(
    admin: Api, agent: Person, open_call: OpenCall
):
    room = open_call()
    assert refusal(close(admin, room)) == (
        403,
        {
            "success": False,
            "error": "User does not have the permissions required for this action "
            "[error-unauthorized]",
        },
    )
    assert read(agent.api, room)["open"] is True


def test_the_permission_is_asked_for_before_the_body_is_judged(admin: Api):
    assert admin.post("voip/room.close", {}).status_code == 403


def test_the_last_message_is_kept_only_where_the_workspace_says_so(
    admin: Api, agent: Person, open_call: OpenCall
):
    room = open_call()
    with settings(admin, Store_Last_Message=False):
        assert close(agent.api, room, comment="not kept").is_success
    closed = read(agent.api, room)
    assert "lastMessage" not in closed
    assert closed["msgs"] == 1
