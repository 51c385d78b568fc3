"""Priorities and SLA policies on conversations."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest

from tests.builders import (
    Person,
    Visitor,
    create_agent,
    create_user,
    inquiry_of,
    messages_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    settings,
    take,
    unique,
)
from tests.harness.client import Api

#: Due times are unique in a workspace.
minutes = count(1)


@pytest.fixture
def queue(admin: Api) -> Iterator[None]:
    """Let conversations wait in the queue for the length of a test."""
    with settings(
        admin,
        Livechat_Routing_Method="Manual_Selection",
        Livechat_accept_chats_with_no_agents=True,
    ):
        yield


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


@pytest.fixture
def sla(admin: Api) -> Iterator[dict[str, Any]]:
    """Return an SLA policy, for the length of a test."""
    body = {"name": unique("Policy"), "dueTimeInMinutes": next(minutes)}
    made = admin.post("livechat/sla", body).json()["sla"]
    yield made
    admin.delete(f"livechat/sla/{made['_id']}")


def priority(admin: Api, label: str) -> dict[str, Any]:
    """Return the priority with this label."""
    found = admin.get("livechat/priorities").json()["priorities"]
    return next(dict(each) for each in found if each["i18n"] == label)


def give(api: Api, room_id: str, priority_id: str) -> httpx.Response:
    """Give a conversation a priority."""
    return api.post(f"livechat/room/{room_id}/priority", {"priorityId": priority_id})


def set_sla(api: Api, **body: Any) -> httpx.Response:
    """Give a conversation an SLA policy."""
    return api.put("livechat/inquiry.setSLA", body)


def history(api: Api, room_id: str, visitor: Visitor, kind: str) -> list[dict[str, Any]]:
    """Return the messages of one kind, the newest first."""
    return [each for each in messages_of(api, room_id, visitor) if each.get("t") == kind]


def ranks_of(document: dict[str, Any] | None) -> dict[str, Any]:
    """Return how a room or an inquiry is ranked."""
    assert document is not None
    names = ("priorityId", "priorityWeight", "slaId", "estimatedWaitingTimeQueue")
    return {name: document[name] for name in names if name in document}


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


@pytest.mark.usefixtures("queue")
def test_a_priority_is_noted_on_room_and_inquiry_and_told(
    api: Api, admin: Api, agent: Person
) -> None:
    room, visitor = open_conversation(api)
    highest = priority(admin, "Highest")

    assert give(agent.api, room["_id"], highest["_id"]).json() == {"success": True}

    now = room_of(admin, room["_id"])
    ranks = {
        "priorityId": highest["_id"],
        "priorityWeight": 1,
        "estimatedWaitingTimeQueue": 9999999,
    }
    assert ranks_of(now) == ranks == ranks_of(inquiry_of(admin, room["_id"]))
    assert now["msgs"] == room["msgs"] + 1
    assert now["lm"] == room["lm"]
    (message,) = history(api, room["_id"], visitor, "omnichannel_priority_change_history")
    assert message["msg"] == ""
    assert (message["u"]["_id"], message["groupable"]) == (agent.id, False)
    assert message["priorityData"] == {
        "definedBy": {"_id": agent.id, "username": agent.username},
        "priority": highest,
    }


def test_a_priority_is_given_again_and_taken_away_with_a_message_each(
    api: Api, admin: Api, agent: Person
) -> None:
    room, visitor = open_conversation(api)
    low = priority(admin, "Low")
    give(agent.api, room["_id"], low["_id"])
    give(agent.api, room["_id"], low["_id"])

    assert agent.api.delete(f"livechat/room/{room['_id']}/priority").json() == {"success": True}
    assert agent.api.delete(f"livechat/room/{room['_id']}/priority").status_code == 200

    assert ranks_of(room_of(admin, room["_id"]))["priorityWeight"] == 99
    assert "priorityId" not in room_of(admin, room["_id"])
    told = history(api, room["_id"], visitor, "omnichannel_priority_change_history")
    assert ["priority" in each["priorityData"] for each in told] == [False, False, True, True]


def test_a_closed_conversation_gets_a_priority_too(admin: Api, api: Api, agent: Person) -> None:
    room, _ = open_conversation(api)
    body = {"rid": room["_id"], "comment": "done"}
    assert agent.api.post("livechat/room.closeByUser", body).status_code == 200
    before = room_of(admin, room["_id"])

    assert give(agent.api, room["_id"], priority(admin, "High")["_id"]).status_code == 200

    now = room_of(admin, room["_id"])
    assert (now["priorityWeight"], now["msgs"]) == (2, before["msgs"] + 1)


def test_priorities_are_given_in_the_right_words(api: Api, admin: Api, agent: Person) -> None:
    room, _ = open_conversation(api)
    high = priority(admin, "High")["_id"]

    missing = agent.api.post(f"livechat/room/{room['_id']}/priority", {})
    assert error_of(missing) == (400, "must have required property 'priorityId' [invalid-params]")
    assert error_of(give(agent.api, "nowhere", high)) == (400, "error-room-does-not-exist")
    assert error_of(give(agent.api, room["_id"], "x")) == (400, "error-invalid-priority")
    gone = agent.api.delete("livechat/room/nowhere/priority")
    assert error_of(gone) == (400, "error-room-does-not-exist")
    assert give(create_user(admin).api, room["_id"], high).status_code == 403


@pytest.mark.usefixtures("queue")
def test_a_policy_is_noted_on_a_queued_conversation_and_told(
    api: Api, admin: Api, agent: Person, sla: dict[str, Any]
) -> None:
    room, visitor = open_conversation(api)

    assert set_sla(agent.api, roomId=room["_id"], sla=sla["name"]).json() == {"success": True}

    ranks = ranks_of(room_of(admin, room["_id"]))
    assert ranks == ranks_of(inquiry_of(admin, room["_id"]))
    assert ranks == {
        "slaId": sla["_id"],
        "estimatedWaitingTimeQueue": sla["dueTimeInMinutes"],
        "priorityWeight": 99,
    }
    (message,) = history(api, room["_id"], visitor, "omnichannel_sla_change_history")
    assert message["slaData"]["definedBy"] == {"_id": agent.id, "username": agent.username}
    assert message["slaData"]["sla"].items() >= sla.items()


@pytest.mark.usefixtures("queue")
def test_a_policy_is_set_in_the_right_words(
    api: Api, admin: Api, agent: Person, sla: dict[str, Any]
) -> None:
    room, _ = open_conversation(api)

    assert error_of(set_sla(agent.api)) == (400, "The 'roomId' param is required")
    assert error_of(set_sla(agent.api, roomId="x")) == (400, "error-invalid-inquiry")
    assert error_of(set_sla(agent.api, roomId={"a": 1})) == (400, "error-invalid-inquiry")
    assert error_of(set_sla(agent.api, roomId=room["_id"])) == (400, "error-invalid-sla")
    upper = set_sla(agent.api, roomId=room["_id"], sla=sla["name"].upper())
    assert error_of(upper) == (400, "error-invalid-sla")
    assert set_sla(agent.api, roomId=room["_id"], sla=sla["_id"]).status_code == 200
    take(agent, admin, room["_id"])
    taken = set_sla(agent.api, roomId=room["_id"], sla=sla["_id"])
    assert error_of(taken) == (400, "error-invalid-inquiry")


@pytest.mark.usefixtures("queue")
def test_a_new_due_time_counts_for_open_conversations(
    api: Api, admin: Api, agent: Person, sla: dict[str, Any]
) -> None:
    room, _ = open_conversation(api)
    set_sla(agent.api, roomId=room["_id"], sla=sla["_id"])
    later = {"name": sla["name"], "dueTimeInMinutes": 700_000}

    assert admin.put(f"livechat/sla/{sla['_id']}", later).status_code == 200

    for document in (room_of(admin, room["_id"]), inquiry_of(admin, room["_id"])):
        assert ranks_of(document)["estimatedWaitingTimeQueue"] == 700_000


@pytest.mark.usefixtures("queue")
def test_a_removed_policy_is_gone_from_open_conversations_only(
    api: Api, admin: Api, agent: Person, sla: dict[str, Any]
) -> None:
    (room, visitor), (closed, closed_visitor) = open_conversation(api), open_conversation(api)
    for each in (room, closed):
        set_sla(agent.api, roomId=each["_id"], sla=sla["_id"])
    body = {"token": closed_visitor.token, "rid": closed["_id"]}
    assert api.post("livechat/room.close", body).status_code == 200

    assert admin.delete(f"livechat/sla/{sla['_id']}").json() == {"success": True}

    none = {"priorityWeight": 99, "estimatedWaitingTimeQueue": 9999999}
    assert ranks_of(room_of(admin, room["_id"])) == none
    assert ranks_of(inquiry_of(admin, room["_id"])) == none
    assert room_of(admin, closed["_id"])["slaId"] == sla["_id"]
    assert len(history(api, room["_id"], visitor, "omnichannel_sla_change_history")) == 1


@pytest.mark.usefixtures("queue")
def test_a_conversation_is_opened_with_policy_and_priority(
    api: Api, admin: Api, sla: dict[str, Any]
) -> None:
    high = priority(admin, "High")
    visitor = register_visitor(api)
    query = {"token": visitor.token, "sla": sla["name"], "priority": high["_id"]}

    room = api.get("livechat/room", query).json()["room"]

    ranks = {
        "priorityId": high["_id"],
        "priorityWeight": 2,
        "slaId": sla["_id"],
        "estimatedWaitingTimeQueue": sla["dueTimeInMinutes"],
    }
    assert ranks_of(room) == ranks == ranks_of(inquiry_of(admin, room["_id"]))
    kinds = {each.get("t") for each in messages_of(api, room["_id"], visitor)}
    assert kinds.isdisjoint(
        ("omnichannel_sla_change_history", "omnichannel_priority_change_history")
    )


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize(
    ("name", "text", "function"),
    [
        ("sla", "Invalid sla [error-invalid-sla]", "livechat.beforeRoom"),
        ("priority", "Invalid priority [error-invalid-priority]", "livechat.beforeInquiry"),
    ],
)
def test_nothing_is_left_of_an_opening_with_an_unknown_one(
    api: Api, name: str, text: str, function: str
) -> None:
    visitor = register_visitor(api)

    answer = api.get("livechat/room", {"token": visitor.token, name: "nope"})

    assert error_of(answer) == (400, text)
    assert answer.json()["details"] == {"function": function}
    assert api.get("livechat/room", {"token": visitor.token}).json()["newRoom"] is True
