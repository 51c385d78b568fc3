"""Blocking visitors."""

from typing import Any

from tests.builders import (
    messages_of,
    open_conversation,
    register_visitor,
    room_of,
    say_as_visitor,
    settings,
)
from tests.contacts.desk import channel, create_contact, read, refusal
from tests.harness.client import Api

BLOCKED = "error-contact-channel-blocked"


def test_a_blocked_visitor_opens_and_writes_nothing(api: Api, admin: Api) -> None:
    room, visitor = open_conversation(api)
    for _ in range(2):
        answer = admin.post("omnichannel/contacts.block", channel(visitor))
        assert answer.json() == {"success": True}

    assert read(admin, room["contactId"])["channels"][0]["blocked"] is True
    closed = room_of(admin, room["_id"])
    assert "open" not in closed
    assert closed["closer"] == "user"
    last = messages_of(api, room["_id"], visitor)
    assert "This channel has been blocked" in [each["msg"] for each in last]
    said = api.post(
        "livechat/message", {"token": visitor.token, "rid": room["_id"], "msg": "Hello?"}
    )
    assert refusal(said) == BLOCKED
    assert refusal(api.get("livechat/room", {"token": visitor.token})) == BLOCKED
    for _ in range(2):
        assert admin.post("omnichannel/contacts.unblock", channel(visitor)).status_code == 200
    again, _ = open_conversation(api, visitor)
    say_as_visitor(api, again["_id"], visitor, "Hello!")
    assert again["contactId"] == room["contactId"]


def test_another_source_stays_open(api: Api, admin: Api) -> None:
    room, visitor = open_conversation(api)
    admin.post("omnichannel/contacts.block", channel(visitor))
    answer = api.http.get(
        "/api/v1/livechat/room",
        params={"token": visitor.token},
        headers={"Cookie": "rc_is_widget=t; rc_room_type=l"},
    )
    assert answer.status_code == 200
    assert answer.json()["room"]["contactId"] != room["contactId"]
    # Blocking what was blocked does not close what is open elsewhere.
    admin.post("omnichannel/contacts.block", channel(visitor))
    assert room_of(admin, answer.json()["room"]["_id"])["open"] is True


def test_what_is_no_channel_cannot_be_blocked(api: Api, admin: Api) -> None:
    create_contact(admin)
    _, visitor = open_conversation(api)
    alone = register_visitor(api)
    for path in ("omnichannel/contacts.block", "omnichannel/contacts.unblock"):
        for body in (
            channel(visitor, type="sms"),
            channel(visitor, type="api", id="another"),
            channel(alone),
        ):
            assert refusal(admin.post(path, body)) == "error-contact-not-found"


def test_the_channel_must_be_named(admin: Api) -> None:
    wanted = "must have required property '{}' [invalid-params]"
    bodies: list[tuple[dict[str, Any], str]] = [
        ({}, "visitor"),
        ({"visitor": {}}, "visitorId"),
        ({"visitor": {"visitorId": "x"}}, "source"),
        ({"visitor": {"visitorId": "x", "source": {}}}, "type"),
    ]
    for path in ("omnichannel/contacts.block", "omnichannel/contacts.unblock"):
        for body, missing in bodies:
            assert refusal(admin.post(path, body)) == wanted.format(missing)
        more = {"visitor": {"visitorId": "x", "source": {"type": "api"}}, "more": 1}
        assert refusal(admin.post(path, more)) == (
            "must NOT have additional properties [invalid-params]"
        )
        free = {"visitor": {"visitorId": "x", "source": {"type": "api", "a": 1}, "b": 2}}
        assert refusal(admin.post(path, free)) == "error-contact-not-found"


def test_the_comment_of_blocking_is_enough_where_one_is_required(api: Api, admin: Api) -> None:
    room, visitor = open_conversation(api)
    with settings(admin, Livechat_request_comment_when_closing_conversation=True):
        assert admin.post("omnichannel/contacts.block", channel(visitor)).status_code == 200
    assert "open" not in room_of(admin, room["_id"])
