"""What agents find in the queue."""

from typing import Any

from tests.builders import (
    Person,
    create_agent,
    create_department,
    open_conversation,
    register_visitor,
    retire,
    settings,
)
from tests.harness.client import Api

MANUAL = {
    "Livechat_Routing_Method": "Manual_Selection",
    "Livechat_accept_chats_with_no_agents": True,
}


def queue_of(agent: Person, **params: Any) -> set[str]:
    """Return the ids of the conversations that an agent may take."""
    answer = agent.api.get("livechat/inquiries.queuedForUser", {"count": 0, **params})
    assert answer.status_code == 200, answer.text
    return {each["rid"] for each in answer.json()["inquiries"]}


def test_agents_find_what_their_departments_and_all_may_take(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        member, free = create_agent(admin), create_agent(admin)
        ours, theirs = create_department(admin, agents=[member]), create_department(admin)
        waiting = {
            department: open_conversation(
                api, register_visitor(api, **({"department": department} if department else {}))
            )[0]["_id"]
            for department in (ours, theirs, "")
        }
        wanted = set(waiting.values())

        assert queue_of(member) & wanted == {waiting[ours], waiting[""]}
        assert queue_of(member, department=ours) & wanted == {waiting[ours], waiting[""]}
        assert queue_of(free) & wanted == {waiting[""]}
        assert queue_of(free, department=theirs) & wanted == {waiting[""]}
        refused = member.api.get("livechat/inquiries.queuedForUser", {"department": theirs})
        assert (refused.status_code, refused.json()["error"]) == (400, "error-not-authorized")
        retire(admin, member, free)
