"""POST livechat/room.closeByUser."""

import pytest

from tests.builders import (
    create_agent,
    create_department,
    create_user,
    inquiry_of,
    messages_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_user,
    say_as_visitor,
    settings,
    take,
)
from tests.harness.client import Api


def close(api: Api, **body: object) -> tuple[int, dict[str, object]]:
    """Close by user and return status and body."""
    answer = api.post("livechat/room.closeByUser", body)
    return answer.status_code, answer.json()


@pytest.fixture
def room_id(api: Api, admin: Api) -> str:
    """Return the id of an open conversation that nobody serves."""
    visitor = register_visitor(api, department=create_department(admin))
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        return str(open_conversation(api, visitor)[0]["_id"])


def test_closing_answers_success_and_leaves_a_record(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        agent = create_agent(admin)
        room, visitor = open_conversation(api)
        take(agent, admin, room["_id"])
        say_as_visitor(api, room["_id"], visitor, "Hello")
        say_as_user(agent.api, room["_id"], "How can I help?")

        status, body = close(agent.api, rid=room["_id"], comment="close via API", tags=["a", "a"])

        assert (status, body) == (200, {"success": True})
        record = room_of(admin, room["_id"])
        assert "open" not in record
        assert record["closer"] == "user"
        assert record["closedBy"] == {"_id": agent.id, "username": agent.username}
        assert record["tags"] == ["a"]
        assert record["v"]["status"] == "offline"
        assert record["servedBy"]["_id"] == agent.id
        assert record["metrics"]["chatDuration"] >= record["metrics"]["serviceTimeDuration"] >= 0
        assert record["metrics"]["visitorInactivity"] >= 0
        assert record["lastMessage"]["t"] == "livechat-close"
        assert inquiry_of(admin, room["_id"]) is None
        mine = agent.api.get("subscriptions.getOne", {"roomId": room["_id"]}).json()
        assert mine["subscription"] is None
        last = messages_of(api, room["_id"], visitor)[0]
        assert (last["t"], last["msg"], last["u"]["username"]) == (
            "livechat-close",
            "close via API",
            agent.username,
        )
        assert last["transcriptRequested"] is False
        retire(admin, agent)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "must have required property 'rid' [invalid-params]"),
        ({"rid": "x", "extra": 1}, "must NOT have additional properties [invalid-params]"),
        ({"rid": "x", "tags": "a"}, "must be array [invalid-params]"),
        ({"rid": "x", "forceClose": "yes"}, "must be boolean [invalid-params]"),
        ({"rid": {}, "comment": "x"}, "must be string [invalid-params]"),
        (
            {"rid": "x", "transcriptEmail": {}},
            "must have required property 'sendToVisitor' [invalid-params]",
        ),
        (
            {"rid": "x", "transcriptEmail": {"sendToVisitor": True, "requestData": {"email": "a"}}},
            "must have required property 'subject' [invalid-params]",
        ),
        ([], "must be object [invalid-params]"),
    ],
)
def test_invalid_input_is_explained_in_the_words_of_the_api(
    admin: Api, body: object, error: str
) -> None:
    answer = admin.post("livechat/room.closeByUser", body)

    assert answer.status_code == 400
    assert answer.json() == {"success": False, "error": error, "errorType": "invalid-params"}


def test_without_a_login_it_is_401(api: Api) -> None:
    answer = api.post("livechat/room.closeByUser", {"rid": "x"})

    assert answer.status_code == 401
    assert answer.json()["status"] == "error"
    assert answer.json()["message"] == "You must be logged in to do this."


def test_without_the_permission_it_is_403_even_with_a_bad_body(admin: Api) -> None:
    nobody = create_user(admin)

    status, body = close(nobody.api)

    assert status == 403
    assert body == {
        "success": False,
        "error": "User does not have the permissions required for this action [error-unauthorized]",
    }


def test_an_unknown_room_is_refused(admin: Api) -> None:
    assert close(admin, rid="nope", comment="x") == (
        400,
        {"success": False, "error": "error-invalid-room"},
    )


def test_a_channel_is_no_conversation(admin: Api) -> None:
    assert close(admin, rid="GENERAL", comment="x")[1]["error"] == "error-invalid-room"


def test_a_closed_room_is_refused(admin: Api, room_id: str) -> None:
    assert close(admin, rid=room_id, comment="done")[0] == 200

    assert close(admin, rid=room_id, comment="again") == (
        400,
        {"success": False, "error": "error-room-already-closed"},
    )


@pytest.mark.parametrize("comment", [None, "", " \t\n "])
def test_a_blank_comment_is_refused_and_nothing_changes(
    admin: Api, room_id: str, comment: str | None
) -> None:
    before = room_of(admin, room_id)
    body = {"rid": room_id, "forceClose": True}
    answer = admin.post(
        "livechat/room.closeByUser", body | ({"comment": comment} if comment else {})
    )

    assert answer.json() == {"success": False, "error": "error-comment-is-required"}
    assert room_of(admin, room_id) == before
    assert inquiry_of(admin, room_id) is not None


def test_the_comment_may_be_left_out_where_the_workspace_does_not_ask_for_it(
    admin: Api, room_id: str
) -> None:
    with settings(admin, Livechat_request_comment_when_closing_conversation=False):
        assert close(admin, rid=room_id)[0] == 200

    assert room_of(admin, room_id)["lastMessage"]["msg"] == ""


def test_an_agent_who_is_no_member_is_refused_with_400(admin: Api, room_id: str) -> None:
    agent = create_agent(admin)

    status, body = close(agent.api, rid=room_id, comment="x")

    assert (status, body["error"]) == (400, "error-not-authorized")
    retire(admin, agent)


def test_an_agent_learns_nothing_about_rooms_of_others_once_they_are_closed(
    admin: Api, room_id: str
) -> None:
    agent = create_agent(admin)
    close(admin, rid=room_id, comment="done")

    assert close(agent.api, rid=room_id, comment="x")[1]["error"] == "error-not-authorized"
    retire(admin, agent)


def test_tags_of_request_room_and_department_are_merged_in_that_order(api: Api, admin: Api) -> None:
    department = create_department(admin, chatClosingTags=["d", "abc"])
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        visitor = register_visitor(api, department=department)
        room, _ = open_conversation(api, visitor)

    assert close(admin, rid=room["_id"], comment="x", tags=["abc", "abc", "x"])[0] == 200
    assert room_of(admin, room["_id"])["tags"] == ["abc", "x", "d"]


def test_a_department_may_require_a_tag(api: Api, admin: Api) -> None:
    department = create_department(
        admin, requestTagBeforeClosingChat=True, chatClosingTags=["standard"]
    )
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        room, visitor = open_conversation(api, register_visitor(api, department=department))

    refused = close(admin, rid=room["_id"], comment="x")
    assert refused[1]["error"] == "error-tags-must-be-assigned-before-closing-chat"
    assert room_of(admin, room["_id"])["open"] is True

    by_visitor = api.post("livechat/room.close", {"rid": room["_id"], "token": visitor.token})
    assert by_visitor.status_code == 200
    assert room_of(admin, room["_id"])["tags"] == ["standard"]


def test_a_room_without_agent_has_no_service_time(admin: Api, room_id: str) -> None:
    close(admin, rid=room_id, comment="x")

    metrics = room_of(admin, room_id)["metrics"]
    assert "chatDuration" in metrics
    assert "serviceTimeDuration" not in metrics


def test_force_close_is_ignored_unless_the_workspace_allows_it(admin: Api, room_id: str) -> None:
    close(admin, rid=room_id, comment="first")

    again = close(admin, rid=room_id, comment="second", forceClose=True)
    assert again[1]["error"] == "error-room-already-closed"

    first = room_of(admin, room_id)
    with settings(admin, Omnichannel_allow_force_close_conversations=True):
        assert close(admin, rid=room_id, comment="second", forceClose=True)[0] == 200
    second = room_of(admin, room_id)
    assert second["closedAt"] > first["closedAt"]
    assert second["lastMessage"]["msg"] == "second"


def test_a_transcript_to_the_visitor_needs_an_address(admin: Api, room_id: str) -> None:
    status, _ = close(admin, rid=room_id, comment="x", transcriptEmail={"sendToVisitor": True})

    assert status == 400
    assert room_of(admin, room_id)["open"] is True


@pytest.mark.parametrize(
    ("email", "subject"),
    [
        ("nobody", "Hello"),
        ("a@b@c", "Hello"),
        ("a@example.org\nBcc: b@example.org", "Hello"),
        ("a@example.org", "Hello\r\nBcc: b@example.org"),
    ],
)
def test_a_transcript_that_could_not_be_sent_is_refused_before_anything_is_written(
    admin: Api, room_id: str, email: str, subject: str
) -> None:
    status, _ = close(
        admin,
        rid=room_id,
        comment="x",
        transcriptEmail={
            "sendToVisitor": True,
            "requestData": {"email": email, "subject": subject},
        },
    )

    assert status == 400
    assert room_of(admin, room_id)["open"] is True


def test_the_visitor_is_asked_for_a_transcript_where_the_workspace_does_so(
    api: Api, admin: Api
) -> None:
    with settings(
        admin, Livechat_accept_chats_with_no_agents=True, Livechat_enable_transcript=True
    ):
        room, visitor = open_conversation(api)
        close(admin, rid=room["_id"], comment="x")

        newest = [each for each in messages_of(api, room["_id"], visitor) if "t" in each][:2]
        assert {(each["t"], each["msg"]) for each in newest} == {
            ("livechat-close", "x"),
            ("command", "promptTranscript"),
        }


def test_a_closed_conversation_stays_closed(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        room, visitor = open_conversation(api)
        close(admin, rid=room["_id"], comment="x")

        said = api.post(
            "livechat/message", {"token": visitor.token, "rid": room["_id"], "msg": "still there?"}
        )
        assert said.json()["error"] == "room-closed"
        resumed = api.get("livechat/room", {"token": visitor.token, "rid": room["_id"]})
        assert resumed.json()["error"] == "invalid-room"
        held = admin.post("livechat/room.onHold", {"roomId": room["_id"]})
        assert held.json()["error"] == "error-room-already-closed"
        returned = admin.post("livechat/inquiries.returnAsInquiry", {"roomId": room["_id"]})
        assert returned.json()["error"] == "room-closed"
        written = admin.post(
            "chat.sendMessage", {"message": {"rid": room["_id"], "msg": "one more"}}
        )
        assert written.status_code == 400

        another, _ = open_conversation(api, visitor)
        assert another["_id"] != room["_id"]
        assert "open" not in room_of(admin, room["_id"])
