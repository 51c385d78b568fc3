"""The numbers of messages that figures add up, and what monitors see of figures."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from frontdesk.conversations.finding import find_room
from tests.builders import (
    Person,
    create_agent,
    create_department,
    create_user,
    register_visitor,
    retire,
    room_of,
    say_as_user,
    say_as_visitor,
    settings,
    stored,
    take,
    unique,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

EVER = {"from": "2020-01-01", "to": "2099-01-01"}
REPORT = "livechat/analytics/dashboards/conversations-by-"


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, for the length of a test."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        person = create_agent(admin)
        yield person
        retire(admin, person)


def counted(server: FrontdeskProcess, room_id: str) -> tuple[int, int]:
    """Return how many messages of the visitor and of agents a room counts."""
    room = stored(server, lambda tx: find_room(tx, room_id))
    assert room is not None
    return room.visitor_messages, room.agent_messages


def test_messages_of_people_are_counted_until_they_are_deleted(
    api: Api, admin: Api, agent: Person, server: FrontdeskProcess
) -> None:
    department = create_department(admin, [agent])
    visitor = register_visitor(api, department=department)
    room_id = api.get("livechat/room", {"token": visitor.token}).json()["room"]["_id"]
    assert counted(server, room_id) == (0, 0)

    asked = say_as_visitor(api, room_id, visitor, "Hello")
    take(agent, admin, room_id)
    answers = [say_as_user(agent.api, room_id, text) for text in ("Hi", "there")]
    assert counted(server, room_id) == (1, 2)

    body = {"roomId": room_id, "msgId": answers[0]["_id"], "text": "Hi!"}
    assert agent.api.post("chat.update", body).is_success
    assert counted(server, room_id) == (1, 2)
    for keep, show in ((True, False), (False, True)):
        with settings(admin, Message_KeepHistory=keep, Message_ShowDeletedStatus=show):
            doomed = answers.pop()
            gone = admin.post("chat.delete", {"roomId": room_id, "msgId": doomed["_id"]})
            assert gone.is_success, gone.text
    assert counted(server, room_id) == (1, 0)
    assert admin.post("chat.delete", {"roomId": room_id, "msgId": asked["_id"]}).is_success
    assert counted(server, room_id) == (0, 0)

    query = {**EVER, "name": "Conversations", "departmentId": department}
    overview = admin.get("livechat/analytics/overview", query).json()
    found = {each["title"]: each["value"] for each in overview}
    assert (found["Total_conversations"], found["Total_messages"]) == (1, 1)


def test_messages_that_come_at_once_are_all_counted(
    api: Api, admin: Api, agent: Person, server: FrontdeskProcess
) -> None:
    visitor = register_visitor(api)
    room_id = api.get("livechat/room", {"token": visitor.token}).json()["room"]["_id"]
    take(agent, admin, room_id)

    def say(number: int) -> None:
        if number % 2:
            say_as_visitor(api, room_id, visitor, str(number))
        else:
            say_as_user(agent.api, room_id, str(number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(say, range(12)))

    assert counted(server, room_id) == (6, 6)


def test_monitors_count_what_they_may_see(api: Api, admin: Api, agent: Person) -> None:
    mine, strange = create_department(admin, [agent]), create_department(admin, [agent])
    for department in (mine, strange):
        visitor = register_visitor(api, department=department)
        room_id = api.get("livechat/room", {"token": visitor.token}).json()["room"]["_id"]
        take(agent, admin, room_id)
        assert room_of(admin, room_id)["departmentId"] == department
    monitor = create_user(admin, "livechat-monitor")
    unit = admin.post(
        "livechat/units",
        {
            "unitData": {"name": unique("Unit"), "visibility": "public"},
            "unitMonitors": [{"monitorId": monitor.id, "username": monitor.username}],
            "unitDepartments": [{"departmentId": mine}],
        },
    ).json()

    def chats_of_agent(caller: Api, department: str) -> int:
        query: dict[str, Any] = {**EVER, "name": "Total_messages", "departmentId": department}
        rows = caller.get("livechat/analytics/agent-overview", query).json()["data"]
        return sum(each["value"] for each in rows if each["name"] == agent.username)

    def reported(caller: Api) -> int:
        days = {"start": "2026-06-01T00:00:00Z", "end": "2027-05-01T00:00:00Z"}
        rows = caller.get(f"{REPORT}agent", days).json()["data"]
        return sum(each["value"] for each in rows if each["label"] == agent.username.title())

    assert (chats_of_agent(monitor.api, mine), chats_of_agent(monitor.api, strange)) == (1, 0)
    assert (chats_of_agent(admin, mine), chats_of_agent(admin, strange)) == (1, 1)
    assert (reported(monitor.api), reported(admin)) == (1, 2)
    assert admin.delete(f"livechat/units/{unit['_id']}").status_code == 200
