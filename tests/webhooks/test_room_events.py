"""What is told of conversations, when, and with which members."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.builders import (
    Person,
    Visitor,
    create_department,
    eventually,
    open_conversation,
    register_visitor,
    room_of,
    say_as_user,
    say_as_visitor,
    take,
    unique,
)
from tests.harness.client import Api
from tests.webhooks.conftest import SWITCHES, attempts_of, telling
from tests.webhooks.receiver import Receiver

SESSION = ("LivechatSessionStart", "LivechatSessionQueued", "LivechatSessionTaken")
ALL = tuple(SWITCHES)


def close(admin: Api, room_id: str, comment: str = "Done") -> None:
    """Close a conversation as the administrator."""
    answer = admin.post("livechat/room.closeByUser", {"rid": room_id, "comment": comment})
    assert answer.status_code == 200, answer.text


def forward(admin: Api, room_id: str, **target: str) -> None:
    """Forward a conversation."""
    answer = admin.post("livechat/room.forward", {"roomId": room_id, **target})
    assert answer.status_code == 200, answer.text


def save_info(admin: Api, room_id: str, visitor: Visitor, **fields: Any) -> None:
    """Write on a conversation as the administrator."""
    body = {"guestData": {"_id": visitor.id}, "roomData": {"_id": room_id, **fields}}
    answer = admin.post("livechat/room.saveInfo", body)
    assert answer.status_code == 200, answer.text


def test_a_conversation_is_told_from_its_start_to_its_end(
    api: Api, admin: Api, agent: Person, receiver: Receiver
) -> None:
    with telling(admin, receiver, *ALL):
        room, visitor = open_conversation(api)
        room_id = room["_id"]
        say_as_visitor(api, room_id, visitor, "Hello")
        take(agent, admin, room_id)
        say_as_user(agent.api, room_id, "Good morning")
        close(admin, room_id, "All said")
        receiver.wait_for(room_id, "LivechatSession")

    assert receiver.kinds(room_id) == [
        *("LivechatSessionStart", "LivechatSessionQueued", "Message", "LivechatSessionTaken"),
        *("Message", "LivechatSession"),
    ]
    start, queued, said, taken, answered, closed = (each.event for each in receiver.of(room_id))
    assert start["messages"] == queued["messages"] == []
    assert "agent" not in start and "servedBy" not in start
    assert [item["msg"] for item in said["messages"]] == ["Hello"]
    assert "agentId" not in said["messages"][0] and said["messages"][0]["username"]
    assert "agent" not in said, "the room as it was before"
    assert taken["servedBy"]["username"] == taken["agent"]["username"] == agent.username
    assert taken["agent"]["email"] == f"{agent.username}@example.org"
    assert [item["msg"] for item in taken["messages"]] == ["Hello"]
    (item,) = answered["messages"]
    assert (item["msg"], item["agentId"], item["username"]) == (
        *("Good morning", agent.id),
        agent.username,
    )
    assert item["u"]["_id"] == agent.id and item["rid"] == room_id
    assert [item.get("msg") for item in closed["messages"]] == [
        *("Hello", "Good morning", "All said"),
    ]
    assert closed["messages"][-1]["closingMessage"] is True
    assert closed["closer"] == "user"
    assert set(closed["closedBy"]) == {"_id", "username"}
    assert closed["closedAt"] == room_of(admin, room_id)["closedAt"]
    assert closed["servedBy"]["ts"] == room_of(admin, room_id)["servedBy"]["ts"]


def test_an_event_says_who_the_visitor_is(api: Api, admin: Api, receiver: Receiver) -> None:
    department = create_department(admin)
    visitor = register_visitor(
        api, name="Ann Lee", email="ann@example.org", phone="+15550100", department=department
    )
    with telling(admin, receiver, "LivechatSessionStart"):
        room, _ = open_conversation(api, visitor)
        told = receiver.wait_for(room["_id"], "LivechatSessionStart").event

    assert told["visitor"] | {"ip": ""} == {
        "_id": visitor.id,
        "token": visitor.token,
        "username": visitor.username,
        "name": "Ann Lee",
        "department": department,
        "email": [{"address": "ann@example.org"}],
        "phone": [{"phoneNumber": "+15550100"}],
        "ip": "",
    }
    assert told["departmentId"] == department
    assert (told["label"], told["createdAt"]) == ("Ann Lee", room["ts"])
    assert "crmData" not in told and "topic" not in told


def test_the_address_alone_tells_edits_only(
    api: Api, admin: Api, agent: Person, receiver: Receiver
) -> None:
    with telling(admin, receiver):
        room, visitor = open_conversation(api)
        room_id = room["_id"]
        save_info(admin, room_id, visitor, topic="Still open")
        take(agent, admin, room_id)
        say_as_visitor(api, room_id, visitor, "Hello, I am ann@example.org")
        close(admin, room_id)
        save_info(admin, room_id, visitor, topic="Delivery", tags=["late"])
        told = receiver.wait_for(room_id, "LivechatEdit").event

    assert receiver.kinds(room_id) == ["LivechatEdit"]
    assert (told["topic"], told["tags"]) == ("Delivery", ["late"])
    assert [item["msg"] for item in told["messages"]] == ["Hello, I am ann@example.org", "Done"]
    assert "departmentId" not in told and "servedBy" not in told


def test_without_an_address_nothing_is_promised(
    api: Api, admin: Api, agent: Person, receiver: Receiver
) -> None:
    with telling(admin, receiver, *ALL, Livechat_webhookUrl="  "):
        room, visitor = open_conversation(api)
        say_as_visitor(api, room["_id"], visitor, "Hello")
        take(agent, admin, room["_id"])
        close(admin, room["_id"])
        assert (attempts_of(admin, room["_id"]), receiver.of(room["_id"])) == ([], [])


def test_a_chat_that_is_given_to_an_agent_at_once_was_never_queued(
    api: Api, admin: Api, agent: Person, receiver: Receiver
) -> None:
    department = create_department(admin, [agent])
    with telling(admin, receiver, *SESSION, Livechat_Routing_Method="Auto_Selection"):
        room, _ = open_conversation(api, register_visitor(api, department=department))
        receiver.wait_for(room["_id"], "LivechatSessionTaken")
        assert receiver.kinds(room["_id"]) == ["LivechatSessionStart", "LivechatSessionTaken"]
        close(admin, room["_id"])


def test_a_chat_that_is_returned_is_queued_again(
    api: Api, admin: Api, agent: Person, receiver: Receiver
) -> None:
    with telling(admin, receiver, "LivechatSessionQueued", "LivechatSessionForwarded"):
        room, _ = open_conversation(api)
        take(agent, admin, room["_id"])
        answer = admin.post("livechat/inquiries.returnAsInquiry", {"roomId": room["_id"]})
        assert answer.status_code == 200, answer.text
        told = receiver.wait_for(room["_id"], "LivechatSessionQueued", 2).event

    assert receiver.kinds(room["_id"]) == ["LivechatSessionQueued"] * 2
    assert "agent" not in told


def test_a_forward_to_an_agent_names_the_old_one(
    api: Api, admin: Api, agent: Person, colleague: Person, receiver: Receiver
) -> None:
    with telling(admin, receiver, "LivechatSessionTaken", "LivechatSessionForwarded"):
        room, _ = open_conversation(api)
        take(agent, admin, room["_id"])
        forward(admin, room["_id"], userId=colleague.id)
        told = receiver.wait_for(room["_id"], "LivechatSessionForwarded").event

    taken = ["LivechatSessionTaken"] * 2
    assert receiver.kinds(room["_id"]) == [*taken, "LivechatSessionForwarded"]
    assert told["servedBy"]["username"] == told["agent"]["username"] == colleague.username
    assert told["oldServedBy"]["_id"] == agent.id
    assert set(told["oldServedBy"]) == {"_id", "ts", "username"}
    assert "oldDepartmentId" not in told


def test_a_forward_to_a_department_names_the_old_one(
    api: Api, admin: Api, agent: Person, colleague: Person, receiver: Receiver
) -> None:
    old, new = create_department(admin, [agent]), create_department(admin, [colleague])
    with telling(admin, receiver, "LivechatSessionQueued", "LivechatSessionForwarded"):
        room, _ = open_conversation(api, register_visitor(api, department=old))
        take(agent, admin, room["_id"])
        forward(admin, room["_id"], departmentId=new)
        told = receiver.wait_for(room["_id"], "LivechatSessionForwarded").event
        receiver.wait_for(room["_id"], "LivechatSessionQueued", 2)

    assert (told["oldDepartmentId"], told["departmentId"]) == (old, new)
    assert "oldServedBy" not in told
    assert receiver.kinds(room["_id"]) == [
        *("LivechatSessionQueued", "LivechatSessionForwarded", "LivechatSessionQueued"),
    ]


def test_a_forward_to_a_department_that_gives_it_to_an_agent(
    api: Api, admin: Api, agent: Person, colleague: Person, receiver: Receiver
) -> None:
    old, new = create_department(admin, [agent]), create_department(admin, [colleague])
    events = ("LivechatSessionTaken", "LivechatSessionForwarded")
    with telling(admin, receiver, *events, Livechat_Routing_Method="Auto_Selection"):
        room, _ = open_conversation(api, register_visitor(api, department=old))
        forward(admin, room["_id"], departmentId=new)
        told = receiver.wait_for(room["_id"], "LivechatSessionForwarded").event
        close(admin, room["_id"])

    assert (told["oldDepartmentId"], told["departmentId"]) == (old, new)
    assert told["servedBy"]["_id"] == colleague.id


def test_a_visitor_who_closes_is_named_as_the_closer(
    api: Api, admin: Api, receiver: Receiver
) -> None:
    with telling(admin, receiver, "LivechatSession"):
        room, visitor = open_conversation(api)
        body = {"rid": room["_id"], "token": visitor.token}
        assert api.post("livechat/room.close", body).status_code == 200
        told = receiver.wait_for(room["_id"], "LivechatSession").event
    assert told["closer"] == "visitor"
    assert told["closedBy"]["username"] == visitor.username
    assert "servedBy" not in told and "agent" not in told


def test_of_two_who_close_at_once_one_is_told(api: Api, admin: Api, receiver: Receiver) -> None:
    with telling(admin, receiver, "LivechatSession"):
        room, _ = open_conversation(api)
        body = {"rid": room["_id"], "comment": "Done"}
        with ThreadPoolExecutor(4) as pool:
            posts = [pool.submit(admin.post, "livechat/room.closeByUser", body) for _ in range(4)]
            statuses = sorted(post.result().status_code for post in posts)
        receiver.wait_for(room["_id"], "LivechatSession")
        attempts = eventually(lambda: attempts_of(admin, room["_id"]))
    assert statuses == [200, 400, 400, 400]
    assert (len(attempts), receiver.kinds(room["_id"])) == (1, ["LivechatSession"])


def test_messages_of_visitors_and_of_agents_have_switches_of_their_own(
    api: Api, admin: Api, agent: Person, receiver: Receiver
) -> None:
    with telling(admin, receiver, "visitor"):
        room, visitor = open_conversation(api)
        room_id = room["_id"]
        take(agent, admin, room_id)
        say_as_user(agent.api, room_id, "Good morning")
        said = say_as_visitor(api, room_id, visitor, "Helo")
        edit = {"token": visitor.token, "rid": room_id, "msg": "Hello"}
        assert api.put(f"livechat/message/{said['_id']}", edit).status_code == 200
        receiver.wait_for(room_id, "Message", 2)
        with telling(admin, receiver, "agent", Livechat_webhook_on_visitor_message=False):
            say_as_visitor(api, room_id, visitor, "Nobody hears")
            say_as_user(agent.api, room_id, "I do")
            receiver.wait_for(room_id, "Message", 3)

    first, edited, answer = (each.event["messages"][0] for each in receiver.of(room_id))
    assert (first["msg"], edited["msg"], answer["msg"]) == ("Helo", "Hello", "I do")
    assert first["_id"] == edited["_id"]
    assert "editedAt" not in first and edited["editedAt"]


def test_a_file_is_told_with_its_address(api: Api, admin: Api, receiver: Receiver) -> None:
    with telling(admin, receiver, "visitor"):
        room, visitor = open_conversation(api)
        answer = api.http.post(
            f"/api/v1/livechat/upload/{room['_id']}",
            headers={"x-visitor-token": visitor.token},
            files={"file": ("note.txt", b"Read me", "text/plain")},
        )
        assert answer.status_code == 200, answer.text
        (item,) = receiver.wait_for(room["_id"], "Message").event["messages"]

    assert item["file"]["name"] == "note.txt"
    assert item["attachments"][0]["title"] == "note.txt"
    assert item["fileUpload"]["type"] == "text/plain"
    assert item["fileUpload"]["publicFilePath"].startswith("http")
    assert "msg" not in item


def test_a_lead_is_told_once_something_is_found(api: Api, admin: Api, receiver: Receiver) -> None:
    address = f"{unique('ann')}@example.org"
    with telling(admin, receiver, "LeadCapture"):
        room, visitor = open_conversation(api)
        say_as_visitor(api, room["_id"], visitor, "Hello")
        say_as_visitor(api, room["_id"], visitor, f"Write to {address}")
        told = receiver.wait_for(room["_id"], "LeadCapture").event
    assert told["messages"] == []
    assert {"address": address} in told["visitor"]["email"]
    assert receiver.kinds(room["_id"]) == ["LeadCapture"]


def visit(api: Api, room_id: str, visitor: Visitor) -> None:
    """Tell the server that the visitor looks at a page."""
    page = {"change": "url", "title": "Prices", "location": {"href": "https://example.org/prices"}}
    body = {"token": visitor.token, "rid": room_id, "pageInfo": page}
    assert api.post("livechat/page.visited", body).status_code == 200


@pytest.mark.parametrize("wanted", [False, True])
def test_pages_that_were_visited_are_told_if_that_is_wanted(
    api: Api, admin: Api, receiver: Receiver, wanted: bool
) -> None:
    more = {
        "Livechat_Visitor_navigation_as_a_message": True,
        "Send_visitor_navigation_history_livechat_webhook_request": wanted,
    }
    with telling(admin, receiver, "LivechatSession", "visitor", **more):
        room, visitor = open_conversation(api)
        visit(api, room["_id"], visitor)
        close(admin, room["_id"])
        told = receiver.wait_for(room["_id"], "LivechatSession").event
    assert [item["navigation"]["page"]["title"] for item in told["messages"][:-1]] == (
        ["Prices"] if wanted else []
    )
    assert receiver.kinds(room["_id"]) == ["LivechatSession"]


def test_the_secret_is_sent_if_there_is_one(api: Api, admin: Api, receiver: Receiver) -> None:
    header = "x-rocketchat-livechat-token"
    with telling(admin, receiver, "LivechatSessionStart", Livechat_secret_token="s3cret"):
        room, _ = open_conversation(api)
        told = receiver.wait_for(room["_id"], "LivechatSessionStart")
        assert told.headers[header] == "s3cret"
        assert told.headers["content-type"] == "application/json"
    with telling(admin, receiver, "LivechatSessionStart", Livechat_secret_token=""):
        room, _ = open_conversation(api)
        assert header not in receiver.wait_for(room["_id"], "LivechatSessionStart").headers


def test_what_the_receiver_says_is_kept_and_told_to_it_again(
    api: Api, admin: Api, receiver: Receiver
) -> None:
    receiver.answers = lambda event: (200, f"answer to {event['type']}")
    with telling(admin, receiver, "LivechatSessionStart", "LivechatSessionQueued", "visitor"):
        room, visitor = open_conversation(api)
        receiver.wait_for(room["_id"], "LivechatSessionQueued")
        receiver.answers = lambda _: (200, "")
        say_as_visitor(api, room["_id"], visitor, "Hello")
        receiver.wait_for(room["_id"], "Message")

    start, queued, message = (each.event for each in receiver.of(room["_id"]))
    assert "crmData" not in start
    assert queued["crmData"] == "answer to LivechatSessionStart"
    assert message["crmData"] == "answer to LivechatSessionQueued"
    assert room_of(admin, room["_id"])["crmData"] == "answer to LivechatSessionQueued"
