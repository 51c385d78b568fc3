"""What users do with rooms in their lists, whatever kind of room it is."""

from typing import Any

from tests.builders import (
    create_agent,
    open_conversation,
    retire,
    say_as_user,
    say_as_visitor,
    take,
)
from tests.harness.client import Api


def own(api: Api, room_id: str) -> dict[str, Any]:
    found = api.get("subscriptions.getOne", {"roomId": room_id}).json()["subscription"]
    assert found is not None
    return dict(found)


def test_a_conversation_is_marked_as_unread(api: Api, admin: Api):
    agent = create_agent(admin)
    room, visitor = open_conversation(api)
    room_id = room["_id"]
    if room.get("servedBy", {}).get("_id") != agent.id:
        take(agent, admin, room_id)
    first = say_as_visitor(api, room_id, visitor, "first")
    mine = say_as_user(agent.api, room_id, "mine")
    assert agent.api.post("subscriptions.read", {"rid": room_id}).status_code == 200
    assert own(agent.api, room_id)["alert"] is False

    assert agent.api.post("subscriptions.unread", {"roomId": room_id}).status_code == 200
    marked = own(agent.api, room_id)
    assert marked["alert"] is True
    assert marked["ls"] < first["ts"]
    by_message = {"firstUnreadMessage": {"_id": first["_id"]}}
    assert agent.api.post("subscriptions.unread", by_message).status_code == 200
    assert own(agent.api, room_id)["ls"] < first["ts"]

    for body in ({"firstUnreadMessage": {"_id": each}} for each in (mine["_id"], "nowhere")):
        refused = agent.api.post("subscriptions.unread", body)
        assert refused.json()["error"] == "Not allowed [error-action-not-allowed]"
    empty = agent.api.post("subscriptions.unread", {"roomId": "nowhere"})
    text = "There are no messages to mark unread [error-no-message-for-unread]"
    assert empty.json()["error"] == text
    other = create_agent(admin)
    for body in ({"roomId": room_id}, by_message):
        refused = other.api.post("subscriptions.unread", body)
        assert refused.json()["error"] == "Not allowed [error-action-not-allowed]"
    bad = agent.api.post("subscriptions.unread", {})
    assert bad.json()["error"].endswith("must match a schema in anyOf [invalid-params]")
    retire(admin, agent, other)


def test_a_conversation_is_hidden_and_shown(api: Api, admin: Api):
    agent = create_agent(admin)
    room, visitor = open_conversation(api)
    room_id = room["_id"]
    if room.get("servedBy", {}).get("_id") != agent.id:
        take(agent, admin, room_id)

    assert agent.api.post("rooms.hide", {"roomId": room_id}).status_code == 200
    assert own(agent.api, room_id)["open"] is False
    assert agent.api.post("rooms.open", {"roomId": room_id}).status_code == 200
    assert own(agent.api, room_id)["open"] is True
    agent.api.post("rooms.hide", {"roomId": room_id})
    say_as_visitor(api, room_id, visitor, "still there?")
    assert own(agent.api, room_id)["open"] is True

    for path in ("rooms.hide", "rooms.open"):
        refused = admin.post(path, {"roomId": "nowhere"})
        assert (refused.status_code, refused.json()["error"]) == (403, "unauthorized")
    retire(admin, agent)


def test_a_channel_is_known_by_its_name(admin: Api):
    assert admin.get("rooms.nameExists", {"roomName": "general"}).json()["exists"] is True
    assert admin.get("rooms.nameExists", {"roomName": "nowhere"}).json()["exists"] is False
    missing = admin.get("rooms.nameExists").json()["error"]
    assert missing == "must have required property 'roomName' [invalid-params]"


def test_what_is_over_is_told_to_who_was_away(api: Api, admin: Api):
    agent = create_agent(admin)
    room, _ = open_conversation(api)
    room_id = room["_id"]
    if room.get("servedBy", {}).get("_id") != agent.id:
        take(agent, admin, room_id)
    mine = own(agent.api, room_id)
    body = {"rid": room_id, "comment": "Done"}
    assert agent.api.post("livechat/room.closeByUser", body).status_code == 200

    news = agent.api.get("subscriptions.get", {"updatedSince": mine["_updatedAt"]}).json()

    assert [each["_id"] for each in news["remove"]] == [mine["_id"]]
    assert news["update"] == []
    assert agent.api.get("subscriptions.get").json()["remove"] == []
    later = {"updatedSince": "2100-01-01T00:00:00.000Z"}
    assert agent.api.get("subscriptions.get", later).json()["remove"] == []
    retire(admin, agent)
