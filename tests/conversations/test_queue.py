"""The waiting queue: who waits, who is next, when, and that nobody is lost on the way."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.builders import (
    Person,
    create_agent,
    create_department,
    create_user,
    eventually,
    inquiry_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_user,
    settings,
    take,
    unique,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

#: A queue whose worker makes no pass by itself for the length of a test: only a wake does.
WAITING = {"Livechat_waiting_queue": True, "Omnichannel_queue_delay_timeout": 600}
MANUAL = {"Livechat_waiting_queue": True, "Livechat_Routing_Method": "Manual_Selection"}
MANY = 40


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent who is available, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


def open_in(api: Api, department: str | None = None, **query: str) -> str:
    """Open a conversation of a new visitor; return its id."""
    fields = {} if department is None else {"department": department}
    visitor = register_visitor(api, **fields)
    answer = api.get("livechat/room", {"token": visitor.token, **query})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["room"]["_id"])


def server_of(admin: Api, room_id: str) -> str | None:
    """Return the user name of who serves a conversation."""
    served: dict[str, Any] = room_of(admin, room_id).get("servedBy", {})
    return served.get("username")


def close(admin: Api, room_id: str) -> None:
    """Close a conversation."""
    answer = admin.post("livechat/room.closeByUser", {"rid": room_id, "comment": "end"})
    assert answer.status_code == 200, answer.text


def status_of(admin: Api, room_id: str) -> str | None:
    """Return the status of a conversation's inquiry."""
    inquiry = inquiry_of(admin, room_id)
    return None if inquiry is None else str(inquiry["status"])


def priorities(admin: Api) -> list[str]:
    """Return the ids of the priorities, the highest first."""
    known = admin.get("livechat/priorities").json()["priorities"]
    return [each["_id"] for each in sorted(known, key=lambda each: each["sortItem"])]


def served_in_turn(admin: Api, first: str, waiting: list[str]) -> list[str]:
    """Close the served conversation, then each that is served next; return them in this order."""
    order: list[str] = []
    served = first

    def served_now() -> list[str]:
        return [each for each in waiting if server_of(admin, each)]

    while waiting:
        close(admin, served)
        (served,) = eventually(served_now)
        waiting = [each for each in waiting if each != served]
        assert not served_now(), "one at a time"
        order.append(served)
    close(admin, served)
    return order


# Who is next ---------------------------------------------------------------------------------


def test_a_conversation_waits_until_an_agent_is_free(api: Api, admin: Api, agent: Person) -> None:
    with settings(admin, **WAITING, Livechat_maximum_chats_per_agent=1):
        first = open_in(api)
        eventually(lambda: server_of(admin, first) == agent.username)
        second = open_in(api)
        assert status_of(admin, second) == "queued"

        close(admin, first)

        eventually(lambda: server_of(admin, second) == agent.username)
        assert status_of(admin, second) == "taken"
        assert "queuedAt" not in (inquiry_of(admin, second) or {})
        close(admin, second)


def test_who_waits_longest_is_next(api: Api, admin: Api, agent: Person) -> None:
    department = create_department(admin, agents=[agent])
    with settings(admin, **WAITING, Livechat_maximum_chats_per_agent=1):
        first = open_in(api, department)
        eventually(lambda: server_of(admin, first))
        highest = priorities(admin)[0]
        by_time = [open_in(api, department), open_in(api, department, priority=highest)]
        by_time.append(open_in(api, department))

        assert served_in_turn(admin, first, by_time) == by_time


def test_the_highest_priority_is_next_and_among_equals_who_waits_longest(
    api: Api, admin: Api, agent: Person
) -> None:
    department = create_department(admin, agents=[agent])
    ids = priorities(admin)
    with settings(
        admin,
        **WAITING,
        Livechat_maximum_chats_per_agent=1,
        Omnichannel_sorting_mechanism="Priority",
    ):
        first = open_in(api, department)
        eventually(lambda: server_of(admin, first))
        none, low, high, low_later, none_later = (
            open_in(api, department, **query)
            for query in ({}, {"priority": ids[4]}, {"priority": ids[0]}, {"priority": ids[4]}, {})
        )
        raised = admin.post(f"livechat/room/{none_later}/priority", {"priorityId": ids[1]})
        assert raised.status_code == 200

        order = served_in_turn(admin, first, [none, low, high, low_later, none_later])

    assert order == [high, none_later, low, low_later, none]


def test_the_shortest_promise_is_next(api: Api, admin: Api, agent: Person) -> None:
    department = create_department(admin, agents=[agent])
    slas = {}
    for minutes in (987, 654):
        body = {"name": unique("sla"), "dueTimeInMinutes": minutes}
        slas[minutes] = admin.post("livechat/sla", body).json()["sla"]["_id"]
    with settings(
        admin,
        **WAITING,
        Livechat_maximum_chats_per_agent=1,
        Omnichannel_sorting_mechanism="SLAs",
    ):
        first = open_in(api, department)
        eventually(lambda: server_of(admin, first))
        none = open_in(api, department)
        later = open_in(api, department, sla=slas[987])
        sooner = open_in(api, department, sla=slas[654])

        assert served_in_turn(admin, first, [none, later, sooner]) == [sooner, later, none]
    for each in slas.values():
        admin.delete(f"livechat/sla/{each}")


def test_the_first_keeps_those_behind_it_waiting_but_not_other_queues(
    api: Api, admin: Api, agent: Person
) -> None:
    busy = create_agent(admin)
    one, other = (create_department(admin, agents=[agent, busy]) for _ in range(2))
    with settings(admin, **WAITING, Livechat_maximum_chats_per_agent=1):
        occupying = open_in(api, one, agentId=busy.id)
        eventually(lambda: server_of(admin, occupying) == busy.username)

        first = open_in(api, one, agentId=busy.id)
        behind = open_in(api, one)
        elsewhere = open_in(api, other)

        # Served after the others came: so they had their turn, too.
        eventually(lambda: server_of(admin, elsewhere) == agent.username)
        close(admin, elsewhere)
        assert status_of(admin, first) == status_of(admin, behind) == "queued"
        close(admin, occupying)
        eventually(lambda: server_of(admin, first) == busy.username)
        eventually(lambda: server_of(admin, behind) == agent.username)
    retire(admin, busy)


# When ----------------------------------------------------------------------------------------


def test_a_held_conversation_makes_room_and_cannot_be_resumed_above_the_limit(
    api: Api, admin: Api, agent: Person
) -> None:
    with settings(admin, **WAITING, Livechat_maximum_chats_per_agent=2):
        held, other = open_in(api), open_in(api)
        eventually(lambda: server_of(admin, held) and server_of(admin, other))
        third = open_in(api)
        assert status_of(admin, third) == "queued"
        say_as_user(agent.api, held, "One moment")

        agent.api.post("livechat/room.onHold", {"roomId": held})

        eventually(lambda: server_of(admin, third) == agent.username)
        refused = agent.api.post("livechat/room.resumeOnHold", {"roomId": held})
        assert refused.json() == {
            "success": False,
            "error": "error-max-number-simultaneous-chats-reached",
        }
        for each in (held, other, third):
            close(admin, each)


def test_a_returned_conversation_is_given_to_somebody_else(
    api: Api, admin: Api, agent: Person
) -> None:
    other = create_agent(admin)
    department = create_department(admin, agents=[agent, other])
    with settings(admin, Omnichannel_queue_delay_timeout=600):
        room = open_in(api, department)
        first = server_of(admin, room)

        returned = admin.post("livechat/inquiries.returnAsInquiry", {"roomId": room})

        assert returned.json() == {"result": True, "success": True}
        second = eventually(lambda: server_of(admin, room))
        assert {first, second} == {agent.username, other.username}
    retire(admin, other)


def test_an_agent_who_becomes_available_gets_what_waits(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    department = create_department(admin, agents=[agent])
    with settings(admin, **WAITING, Livechat_accept_chats_with_no_agents=True):
        agent.api.post("livechat/agent.status", {"status": "not-available"})
        room = open_in(api, department)

        agent.api.post("livechat/agent.status", {"status": "available"})

        eventually(lambda: server_of(admin, room) == agent.username)
    retire(admin, agent)


def test_an_agent_who_comes_gets_what_waits(api: Api, admin: Api) -> None:
    agent = create_agent(admin, status="offline")
    department = create_department(admin, agents=[agent])
    with settings(admin, **WAITING):
        room = open_in(api, department, agentId=agent.id)

        agent.api.post("users.setStatus", {"status": "away", "message": ""})

        eventually(lambda: server_of(admin, room) == agent.username)
    retire(admin, agent)


def test_an_agent_who_may_have_more_gets_what_waits(api: Api, admin: Api, agent: Person) -> None:
    department = create_department(admin, agents=[agent])
    with settings(admin, **WAITING, Livechat_maximum_chats_per_agent=1):
        first = open_in(api, department)
        eventually(lambda: server_of(admin, first))
        second = open_in(api, department)
        body = {
            "agentId": agent.id,
            "agentData": {"maxNumberSimultaneousChat": 2},
            "agentDepartments": [department],
        }

        admin.post("livechat/agents.saveInfo", body)

        eventually(lambda: server_of(admin, second) == agent.username)
        third = open_in(api, department)
        admin.post("livechat/agents.saveInfo", {**body, "agentData": {}})
        admin.post("settings/Livechat_maximum_chats_per_agent", {"value": 3})
        eventually(lambda: server_of(admin, third) == agent.username)


def test_an_agent_who_joins_a_department_gets_what_waits_for_it(
    api: Api, admin: Api, agent: Person
) -> None:
    department = create_department(admin)
    with settings(admin, **WAITING, Livechat_accept_chats_with_no_agents=True):
        room = open_in(api, department)

        admin.post(
            f"livechat/department/{department}/agents",
            {"upsert": [{"agentId": agent.id, "username": agent.username}], "remove": []},
        )

        eventually(lambda: server_of(admin, room) == agent.username)


def test_what_waits_to_be_taken_is_given_away_when_routing_changes(
    api: Api, admin: Api, agent: Person
) -> None:
    with settings(
        admin, Livechat_Routing_Method="Manual_Selection", Omnichannel_queue_delay_timeout=600
    ):
        room = open_in(api)

        with settings(admin, Livechat_Routing_Method="Load_Rotation"):
            eventually(lambda: server_of(admin, room) == agent.username)


def test_a_queue_is_emptied_as_far_as_agents_are_free(api: Api, admin: Api) -> None:
    agents = [create_agent(admin) for _ in range(2)]
    department = create_department(admin, agents=agents, maxNumberSimultaneousChat=3)
    with settings(admin, **WAITING, Livechat_accept_chats_with_no_agents=True):
        for each in agents:
            each.api.post("livechat/agent.status", {"status": "not-available"})
        rooms = [open_in(api, department) for _ in range(8)]
        for each in agents:
            each.api.post("livechat/agent.status", {"status": "available"})

        eventually(lambda: sum(server_of(admin, each) is not None for each in rooms) == 6)
        # The oldest six, three for each.
        assert [status_of(admin, each) for each in rooms] == ["taken"] * 6 + ["queued"] * 2
    retire(admin, *agents)


def test_what_nobody_can_take_and_does_not_wait_stays_ready(
    api: Api, admin: Api, agent: Person
) -> None:
    with settings(admin, Livechat_maximum_chats_per_agent=1):
        first, second = open_in(api), open_in(api)
        assert server_of(admin, first) == agent.username
        assert status_of(admin, second) == "ready"


# By hand -------------------------------------------------------------------------------------


def test_taking_above_the_limit_is_silent_unless_a_client_asks(
    api: Api, admin: Api, agent: Person
) -> None:
    with settings(admin, **MANUAL, Livechat_maximum_chats_per_agent=1):
        first, second = open_in(api), open_in(api)
        take(agent, admin, first)
        path, inquiry = "livechat/inquiries.take", inquiry_of(admin, second) or {}

        silent = agent.api.post(path, {"inquiryId": inquiry["_id"]})
        told = agent.api.post(
            path, {"inquiryId": inquiry["_id"], "options": {"clientAction": True}}
        )

        assert (silent.status_code, silent.json()) == (200, {"success": True})
        assert told.status_code == 400
        assert told.json()["error"] == "error-max-number-simultaneous-chats-reached"
        assert server_of(admin, second) is None


def test_agents_see_the_queues_that_are_theirs_in_the_order_of_the_queue(
    api: Api, admin: Api, agent: Person
) -> None:
    other = create_agent(admin)
    mine, foreign = create_department(admin, [agent]), create_department(admin, [other])
    ids = priorities(admin)
    with settings(admin, **MANUAL, Omnichannel_sorting_mechanism="Priority"):
        public = open_in(api)
        low, high = (open_in(api, mine, priority=ids[place]) for place in (4, 0))
        of_others = open_in(api, foreign)
        for_other = open_in(api, mine, agentId=other.id)
        for_agent = open_in(api, foreign, agentId=agent.id)
        ours = {public, low, high, of_others, for_other, for_agent}

        def seen(by: Person, **query: Any) -> list[str]:
            answer = by.api.get("livechat/inquiries.queuedForUser", {"count": 100, **query})
            assert answer.status_code == 200, answer.text
            return [each["rid"] for each in answer.json()["inquiries"] if each["rid"] in ours]

        assert seen(agent) == [high, low, public, for_agent]
        assert seen(agent, department=mine) == [high, low, public, for_agent]
        # What the client sorts by comes first; where the queue does too, the queue's way counts.
        assert seen(agent, sort='{"department": -1, "priorityWeight": -1}')[-1] == public
        assert seen(agent, sort='{"priorityWeight": -1}') == [high, low, public, for_agent]
        assert seen(agent, sort='{"ts": -1}') == [public, low, high, for_agent]
        refused = agent.api.get("livechat/inquiries.queuedForUser", {"department": foreign})
        assert (refused.status_code, refused.json()["error"]) == (400, "error-not-authorized")
        nobodys = create_agent(admin)
        assert seen(nobodys) == seen(nobodys, department=mine) == [public]
        listed = admin.get("livechat/inquiries.list", {"department": mine}).json()["inquiries"]
        assert [each["rid"] for each in listed] == [for_other, high, low]
        retire(admin, other, nobodys)


def test_the_place_in_the_queue_is_part_of_the_widgets_configuration(
    api: Api, admin: Api, agent: Person
) -> None:
    department = create_department(admin, [agent], waitingQueueMessage="Sales is busy")
    with settings(admin, **MANUAL, Livechat_waiting_queue_message="A moment, please"):
        visitors = [register_visitor(api, department=department) for _ in range(2)]
        rooms = [open_conversation(api, each)[0]["_id"] for each in visitors]

        def info(turn: int) -> Any:
            config = api.get("livechat/config", {"token": visitors[turn].token}).json()["config"]
            return config.get("queueInfo")

        user = {"_id": "rocket.cat", "username": "rocket.cat"}
        assert info(1) == {"spot": 2, "message": {"text": "Sales is busy", "user": user}}
        take(agent, admin, rooms[0])
        assert info(0) is None
        assert info(1)["spot"] == 1
        close(admin, rooms[0])
        assert info(1)["estimatedWaitTimeSeconds"] > 0
        with settings(admin, Livechat_number_most_recent_chats_estimate_wait_time=0):
            assert "estimatedWaitTimeSeconds" not in info(1)
        with settings(admin, Omnichannel_calculate_dispatch_service_queue_statistics=False):
            assert info(1) is None
        with settings(admin, Livechat_waiting_queue=False):
            assert info(1) is None


def test_the_load_of_each_agent_is_listed(api: Api, admin: Api, agent: Person) -> None:
    other = create_agent(admin)
    department = create_department(admin, agents=[agent, other])
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        for taker, where in ((agent, department), (agent, department), (agent, None)):
            take(taker, admin, open_in(api, where))
        held = open_in(api, department)
        take(other, admin, held)
        say_as_user(other.api, held, "One moment")
        other.api.post("livechat/room.onHold", {"roomId": held})

        def load(**query: Any) -> list[tuple[str, str | None, int]]:
            answer = agent.api.get("livechat/queue", {"count": 0, **query}).json()
            assert answer["count"] == answer["total"] == len(answer["queue"])
            mine = {agent.id, other.id}
            return [
                (each["user"]["username"], each["department"].get("_id"), each["chats"])
                for each in answer["queue"]
                if each["user"]["_id"] in mine
            ]

        ann, bob = agent.username, other.username
        assert load(agentId=agent.id) == [(ann, department, 2), (ann, None, 1)]
        assert load(departmentId=department) == [(ann, department, 2), (bob, department, 1)]
        assert len(load(departmentId="undefined")) == 3
        assert load(agentId=agent.id, sort='{"chats": 1}')[0] == (ann, None, 1)
        other.api.post("livechat/agent.status", {"status": "not-available"})
        assert load(departmentId=department) == [(ann, department, 2)]
        assert (bob, department, 1) in load(includeOfflineAgents="true")
        assert (bob, department, 1) not in load(includeOfflineAgents="1")
        assert agent.api.get("livechat/queue", {"foo": "x"}).json()["error"] == (
            "must NOT have additional properties [invalid-params]"
        )
        assert create_user(admin).api.get("livechat/queue").status_code == 403
    retire(admin, other)


# Several processes, and their end ------------------------------------------------------------


def test_two_processes_share_one_queue(
    private_server: Callable[..., FrontdeskProcess], engine: str
) -> None:
    if engine == "sqlite":  # which serves one process
        return
    options = {f"OVERWRITE_SETTING_{name}": str(value) for name, value in WAITING.items()}
    one = private_server(
        environment={**options, "OVERWRITE_SETTING_Livechat_maximum_chats_per_agent": "2"}
    )
    two = private_server(database_url=one.database_url)
    with (
        Api(one.url) as api,
        api.login_as_administrator() as admin,
        Api(two.url) as other_api,
        other_api.login_as_administrator() as other_admin,
    ):
        agents = [create_agent(admin) for _ in range(3)]
        doors = [(api, admin), (other_api, other_admin)]
        with ThreadPoolExecutor(8) as many:
            rooms = list(many.map(lambda turn: open_in(doors[turn % 2][0]), range(MANY)))
            # One process knows of the chat that waits, the other of the agent who is free again.
            left = set(rooms)

            def served_now() -> list[str]:
                return [each for each in sorted(left) if server_of(admin, each)]

            while left:
                served = eventually(served_now)
                assert len(served) <= 2 * len(agents), "nobody is above the limit"
                for turn, each in enumerate(served):
                    close(doors[turn % 2][1], each)
                left -= set(served)
        subscriptions = [each.api.get("subscriptions.get").json()["update"] for each in agents]
        assert subscriptions == [[], [], []]


@pytest.mark.parametrize("crash", [False, True])
def test_who_waits_is_not_forgotten_when_the_process_ends(
    private_server: Callable[..., FrontdeskProcess], crash: bool
) -> None:
    process = private_server(environment={"OVERWRITE_SETTING_Livechat_waiting_queue": "true"})
    with Api(process.url) as api, api.login_as_administrator() as admin:
        agent = create_agent(admin)
        with settings(admin, Livechat_accept_chats_with_no_agents=True):
            agent.api.post("livechat/agent.status", {"status": "not-available"})
            rooms = [open_in(api) for _ in range(3)]
        if crash:
            process.kill()
        process.restart()
        agent.api.post("livechat/agent.status", {"status": "available"})

        eventually(lambda: all(server_of(admin, each) for each in rooms))
