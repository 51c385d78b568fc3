import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.builders import (
    Person,
    create_agent,
    create_user,
    messages_of,
    retire,
    room_of,
    say_as_user,
    settings,
    unique,
)
from tests.harness.client import Api
from tests.messages.served import Served, close, error, send


def chat(api: Api, room_id: str, text: str, **fields: Any) -> httpx.Response:
    return api.post("chat.sendMessage", {"message": {"rid": room_id, "msg": text, **fields}})


def test_an_agents_message_is_stored_and_answered(api: Api, admin: Api, served: Served):
    send(api, served, "Hello?")

    answer = chat(served.agent.api, served.room_id, "Hello!")

    assert answer.status_code == 200
    message = answer.json()["message"]
    name = served.agent.username.title()
    assert message == {
        "_id": message["_id"],
        "rid": served.room_id,
        "msg": "Hello!",
        "ts": message["ts"],
        "u": {"_id": served.agent.id, "username": served.agent.username, "name": name},
        "_updatedAt": message["_updatedAt"],
        "urls": [],
        "mentions": [],
        "channels": [],
        "md": [{"type": "PARAGRAPH", "value": [{"type": "PLAIN_TEXT", "value": "Hello!"}]}],
    }
    room = room_of(admin, served.room_id)
    assert "waitingResponse" not in room
    assert room["responseBy"]["_id"] == served.agent.id
    assert room["metrics"]["response"]["total"] == 1
    assert messages_of(api, served.room_id, served.visitor)[0] == message
    mine = served.agent.api.get("subscriptions.getOne", {"roomId": served.room_id}).json()
    assert (mine["subscription"]["unread"], mine["subscription"]["alert"]) == (0, False)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must have required property 'message' [invalid-params]"),
        ({"message": 1}, "must be object [invalid-params]"),
        ({"message": {}, "more": 1}, "must NOT have additional properties [invalid-params]"),
        ({"message": {"msg": "x"}}, "The 'rid' property on the message object is missing."),
        (
            {"message": {"rid": "GENERAL", "t": "uj"}},
            "Cannot send system messages using 'chat.sendMessage'",
        ),
        (
            {"message": {"rid": "GENERAL", "tshow": True}},
            "tshow provided but missing tmid [invalid-params]",
        ),
        ({"message": {"rid": "nowhere", "msg": "x"}}, "error-invalid-room"),
        (
            {"message": {"rid": "GENERAL", "msg": "x" * 5001}},
            "Message size exceeds Message_MaxAllowedSize [error-message-size-exceeded]",
        ),
        (
            {"message": {"rid": "GENERAL", "avatar": "javascript:x"}},
            "Invalid href value provided",
        ),
        (
            {"message": {"rid": "GENERAL", "attachments": [{"title_link": "javascript:x"}]}},
            "Invalid href value provided",
        ),
        (
            {"message": {"rid": "GENERAL", "attachments": [{"fields": [{"title": "x"}]}]}},
            "Invalid attachment field, title and value is required",
        ),
        (
            {"message": {"rid": "GENERAL", "attachments": ["x"]}},
            'Match error: Expected object, got "x"',
        ),
        ({"message": {"rid": "GENERAL", "customFields": {}}}, "Custom fields not enabled"),
    ],
)
def test_what_cannot_be_sent_is_explained(admin: Api, body: dict[str, Any], text: str):
    assert error(admin.post("chat.sendMessage", body)) == text


def test_sending_needs_a_log_in(api: Api):
    assert api.post("chat.sendMessage", {"message": {"rid": "GENERAL"}}).status_code == 401


def test_only_those_who_may_read_the_room_write_in_it(admin: Api, served: Served):
    other = create_agent(admin)
    assert error(chat(other.api, served.room_id, "Hi")) == "error-not-allowed"
    retire(admin, other)
    assert chat(admin, served.room_id, "Manager here").status_code == 200


def test_a_closed_conversation_takes_no_more_messages(admin: Api, served: Served):
    close(served)
    for user in (served.agent.api, admin):
        assert error(chat(user, served.room_id, "One more thing")) == "room-closed"
    posted = admin.post("chat.postMessage", {"roomId": served.room_id, "text": "Hi"})
    assert error(posted) == "room-closed"


def test_the_clock_of_a_client_may_be_a_little_off(served: Served):
    now = int(time.time() * 1000)
    user = served.agent.api
    near = chat(user, served.room_id, "near", ts={"$date": now - 5_000}).json()["message"]
    assert near["ts"] < near["_updatedAt"]
    off = chat(user, served.room_id, "off", ts={"$date": now - 30_000}).json()["message"]
    assert off["ts"] >= off["_updatedAt"]
    refused = chat(user, served.room_id, "wrong", ts={"$date": now - 600_000})
    assert error(refused) == "Message timestamp is out of sync [error-message-ts-out-of-sync]"


def test_a_message_sent_twice_is_stored_once(admin: Api, served: Served):
    message_id = unique("message")
    first = chat(served.agent.api, served.room_id, "Hello", _id=message_id).json()["message"]
    counted = room_of(admin, served.room_id)["msgs"]

    again = chat(served.agent.api, served.room_id, "Hello again", _id=message_id)

    assert again.json()["message"] == first
    assert room_of(admin, served.room_id)["msgs"] == counted
    others = chat(admin, served.room_id, "Mine", _id=message_id)
    assert error(others) == "error-duplicate-message-id"


def test_messages_at_the_same_time_are_all_counted(api: Api, admin: Api, served: Served):
    before = room_of(admin, served.room_id)["msgs"]
    with ThreadPoolExecutor(6) as threads:
        jobs = [
            threads.submit(send, api, served, str(number))
            if number % 2
            else threads.submit(chat, served.agent.api, served.room_id, str(number))
            for number in range(20)
        ]
        assert {job.result().status_code for job in jobs} == {200}
    assert room_of(admin, served.room_id)["msgs"] == before + 20
    history = messages_of(api, served.room_id, served.visitor)
    stamps = [each["ts"] for each in history if "t" not in each]
    assert stamps == sorted(stamps, reverse=True)
    assert len(set(stamps)) == 20


def test_another_name_needs_a_permission(admin: Api, served: Served):
    bot = create_user(admin, "bot", "livechat-manager")
    plain = served.agent.api
    assert error(chat(plain, served.room_id, "Hi", alias="The boss")) == "Not enough permission"
    refused = chat(plain, served.room_id, "Hi", avatar="https://example.com/a.png")
    assert error(refused) == "Not enough permission"

    answer = chat(bot.api, served.room_id, "Hi", alias="Helper", avatar="https://example.com/a.png")
    message = answer.json()["message"]
    assert (message["alias"], message["avatar"]) == ("Helper", "https://example.com/a.png")


def test_attachments_are_kept(served: Served):
    attachment = {
        "title": "Offer",
        "title_link": "https://example.com/offer",
        "image_url": "/file-upload/x/y.png",
        "fields": [{"title": "Price", "value": "5", "short": True}],
    }
    answer = chat(served.agent.api, served.room_id, "", attachments=[attachment])
    assert answer.json()["message"]["attachments"] == [attachment]


def test_mentions_and_addresses_are_found(admin: Api, served: Served):
    text = f"@{served.agent.username} @all see https://example.com/a and @nobody-here-at-all"
    answer = admin.post(
        "chat.sendMessage",
        {"message": {"rid": served.room_id, "msg": text}, "previewUrls": []},
    )
    message = answer.json()["message"]
    assert [each["username"] for each in message["mentions"]] == [served.agent.username, "all"]
    assert message["urls"] == [{"url": "https://example.com/a", "meta": {}, "ignoreParse": True}]


def test_everybody_is_addressed_only_with_permission(admin: Api, served: Served):
    roles = admin.get("permissions.listAll").json()["update"]
    holders = next(each["roles"] for each in roles if each["_id"] == "mention-all")

    def grant(names: list[str]) -> None:
        body = {"permissions": [{"_id": "mention-all", "roles": names}]}
        answer = admin.post("permissions.update", body)
        assert answer.status_code == 200, answer.text

    grant(["admin"])
    try:
        refused = chat(served.agent.api, served.room_id, "@all hello")
    finally:
        grant(holders)
    assert error(refused) == "Notify all in this room not allowed [error-action-not-allowed]"


def test_a_canned_answer_is_filled_in(api: Api, admin: Api, served: Served):
    name = messages_of(api, served.room_id, served.visitor)[-1]["u"]
    text = "Dear {{contact.name}}, yours {{agent.name}} {{agent.email}}{{contact.phone}}"
    message = chat(served.agent.api, served.room_id, text).json()["message"]
    visitor = send(api, served, "{{agent.email}}").json()["message"]
    agent = served.agent.username
    assert message["msg"] == (f"Dear {visitor['alias']}, yours {agent.title()} {agent}@example.org")
    assert visitor["msg"] == "{{agent.email}}"
    del name


def test_a_link_to_a_message_shows_the_message(api: Api, admin: Api, served: Served):
    said = send(api, served, "Where is it?").json()["message"]
    site = admin.get("settings/Site_Url").json()["value"].rstrip("/")
    link = f"{site}/live/{served.room_id}?msg={said['_id']}"

    message = chat(served.agent.api, served.room_id, f"[ ]({link}) Here").json()["message"]

    quote = message["attachments"][0]
    assert quote["text"] == "Where is it?"
    assert quote["author_name"] == said["alias"]
    assert quote["message_link"] == link
    assert quote["ts"] == said["ts"]


def test_a_link_to_a_message_of_others_stays_a_link(api: Api, admin: Api, served: Served):
    secret = say_as_user(admin, "GENERAL", "Internal only")
    site = admin.get("settings/Site_Url").json()["value"].rstrip("/")
    text = f"{site}/channel/general?msg={secret['_id']}"

    message = send(api, served, text).json()["message"]

    assert "attachments" not in message
    assert "Internal only" not in str(message)


def test_replies_belong_to_the_head_of_their_thread(api: Api, served: Served):
    head = send(api, served, "Question").json()["message"]
    user = served.agent.api
    reply = chat(user, served.room_id, "Answer", tmid=head["_id"]).json()["message"]
    second = chat(user, served.room_id, "More", tmid=reply["_id"], tshow=True).json()["message"]

    assert (reply["tmid"], second["tmid"], second["tshow"]) == (head["_id"], head["_id"], True)
    shown = user.get("chat.getMessage", {"msgId": head["_id"]}).json()["message"]
    assert (shown["tcount"], shown["replies"]) == (2, [served.agent.id])
    assert shown["tlm"] == second["ts"]


def test_a_reply_goes_into_the_room_of_its_thread(admin: Api, served: Served):
    head = say_as_user(admin, "GENERAL", "Question")
    reply = chat(admin, served.room_id, "Answer", tmid=head["_id"]).json()["message"]
    assert reply["rid"] == "GENERAL"
    other = create_agent(admin)
    own = say_as_user(served.agent.api, served.room_id, "For Ann")
    refused = chat(other.api, "GENERAL", "Let me in", tmid=own["_id"])
    assert error(refused) == "error-not-allowed"
    retire(admin, other)


def test_threads_may_be_switched_off(admin: Api, served: Served):
    with settings(admin, Threads_enabled=False):
        refused = chat(admin, served.room_id, "x", tmid="y")
    assert error(refused) == "not-allowed [error-not-allowed]"


def test_posting_answers_with_the_target(admin: Api, served: Served):
    answer = admin.post("chat.postMessage", {"roomId": served.room_id, "text": "  Hello  "})
    assert answer.status_code == 200, answer.text
    posted = answer.json()
    assert (posted["channel"], posted["message"]["msg"]) == (served.room_id, "Hello")
    assert posted["message"]["groupable"] is False
    assert isinstance(posted["ts"], int)


@pytest.mark.parametrize("target", ["#general", "general", "GENERAL", ["general"]])
def test_a_channel_is_named_or_numbered(admin: Api, target: str | list[str]):
    answer = admin.post("chat.postMessage", {"channel": target, "text": "Hello"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["message"]["rid"] == "GENERAL"
    assert answer.json()["channel"] in (target, target[0])


def test_all_targets_are_looked_at_before_anything_is_sent(admin: Api, served: Served):
    before = room_of(admin, served.room_id)["msgs"]
    body = {"roomId": [served.room_id, "nowhere"], "text": "Hello"}
    refused = admin.post("chat.postMessage", body)
    assert error(refused) == "[invalid-channel]"
    assert refused.json()["errorType"] == "invalid-channel"
    assert room_of(admin, served.room_id)["msgs"] == before


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            {"text": "x"},
            "must have required property 'roomId'\n must have required property 'channel'"
            "\n must match exactly one schema in oneOf [invalid-params]",
        ),
        ({"roomId": "GENERAL", "text": "x" * 5001}, "error-message-size-exceeded"),
        (
            {"roomId": "GENERAL", "attachments": [{"text": "x" * 5001}]},
            "error-message-size-exceeded",
        ),
    ],
)
def test_what_cannot_be_posted_is_explained(admin: Api, body: dict[str, Any], text: str):
    assert error(admin.post("chat.postMessage", body)) == text


def test_a_message_can_be_read_by_those_who_may_read_its_room(
    admin: Api, agent: Person, served: Served
):
    message = say_as_user(served.agent.api, served.room_id, "Hello")
    answer = served.agent.api.get("chat.getMessage", {"msgId": message["_id"]})
    assert answer.json() == {"message": message, "success": True}
    other = create_agent(admin)
    refused = other.api.get("chat.getMessage", {"msgId": message["_id"]})
    assert error(refused) == "Not allowed [error-not-allowed]"
    retire(admin, other)


def test_a_message_that_is_not_there_cannot_be_read(admin: Api):
    unknown = admin.get("chat.getMessage", {"msgId": "none"})
    assert (unknown.status_code, unknown.json()) == (400, {"success": False})
    for query in ({}, {"msgId": ""}):
        refused = admin.get("chat.getMessage", query)
        assert error(refused) == 'The "msgId" query parameter must be provided.'
