from typing import Any

import pytest

from frontdesk.clock import now_ms
from tests.builders import (
    create_agent,
    open_conversation,
    retire,
    say_as_user,
    say_as_visitor,
    unique,
)
from tests.harness.client import Api
from tests.messages.served import Served, error

NOT_FOUND = (
    'The required "roomId" or "roomName" param provided does not match any channel '
    "[error-room-not-found]"
)


def history(api: Api, room_id: str, **query: Any) -> dict[str, Any]:
    answer = api.get("channels.history", {"roomId": room_id, **query})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def texts(answer: dict[str, Any]) -> list[str]:
    return [each["msg"] for each in answer["messages"] if "t" not in each]


def test_the_history_of_a_conversation_is_read_in_parts(api: Api, served: Served):
    agent = served.agent.api
    said = [say_as_user(agent, served.room_id, f"message {number}") for number in range(5)]
    middle = said[2]["ts"]

    assert texts(history(agent, served.room_id, count=2)) == ["message 4", "message 3"]
    assert texts(history(agent, served.room_id, count=2, offset=2)) == ["message 2", "message 1"]
    older = texts(history(agent, served.room_id, latest=middle))
    assert older == ["message 1", "message 0"]
    newer = texts(history(agent, served.room_id, oldest=middle))
    assert newer == ["message 4", "message 3"]
    with_it = texts(history(agent, served.room_id, oldest=middle, inclusive="true"))
    assert with_it == ["message 4", "message 3", "message 2"]


def test_replies_may_be_left_out(served: Served):
    agent = served.agent.api
    head = say_as_user(agent, served.room_id, "head")
    reply = {"rid": served.room_id, "msg": "reply", "tmid": head["_id"]}
    assert agent.post("chat.sendMessage", {"message": reply}).status_code == 200

    assert texts(history(agent, served.room_id)) == ["reply", "head"]
    assert texts(history(agent, served.room_id, showThreadMessages="false")) == ["head"]


def pass_a_millisecond() -> None:
    """Let what follows be later than what was before, also for clocks of milliseconds."""
    before = now_ms()
    while now_ms() == before:
        pass


def test_what_is_not_read_yet_is_counted(api: Api, served: Served):
    agent = served.agent.api
    assert agent.post("subscriptions.read", {"rid": served.room_id}).status_code == 200
    for number in range(3):
        pass_a_millisecond()
        say_as_visitor(api, served.room_id, served.visitor, f"message {number}")

    found = history(agent, served.room_id, count=1, unreads="true")

    assert found["unreadNotLoaded"] == 2
    assert found["firstUnread"]["msg"] == "message 0"


def test_a_channel_is_found_by_name(admin: Api):
    word = unique("word")
    admin.post("chat.postMessage", {"roomId": "GENERAL", "text": word})

    answer = admin.get("channels.history", {"roomName": "general", "count": 100})

    assert word in [each["msg"] for each in answer.json()["messages"]]


def test_histories_that_cannot_be_read_are_explained(api: Api, admin: Api, served: Served):
    text = 'The parameter "roomId" or "roomName" is required [error-roomid-param-not-provided]'
    assert error(admin.get("channels.history")) == text
    assert error(admin.get("channels.history", {"roomId": "nowhere"})) == NOT_FOUND
    bad = admin.get("channels.history", {"roomId": "GENERAL", "latest": "soon"})
    assert error(bad).endswith("[error-latest-param-invalid]")
    other = create_agent(admin)
    for path in ("channels.history", "channels.info"):
        refused = other.api.get(path, {"roomId": served.room_id})
        assert (refused.status_code, refused.json()["error"]) == (403, "unauthorized")
    assert api.get("channels.history", {"roomId": "GENERAL"}).status_code == 401
    retire(admin, other)


def test_old_clients_read_a_conversation_as_a_channel(admin: Api, served: Served):
    answer = served.agent.api.get("channels.info", {"roomId": served.room_id})

    assert answer.status_code == 200
    assert answer.json()["channel"]["_id"] == served.room_id
    assert error(admin.get("channels.info", {"roomId": "nowhere"})) == NOT_FOUND


def test_a_reaction_is_given_and_taken_back(api: Api, served: Served):
    agent = served.agent
    message = say_as_visitor(api, served.room_id, served.visitor, "react to this")
    body = {"messageId": message["_id"], "emoji": "smile"}

    def reactions() -> Any:
        found = agent.api.get("chat.getMessage", {"msgId": message["_id"]}).json()["message"]
        return found.get("reactions")

    assert agent.api.post("chat.react", body).json() == {"success": True}
    assert reactions() == {":smile:": {"usernames": [agent.username]}}
    assert agent.api.post("chat.react", {**body, "shouldReact": True}).status_code == 200
    assert reactions() == {":smile:": {"usernames": [agent.username]}}
    again = {"messageId": message["_id"], "reaction": ":smile:"}
    assert agent.api.post("chat.react", again).status_code == 200
    assert reactions() is None


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, 'The required "messageId" param is missing. [error-messageid-param-not-provided]'),
        (
            {"messageId": "nowhere", "emoji": "smile"},
            'The provided "messageId" does not match any existing message. '
            "[error-message-not-found]",
        ),
    ],
)
def test_bad_reactions_are_explained(admin: Api, body: dict[str, str], text: str):
    assert error(admin.post("chat.react", body)) == text


def test_only_those_who_may_write_react(api: Api, admin: Api, served: Served):
    message = say_as_visitor(api, served.room_id, served.visitor, "react to this")
    other = create_agent(admin)

    refused = other.api.post("chat.react", {"messageId": message["_id"], "emoji": "smile"})

    assert error(refused) == "error-not-allowed"
    odd = {"messageId": message["_id"], "emoji": "a.b $c"}
    assert "Invalid emoji" in error(served.agent.api.post("chat.react", odd))
    missing = served.agent.api.post("chat.react", {"messageId": message["_id"]})
    assert error(missing).endswith("[error-emoji-param-not-provided]")
    retire(admin, other)
    assert open_conversation(api)[0]["_id"]
