"""GET livechat/room, routing, and the queue."""

from typing import Any

import pytest

from tests.builders import (
    create_agent,
    create_department,
    create_user,
    inquiry_of,
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


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({}, "Match error: Missing key 'token'"),
        ({"token": "nobody"}, "invalid-token"),
        ({"token": "x", "more": "y"}, "Match error: Unknown key in field more"),
        ({"token": ["x", "y"]}, "Match error: Expected string, got object in field token"),
    ],
)
def test_bad_queries_are_explained(api: Api, query: dict[str, Any], error: str) -> None:
    answer = api.get("livechat/room", query)

    assert (answer.status_code, answer.json()) == (400, {"success": False, "error": error})


def test_nobody_online_is_said(api: Api) -> None:
    visitor = register_visitor(api)

    answer = api.get("livechat/room", {"token": visitor.token})

    assert answer.status_code == 400
    assert answer.json() == {
        "success": False,
        "error": "Sorry, no online agents [no-agent-online]",
        "errorType": "no-agent-online",
    }


def test_the_switch_of_the_workspace_is_obeyed_but_open_rooms_are_found(
    api: Api, admin: Api
) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        room, visitor = open_conversation(api)
        with settings(admin, Livechat_enabled=False):
            again = api.get("livechat/room", {"token": visitor.token}).json()
            assert (again["room"]["_id"], again["newRoom"]) == (room["_id"], False)
            other = register_visitor(api)
            refused = api.get("livechat/room", {"token": other.token}).json()
            assert refused["error"] == "[error-omnichannel-is-disabled]"


def test_a_free_agent_gets_the_conversation_at_once(api: Api, admin: Api) -> None:
    agent = create_agent(admin)

    answer = api.get("livechat/room", {"token": register_visitor(api).token}).json()

    room = answer["room"]
    assert answer["newRoom"] is True
    assert room["servedBy"]["_id"] == agent.id
    inquiry = inquiry_of(admin, room["_id"])
    assert inquiry is not None
    assert inquiry["status"] == "taken"
    mine = agent.api.get("subscriptions.getOne", {"roomId": room["_id"]}).json()["subscription"]
    assert (mine["unread"], mine["alert"], mine["t"]) == (1, True, "l")
    retire(admin, agent)


def test_within_a_department_the_one_with_fewest_chats_is_next(api: Api, admin: Api) -> None:
    agents = sorted((create_agent(admin) for _ in range(3)), key=lambda each: each.username)
    department = create_department(admin, agents=agents)

    served = []
    for _ in range(6):
        room, _ = open_conversation(api, register_visitor(api, department=department))
        served.append(room["servedBy"]["_id"])

    ids = [agent.id for agent in agents]
    assert served == ids + ids
    retire(admin, *agents)


def test_a_circle_of_fallback_departments_ends(api: Api, admin: Api) -> None:
    first = create_department(admin)
    second = create_department(admin, fallbackForwardDepartment=first)
    admin.put(
        f"livechat/department/{first}",
        {
            "department": {
                "name": "First",
                "email": "a@example.org",
                "enabled": True,
                "showOnRegistration": False,
                "showOnOfflineForm": False,
                "fallbackForwardDepartment": second,
            }
        },
    )

    answer = api.get(
        "livechat/room", {"token": register_visitor(api, department=first).token}
    ).json()

    assert answer["errorType"] == "no-agent-online"


def test_with_manual_routing_the_conversation_waits_to_be_taken(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        agent = create_agent(admin)
        room, visitor = open_conversation(api)
        assert "servedBy" not in room
        say_as_visitor(api, room["_id"], visitor, "Anybody?")
        waiting = agent.api.get("livechat/inquiries.queuedForUser").json()["inquiries"]
        mine = next(each for each in waiting if each["rid"] == room["_id"])
        assert mine["lastMessage"]["msg"] == "Anybody?"
        listed = admin.get("livechat/inquiries.list", {"count": 100}).json()["inquiries"]
        assert room["_id"] in [each["rid"] for each in listed]

        take(agent, admin, room["_id"])

        assert room_of(admin, room["_id"])["servedBy"]["username"] == agent.username
        again = agent.api.post("livechat/inquiries.take", {"inquiryId": mine["_id"]})
        assert again.json()["error"] == "Inquiry already taken [error-inquiry-taken]"
        assert again.json()["details"] == {"method": "livechat:takeInquiry"}
        retire(admin, agent)


def test_only_agents_who_are_there_can_take(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        agent = create_agent(admin)
        away = create_agent(admin, status="offline")
        manager = create_user(admin, "livechat-manager")
        room, _ = open_conversation(api)
        inquiry = inquiry_of(admin, room["_id"])
        assert inquiry is not None
        for nobody in (away, manager):
            answer = nobody.api.post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]})
            assert answer.json()["errorType"] == "error-agent-status-service-offline"
        unknown = agent.api.post("livechat/inquiries.take", {"inquiryId": "nope"})
        assert unknown.json()["error"] == "Inquiry not found [error-not-found]"
        retire(admin, agent, away)


def test_a_conversation_may_be_returned_to_the_queue(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        agent = create_agent(admin)
        room, _ = open_conversation(api)
        path = "livechat/inquiries.returnAsInquiry"
        unserved = admin.post(path, {"roomId": room["_id"]}).json()
        assert unserved == {"result": False, "success": True}
        take(agent, admin, room["_id"])

        returned = agent.api.post(path, {"roomId": room["_id"]}).json()

        assert returned == {"result": True, "success": True}
        assert "servedBy" not in room_of(admin, room["_id"])
        inquiry = inquiry_of(admin, room["_id"])
        assert inquiry is not None
        assert inquiry["status"] == "queued"
        mine = agent.api.get("subscriptions.getOne", {"roomId": room["_id"]}).json()
        assert mine["subscription"] is None
        missing = admin.post(path, {}).json()
        assert missing == {
            "success": False,
            "errorType": "invalid-params",
            "error": "must have required property 'roomId'",
        }
        retire(admin, agent)


def test_metrics_follow_the_messages(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        agent = create_agent(admin)
        room, visitor = open_conversation(api)
        say_as_visitor(api, room["_id"], visitor, "Hello")
        take(agent, admin, room["_id"])
        say_as_user(agent.api, room["_id"], "Hi")

        first = room_of(admin, room["_id"])
        metrics = first["metrics"]
        assert metrics["response"]["total"] == 1
        assert metrics["response"]["ft"] >= metrics["reaction"]["ft"] >= 0
        assert first["responseBy"]["_id"] == agent.id
        assert "waitingResponse" not in first
        say_as_user(agent.api, room["_id"], "Still there?")
        assert room_of(admin, room["_id"])["metrics"] == metrics
        say_as_visitor(api, room["_id"], visitor, "Yes")
        assert room_of(admin, room["_id"])["waitingResponse"] is True
        retire(admin, agent)


def test_agents_see_their_own_conversations_only(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    room, _ = open_conversation(api)
    mine = agent.api.get("livechat/rooms", {"agents": agent.id}).json()
    assert [each["_id"] for each in mine["rooms"]] == [room["_id"]]
    for query in ({}, {"agents": [agent.id, "x"]}, {"agents": "somebody"}):
        refused = agent.api.get("livechat/rooms", query)
        assert (refused.status_code, refused.json()["error"]) == (403, "unauthorized")
    assert agent.api.get("rooms.info", {"roomId": room["_id"]}).status_code == 200
    retire(admin, agent)


def test_the_list_of_conversations_has_filters(api: Api, admin: Api) -> None:
    with settings(
        admin,
        Livechat_Routing_Method="Manual_Selection",
        Livechat_accept_chats_with_no_agents=True,
    ):
        department = create_department(admin)
        visitor = register_visitor(api, name="Ann a.b Example", department=department)
        room, _ = open_conversation(api, visitor)

        def found(**query: Any) -> list[str]:
            query = {"departmentId": department, **query}
            answer = admin.get("livechat/rooms", query)
            assert answer.status_code == 200, answer.text
            return [each["_id"] for each in answer.json()["rooms"]]

        assert found() == [room["_id"]]
        assert found(queued="true") == [room["_id"]]
        assert found(open="true") == []
        assert found(open="false") == []
        assert found(onhold="true") == []
        assert found(roomName="A.B") == [room["_id"]]
        assert found(roomName="axb") == []
        assert found(roomName='"ann a.b example"') == [room["_id"]]
        assert found(roomName='"ann"') == []
        assert found(createdAt='{"start":"2020-01-01"}') == [room["_id"]]
        assert found(createdAt='{"end":"2020-01-01"}') == []
        admin.post(
            "livechat/room.closeByUser", {"rid": room["_id"], "comment": "x", "tags": ["bill"]}
        )
        assert found(open="false") == [room["_id"]]
        assert found(tags=["bill", "other"]) == [room["_id"]]
        assert found(tags="ill") == []
        assert found(closedAt='{"start":"2020-01-01"}', sort='{"closedAt":-1}') == [room["_id"]]
        for query, error in (
            ({"createdAt": '{"start":"soon"}'}, 'The "createdAt.start" query parameter must be'),
            ({"closedAt": '{"end":"soon"}'}, 'The "closedAt.end" query parameter must be'),
            ({"customFields": "[1]"}, 'The "customFields" query parameter must be a valid JSON.'),
            ({"sort": "{"}, "Invalid sort parameter provided"),
        ):
            answer = admin.get("livechat/rooms", query)
            assert answer.status_code == 400
            assert answer.json()["error"].startswith(error)


def test_rooms_of_others_stay_hidden(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        room, _ = open_conversation(api)
    agent = create_agent(admin)

    answer = agent.api.get("rooms.info", {"roomId": room["_id"]})

    assert answer.status_code == 400
    assert answer.json() == {
        "success": False,
        "error": "not-allowed",
        "errorType": "Not Allowed",
    }
    unknown = agent.api.get("rooms.info", {"roomId": "nope"})
    assert unknown.json()["errorType"] == "error-room-not-found"
    none = agent.api.get("rooms.info")
    assert none.json()["errorType"] == "error-roomid-param-not-provided"
    retire(admin, agent)


def test_reading_clears_the_unread_mark(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    room, visitor = open_conversation(api)
    say_as_visitor(api, room["_id"], visitor, "One")
    say_as_visitor(api, room["_id"], visitor, "Two")

    def unread() -> int:
        mine = agent.api.get("subscriptions.getOne", {"roomId": room["_id"]}).json()
        return int(mine["subscription"]["unread"])

    assert unread() == 3
    assert agent.api.post("subscriptions.read", {"rid": room["_id"]}).json() == {"success": True}
    assert unread() == 0
    neither = agent.api.post("subscriptions.read", {})
    assert neither.json()["error"] == (
        "must have required property 'rid'\n must have required property 'roomId'\n "
        "must match a schema in anyOf [invalid-params]"
    )
    retire(admin, agent)


def test_the_token_of_a_visitor_is_shown_to_those_who_may_read_the_conversation(
    api: Api, admin: Api
) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        room, visitor = open_conversation(api)
    agent = create_agent(admin)

    by_stranger = inquiry_of(agent.api, room["_id"])
    by_admin = inquiry_of(admin, room["_id"])

    assert by_stranger is not None
    assert by_admin is not None
    assert "token" not in by_stranger["v"]
    assert by_admin["v"]["token"] == visitor.token
    retire(admin, agent)
