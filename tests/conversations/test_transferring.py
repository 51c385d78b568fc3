"""Transferring conversations to agents and departments, and the history of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import (
    Person,
    Visitor,
    create_agent,
    create_department,
    create_user,
    eventually,
    inquiry_of,
    messages_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_user,
    say_as_visitor,
    settings,
    stored_messages,
    take,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

MANUAL = {"Livechat_Routing_Method": "Manual_Selection"}
FORWARD = "livechat/room.forward"
REFUSED_TARGET = (
    "The forwarding to the target department is not allowed. "
    "[error-forwarding-department-target-not-allowed]"
)


@pytest.fixture
def agents(admin: Api) -> Iterator[list[Person]]:
    """Return three agents who are there, sorted by user name."""
    people = sorted((create_agent(admin) for _ in range(3)), key=lambda each: each.username)
    yield people
    retire(admin, *people)


def forward(caller: Api, room_id: str, **to: Any) -> dict[str, Any]:
    """Forward a conversation; return the answer."""
    answer = caller.post(FORWARD, {"roomId": room_id, **to})
    assert answer.status_code in (200, 400), answer.text
    return dict(answer.json())


def refused(caller: Api, room_id: str, **to: Any) -> str:
    """Forward a conversation; return the text of the refusal."""
    answer = forward(caller, room_id, **to)
    assert answer["success"] is False
    return str(answer["error"])


def history(admin: Api, room_id: str, **params: Any) -> list[dict[str, Any]]:
    """Return how a conversation changed hands."""
    answer = admin.get(f"livechat/transfer.history/{room_id}", params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["history"])


def served_in(
    api: Api, agent: Person, admin: Api, department: str | None = None
) -> tuple[str, Visitor]:
    """Open a conversation that the agent serves; return its id and the visitor."""
    fields = {} if department is None else {"department": department}
    with settings(admin, **MANUAL):
        room, visitor = open_conversation(api, register_visitor(api, **fields))
        take(agent, admin, room["_id"])
    return room["_id"], visitor


def is_member(person: Person, room_id: str) -> bool:
    """Tell whether somebody is a member of a room."""
    answer = person.api.get("subscriptions.getOne", {"roomId": room_id})
    return answer.json()["subscription"] is not None


def test_another_agent_gets_the_conversation(
    api: Api, admin: Api, server: FrontdeskProcess, agents: list[Person]
) -> None:
    first, second, _ = agents
    department = create_department(admin, agents=[first])
    room_id, _ = served_in(api, first, admin, department)
    before = room_of(admin, room_id)

    answer = forward(admin, room_id, userId=second.id, comment="Please help")

    assert answer == {"success": True}
    room = room_of(admin, room_id)
    assert room["servedBy"]["_id"] == second.id
    assert room["departmentId"] == department
    assert (is_member(first, room_id), is_member(second, room_id)) == (False, True)
    inquiry = inquiry_of(admin, room_id) or {}
    assert (inquiry["status"], inquiry["department"]) == ("taken", department)
    told = [
        (each.kind, each.text, each.author_username) for each in stored_messages(server, room_id)
    ][-4:]
    by = room["lastMessage"]["u"]["username"]
    assert told == [
        ("command", "connected", second.username),
        ("uj", "", second.username),
        ("livechat_transfer_history", "", by),
        ("ul", first.username, first.username),
    ]
    assert room["lastMessage"]["t"] == "livechat_transfer_history"
    assert room["msgs"] == before["msgs"] + 5, "a message that notifies counts twice"
    mine = second.api.get("subscriptions.getOne", {"roomId": room_id}).json()["subscription"]
    assert (mine["unread"], "department" in mine) == (2, False)


def test_the_history_tells_who_gave_what_to_whom(
    api: Api, admin: Api, agents: list[Person]
) -> None:
    first, second, third = agents
    department = create_department(admin, agents=[first])
    target = create_department(admin, agents=[third])
    room_id, visitor = served_in(api, first, admin, department)
    manager = create_user(admin, "livechat-manager")

    forward(manager.api, room_id, userId=second.id, comment="Please help")
    asked = {"token": visitor.token, "rid": room_id, "department": target}
    assert api.post("livechat/visitor/department.transfer", asked).json() == {"success": True}
    third.api.post("livechat/inquiries.returnAsInquiry", {"roomId": room_id})

    by_manager, by_visitor, returned = history(admin, room_id)
    assert by_manager.pop("ts") <= by_visitor.pop("ts") <= returned.pop("ts")
    assert by_manager == {
        "transferredBy": {
            "_id": manager.id,
            "username": manager.username,
            "name": manager.username.title(),
            "userType": "user",
        },
        "scope": "agent",
        "comment": "Please help",
        "previousDepartment": department,
        "transferredTo": {
            "_id": second.id,
            "username": second.username,
            "name": second.username.title(),
        },
    }
    assert by_visitor["transferredBy"]["userType"] == "visitor"
    assert by_visitor["transferredBy"]["_id"] == visitor.id
    assert (by_visitor["scope"], by_visitor["previousDepartment"]) == ("department", department)
    assert by_visitor["nextDepartment"]["_id"] == target
    assert set(by_visitor["nextDepartment"]) == {"_id", "name"}
    assert (returned["scope"], returned["transferredBy"]["_id"]) == ("queue", third.id)
    assert returned["transferredBy"]["userType"] == "agent"

    backwards = history(admin, room_id, sort='{"ts":-1}', count=1, offset=1)
    assert [each["scope"] for each in backwards] == ["department"]
    answer = admin.get(f"livechat/transfer.history/{room_id}", {"count": 2, "whatever": "x"}).json()
    assert (answer["count"], answer["offset"], answer["total"]) == (2, 0, 3)
    unknown = admin.get("livechat/transfer.history/nope")
    assert (unknown.status_code, unknown.json()["error"]) == (400, "invalid-room")


def test_the_serving_agent_is_named_as_agent(api: Api, admin: Api, agents: list[Person]) -> None:
    manager = create_agent(admin, "livechat-manager")
    room_id, visitor = served_in(api, manager, admin)

    assert forward(manager.api, room_id, userId=agents[0].id) == {"success": True}

    assert history(admin, room_id)[0]["transferredBy"]["userType"] == "agent"
    said = messages_of(api, room_id, visitor)
    (told,) = [each for each in said if each.get("t") == "livechat_transfer_history"]
    assert "token" not in told
    assert told["transferData"]["scope"] == "agent"
    retire(admin, manager)


def test_forwarding_is_for_those_who_may(api: Api, admin: Api, agents: list[Person]) -> None:
    room_id, _ = served_in(api, agents[0], admin)

    answer = agents[0].api.post(FORWARD, {"roomId": room_id, "userId": agents[1].id})

    assert answer.status_code == 403
    missing = admin.post(FORWARD, {})
    assert missing.json()["error"] == "must have required property 'roomId' [invalid-params]"
    more = admin.post(FORWARD, {"roomId": room_id, "x": 1})
    assert more.json()["error"] == "must NOT have additional properties [invalid-params]"


def test_an_agent_who_cannot_take_it_does_not_get_it(
    api: Api, admin: Api, agents: list[Person]
) -> None:
    first, second, _ = agents
    away = create_agent(admin, status="offline")
    room_id, visitor = served_in(api, first, admin)

    assert refused(admin, "nope", userId=second.id) == "error-invalid-room"
    assert refused(admin, room_id) == "error-forwarding-chat"
    assert refused(admin, room_id, userId="", departmentId="") == "error-forwarding-chat"
    assert refused(admin, room_id, userId=away.id) == "error-user-is-offline"
    assert refused(admin, room_id, userId="nobody") == "error-user-is-offline"
    same = "error-selected-agent-room-agent-are-same"
    assert refused(admin, room_id, userId=first.id) == same
    assert refused(admin, room_id, departmentId="nope") == "error-invalid-department"
    say_as_user(first.api, room_id, "One moment")
    first.api.post("livechat/room.onHold", {"roomId": room_id})
    assert refused(admin, room_id, userId=second.id) == "error-room-onHold"
    api.post("livechat/room.close", {"rid": room_id, "token": visitor.token})
    closed = "This_conversation_is_already_closed"
    assert refused(admin, room_id, userId=second.id) == closed
    assert history(admin, room_id) == []
    retire(admin, away)


def test_limits_of_agents_bind_where_a_waiting_queue_is_kept(
    api: Api, admin: Api, agents: list[Person]
) -> None:
    first, second, _ = agents
    served_in(api, second, admin)
    room_id, _ = served_in(api, first, admin)
    limit = {"Livechat_maximum_chats_per_agent": 1}

    with settings(admin, **MANUAL, **limit, Livechat_waiting_queue=True):
        assert refused(admin, room_id, userId=second.id) == "error-forwarding-chat"
        told = refused(admin, room_id, userId=second.id, clientAction=True)
        assert told == "error-max-number-simultaneous-chats-reached"
        assert room_of(admin, room_id)["servedBy"]["_id"] == first.id
    with settings(admin, **MANUAL, **limit):
        assert forward(admin, room_id, userId=second.id) == {"success": True}


def test_a_department_gives_it_to_an_agent_of_its_own(
    api: Api, admin: Api, agents: list[Person]
) -> None:
    first, second, _ = agents
    source = create_department(admin, agents=[first])
    target = create_department(admin, agents=[second])
    room_id, _ = served_in(api, first, admin, source)

    assert forward(admin, room_id, departmentId=target) == {"success": True}

    room = room_of(admin, room_id)
    assert (room["servedBy"]["_id"], room["departmentId"]) == (second.id, target)
    assert (inquiry_of(admin, room_id) or {})["department"] == target
    mine = second.api.get("subscriptions.getOne", {"roomId": room_id}).json()["subscription"]
    assert mine["department"] == target
    assert not is_member(first, room_id)
    same = refused(admin, room_id, departmentId=target)
    assert same == "error-forwarding-chat-same-department"


def test_an_agent_of_the_department_can_be_chosen(
    api: Api, admin: Api, agents: list[Person]
) -> None:
    first, second, third = agents
    away = create_agent(admin, status="offline")
    target = create_department(admin, agents=[second, third, away])
    room_id, _ = served_in(api, first, admin)

    outside = refused(admin, room_id, departmentId=target, userId=first.id)
    assert outside == "error-user-not-belong-to-department"
    offline = refused(admin, room_id, departmentId=target, userId=away.id)
    assert offline == "error-user-is-offline"
    assert forward(admin, room_id, departmentId=target, userId=third.id) == {"success": True}

    assert room_of(admin, room_id)["servedBy"]["_id"] == third.id
    (told,) = history(admin, room_id)
    assert (told["scope"], told["transferredTo"]["_id"]) == ("department", third.id)
    retire(admin, away)


def test_with_manual_routing_it_waits_in_the_department(
    api: Api, admin: Api, server: FrontdeskProcess, agents: list[Person]
) -> None:
    first, second, third = agents
    target = create_department(admin, agents=[second, third])
    with settings(admin, **MANUAL):
        room_id, _ = served_in(api, first, admin)
        assert forward(admin, room_id, departmentId=target) == {"success": True}

        room = room_of(admin, room_id)
        assert ("servedBy" in room, room["departmentId"]) == (False, target)
        inquiry = inquiry_of(admin, room_id) or {}
        assert (inquiry["status"], inquiry["department"]) == ("queued", target)
        assert not is_member(first, room_id)
        kinds = [each.kind for each in stored_messages(server, room_id)]
        assert kinds[-2:] == ["livechat_transfer_history", "ul"]

        # With an agent of the department it waits for that one only.
        other = create_department(admin, agents=[second, third])
        assert forward(admin, room_id, departmentId=other, userId=third.id) == {"success": True}
        inquiry = inquiry_of(admin, room_id) or {}
        assert inquiry["defaultAgent"] == {"agentId": third.id, "username": third.username}
        for agent, sees in ((second, False), (third, True)):
            queue = agent.api.get("livechat/inquiries.queuedForUser").json()["inquiries"]
            assert any(each["rid"] == room_id for each in queue) is sees


def test_with_a_waiting_queue_it_waits_in_a_department_where_somebody_is(
    api: Api, admin: Api, agents: list[Person]
) -> None:
    first, second, _ = agents
    busy = create_department(admin, agents=[second])
    empty = create_department(admin)
    room_id, _ = served_in(api, first, admin)

    # The limit keeps the queue's worker from giving it away before we look.
    served_in(api, second, admin)
    limits = {"Livechat_waiting_queue": True, "Livechat_maximum_chats_per_agent": 1}
    with settings(admin, **limits):
        nobody = refused(admin, room_id, departmentId=empty)
        assert nobody == "error-no-agents-available-for-service-on-department"
        assert forward(admin, room_id, departmentId=busy) == {"success": True}

        assert "servedBy" not in room_of(admin, room_id)
        assert (inquiry_of(admin, room_id) or {})["status"] == "queued"


def test_where_nobody_is_it_stays_unless_the_department_takes_it_all_the_same(
    api: Api, admin: Api, agents: list[Person]
) -> None:
    away = create_agent(admin, status="offline")
    strict = create_department(admin, agents=[away])
    patient = create_department(admin, agents=[away], allowReceiveForwardOffline=True)
    room_id, _ = served_in(api, agents[0], admin)

    nobody = refused(admin, room_id, departmentId=strict)

    assert nobody == "error-no-agents-available-for-service-on-department"
    assert room_of(admin, room_id)["servedBy"]["_id"] == agents[0].id
    assert history(admin, room_id) == []
    assert forward(admin, room_id, departmentId=patient) == {"success": True}
    assert "servedBy" not in room_of(admin, room_id)
    assert (inquiry_of(admin, room_id) or {})["status"] == "queued"
    retire(admin, away)


def test_the_serving_agent_alone_is_nobody_to_transfer_to(
    api: Api, admin: Api, agents: list[Person]
) -> None:
    first, second, _ = agents
    alone = create_department(admin, agents=[first])
    together = create_department(admin, agents=[first, second])
    room_id, _ = served_in(api, first, admin)

    nobody = refused(admin, room_id, departmentId=alone)
    assert nobody == "error-no-agents-available-for-service-on-department"
    assert forward(admin, room_id, departmentId=together) == {"success": True}

    assert room_of(admin, room_id)["servedBy"]["_id"] == second.id


def test_a_department_falls_back_on_others(
    api: Api, admin: Api, server: FrontdeskProcess, agents: list[Person]
) -> None:
    first, second, _ = agents
    last = create_department(admin, agents=[second], name="Last resort")
    middle = create_department(admin, fallbackForwardDepartment=last)
    empty = create_department(admin, name="Nobody here", fallbackForwardDepartment=middle)
    room_id, _ = served_in(api, first, admin)
    with settings(admin, Omnichannel_max_fallback_forward_depth=1):
        assert refused(admin, room_id, departmentId=empty) == "error-forwarding-chat"
    assert room_of(admin, room_id)["servedBy"]["_id"] == first.id

    assert forward(admin, room_id, departmentId=empty) == {"success": True}

    room = room_of(admin, room_id)
    assert (room["servedBy"]["_id"], room["departmentId"]) == (second.id, last)
    (told,) = history(admin, room_id)
    assert told["nextDepartment"] == {"_id": last, "name": "Last resort"}
    fallback = stored_messages(server, room_id)[-1]
    assert fallback.kind == "livechat_transfer_history_fallback"
    data = (fallback.extras or {})["transferData"]
    assert data["prevDepartment"] == "Nobody here"
    assert data["department"] == {"_id": last, "name": "Last resort"}
    assert (data["hops"], data["usingFallbackDep"]) == (2, True)


def test_a_circle_of_fallbacks_ends(api: Api, admin: Api, agents: list[Person]) -> None:
    one = create_department(admin)
    two = create_department(admin, fallbackForwardDepartment=one)
    changed = admin.get(f"livechat/department/{one}").json()["department"]
    fields = ("name", "email", "enabled", "showOnRegistration", "showOnOfflineForm")
    body = {name: changed[name] for name in fields} | {"fallbackForwardDepartment": two}
    assert admin.put(f"livechat/department/{one}", {"department": body}).status_code == 200
    room_id, _ = served_in(api, agents[0], admin)

    assert refused(admin, room_id, departmentId=one) == "error-forwarding-chat"


def test_a_department_may_forward_to_some_only(api: Api, admin: Api, agents: list[Person]) -> None:
    first, second, _ = agents
    allowed = create_department(admin, agents=[second])
    other = create_department(admin, agents=[second])
    source = create_department(admin, agents=[first], departmentsAllowedToForward=[allowed])
    room_id, _ = served_in(api, first, admin, source)

    answer = forward(admin, room_id, departmentId=other)

    assert answer["error"] == REFUSED_TARGET
    assert answer["errorType"] == "error-forwarding-department-target-not-allowed"
    assert forward(admin, room_id, departmentId=allowed) == {"success": True}


def test_what_nobody_serves_changes_its_department_all_the_same(api: Api, admin: Api) -> None:
    target = create_department(admin)
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        visitor = register_visitor(api, department=create_department(admin))
        room, _ = open_conversation(api, visitor)
        before = inquiry_of(admin, room["_id"]) or {}

        assert forward(admin, room["_id"], departmentId=target) == {"success": True}

        after = inquiry_of(admin, room["_id"]) or {}
        assert (after["status"], after["department"]) == (before["status"], target)
        found = room_of(admin, room["_id"])
        assert (found["departmentId"], "servedBy" in found) == (target, False)
        assert [each["scope"] for each in history(admin, room["_id"])] == ["department"]
        admin.post("livechat/room.closeByUser", {"rid": room["_id"], "comment": "end"})


def test_a_transfer_stops_the_timer_of_the_visitors_answer(
    api: Api, admin: Api, agents: list[Person]
) -> None:
    first, second, _ = agents
    with settings(
        admin,
        **MANUAL,
        Livechat_abandoned_rooms_action="close",
        Livechat_visitor_inactivity_timeout=2,
    ):
        silent = []
        for _ in range(3):
            room_id, visitor = served_in(api, first, admin)
            say_as_visitor(api, room_id, visitor, "Hello?")
            silent.append(room_id)
        for room_id in silent:
            say_as_user(first.api, room_id, "Hello!")
        forwarded, returned, kept = silent
        assert "omnichannel" in room_of(admin, forwarded)
        forward(admin, forwarded, userId=second.id)
        first.api.post("livechat/inquiries.returnAsInquiry", {"roomId": returned})

        eventually(lambda: "open" not in room_of(admin, kept))

        for room_id in (forwarded, returned):
            room = room_of(admin, room_id)
            assert (room["open"], "omnichannel" in room) == (True, False)


def test_visitors_transfer_their_own_conversation_only(
    api: Api, admin: Api, agents: list[Person]
) -> None:
    first, second, _ = agents
    target = create_department(admin, agents=[second])
    room_id, visitor = served_in(api, first, admin)
    stranger = register_visitor(api)
    body = {"token": visitor.token, "rid": room_id, "department": target}

    def asked(path: str, **changes: str) -> Any:
        return api.post(path, {**body, **changes}).json()

    new, old = "livechat/visitor/department.transfer", "livechat/room.transfer"
    assert asked(new, token="nobody")["error"] == "invalid-token"
    assert asked(old, token="nobody")["error"] == "invalid-token"
    assert asked(new, token=stranger.token)["error"] == "error-invalid-room"
    assert asked(old, token=stranger.token)["error"] == "invalid-room"
    assert asked(new, department="nope")["error"] == "error-invalid-department"
    assert room_of(admin, room_id)["servedBy"]["_id"] == first.id

    assert asked(old)["room"]["servedBy"]["_id"] == second.id
    assert asked(old)["error"] == "error-forwarding-chat-same-department"

    api.post("livechat/room.close", {"rid": room_id, "token": visitor.token})
    assert asked(new)["error"] == "This_conversation_is_already_closed"
    assert asked(old) == {"success": False}


def test_bad_transfers_of_visitors_are_explained_in_the_style_of_their_route(api: Api) -> None:
    new = api.post("livechat/visitor/department.transfer", {})
    assert new.json() == {
        "success": False,
        "errorType": "invalid-params",
        "error": "must have required property 'token'",
    }
    old = api.post("livechat/room.transfer", {"token": "x", "rid": "y"})
    assert old.json()["error"] == "must have required property 'department' [invalid-params]"


def test_old_widgets_are_shown_the_room(
    api: Api, admin: Api, server: FrontdeskProcess, agents: list[Person]
) -> None:
    target = create_department(admin, agents=[agents[1]])
    room_id, visitor = served_in(api, agents[0], admin)
    page = {"change": "url", "title": "Prices", "location": {"href": "https://a.example/prices"}}
    api.post("livechat/page.visited", {"token": visitor.token, "pageInfo": page})

    answer = api.post(
        "livechat/room.transfer", {"token": visitor.token, "rid": room_id, "department": target}
    )

    room = answer.json()["room"]
    assert set(room) == {"_id", "t", "departmentId", "servedBy", "open", "v", "ts"}
    assert (room["_id"], room["departmentId"], room["open"]) == (room_id, target, True)
    visits = [
        each.text
        for each in stored_messages(server, room_id)
        if each.kind == "livechat_navigation_history"
    ]
    assert visits == ["Prices - https://a.example/prices"]
