"""Many at once: exactly one wins, nothing is left behind, nothing breaks."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.builders import (
    Person,
    Visitor,
    create_agent,
    create_department,
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

ROOMS = 60
CLOSERS = 8
LOSERS = {
    "error-room-already-closed",
    "error-room-closed",
    "room-closed",
    "Error removing inquiry",
    "error-room-cannot-be-closed-try-again",
    "error-not-authorized",
}


def test_of_eight_closers_of_each_of_sixty_rooms_one_succeeds(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        agent = create_agent(admin)
        opened = [open_conversation(api) for _ in range(ROOMS)]
        for room, _ in opened[: ROOMS // 2]:
            take(agent, admin, room["_id"])

        with ThreadPoolExecutor(CLOSERS) as closers:
            for room, visitor in opened:
                answers = list(
                    closers.map(
                        lambda turn, room=room, visitor=visitor: _close(
                            turn, api, admin, agent, room["_id"], visitor
                        ),
                        range(CLOSERS),
                    )
                )
                winners = [each for each in answers if each.status_code == 200]
                assert len(winners) == 1, [each.text for each in answers]
                assert {each.json()["error"] for each in answers if each not in winners} <= LOSERS

        for room, visitor in opened:
            said = messages_of(api, room["_id"], visitor)
            closings = [each for each in said if each.get("t") == "livechat-close"]
            assert len(closings) == 1
            record = room_of(admin, room["_id"])
            assert "open" not in record
            by_visitor = "token" in closings[0]
            assert record["closer"] == ("visitor" if by_visitor else "user")
            assert inquiry_of(admin, room["_id"]) is None
        left = agent.api.get("subscriptions.get").json()["update"]
        assert not [each for each in left if each["t"] == "l"]
        retire(admin, agent)


def _close(
    turn: int, api: Api, admin: Api, agent: Person, room_id: str, visitor: Visitor
) -> httpx.Response:
    """Close through one of the doors, by turns."""
    if turn % 3 == 0:
        return api.post("livechat/room.close", {"rid": room_id, "token": visitor.token})
    closer = admin if turn % 3 == 1 else agent.api
    return closer.post("livechat/room.closeByUser", {"rid": room_id, "comment": f"turn {turn}"})


def test_of_eight_agents_who_take_one_conversation_one_gets_it(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        agents = [create_agent(admin) for _ in range(8)]
        for _ in range(15):
            room, _ = open_conversation(api)
            inquiry = inquiry_of(admin, room["_id"])
            assert inquiry is not None
            with ThreadPoolExecutor(8) as takers:
                answers = list(
                    takers.map(
                        lambda agent, inquiry=inquiry: agent.api.post(
                            "livechat/inquiries.take", {"inquiryId": inquiry["_id"]}
                        ),
                        agents,
                    )
                )
            assert Counter(each.status_code for each in answers) == {200: 1, 400: 7}
            refused = {each.json()["errorType"] for each in answers if each.status_code == 400}
            assert refused == {"error-inquiry-taken"}
            holders = [
                agent
                for agent in agents
                if agent.api.get("subscriptions.getOne", {"roomId": room["_id"]}).json()[
                    "subscription"
                ]
            ]
            assert [agent.id for agent in holders] == [
                room_of(admin, room["_id"])["servedBy"]["_id"]
            ]
            closed = admin.post(
                "livechat/room.closeByUser", {"rid": room["_id"], "comment": "next"}
            )
            assert closed.status_code == 200
        retire(admin, *agents)


@hypothesis_settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 4), chats=st.integers(5, 14))
def test_an_agent_never_has_more_chats_than_the_limit(
    api: Api, admin: Api, limit: int, chats: int
) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=False):
        agents = [create_agent(admin) for _ in range(2)]
        department = create_department(admin, agents=agents, maxNumberSimultaneousChat=limit)
        visitors = [register_visitor(api, department=department) for _ in range(chats)]

        with ThreadPoolExecutor(8) as openers:
            rooms = list(openers.map(lambda each: open_conversation(api, each)[0], visitors))

        served = Counter(
            room_of(admin, room["_id"]).get("servedBy", {}).get("_id") for room in rooms
        )
        assert all(served[agent.id] <= limit for agent in agents)
        assert served[agents[0].id] + served[agents[1].id] == min(chats, 2 * limit)
        retire(admin, *agents)


@hypothesis_settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 3))
def test_taking_by_hand_stops_at_the_limit_too(api: Api, admin: Api, limit: int) -> None:
    with settings(
        admin,
        Livechat_Routing_Method="Manual_Selection",
        Livechat_waiting_queue=True,
        Livechat_maximum_chats_per_agent=limit,
    ):
        agent = create_agent(admin)
        inquiries = []
        for _ in range(limit + 4):
            room, _ = open_conversation(api)
            inquiries.append(inquiry_of(admin, room["_id"]) or {})

        def take_one(inquiry: dict[str, str]) -> httpx.Response:
            return agent.api.post(
                "livechat/inquiries.take",
                {"inquiryId": inquiry["_id"], "options": {"clientAction": True}},
            )

        with ThreadPoolExecutor(8) as takers:
            answers = list(takers.map(take_one, inquiries))

        assert Counter(each.status_code for each in answers) == {200: limit, 400: 4}
        assert {each.json()["error"] for each in answers if each.status_code == 400} == {
            "error-max-number-simultaneous-chats-reached"
        }
        retire(admin, agent)


def test_two_requests_of_one_visitor_open_one_conversation(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        for _ in range(10):
            visitor = register_visitor(api, name=unique("Hasty"))
            with ThreadPoolExecutor(8) as openers:
                rooms = list(openers.map(lambda _, v=visitor: open_conversation(api, v), range(8)))
            assert len({room["_id"] for room, _ in rooms}) == 1
