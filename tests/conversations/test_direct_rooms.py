from typing import Any

import pytest

from tests.builders import Person, create_user, unique
from tests.harness.client import Api

ONE_OF = (
    "must have required property 'roomId'\n must have required property 'username'\n"
    " must match exactly one schema in oneOf [invalid-params]"
)


def create(person: Person, **body: Any) -> dict[str, Any]:
    answer = person.api.post("im.create", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["room"])


def refusal(answer: Any) -> str:
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


def post(person: Person, room_id: str, text: str) -> None:
    answer = person.api.post("chat.postMessage", {"roomId": room_id, "text": text})
    assert answer.status_code == 200, answer.text


def test_a_direct_room_is_made_once(admin: Api):
    ann, ben = create_user(admin), create_user(admin)

    room = create(ann, username=ben.username)

    assert room["_id"] == room["rid"] == "".join(sorted((ann.id, ben.id)))
    assert (room["t"], sorted(room["usernames"])) == ("d", sorted((ann.username, ben.username)))
    assert create(ben, usernames=ann.username)["_id"] == room["_id"]
    again = ann.api.post("dm.create", {"username": ben.username})
    assert again.json()["room"]["_id"] == room["_id"]


def test_several_people_share_a_direct_room(admin: Api):
    ann, ben, cid = (create_user(admin) for _ in range(3))

    room = create(ann, usernames=f"{ben.username}, {cid.username}")

    assert room["usersCount"] == 3
    assert create(cid, usernames=f"{ann.username},{ben.username}")["_id"] == room["_id"]
    post(ben, room["_id"], "hello both")
    found = cid.api.get("im.history", {"roomId": room["_id"]}).json()["messages"]
    assert [each["msg"] for each in found] == ["hello both"]


def test_the_system_user_can_be_spoken_to(admin: Api):
    ann = create_user(admin)

    room = create(ann, username="rocket.cat")
    post(ann, room["_id"], "hello")

    assert room["_id"] == "".join(sorted((ann.id, "rocket.cat")))


def test_a_direct_room_is_for_its_members_only(admin: Api):
    ann, ben, eve = (create_user(admin) for _ in range(3))
    room_id = create(ann, username=ben.username)["_id"]
    post(ann, room_id, "a secret")

    for path in ("im.messages", "im.members", "im.counters"):
        assert refusal(eve.api.get(path, {"roomId": room_id})) == "[invalid-channel]"
    assert eve.api.get("im.history", {"roomId": room_id}).status_code == 403
    assert eve.api.post("im.open", {"roomId": room_id}).status_code == 403
    topic = {"roomId": room_id, "topic": "mine"}
    assert refusal(eve.api.post("im.setTopic", topic)) == "[invalid-channel]"
    not_member = "The user is not subscribed to the room"
    assert refusal(eve.api.post("im.close", {"roomId": room_id})) == not_member
    search = {"roomId": room_id, "searchText": "secret"}
    assert refusal(eve.api.get("chat.search", search)).endswith("[error-not-allowed]")
    assert eve.api.get("im.list").json()["ims"] == []


def test_the_messages_of_a_direct_room_are_counted_and_listed(admin: Api):
    ann, ben = create_user(admin), create_user(admin)
    room_id = create(ann, username=ben.username)["_id"]
    for text in ("one", "two"):
        post(ann, room_id, text)

    counters = ben.api.get("dm.counters", {"roomId": room_id}).json()
    assert {name: counters[name] for name in ("joined", "members", "unreads", "msgs")} == {
        "joined": True,
        "members": 2,
        "unreads": 2,
        "msgs": 2,
    }
    page = ben.api.get("im.messages", {"username": ann.username, "count": 1}).json()
    assert ([each["msg"] for each in page["messages"]], page["total"]) == (["two"], 2)
    people = ben.api.get("im.members", {"roomId": room_id}).json()
    assert people["total"] == 2
    names = {each["username"] for each in people["members"]}
    assert names == {ann.username, ben.username}
    rooms = ben.api.get("im.list").json()
    assert ([each["_id"] for each in rooms["ims"]], rooms["total"]) == ([room_id], 1)


def test_a_direct_room_is_hidden_until_something_is_said(admin: Api):
    ann, ben = create_user(admin), create_user(admin)
    room_id = create(ann, username=ben.username)["_id"]

    def shown() -> bool:
        found = ben.api.get("subscriptions.getOne", {"roomId": room_id}).json()
        return bool(found["subscription"]["open"])

    assert ben.api.post("im.close", {"roomId": room_id}).status_code == 200
    assert not shown()
    again = refusal(ben.api.post("im.close", {"roomId": room_id}))
    assert again == "The direct message room, is already closed to the sender"
    post(ann, room_id, "hello?")
    assert shown()
    assert ben.api.post("rooms.hide", {"roomId": room_id}).status_code == 200
    hidden = refusal(ben.api.post("rooms.hide", {"roomId": room_id}))
    assert hidden == "error-room-already-hidden"
    assert ben.api.post("im.open", {"roomId": room_id}).status_code == 200
    assert shown()


def test_a_direct_room_has_a_topic(admin: Api):
    ann, ben = create_user(admin), create_user(admin)
    room_id = create(ann, username=ben.username)["_id"]

    answer = ann.api.post("im.setTopic", {"roomId": room_id, "topic": "plans"})

    assert answer.json() == {"topic": "plans", "success": True}
    assert ben.api.get("im.list").json()["ims"][0]["topic"] == "plans"


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        (
            "im.create",
            {},
            "must have required property 'usernames'\n must have required property 'username'\n"
            " must match exactly one schema in oneOf [invalid-params]",
        ),
        ("im.create", {"username": "nobody.of.this.name"}, "Invalid user [error-invalid-user]"),
        ("im.close", {}, 'Body param "roomId" is required [error-room-param-not-provided]'),
        ("im.open", {}, 'Body param "roomId" is required [error-room-param-not-provided]'),
        ("im.setTopic", {}, 'Body param "roomId" is required [error-room-param-not-provided]'),
        (
            "im.setTopic",
            {"roomId": "x"},
            'Body param "topic" is required [error-topic-param-not-provided]',
        ),
        ("im.setTopic", {"roomId": "x", "topic": "y"}, "[invalid-channel]"),
    ],
)
def test_bad_requests_are_explained(admin: Api, path: str, body: dict[str, str], text: str):
    assert refusal(admin.post(path, body)) == text


@pytest.mark.parametrize("path", ["im.messages", "im.members"])
def test_a_direct_room_is_named_in_one_of_two_ways(admin: Api, path: str):
    assert refusal(admin.get(path)) == ONE_OF
    assert refusal(admin.get(path, {"roomId": unique("room")})) == "[invalid-channel]"


def test_only_administrators_open_rooms_without_themselves(admin: Api):
    ann, ben, cid = (create_user(admin) for _ in range(3))
    body = {"usernames": f"{ben.username},{cid.username}", "excludeSelf": True}

    assert refusal(ann.api.post("im.create", body)) == "Not allowed [error-not-allowed]"
    made = admin.post("im.create", body).json()["room"]
    assert made["_id"] == "".join(sorted((ben.id, cid.id)))
