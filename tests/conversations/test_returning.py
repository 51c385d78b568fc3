"""POST livechat/inquiries.returnAsInquiry."""

from typing import Any

from tests.builders import (
    create_agent,
    create_department,
    inquiry_of,
    open_conversation,
    retire,
    room_of,
    settings,
    take,
)
from tests.harness.client import Api

MANUAL = {
    "Livechat_Routing_Method": "Manual_Selection",
    "Livechat_accept_chats_with_no_agents": True,
}


def give_back(caller: Api, room_id: str, **to: Any) -> dict[str, Any]:
    """Return a conversation to the queue."""
    answer = caller.post("livechat/inquiries.returnAsInquiry", {"roomId": room_id, **to})
    return {"status": answer.status_code, **answer.json()}


def test_what_nobody_serves_cannot_be_returned(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        room, visitor = open_conversation(api)

        nobody = {"status": 200, "success": True, "result": False}
        assert give_back(admin, room["_id"]) == nobody
        nowhere = give_back(admin, room["_id"], departmentId="nope")
        assert nowhere["error"] == "error-invalid-department"
        api.post("livechat/room.close", {"rid": room["_id"], "token": visitor.token})
        closed = {"status": 400, "success": False, "error": "room-closed"}
        assert give_back(admin, room["_id"]) == closed
        unknown = {"status": 400, "success": False, "error": "error-room-not-found"}
        assert give_back(admin, "nope") == unknown


def test_it_may_be_returned_to_the_queue_of_a_department(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        agent = create_agent(admin)
        department = create_department(admin, agents=[agent])
        room, _ = open_conversation(api)
        take(agent, admin, room["_id"])

        refused = give_back(agent.api, room["_id"], departmentId="nope")
        assert refused["error"] == "error-invalid-department"
        assert room_of(admin, room["_id"])["servedBy"]["_id"] == agent.id
        assert give_back(agent.api, room["_id"], departmentId=department)["result"] is True

        found = room_of(admin, room["_id"])
        assert ("servedBy" in found, found["departmentId"]) == (False, department)
        inquiry = inquiry_of(admin, room["_id"]) or {}
        assert (inquiry["status"], inquiry["department"]) == ("queued", department)
        retire(admin, agent)
