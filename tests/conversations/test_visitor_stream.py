"""What visitors hear on the stream of their conversation: who serves it, and their place."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from frontdesk.access.presence import set_status
from frontdesk.access.records import User
from frontdesk.access.schemas import SetStatus
from frontdesk.conversations.closing import Closing, close_conversation
from frontdesk.conversations.finding import conversation_to_change, inquiry_of_room
from frontdesk.conversations.records import Room
from frontdesk.conversations.returning import return_to_queue
from frontdesk.conversations.taking import take_inquiry
from frontdesk.db import Tx
from frontdesk.http.call import Principal
from frontdesk.messages.storing import Author
from tests.conversations.desk import Desk, open_desk


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """Return a desk with a waiting queue, where agents take conversations by hand."""
    async with open_desk(database_url, tmp_path) as opened:
        opened.set(Livechat_Routing_Method="Manual_Selection", Livechat_waiting_queue=True)
        yield opened


def take(tx: Tx, settings: Any, room: Room, agent: User) -> None:
    """Let an agent take a conversation."""
    found, inquiry = conversation_to_change(tx, room.id), inquiry_of_room(tx, room.id)
    assert found is not None
    assert inquiry is not None
    assert take_inquiry(tx, settings, inquiry, found, agent.id, by_client=True)


def give_back(tx: Tx, settings: Any, room: Room) -> None:
    """Return a conversation to the queue."""
    found = conversation_to_change(tx, room.id)
    assert found is not None
    assert return_to_queue(tx, settings, found, None)


def close(tx: Tx, settings: Any, room: Room) -> None:
    """Close a conversation."""
    found = conversation_to_change(tx, room.id)
    assert found is not None
    close_conversation(tx, settings, found, Closing(Author("x", "x"), "end"))


def spots(desk: Desk, room: Room) -> list[int]:
    """Return the places that a visitor was told so far."""
    return [each["data"]["spot"] for each in desk.told(room.id) if each["type"] == "queueData"]


async def test_a_visitor_is_told_who_serves_and_that_nobody_does_any_more(desk: Desk) -> None:
    agent = await desk.agent(emails=[{"address": "ann@example.org", "verified": True}])
    room = await desk.conversation()
    await desk.write(take, room, agent)
    await desk.write(give_back, room)

    told = [each for each in desk.told(room.id) if each["type"] == "agentData"]
    assert told == [
        {
            "type": "agentData",
            "data": {
                "_id": agent.id,
                "name": "Ann",
                "username": "ann",
                "status": "online",
                "emails": [{"address": "ann@example.org", "verified": True}],
            },
        },
        {"type": "agentData"},
    ]


async def test_where_agents_are_not_shown_nothing_is_told_of_them(desk: Desk) -> None:
    desk.set(Livechat_show_agent_info=False)
    agent = await desk.agent()
    room = await desk.conversation()
    await desk.write(take, room, agent)

    assert {"type": "agentData", "data": {"hiddenInfo": True}} in desk.told(room.id)


async def test_a_new_visitor_is_told_the_place_and_the_text_of_the_queue(desk: Desk) -> None:
    desk.set(Livechat_waiting_queue_message="A moment, please")
    sales = await desk.department("Sales", queue_message="Sales is busy")
    first, second = await desk.conversation(), await desk.conversation()
    in_sales = await desk.conversation(sales)
    user = {"_id": "rocket.cat", "username": "rocket.cat"}

    def told(room: Room) -> Any:
        return [each["data"] for each in desk.told(room.id) if each["type"] == "queueData"]

    await desk.until(lambda: told(first) and told(second) and told(in_sales))
    message = {"text": "A moment, please", "user": user}
    assert told(first)[0] == {"spot": 1, "message": message}
    assert told(second)[0] == {"spot": 2, "message": message}
    # A department's queue is counted for itself.
    assert told(in_sales)[0] == {"spot": 1, "message": {"text": "Sales is busy", "user": user}}


async def test_all_who_wait_are_told_when_somebody_leaves_the_queue(desk: Desk) -> None:
    agent = await desk.agent()
    rooms = [await desk.conversation() for _ in range(4)]
    await desk.until(lambda: [spots(desk, each) for each in rooms] == [[1], [2], [3], [4]])

    await desk.write(take, rooms[0], agent)
    await desk.write(close, rooms[2])

    # Both departures are told together.
    await desk.until(lambda: spots(desk, rooms[3]) == [4, 2])
    assert spots(desk, rooms[1]) == [2, 1]
    assert spots(desk, rooms[0]) == [1]


async def test_the_expected_wait_comes_from_the_latest_conversations(desk: Desk) -> None:
    sales = await desk.department("Sales")
    desk.set(Livechat_number_most_recent_chats_estimate_wait_time=2)
    for seconds, department_id in ((600, None), (60, sales), (30, sales), (90, sales)):
        room = await desk.conversation(department_id)

        def close_later(tx: Tx, settings: Any, room: Room = room, seconds: int = seconds) -> None:
            tx.now = room.opened_at + seconds * 1000
            close(tx, settings, room)

        await desk.write(close_later)
    waiting = [await desk.conversation(sales) for _ in range(3)]

    await desk.until(lambda: all(spots(desk, each) for each in waiting))

    # The latest two of the department by their time of closing took 90 and 60 seconds.
    waits = [desk.told(each.id)[-1]["data"]["estimatedWaitTimeSeconds"] for each in waiting]
    assert waits == [75, 112.5, 150]


async def test_nobody_is_told_a_place_where_that_is_switched_off(desk: Desk) -> None:
    desk.set(Omnichannel_calculate_dispatch_service_queue_statistics=False)
    agent = await desk.agent()
    rooms = [await desk.conversation() for _ in range(2)]
    await desk.write(take, rooms[0], agent)
    desk.set(Omnichannel_calculate_dispatch_service_queue_statistics=True)
    last = await desk.conversation()
    await desk.until(lambda: spots(desk, last))

    assert spots(desk, rooms[0]) == spots(desk, rooms[1]) == []


async def test_a_conversation_given_away_by_the_worker_is_told_once_more(desk: Desk) -> None:
    desk.set(Livechat_Routing_Method="Auto_Selection")
    agent = await desk.agent()
    room = await desk.conversation()

    def told() -> list[Any]:
        return [each["data"] for each in desk.told(room.id) if each["type"] == "agentData"]

    await desk.until(lambda: len(told()) == 2)
    assert [each["_id"] for each in told()] == [agent.id] * 2


async def test_the_presence_of_who_serves_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from frontdesk.access import announcing
    from frontdesk.conversations.leaving import follow_agent

    monkeypatch.setattr(
        announcing,
        "on_changed",
        [lambda tx, user_id, changes: follow_agent(tx, desk.workspace.settings, user_id, changes)],
    )
    agent = await desk.agent()
    caller = Principal(
        agent.id, agent.username, None, frozenset(), frozenset(), hashed_token="token"
    )
    served, other = await desk.conversation(), await desk.conversation()
    await desk.write(take, served, agent)

    for status in ("busy", "busy", "offline"):
        await desk.write(set_status, caller, SetStatus(status=status))

    told = [each for each in desk.told(served.id) if each["type"] == "agentStatus"]
    assert told == [
        {"type": "agentStatus", "status": "busy"},
        {"type": "agentStatus", "status": "offline"},
    ]
    assert not [each for each in desk.told(other.id) if each["type"] == "agentStatus"]
