from typing import Any

import pytest

from tests.builders import (
    Person,
    create_user,
    open_conversation,
    settings,
    stored_messages,
)
from tests.calls.conftest import OpenCall, Room, another_agent
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

EVENTS = (
    "voip-call-started",
    "voip-call-ended",
    "voip-call-declined",
    "voip-call-on-hold",
    "voip-call-unhold",
    "voip-call-duration",
)


def report(user: Api, room: Room, event: str = "voip-call-started", **more: Any):
    return user.post("voip/events", {"event": event, "rid": room["_id"], **more})


def read(user: Api, room: Room) -> Room:
    answer = user.get("voip/room", {"rid": room["_id"], "token": room["v"]["token"]})
    found: Room = answer.json()["room"]
    return found


def test_an_event_becomes_a_message_of_the_agent(
    server: FrontdeskProcess, agent: Person, open_call: OpenCall
):
    room = open_call()
    response = report(agent.api, room, "voip-call-started")
    assert response.status_code == 200
    assert response.json() == {"success": True}
    (message,) = stored_messages(server, room["_id"])
    assert (message.kind, message.text, message.groupable) == ("voip-call-started", "", False)
    assert (message.author_id, message.author_username) == (agent.id, agent.username)
    assert message.extras == {"voipData": {"callDuration": 0, "callStarted": room["ts"]}}


def test_an_event_may_bring_a_comment(server: FrontdeskProcess, agent: Person, open_call: OpenCall):
    room = open_call()
    assert report(agent.api, room, "voip-call-declined", comment="engaged").is_success
    assert report(agent.api, room, "voip-call-ended", comment=None).is_success
    texts = {message.kind: message.text for message in stored_messages(server, room["_id"])}
    assert texts == {"voip-call-declined": "engaged", "voip-call-ended": ""}


def test_every_event_of_a_client_is_kept_and_none_closes_the_room(
    server: FrontdeskProcess, agent: Person, open_call: OpenCall
):
    room = open_call()
    for event in EVENTS:
        assert report(agent.api, room, event).is_success
    kinds = {message.kind for message in stored_messages(server, room["_id"])}
    assert kinds == set(EVENTS)
    now = read(agent.api, room)
    assert now["open"] is True
    assert now["msgs"] == len(EVENTS)
    assert now["lastMessage"]["t"] == EVENTS[-1]
    assert now["lm"] == now["lastMessage"]["ts"]


def test_an_event_in_a_closed_room_is_dropped_without_an_error(
    server: FrontdeskProcess, agent: Person, open_call: OpenCall
):
    room = open_call()
    agent.api.post("voip/room.close", {"rid": room["_id"], "token": room["v"]["token"]})
    closed = read(agent.api, room)
    assert report(agent.api, room, "voip-call-duration").json() == {"success": True}
    assert read(agent.api, room) == closed
    assert len(stored_messages(server, room["_id"])) == 1


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "Missing key 'event'"),
        ({"rid": "r"}, "Missing key 'event'"),
        ({"event": "voip-call-ended"}, "Missing key 'rid'"),
        (
            {"event": "voip-call-wrapup", "rid": "r"},
            "Failed Match.Where validation in field event",
        ),
        ({"event": 5, "rid": "r"}, "Failed Match.Where validation in field event"),
        ({"event": [], "rid": "r"}, "Failed Match.Where validation in field event"),
        ({"event": "voip-call-ended", "rid": 5}, "Expected string, got number in field rid"),
        ({"event": "voip-call-ended", "rid": None}, "Expected string, got null in field rid"),
        ({"rid": {}, "foo": 1}, "Expected string, got object in field rid"),
        ({"foo": 1, "rid": {}}, "Unknown key in field foo"),
        (
            {"event": "voip-call-ended", "rid": "r", "comment": True},
            "Failed Match.OneOf, Match.Maybe or Match.Optional validation in field comment",
        ),
        ([], "Expected plain object"),
        ("text", "Expected object, got string"),
    ],
)
def test_a_malformed_event_is_refused(agent: Person, body: Any, text: str):
    response = agent.api.post("voip/events", body)
    assert response.status_code == 400
    assert response.json() == {"success": False, "error": f"Match error: {text}"}


def test_an_unknown_room_is_not_found(agent: Person):
    response = report(agent.api, {"_id": "nowhere"})
    assert response.status_code == 404
    assert response.json() == {"success": False, "error": "Resource not found"}


def test_a_chat_is_not_found(api: Api, admin: Api, agent: Person):
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        chat, _ = open_conversation(api)
    assert report(agent.api, chat).status_code == 404


def test_an_agent_may_not_report_of_the_call_of_another(
    server: FrontdeskProcess, admin: Api, open_call: OpenCall
):
    room = open_call()
    with another_agent(admin) as colleague:
        response = report(colleague.api, room)
    assert response.status_code == 403
    assert response.json() == {"success": False, "error": "unauthorized"}
    assert stored_messages(server, room["_id"]) == []


def test_a_manager_may_report_of_any_call(admin: Api, open_call: OpenCall):
    room = open_call()
    with another_agent(admin, "livechat-manager") as manager:
        assert report(manager.api, room).is_success
        assert read(manager.api, room)["msgs"] == 1


def test_an_event_needs_the_permission(admin: Api, open_call: OpenCall):
    with create_user(admin).api as user:
        response = report(user, open_call())
    assert response.status_code == 403
    assert response.json()["error"] == (
        "User does not have the permissions required for this action [error-unauthorized]"
    )


def test_an_event_needs_a_login(api: Api, open_call: OpenCall):
    assert report(api, open_call()).status_code == 401
