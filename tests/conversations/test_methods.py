"""The real-time methods of conversations, for clients older than their REST successors."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import (
    Person,
    Visitor,
    create_agent,
    create_department,
    create_user,
    inquiry_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_user,
    settings,
    take,
)
from tests.harness.client import Api


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent; conversations are taken by hand."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        person = create_agent(admin)
        yield person
        retire(admin, person)


def call(caller: Api, method: str, *params: Any) -> Any:
    """Call a method and return its result; a refusal is an AssertionError."""
    frame = frame_of(caller, method, *params)
    assert "error" not in frame, frame
    return frame.get("result")


def refused(caller: Api, method: str, *params: Any) -> str:
    """Call a method and return the message of the refusal."""
    return str(frame_of(caller, method, *params)["error"]["message"])


def frame_of(caller: Api, method: str, *params: Any) -> dict[str, Any]:
    """Call a method and return the whole answer."""
    path = "method.call" if caller.token else "method.callAnon"
    frame = {"msg": "method", "id": "1", "method": f"livechat:{method}", "params": params}
    answer = caller.post(f"{path}/livechat:{method}", {"message": json.dumps(frame)})
    return dict(json.loads(answer.json()["message"]))


def served_by(agent: Person, api: Api, admin: Api) -> tuple[str, Visitor]:
    """Open a conversation that the agent serves."""
    room, visitor = open_conversation(api)
    take(agent, admin, room["_id"])
    return room["_id"], visitor


def test_an_agent_takes_and_returns_a_conversation(api: Api, admin: Api, agent: Person) -> None:
    room, _ = open_conversation(api)
    inquiry = inquiry_of(admin, room["_id"]) or {}

    assert call(agent.api, "takeInquiry", inquiry["_id"]) is None
    assert room_of(admin, room["_id"])["servedBy"]["_id"] == agent.id
    again = refused(agent.api, "takeInquiry", inquiry["_id"], {"clientAction": True})
    assert again == "Inquiry already taken [error-inquiry-taken]"
    assert call(agent.api, "returnAsInquiry", room["_id"]) is True
    assert call(agent.api, "returnAsInquiry", room["_id"], None) is False
    assert refused(agent.api, "returnAsInquiry", "x") == "Invalid room [error-invalid-room]"


def test_an_agent_closes_a_conversation(api: Api, admin: Api, agent: Person) -> None:
    room_id, _ = served_by(agent, api, admin)
    stranger = create_user(admin, "livechat-agent")

    def closing(caller: Api, *params: Any) -> str:
        return refused(caller, "closeRoom", *params)

    assert closing(create_user(admin).api, room_id) == "Not authorized [error-not-authorized]"
    assert closing(agent.api, "nope") == "Invalid room [error-invalid-room]"
    assert closing(stranger.api, room_id, "bye") == "Not authorized [error-not-authorized]"
    assert closing(agent.api, room_id) == "[error-comment-is-required]"
    options = {"tags": ["billing"], "generateTranscriptPdf": False}
    assert call(agent.api, "closeRoom", room_id, "Solved", options) is None

    room = room_of(admin, room_id)
    assert ("open" in room, room["tags"]) == (False, ["billing"])
    assert room["lastMessage"]["msg"] == "Solved"
    assert closing(agent.api, room_id, "bye") == "Room closed [room-closed]"


def test_tags_are_demanded_of_those_who_can_be_asked(api: Api, admin: Api, agent: Person) -> None:
    department = create_department(
        admin, requestTagBeforeClosingChat=True, chatClosingTags=["done"], agents=[agent]
    )
    room, _ = open_conversation(api, register_visitor(api, department=department))
    take(agent, admin, room["_id"])

    asked = refused(agent.api, "closeRoom", room["_id"], "bye", {"clientAction": True})
    assert asked == "[error-tags-must-be-assigned-before-closing-chat]"
    call(agent.api, "closeRoom", room["_id"], "bye", {})
    assert room_of(admin, room["_id"])["tags"] == ["done"]


def test_a_member_transfers_without_the_permission_for_it(
    api: Api, admin: Api, agent: Person
) -> None:
    room_id, _ = served_by(agent, api, admin)
    other = create_agent(admin)

    outside = refused(other.api, "transfer", {"roomId": room_id, "userId": other.id})
    assert outside == "Not authorized [error-not-authorized]"
    assert call(agent.api, "transfer", {"roomId": room_id}) is False
    assert call(agent.api, "transfer", {"roomId": room_id, "userId": other.id}) is True

    room = room_of(admin, room_id)
    assert room["servedBy"]["_id"] == other.id
    same = refused(other.api, "transfer", {"roomId": room_id, "userId": other.id})
    assert same == "[error-selected-agent-room-agent-are-same]"
    admin.post("livechat/room.closeByUser", {"rid": room_id, "comment": "end"})
    assert refused(admin, "transfer", {"roomId": room_id}) == "Room closed [room-closed]"
    assert refused(admin, "transfer", {"roomId": "x"}) == "Invalid room [error-invalid-room]"
    retire(admin, other)


def test_a_visitor_changes_the_department_of_the_own_conversation(
    api: Api, admin: Api, agent: Person
) -> None:
    room_id, visitor = served_by(agent, api, admin)
    department = create_department(admin, agents=[agent])
    wish = {"roomId": room_id, "visitorToken": visitor.token, "departmentId": department}

    stranger = register_visitor(api)
    other = refused(api, "setDepartmentForVisitor", {**wish, "visitorToken": stranger.token})
    assert other == "Invalid room [error-invalid-room]"
    assert call(api, "setDepartmentForVisitor", wish) is True

    assert room_of(admin, room_id)["departmentId"] == department


def test_an_agent_resumes_a_held_conversation(api: Api, admin: Api, agent: Person) -> None:
    room_id, _ = served_by(agent, api, admin)
    not_held = refused(agent.api, "resumeOnHold", room_id, {"clientAction": True})
    assert not_held == "Room is not OnHold [room-closed]"
    assert refused(agent.api, "resumeOnHold", "x") == "Invalid room [error-invalid-room]"
    say_as_user(agent.api, room_id, "One moment")
    agent.api.post("livechat/room.onHold", {"roomId": room_id})
    other = create_agent(admin)
    assert refused(other.api, "resumeOnHold", room_id) == "[Not_authorized]"

    assert call(agent.api, "resumeOnHold", room_id, {"clientAction": True}) is None

    assert "onHold" not in room_of(admin, room_id)
    retire(admin, other)


def test_an_agent_writes_on_a_conversation(api: Api, admin: Api, agent: Person) -> None:
    room_id, visitor = served_by(agent, api, admin)
    guest, room = {"_id": visitor.id}, {"_id": room_id, "topic": "Parcel"}

    assert call(agent.api, "saveInfo", guest, room) is True

    assert room_of(admin, room_id)["topic"] == "Parcel"
    other = create_agent(admin)
    assert refused(other.api, "saveInfo", guest, room) == "Not allowed [error-not-allowed]"
    retire(admin, other)


def test_a_visitor_answers_the_survey(api: Api, admin: Api, agent: Person) -> None:
    room_id, visitor = served_by(agent, api, admin)
    answers = [{"name": "satisfaction", "value": "4"}]

    for token, room in (("nobody", room_id), (visitor.token, "nope")):
        assert call(api, "saveSurveyFeedback", token, room, answers) is None
    assert call(api, "saveSurveyFeedback", visitor.token, room_id, []) is None
    assert "surveyFeedback" not in room_of(admin, room_id)
    call(api, "saveSurveyFeedback", visitor.token, room_id, answers)
    assert room_of(admin, room_id)["surveyFeedback"] == {"satisfaction": "4"}


def test_closed_conversations_are_removed(api: Api, admin: Api, agent: Person) -> None:
    department = create_department(admin, agents=[agent])
    rooms = []
    for _ in range(3):
        room, visitor = open_conversation(api, register_visitor(api, department=department))
        rooms.append(room["_id"])
        open_one = refused(admin, "removeRoom", room["_id"])
        assert open_one == "Room is not closed [error-room-is-not-closed]"
        api.post("livechat/room.close", {"rid": room["_id"], "token": visitor.token})

    assert call(admin, "removeRoom", rooms[0]) is None
    assert refused(admin, "removeRoom", rooms[0]) == "Invalid room [error-invalid-room]"
    channel = refused(admin, "removeRoom", "GENERAL")
    assert channel == "This is not a Livechat room [error-this-is-not-a-livechat-room]"
    assert call(admin, "removeAllClosedRooms", [department]) == 2
    assert refused(agent.api, "removeAllClosedRooms") == "Not allowed [error-not-allowed]"


def test_the_next_agent_is_told_to_visitors(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_Routing_Method="Auto_Selection"):
        agent = create_agent(admin)
        department = create_department(admin, agents=[agent])
        wish = {"token": "somebody", "department": department}
        assert call(api, "getNextAgent", wish)["_id"] == agent.id
        retire(admin, agent)
        assert call(api, "getNextAgent", wish) is None
