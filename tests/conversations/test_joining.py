"""GET livechat/room.join."""

from tests.builders import (
    create_agent,
    create_user,
    open_conversation,
    retire,
    room_of,
    say_as_user,
    settings,
    stored_messages,
    take,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

MANUAL = {"Livechat_Routing_Method": "Manual_Selection"}
JOIN = "livechat/room.join"


def test_who_joins_is_a_member_beside_the_serving_agent(
    api: Api, admin: Api, server: FrontdeskProcess
) -> None:
    with settings(admin, **MANUAL):
        agent, manager = create_agent(admin), create_user(admin, "livechat-manager")
        room, _ = open_conversation(api)
        take(agent, admin, room["_id"])
        before = room_of(admin, room["_id"])

        for _ in range(2):  # the second time changes nothing
            answer = manager.api.get(JOIN, {"roomId": room["_id"]})
            assert answer.json() == {"success": True}

        after = room_of(admin, room["_id"])
        assert after["servedBy"] == before["servedBy"]
        assert after["usersCount"] == before["usersCount"] + 1
        assert after["msgs"] == before["msgs"] + 1
        mine = manager.api.get("subscriptions.getOne", {"roomId": room["_id"]}).json()
        membership = mine["subscription"]
        assert (membership["unread"], membership["alert"], membership["open"]) == (1, True, True)
        assert "v" not in membership
        assert "department" not in membership
        last = stored_messages(server, room["_id"])[-1]
        assert (last.kind, last.text) == ("uj", manager.username)
        retire(admin, agent)


def test_the_membership_ends_with_the_conversation(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        agent, manager = create_agent(admin), create_user(admin, "livechat-manager")
        room, visitor = open_conversation(api)
        take(agent, admin, room["_id"])
        manager.api.get(JOIN, {"roomId": room["_id"]})

        api.post("livechat/room.close", {"rid": room["_id"], "token": visitor.token})

        mine = manager.api.get("subscriptions.getOne", {"roomId": room["_id"]}).json()
        assert mine["subscription"] is None
        again = manager.api.get(JOIN, {"roomId": room["_id"]}).json()
        assert again == {"success": False, "error": "room-closed"}
        retire(admin, agent)


def test_joining_is_for_those_who_may_read_the_conversation(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        serving, other = create_agent(admin), create_agent(admin)
        room, _ = open_conversation(api)
        take(serving, admin, room["_id"])

        def error(roomId: str) -> str:  # noqa: N803 (the name of the API)
            return str(other.api.get(JOIN, {"roomId": roomId}).json()["error"])

        assert error("nope") == "error-invalid-room"
        assert error(room["_id"]) == "error-not-allowed"
        missing = other.api.get(JOIN)
        assert missing.json()["error"] == "must have required property 'roomId' [invalid-params]"
        stranger = create_user(admin)
        assert stranger.api.get(JOIN, {"roomId": room["_id"]}).status_code == 403
        retire(admin, serving, other)


def test_an_agent_who_has_enough_to_do_cannot_join(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        serving, busy = create_agent(admin), create_agent(admin, "livechat-manager")
        own, _ = open_conversation(api)
        take(busy, admin, own["_id"])
        room, _ = open_conversation(api)
        take(serving, admin, room["_id"])

        with settings(admin, Livechat_waiting_queue=True, Livechat_maximum_chats_per_agent=1):
            for room_id in (room["_id"], own["_id"]):
                refused = busy.api.get(JOIN, {"roomId": room_id}).json()
                assert refused["error"] == "error-max-number-simultaneous-chats-reached"
            manager = create_user(admin, "livechat-manager")
            assert manager.api.get(JOIN, {"roomId": room["_id"]}).status_code == 200
        assert busy.api.get(JOIN, {"roomId": room["_id"]}).status_code == 200
        retire(admin, serving, busy)


def test_a_held_conversation_is_on_hold_for_who_joins_too(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        agent, manager = create_agent(admin), create_user(admin, "livechat-manager")
        room, _ = open_conversation(api)
        take(agent, admin, room["_id"])
        say_as_user(agent.api, room["_id"], "One moment")
        agent.api.post("livechat/room.onHold", {"roomId": room["_id"]})

        manager.api.get(JOIN, {"roomId": room["_id"]})

        mine = manager.api.get("subscriptions.getOne", {"roomId": room["_id"]}).json()
        assert mine["subscription"]["onHold"] is True
        retire(admin, agent)
