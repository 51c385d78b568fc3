"""Figures by departments."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import (
    Person,
    Visitor,
    create_agent,
    create_department,
    register_visitor,
    retire,
    room_of,
    say_as_user,
    say_as_visitor,
    settings,
    take,
)
from tests.harness.client import Api

FIGURES = (
    "amount-of-chats",
    "average-service-time",
    "average-chat-duration-time",
    "total-service-time",
    "average-waiting-time",
    "total-transferred-chats",
    "total-abandoned-chats",
    "percentage-abandoned-chats",
)
EVER = {"start": "2020-01-01", "end": "2100-01-01"}


@pytest.fixture(autouse=True)
def by_hand(admin: Api) -> Iterator[None]:
    """Let agents take their chats themselves."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        yield


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


@pytest.fixture
def department(admin: Api, agent: Person) -> str:
    """Return a department of the agent in which nothing has happened yet."""
    return create_department(admin, [agent])


def figures(api: Api, figure: str, department: str, **query: Any) -> list[dict[str, Any]]:
    """Return the rows of a figure for a department."""
    answer = api.get(
        f"livechat/analytics/departments/{figure}",
        {**EVER, "departmentId": department, **query},
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["count"], body["offset"]) == (len(body["departments"]), 0)
    assert body["total"] == len(body["departments"])
    return list(body["departments"])


def open_in(api: Api, department: str) -> tuple[str, Visitor]:
    """Open a conversation in a department; return its room's id and its visitor."""
    visitor = register_visitor(api, department=department)
    answer = api.get("livechat/room", {"token": visitor.token})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["room"]["_id"]), visitor


def close(api: Api, room_id: str) -> dict[str, Any]:
    """Close a conversation and return its room."""
    assert api.post("livechat/room.closeByUser", {"rid": room_id, "comment": "done"}).is_success
    return room_of(api, room_id)


def test_chats_that_wait_for_an_answer_are_counted_until_they_have_one(
    admin: Api, agent: Person, department: str
) -> None:
    room_id, visitor = open_in(admin, department)
    waiting = [{"_id": department, "rooms": 1}]

    assert figures(admin, "amount-of-chats", department) == waiting
    assert figures(admin, "amount-of-chats", department, answered="true") == []

    take(agent, admin, room_id)
    say_as_user(agent.api, room_id, "Hello")
    assert figures(admin, "amount-of-chats", department, answered="false") == []
    assert figures(admin, "amount-of-chats", department, answered="true") == waiting

    say_as_visitor(admin, room_id, visitor, "Are you there?")
    assert figures(admin, "amount-of-chats", department, answered="yes") == waiting
    assert figures(admin, "amount-of-chats", department, answered="true") == []


def test_times_are_averages_and_sums_of_whole_seconds_rounded_up(
    admin: Api, agent: Person, department: str
) -> None:
    closed = []
    for _ in range(2):
        room_id, visitor = open_in(admin, department)
        say_as_visitor(admin, room_id, visitor, "Hello")
        take(agent, admin, room_id)
        say_as_user(agent.api, room_id, "Good morning")
        closed.append(close(agent.api, room_id)["metrics"])

    def mean(values: list[float]) -> int:
        return math.ceil(round(sum(values) / 2, 6))

    assert figures(admin, "average-chat-duration-time", department) == [
        {
            "_id": department,
            "averageChatDurationTimeInSeconds": mean([each["chatDuration"] for each in closed]),
        }
    ]
    spent = math.ceil(round(sum(each["serviceTimeDuration"] for each in closed), 6))
    assert figures(admin, "total-service-time", department) == [
        {"_id": department, "chats": 2, "serviceTimeDuration": spent}
    ]
    waited = mean([each["response"].get("ft", 0) for each in closed])
    assert figures(admin, "average-waiting-time", department) == [
        {"_id": department, "averageWaitingTimeInSeconds": waited}
    ]
    (row,) = figures(admin, "average-service-time", department)
    assert row["averageServiceTimeInSeconds"] == 1  # an answer within the second, rounded up


def test_transfers_are_counted_where_the_chat_is_now(
    admin: Api, agent: Person, department: str
) -> None:
    other = create_department(admin, [agent])
    room_id, _ = open_in(admin, department)
    take(agent, admin, room_id)
    for target in (other, department, other):
        body = {"roomId": room_id, "departmentId": target}
        assert admin.post("livechat/room.forward", body).is_success
        take(agent, admin, room_id)

    assert figures(admin, "total-transferred-chats", department) == []
    assert figures(admin, "total-transferred-chats", other) == [
        {"_id": other, "numberOfTransferredRooms": 3}
    ]
    assert figures(admin, "total-transferred-chats", "undefined") == []


def test_a_chat_is_abandoned_when_the_visitor_was_silent_for_long_enough(
    admin: Api, agent: Person, department: str
) -> None:
    for answered in (True, False, False):
        room_id, visitor = open_in(admin, department)
        say_as_visitor(admin, room_id, visitor, "Hello")
        take(agent, admin, room_id)
        if answered:
            say_as_user(agent.api, room_id, "Good morning")
        close(agent.api, room_id)

    assert figures(admin, "total-abandoned-chats", department) == []
    assert figures(admin, "percentage-abandoned-chats", department) == [
        {"_id": department, "percentageOfAbandonedChats": 0}
    ]
    with settings(admin, Livechat_visitor_inactivity_timeout=0):
        (row,) = figures(admin, "total-abandoned-chats", department)
        abandoned = row["abandonedRooms"]
        assert 1 <= abandoned <= 3
        assert figures(admin, "percentage-abandoned-chats", department) == [
            {"_id": department, "percentageOfAbandonedChats": 100 * abandoned // 3}
        ]


@pytest.mark.parametrize("figure", FIGURES)
def test_without_chats_there_are_no_rows(admin: Api, department: str, figure: str) -> None:
    assert figures(admin, figure, department) == []
    assert figures(admin, figure, "unknown") == []


@pytest.mark.parametrize("figure", FIGURES)
def test_a_period_needs_two_dates(admin: Api, figure: str) -> None:
    path = f"livechat/analytics/departments/{figure}"

    missing = admin.get(path, {"end": "2023-01-01"})
    assert missing.status_code == 400
    assert missing.json()["error"] == "must have required property 'start' [invalid-params]"
    no_start = admin.get(path, {"start": "x", "end": "y"})
    assert no_start.status_code == 400
    assert no_start.json()["error"] == 'The "start" query parameter must be a valid date.'
    no_end = admin.get(path, {"start": "2023-01-01", "end": "y"})
    assert no_end.json()["error"] == 'The "end" query parameter must be a valid date.'
    assert admin.get(path, {"start": "2020-01-01", "end": "2020-02-30"}).status_code == 200
    more = admin.get(path, {**EVER, "from": "2020-01-01"})
    assert more.json()["error"] == "must NOT have additional properties [invalid-params]"


def test_a_period_that_ends_before_it_begins_has_no_rows(admin: Api, department: str) -> None:
    open_in(admin, department)
    backwards = {"start": EVER["end"], "end": EVER["start"]}
    assert figures(admin, "amount-of-chats", department, **backwards) == []


def test_all_departments_are_shown_page_by_page(admin: Api, agent: Person) -> None:
    made = {create_department(admin, [agent]) for _ in range(3)}
    for department in made:
        open_in(admin, department)
    path = "livechat/analytics/departments/amount-of-chats"

    everything = admin.get(path, {**EVER, "departmentId": "", "count": 0, "sort": "?"}).json()
    ids = [each["_id"] for each in everything["departments"]]
    assert made <= set(ids)
    assert ids == sorted(ids, key=lambda each: each or "")
    second = admin.get(path, {**EVER, "count": 1, "offset": 1}).json()
    assert second["departments"] == everything["departments"][1:2]
    assert (second["count"], second["offset"], second["total"]) == (1, 1, len(ids))


@pytest.mark.parametrize("figure", FIGURES)
def test_only_managers_see_figures(admin: Api, agent: Person, figure: str) -> None:
    answer = agent.api.get(f"livechat/analytics/departments/{figure}", {"start": "x"})
    assert answer.status_code == 403
