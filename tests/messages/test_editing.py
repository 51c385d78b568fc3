from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.builders import (
    create_agent,
    messages_of,
    open_conversation,
    retire,
    room_of,
    say_as_user,
    settings,
    stored_messages,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.messages.served import Served, close, error, send


def edit(api: Api, served: Served, message_id: str, text: str, **other: Any) -> httpx.Response:
    body = {"token": served.visitor.token, "rid": served.room_id, "msg": text, **other}
    return api.put(f"livechat/message/{message_id}", body)


def delete(api: Api, served: Served, message_id: str, **other: Any) -> httpx.Response:
    body = {"token": served.visitor.token, "rid": served.room_id, **other}
    return api.delete(f"livechat/message/{message_id}", body)


def update(api: Api, message: dict[str, Any], text: str, **other: Any) -> httpx.Response:
    body = {"roomId": message["rid"], "msgId": message["_id"], "text": text, **other}
    return api.post("chat.update", body)


def remove(api: Api, message: dict[str, Any], **other: Any) -> httpx.Response:
    body = {"roomId": message["rid"], "msgId": message["_id"], **other}
    return api.post("chat.delete", body)


def test_a_visitor_edits_the_own_message(api: Api, admin: Api, served: Served):
    message = send(api, served, "Helo").json()["message"]
    before = room_of(admin, served.room_id)["msgs"]

    answer = edit(api, served, message["_id"], "*Hello*")

    assert answer.status_code == 200, answer.text
    edited = answer.json()["message"]
    assert (edited["msg"], edited["_id"], edited["ts"]) == (
        "*Hello*",
        message["_id"],
        message["ts"],
    )
    assert edited["editedBy"] == {
        "_id": served.visitor.id,
        "username": served.visitor.username,
    }
    assert edited["md"][0]["value"][0]["type"] == "BOLD"
    room = room_of(admin, served.room_id)
    assert (room["lastMessage"], room["msgs"]) == (edited, before)
    assert messages_of(api, served.room_id, served.visitor)[0] == edited


def test_an_emptied_message_has_no_tree(api: Api, served: Served):
    message = send(api, served, "Hello").json()["message"]
    assert "md" not in edit(api, served, message["_id"], "").json()["message"]


def test_editing_does_not_know_the_character_limit_but_there_is_an_end(
    api: Api, admin: Api, served: Served
):
    message = send(api, served, "Hello").json()["message"]
    with settings(
        admin, Livechat_enable_message_character_limit=True, Livechat_message_character_limit=5
    ):
        assert edit(api, served, message["_id"], "longer than that").status_code == 200
    refused = edit(api, served, message["_id"], "x" * 100_001)
    assert error(refused) == "message-length-exceeds-character-limit"


def test_a_visitor_changes_only_the_own_messages(api: Api, served: Served):
    answer = say_as_user(served.agent.api, served.room_id, "Hello")
    started = messages_of(api, served.room_id, served.visitor)[-1]
    assert started["t"] == "livechat-started"
    for message_id in (answer["_id"], started["_id"]):
        assert error(edit(api, served, message_id, "x")) == "error-action-not-allowed"
        assert error(delete(api, served, message_id)) == "error-action-not-allowed"


def test_a_visitor_changes_only_messages_of_the_named_room(api: Api, served: Served):
    message = send(api, served, "Hello").json()["message"]
    other_room, other = open_conversation(api)
    strange = {"token": other.token, "rid": other_room["_id"]}

    for act in (edit(api, served, message["_id"], "x", **strange), delete(
        api, served, message["_id"], **strange
    )):  # fmt: skip
        assert error(act) == "invalid-message"
    assert error(edit(api, served, message["_id"], "x", token=other.token)) == "invalid-room"
    assert error(delete(api, served, message["_id"], token="nobody")) == "invalid-token"
    assert error(delete(api, served, "none")) == "invalid-message"


def test_the_switches_of_the_workspace_are_obeyed(api: Api, admin: Api, served: Served):
    message = send(api, served, "Hello").json()["message"]
    with settings(admin, Message_AllowEditing=False, Message_AllowDeleting=False):
        assert error(edit(api, served, message["_id"], "x")) == "error-action-not-allowed"
        assert error(delete(api, served, message["_id"])) == "error-action-not-allowed"


def test_own_messages_may_be_changed_after_the_close(api: Api, served: Served):
    message = send(api, served, "Helo").json()["message"]
    close(served)
    assert edit(api, served, message["_id"], "Hello").status_code == 200
    assert delete(api, served, message["_id"]).status_code == 200


def test_a_deleted_message_leaves_no_trace(
    api: Api, admin: Api, served: Served, server: FrontdeskProcess
):
    first = send(api, served, "First").json()["message"]
    message = send(api, served, "Second").json()["message"]
    before = room_of(admin, served.room_id)["msgs"]

    answer = delete(api, served, message["_id"])

    assert answer.status_code == 200, answer.text
    assert set(answer.json()["message"]) == {"_id", "ts"}
    assert answer.json()["message"]["_id"] == message["_id"]
    room = room_of(admin, served.room_id)
    assert (room["lastMessage"]["_id"], room["msgs"]) == (first["_id"], before - 1)
    stored = [each.id for each in stored_messages(server, served.room_id)]
    assert message["_id"] not in stored
    assert error(delete(api, served, message["_id"])) == "invalid-message"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must have required property 'token' [invalid-params]"),
        ({"token": "t"}, "must have required property 'rid' [invalid-params]"),
        ({"token": "nobody", "rid": "r", "count": 1, "sort": "x"}, "invalid-token"),
    ],
)
def test_bad_deletions_are_explained(api: Api, body: dict[str, Any], text: str):
    assert error(api.delete("livechat/message/x", body)) == text


def test_a_deletion_without_a_body_is_explained(api: Api):
    answer = api.delete("livechat/message/x")
    assert error(answer) == "must have required property 'token' [invalid-params]"


def test_a_mark_may_stand_where_a_message_was(api: Api, admin: Api, served: Served):
    message = send(api, served, "Hello").json()["message"]
    with settings(admin, Message_ShowDeletedStatus=True):
        assert delete(api, served, message["_id"]).status_code == 200
    shown = messages_of(api, served.room_id, served.visitor)[0]
    assert (shown["_id"], shown["t"], shown["msg"]) == (message["_id"], "rm", "")
    assert shown["urls"] == shown["mentions"] == shown["attachments"] == []
    assert "md" not in shown
    before = room_of(admin, served.room_id)["msgs"]
    remove(admin, message)
    assert room_of(admin, served.room_id)["msgs"] == before


def test_earlier_versions_may_be_kept(
    api: Api, admin: Api, served: Served, server: FrontdeskProcess
):
    message = send(api, served, "One").json()["message"]
    with settings(admin, Message_KeepHistory=True):
        edit(api, served, message["_id"], "Two")
        delete(api, served, message["_id"])
    assert message["_id"] not in [
        each["_id"] for each in messages_of(api, served.room_id, served.visitor)
    ]
    kept = [each for each in stored_messages(server, served.room_id) if each.hidden]
    assert sorted(each.text for each in kept) == ["One", "Two"]
    copy = next(each for each in kept if each.text == "One")
    assert (copy.extras or {})["parent"] == message["_id"]


def test_a_message_with_replies_leaves_a_mark(api: Api, served: Served):
    head = send(api, served, "Question").json()["message"]
    user = served.agent.api
    body = {"message": {"rid": served.room_id, "msg": "Answer", "tmid": head["_id"]}}
    reply = user.post("chat.sendMessage", body).json()["message"]

    assert delete(api, served, head["_id"]).status_code == 200
    shown = user.get("chat.getMessage", {"msgId": head["_id"]}).json()["message"]
    assert (shown["t"], shown["tcount"]) == ("rm", 1)

    assert remove(user, reply).status_code == 200
    shown = user.get("chat.getMessage", {"msgId": head["_id"]}).json()["message"]
    assert "tcount" not in shown


def test_a_user_edits_the_own_message(served: Served):
    message = say_as_user(served.agent.api, served.room_id, "Helo")
    answer = update(served.agent.api, message, "Hello https://example.com")
    assert answer.status_code == 200, answer.text
    edited = answer.json()["message"]
    assert (edited["msg"], edited["urls"]) == (
        "Hello https://example.com",
        [{"url": "https://example.com", "meta": {}}],
    )
    assert edited["editedBy"]["_id"] == served.agent.id


def test_the_same_text_changes_nothing(served: Served):
    message = say_as_user(served.agent.api, served.room_id, "Hello")
    answer = update(served.agent.api, message, "Hello")
    assert answer.json() == {"message": message, "success": True}


def test_who_may_not_read_a_message_does_not_get_it_for_its_text(
    api: Api, admin: Api, served: Served
):
    message = send(api, served, "Hello").json()["message"]
    other = create_agent(admin)
    refused = update(other.api, message, "Hello")
    assert error(refused) == "Message editing not allowed [error-action-not-allowed]"
    assert "Hello" not in refused.text
    retire(admin, other)


def test_messages_of_others_are_edited_with_permission_only(api: Api, admin: Api, served: Served):
    message = send(api, served, "Hello").json()["message"]
    refused = update(served.agent.api, message, "Changed")
    assert error(refused) == "Message editing not allowed [error-action-not-allowed]"
    assert update(admin, message, "Changed").status_code == 200


def test_a_message_is_found_by_its_id_and_room(admin: Api, served: Served):
    message = say_as_user(admin, served.room_id, "Hello")
    missing = {**message, "_id": "none"}
    elsewhere = {**message, "rid": "GENERAL"}
    assert error(update(admin, missing, "x")) == 'No message found with the id of "none".'
    assert error(remove(admin, missing)) == 'No message found with the id of "none".'
    text = "The room id provided does not match where the message is from."
    assert error(update(admin, elsewhere, "x")) == text
    assert error(remove(admin, elsewhere)) == text


def test_editing_may_end_after_some_minutes(admin: Api, served: Served):
    message = say_as_user(served.agent.api, served.room_id, "Hello")
    with settings(admin, Message_AllowEditing_BlockEditInMinutes=1):
        assert update(served.agent.api, message, "Changed").status_code == 200


def test_an_edited_text_is_not_longer_than_a_new_one(served: Served):
    message = say_as_user(served.agent.api, served.room_id, "Hello")
    refused = update(served.agent.api, message, "x" * 5001)
    assert error(refused) == (
        "Message size exceeds Message_MaxAllowedSize [error-message-size-exceeded]"
    )


def test_users_do_not_edit_what_is_closed(admin: Api, served: Served):
    message = say_as_user(admin, served.room_id, "Hello")
    close(served)
    assert error(update(admin, message, "Changed")) == "room-closed"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must have required property 'roomId' [invalid-params]"),
        ({"roomId": "r"}, "must have required property 'msgId' [invalid-params]"),
        ({"roomId": "r", "msgId": "m"}, "must have required property 'text' [invalid-params]"),
    ],
)
def test_bad_edits_are_explained(admin: Api, body: dict[str, str], text: str):
    assert error(admin.post("chat.update", body)) == text


def test_a_user_deletes_the_own_message(api: Api, admin: Api, served: Served):
    message = say_as_user(served.agent.api, served.room_id, "Hello")
    answer = remove(served.agent.api, message)
    assert answer.status_code == 200, answer.text
    deleted = answer.json()
    assert deleted["_id"] == message["_id"]
    assert deleted["ts"].isdecimal()
    assert deleted["message"] == {
        "_id": message["_id"],
        "rid": served.room_id,
        "u": message["u"],
    }
    assert messages_of(api, served.room_id, served.visitor)[0]["_id"] != message["_id"]


def test_messages_of_others_are_deleted_with_permission_only(api: Api, admin: Api, served: Served):
    message = send(api, served, "Hello").json()["message"]
    refused = remove(served.agent.api, message)
    assert error(refused) == "Not allowed [error-action-not-allowed]"
    refused = remove(served.agent.api, message, asUser=True)
    assert error(refused) == (
        'Unauthorized. You must have the permission "force-delete-message" to delete '
        "other's message as them."
    )
    assert error(remove(admin, message, asUser=True)) == "User not found"
    assert remove(admin, message).status_code == 200


def test_messages_of_rooms_one_may_not_read_are_not_deleted(admin: Api, served: Served):
    message = say_as_user(served.agent.api, served.room_id, "Hello")
    other = create_agent(admin)
    refused = remove(other.api, message)
    assert error(refused) == "Not allowed [error-action-not-allowed]"
    retire(admin, other)


def test_a_deletion_names_a_message(admin: Api):
    text = "must have required property 'msgId'"
    assert error(admin.post("chat.delete", {})).startswith(text)


def test_many_deletions_at_once_count_as_one(api: Api, admin: Api, served: Served):
    message = send(api, served, "Hello").json()["message"]
    before = room_of(admin, served.room_id)["msgs"]
    with settings(admin, Message_ShowDeletedStatus=True), ThreadPoolExecutor(6) as threads:
        answers = list(
            threads.map(lambda _: delete(api, served, message["_id"]).status_code, range(12))
        )
    assert 200 in answers
    assert room_of(admin, served.room_id)["msgs"] == before - 1


def test_editing_a_described_file_changes_the_description(served: Served):
    user = served.agent.api
    sent = user.post(
        f"rooms.upload/{served.room_id}",
        files={"file": ("a.txt", b"hello", "text/plain")},
        data={"msg": "*Look*", "description": "A text"},
    )
    message = sent.json()["message"]

    edited = update(user, message, "Another text").json()["message"]

    assert (edited["msg"], edited["md"]) == ("*Look*", message["md"])
    assert edited["attachments"][0]["description"] == "Another text"


def test_editing_refreshes_the_quotes(api: Api, admin: Api, served: Served):
    said = send(api, served, "Where is it?").json()["message"]
    site = admin.get("settings/Site_Url").json()["value"].rstrip("/")
    link = f"{site}/live/{served.room_id}?msg={said['_id']}"
    message = say_as_user(served.agent.api, served.room_id, f"{link} Here")
    assert len(message["attachments"]) == 1

    edited = update(served.agent.api, message, "Never mind").json()["message"]

    assert edited["attachments"] == []
