"""What visitors read and tell of themselves."""

from collections.abc import Iterator

import httpx
import pytest

from tests.builders import (
    Person,
    create_agent,
    inquiry_of,
    messages_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_visitor,
    settings,
)
from tests.harness.client import Api

CALL = "livechat/visitor.callStatus"


@pytest.fixture(autouse=True)
def agent(admin: Api) -> Iterator[Person]:
    """Let conversations wait to be taken by hand."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        person = create_agent(admin)
        yield person
        retire(admin, person)


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Return status, text and type of a refused request."""
    return answer.status_code, answer.json()["error"], answer.json().get("errorType")


def test_a_visitor_reads_the_own_record(api: Api) -> None:
    room, visitor = open_conversation(api, register_visitor(api, name="Ann"))

    record = api.get(f"livechat/visitor/{visitor.token}").json()["visitor"]

    assert (record["_id"], record["token"], record["name"]) == (visitor.id, visitor.token, "Ann")
    assert record["lastChat"]["_id"] == room["_id"]
    unknown = api.get("livechat/visitor/nobody")
    assert refusal(unknown) == (400, "[invalid-token]", "invalid-token")
    assert api.get("livechat/visitor").status_code in (404, 405)


@pytest.mark.parametrize("path", ["livechat/visitor.status", "livechat/visitors.status"])
def test_a_status_shows_in_the_conversation_and_not_on_the_visitor(
    api: Api, admin: Api, path: str
) -> None:
    room, visitor = open_conversation(api)

    answer = api.post(path, {"token": visitor.token, "status": "xyz"})

    assert answer.json() == {"success": True, "token": visitor.token, "status": "xyz"}
    assert room_of(admin, room["_id"])["v"]["status"] == "xyz"
    assert (inquiry_of(admin, room["_id"]) or {})["v"]["status"] == "xyz"
    record = api.get(f"livechat/visitor/{visitor.token}").json()["visitor"]
    assert record["status"] == "online"


def test_a_status_of_nobody_is_refused(api: Api) -> None:
    answer = api.post("livechat/visitor.status", {"token": "nobody", "status": "away"})
    assert refusal(answer) == (400, "[invalid-token]", "invalid-token")
    for body, missing in (({"status": "away"}, "token"), ({"token": "t"}, "status")):
        answer = api.post("livechat/visitor.status", body)
        assert refusal(answer) == (400, f"Match error: Missing key '{missing}'", None)
    answer = api.post("livechat/visitor.status", {"token": "t", "status": "a", "x": 1})
    assert refusal(answer) == (400, "Match error: Unknown key in field x", None)


def test_the_status_of_a_call_stands_on_the_room_and_its_end_in_the_message(
    api: Api, admin: Api
) -> None:
    room, visitor = open_conversation(api)
    message = say_as_visitor(api, room["_id"], visitor, "Call me")
    told = {"token": visitor.token, "rid": room["_id"], "callId": message["_id"]}

    answer = api.post(CALL, {**told, "callStatus": "ringing"})

    assert answer.json() == {"success": True, "token": visitor.token, "callStatus": "ringing"}
    assert room_of(admin, room["_id"])["callStatus"] == "ringing"
    assert messages_of(api, room["_id"], visitor)[0]["msg"] == "Call me"
    api.post(CALL, {**told, "callStatus": "ended"})
    assert room_of(admin, room["_id"])["callStatus"] == "ended"
    ended = messages_of(api, room["_id"], visitor)[0]
    assert (ended["msg"], ended["actionLinks"]) == ("ended", [])
    assert ended["webRtcCallEndTs"].endswith("Z")


def test_a_call_of_others_is_left_alone(api: Api, admin: Api) -> None:
    room, visitor = open_conversation(api)
    stranger = register_visitor(api)
    body = {"token": stranger.token, "rid": room["_id"], "callId": "c", "callStatus": "ended"}

    assert refusal(api.post(CALL, body)) == (400, "invalid-room", None)
    unknown = api.post(CALL, {**body, "token": "nobody"})
    assert refusal(unknown) == (400, "[invalid-token]", "invalid-token")
    long = api.post(CALL, {**body, "token": visitor.token, "callStatus": "x" * 65})
    assert refusal(long) == (400, "error-invalid-status", None)
    assert "callStatus" not in room_of(admin, room["_id"])
    for missing in ("token", "callStatus", "rid", "callId"):
        part = {name: value for name, value in body.items() if name != missing}
        text = f"Match error: Missing key '{missing}'"
        assert refusal(api.post(CALL, part)) == (400, text, None)
