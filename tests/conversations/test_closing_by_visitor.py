"""POST livechat/room.close."""

import pytest

from tests.builders import (
    inquiry_of,
    messages_of,
    open_conversation,
    register_visitor,
    room_of,
    settings,
)
from tests.harness.client import Api


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "must have required property 'token' [invalid-params]"),
        ({"token": "t"}, "must have required property 'rid' [invalid-params]"),
        ({"rid": "r"}, "must have required property 'token' [invalid-params]"),
        (
            {"rid": "r", "token": "t", "comment": "x"},
            "must NOT have additional properties [invalid-params]",
        ),
        ({"rid": ["r"], "token": "t"}, "must be string [invalid-params]"),
    ],
)
def test_invalid_input_is_explained(api: Api, body: object, error: str) -> None:
    answer = api.post("livechat/room.close", body)

    assert answer.status_code == 400
    assert answer.json() == {"success": False, "error": error, "errorType": "invalid-params"}


def test_broken_json_counts_as_an_empty_body(api: Api) -> None:
    answer = api.post(
        "livechat/room.close",
        content=b'{"rid": "x", ',
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 400
    assert answer.json()["error"] == "must have required property 'token' [invalid-params]"


def test_the_visitor_closes_the_own_conversation(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        room, visitor = open_conversation(api)

        answer = api.post("livechat/room.close", {"rid": room["_id"], "token": visitor.token})

        assert answer.status_code == 200
        assert answer.json() == {
            "rid": room["_id"],
            "comment": "Closed by visitor",
            "success": True,
        }
        record = room_of(admin, room["_id"])
        assert record["closer"] == "visitor"
        assert record["closedBy"] == {"_id": visitor.id, "username": visitor.username}
        assert inquiry_of(admin, room["_id"]) is None
        last = messages_of(api, room["_id"], visitor)[0]
        assert (last["t"], last["token"]) == ("livechat-close", visitor.token)


def test_a_second_close_is_refused(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        room, visitor = open_conversation(api)
    body = {"rid": room["_id"], "token": visitor.token}
    assert api.post("livechat/room.close", body).status_code == 200

    again = api.post("livechat/room.close", body)

    assert (again.status_code, again.json()) == (400, {"success": False, "error": "room-closed"})


def test_another_visitors_token_closes_nothing(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        room, _ = open_conversation(api)
    stranger = register_visitor(api)

    theirs = api.post("livechat/room.close", {"rid": room["_id"], "token": stranger.token})
    unknown = api.post("livechat/room.close", {"rid": room["_id"], "token": "nobody"})

    assert theirs.json()["error"] == "invalid-room"
    assert unknown.json()["error"] == "invalid-token"
    assert room_of(admin, room["_id"])["open"] is True


def test_visitors_may_be_kept_from_closing(api: Api, admin: Api) -> None:
    with settings(admin, Omnichannel_allow_visitors_to_close_conversation=False):
        answer = api.post("livechat/room.close", {"rid": "x", "token": "nobody"})

    assert answer.json()["error"] == "error-not-allowed-to-close-conversation"


def test_the_comment_is_in_the_language_of_the_workspace(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True, Language="de"):
        room, visitor = open_conversation(api)

        answer = api.post("livechat/room.close", {"rid": room["_id"], "token": visitor.token})

        assert answer.json()["comment"] not in ("", "Closed by visitor", "Closed_by_visitor")
