"""Who gets the next conversation, by each method, and whom it is for before anybody else."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.builders import (
    Person,
    create_agent,
    create_department,
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
from tests.conversations.answering_server import AnsweringServer, answering_server
from tests.harness.client import Api


@pytest.fixture
def team(admin: Api) -> Iterator[list[Person]]:
    """Return three agents who are online, by user name; they are retired afterwards."""
    agents = sorted((create_agent(admin) for _ in range(3)), key=lambda each: each.username)
    yield agents
    retire(admin, *agents)


@pytest.fixture
def peer() -> Iterator[AnsweringServer]:
    """Return somebody else's server, which knows who is next."""
    with answering_server() as server:
        yield server


def department_of(admin: Api, members: Sequence[tuple[Person, int, int]], **fields: Any) -> str:
    """Create a department of agents, each with chats given so far and place in the order."""
    body = {
        "department": {
            "name": unique("Department"),
            "email": "department@example.org",
            "enabled": True,
            "showOnRegistration": False,
            "showOnOfflineForm": False,
            **fields,
        },
        "agents": [
            {"agentId": agent.id, "count": count, "order": order} for agent, count, order in members
        ],
    }
    answer = admin.post("livechat/department", body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["department"]["_id"])


def server_of(api: Api, department: str | None = None) -> str | None:
    """Open a conversation and return the user name of who serves it."""
    fields = {} if department is None else {"department": department}
    room, _ = open_conversation(api, register_visitor(api, **fields))
    served: dict[str, Any] = room.get("servedBy", {})
    return served.get("username")


def names(agents: Sequence[Person]) -> list[str]:
    """Return user names."""
    return [agent.username for agent in agents]


# Auto_Selection ------------------------------------------------------------------------------


def test_auto_selection_takes_fewest_chats_then_the_place_then_the_name(
    api: Api, admin: Api, team: list[Person]
) -> None:
    first, second, third = team
    department = department_of(admin, [(first, 1, 0), (second, 0, 2), (third, 0, 1)])

    served = [server_of(api, department) for _ in range(5)]

    # third (0, 1), second (0, 2), then all have one: first (1, 0), third (1, 1), second (1, 2)
    assert served == names([third, second, first, third, second])


def test_equal_agents_take_turns_by_name(api: Api, admin: Api, team: list[Person]) -> None:
    department = department_of(admin, [(agent, 0, 0) for agent in reversed(team)])

    assert [server_of(api, department) for _ in range(6)] == names(team) * 2


def test_without_a_department_the_agents_own_counters_decide(
    api: Api, admin: Api, team: list[Person]
) -> None:
    first, second, third = team
    # Chats of departments are counted elsewhere.
    department = department_of(admin, [(first, 0, 0)])
    assert server_of(api, department) == first.username

    assert [server_of(api) for _ in range(4)] == names([first, second, third, first])


def test_the_order_is_kept_when_many_come_at_once(api: Api, admin: Api, team: list[Person]) -> None:
    department = department_of(admin, [(agent, 0, 0) for agent in team])

    with ThreadPoolExecutor(9) as openers:
        served = list(openers.map(lambda _: server_of(api, department), range(18)))

    assert {name: served.count(name) for name in names(team)} == dict.fromkeys(names(team), 6)


def test_names_are_ordered_by_their_characters_codes(api: Api, admin: Api) -> None:
    stem = unique("a")
    # A language that ignores signs and case would order them otherwise.
    wanted = [f"{stem}-c", f"{stem}B", f"{stem}_a", f"{stem}a"]
    agents = []
    for name in reversed(wanted):
        agent = create_agent(admin)
        renamed = admin.post("users.update", {"userId": agent.id, "data": {"username": name}})
        assert renamed.status_code == 200, renamed.text
        agents.append(agent)
    department = department_of(admin, [(agent, 0, 0) for agent in agents])

    assert [server_of(api, department) for _ in wanted] == wanted
    retire(admin, *agents)


# Load_Balancing and Load_Rotation ------------------------------------------------------------


def test_load_balancing_takes_fewest_open_chats_then_who_waited_longest_then_the_name(
    api: Api, admin: Api, team: list[Person]
) -> None:
    first, second, third = team
    department = create_department(admin, agents=team)
    with settings(admin, Livechat_Routing_Method="Load_Balancing"):
        rooms = [
            open_conversation(api, register_visitor(api, department=department))[0]
            for _ in range(6)
        ]
        assert [room["servedBy"]["username"] for room in rooms] == names(team) * 2
        # One of second's on hold and one of third's closed: they are equal, second was first.
        say_as_user(second.api, rooms[4]["_id"], "One moment")
        second.api.post("livechat/room.onHold", {"roomId": rooms[4]["_id"]})
        admin.post("livechat/room.closeByUser", {"rid": rooms[2]["_id"], "comment": "end"})

        served = [server_of(api, department) for _ in range(4)]

    assert served == names([second, third, first, second])


def test_load_balancing_counts_a_departments_own_chats_only(
    api: Api, admin: Api, team: list[Person]
) -> None:
    first, second, _ = team
    one, other = (create_department(admin, agents=[first, second]) for _ in range(2))
    with settings(admin, Livechat_Routing_Method="Load_Balancing"):
        assert [server_of(api, one) for _ in range(3)] == names([first, second, first])
        # In the other one all have none, and second has waited longer.
        assert server_of(api, other) == second.username


def test_load_balancing_without_a_department_counts_rooms_of_every_kind(
    api: Api, admin: Api, team: list[Person]
) -> None:
    first, second, third = team
    department = create_department(admin, agents=[first, second])
    with settings(admin, Livechat_Routing_Method="Load_Balancing"):
        assert [server_of(api, department) for _ in range(2)] == names([first, second])

        assert server_of(api) == third.username


def test_load_rotation_takes_who_waited_longest_whatever_he_has_to_do(
    api: Api, admin: Api, team: list[Person]
) -> None:
    department = create_department(admin, agents=team)
    with settings(admin, Livechat_Routing_Method="Load_Rotation"):
        first_turns = [server_of(api, department) for _ in range(4)]
        newcomer = create_agent(admin)
        admin.post(
            f"livechat/department/{department}/agents",
            {"upsert": [{"agentId": newcomer.id, "username": newcomer.username}], "remove": []},
        )
        # Who was never routed comes before all others.
        then = [server_of(api, department) for _ in range(4)]

    assert first_turns == names([*team, team[0]])
    assert then == names([newcomer, team[1], team[2], team[0]])
    retire(admin, newcomer)


def test_rotation_goes_round_evenly_when_many_come_at_once(
    api: Api, admin: Api, team: list[Person]
) -> None:
    department = create_department(admin, agents=team)
    with (
        settings(admin, Livechat_Routing_Method="Load_Rotation"),
        ThreadPoolExecutor(9) as openers,
    ):
        served = list(openers.map(lambda _: server_of(api, department), range(18)))

    assert {name: served.count(name) for name in names(team)} == dict.fromkeys(names(team), 6)


@pytest.mark.parametrize("method", ["Auto_Selection", "Load_Balancing", "Load_Rotation"])
def test_who_has_enough_to_do_is_left_out(
    api: Api, admin: Api, team: list[Person], method: str
) -> None:
    first, second, third = team
    department = create_department(admin, agents=team, maxNumberSimultaneousChat=3)
    for agent, limit in ((first, 1), (second, "2"), (third, 0)):
        saved = admin.post(
            "livechat/agents.saveInfo",
            {
                "agentId": agent.id,
                "agentData": {"maxNumberSimultaneousChat": limit},
                "agentDepartments": [department],
            },
        )
        assert saved.status_code == 200
    with settings(admin, Livechat_Routing_Method=method, Livechat_maximum_chats_per_agent=5):
        served = [server_of(api, department) for _ in range(7)]

    # The general limit binds only where no own one is set, the department's always.
    assert sorted(served[:6], key=str) == names([first, second, second, third, third, third])
    assert served[6] is None


def test_the_general_limit_holds_without_a_department(
    api: Api, admin: Api, team: list[Person]
) -> None:
    with settings(admin, Livechat_maximum_chats_per_agent=1):
        assert [server_of(api) for _ in range(4)] == [*names(team), None]


def test_where_nobody_need_be_online_an_absent_agent_who_is_available_may_get_it(
    api: Api, admin: Api
) -> None:
    absent, off = create_agent(admin, status="offline"), create_agent(admin, status="offline")
    off.api.post("livechat/agent.status", {"status": "not-available"})
    department = create_department(admin, agents=[absent, off])
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        assert server_of(api, department) == absent.username
        retire(admin, absent)
        assert server_of(api, department) is None
    retire(admin, off)


# External ------------------------------------------------------------------------------------


def external(peer: AnsweringServer, **more: Any) -> dict[str, Any]:
    """Return the settings that let another server choose."""
    return {
        "Livechat_Routing_Method": "External",
        "Livechat_External_Queue_URL": f"{peer.url}/next?tenant=7",
        "Livechat_External_Queue_Token": "s3cret",
        **more,
    }


def says(*usernames: str) -> list[tuple[int, str]]:
    """Return answers that name users."""
    return [(200, json.dumps({"username": username})) for username in usernames]


def test_another_server_is_asked_who_is_next(
    api: Api, admin: Api, team: list[Person], peer: AnsweringServer
) -> None:
    department = create_department(admin, agents=[team[0]])
    peer.answers = says(team[2].username)
    with settings(admin, **external(peer)):
        assert server_of(api, department) == team[2].username

    assert len(peer.asked) == 10
    assert {each.path for each in peer.asked} == {f"/next?tenant=7&departmentId={department}"}
    headers = peer.asked[0].headers
    assert headers["user-agent"] == "RocketChat Server"
    assert headers["accept"] == "application/json"
    assert headers["x-rocketchat-secret-token"] == "s3cret"


def test_the_first_answer_that_helps_is_taken(
    api: Api, admin: Api, team: list[Person], peer: AnsweringServer
) -> None:
    away = create_agent(admin, status="offline")
    good = json.dumps({"username": team[1].username, "more": {"of": "this"}})
    nonsense = [(500, good), (200, "["), (200, "[" * 5000), (200, '{"username": 5}'), (302, good)]
    peer.answers = [*nonsense, *says("nobody", away.username), (200, good)]
    with settings(admin, **external(peer)):
        assert server_of(api) == team[1].username
    retire(admin, away)


def test_a_redirection_is_not_followed(
    api: Api, admin: Api, team: list[Person], peer: AnsweringServer
) -> None:
    with answering_server() as elsewhere:
        elsewhere.answers = says(team[0].username)
        peer.answers = [(302, "")]
        peer.headers = {"Location": f"{elsewhere.url}/next"}
        with settings(admin, **external(peer)):
            refused = api.get("livechat/room", {"token": register_visitor(api).token})

        assert refused.json()["error"] == "Sorry, no online agents [no-agent-online]"
        assert not elsewhere.asked


def test_when_nobody_is_named_nothing_is_opened(
    api: Api, admin: Api, team: list[Person], peer: AnsweringServer
) -> None:
    visitor = register_visitor(api)
    with settings(admin, **external(peer)):
        refused = api.get("livechat/room", {"token": visitor.token})
        assert (refused.status_code, refused.json()) == (
            400,
            {
                "success": False,
                "error": "Sorry, no online agents [no-agent-online]",
                "errorType": "no-agent-online",
            },
        )
        assert "room" not in api.get("livechat/config", {"token": visitor.token}).json()["config"]

        with settings(admin, Livechat_accept_chats_with_no_agents=True):
            room, _ = open_conversation(api, visitor)
            assert "servedBy" not in room
            assert (inquiry_of(admin, room["_id"]) or {})["status"] == "ready"


@pytest.mark.parametrize("url", ["", "ftp://127.0.0.1/next", "file:///etc/passwd", "http://[", "x"])
def test_only_addresses_of_the_web_are_asked(
    api: Api, admin: Api, team: list[Person], peer: AnsweringServer, url: str
) -> None:
    with settings(admin, **external(peer, Livechat_External_Queue_URL=url)):
        refused = api.get("livechat/room", {"token": register_visitor(api).token})

    assert refused.json()["errorType"] == "no-agent-online"
    assert not peer.asked


def test_an_open_conversation_asks_nobody(
    api: Api, admin: Api, team: list[Person], peer: AnsweringServer
) -> None:
    room, visitor = open_conversation(api)
    with settings(admin, **external(peer)):
        again, _ = open_conversation(api, visitor)

    assert again["_id"] == room["_id"]
    assert not peer.asked


def test_the_routing_of_each_method_is_told(admin: Api) -> None:
    def config(method: str) -> Any:
        with settings(admin, Livechat_Routing_Method=method):
            return admin.get("livechat/config/routing").json()

    nothing = {
        "previewRoom": False,
        "showConnecting": False,
        "showQueue": False,
        "showQueueLink": False,
        "returnQueue": False,
        "enableTriggerAction": True,
        "autoAssignAgent": True,
    }
    for method in ("External", "Load_Balancing", "Load_Rotation"):
        assert config(method)["config"] == nothing
    assert config("Auto_Selection")["config"] == {**nothing, "showQueueLink": True}
    assert config("Nonsense")["error"] == "[error-routing-method-not-available]"


# agent.next ----------------------------------------------------------------------------------


def test_a_proposal_advances_the_turn(api: Api, admin: Api, team: list[Person]) -> None:
    first, second, third = team
    for method in ("Auto_Selection", "Load_Rotation"):
        department = create_department(admin, agents=team)
        with settings(admin, Livechat_Routing_Method=method):
            path = f"livechat/agent.next/{register_visitor(api).token}"
            proposed = api.get(path, {"department": department}).json()["agent"]
            served = [server_of(api, department) for _ in range(2)]
        assert [proposed["username"], *served] == names([first, second, third])


def test_another_server_proposes_too(
    api: Api, admin: Api, team: list[Person], peer: AnsweringServer
) -> None:
    peer.answers = says(team[1].username)
    path = f"livechat/agent.next/{register_visitor(api).token}"
    with settings(admin, **external(peer)):
        assert api.get(path).json()["agent"]["username"] == team[1].username
        peer.answers = says("nobody")
        assert api.get(path).json()["errorType"] == "no-agent-online"
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        assert api.get(path).json() == {"success": False, "error": "agent-not-found"}


# Whom a conversation is for ------------------------------------------------------------------


def test_bots_come_first_by_count_and_name_and_have_no_limits(
    api: Api, admin: Api, team: list[Person]
) -> None:
    bots = [create_agent(admin, "bot", status="offline") for _ in range(2)]
    bots.sort(key=lambda each: each.username)
    department = department_of(
        admin,
        [(bots[0], 1, 0), (bots[1], 0, 0), (team[0], 0, 0)],
        maxNumberSimultaneousChat=1,
    )
    with settings(
        admin, Livechat_assign_new_conversation_to_bot=True, Livechat_maximum_chats_per_agent=1
    ):
        in_department = [server_of(api, department) for _ in range(3)]
        anywhere = [server_of(api) for _ in range(3)]

    assert in_department == names([bots[1], bots[0], bots[1]])
    assert anywhere == names([bots[0], bots[1], bots[0]])
    retire(admin, *bots)


def test_a_bot_gets_a_conversation_at_once_where_others_are_queued(api: Api, admin: Api) -> None:
    bot = create_agent(admin, "bot")
    with settings(
        admin,
        Livechat_assign_new_conversation_to_bot=True,
        Livechat_Routing_Method="Manual_Selection",
        Livechat_waiting_queue=True,
    ):
        assert server_of(api) == bot.username
    retire(admin, bot)


def test_a_bot_is_enough_for_a_department_but_not_for_nobody(api: Api, admin: Api) -> None:
    bot = create_agent(admin, "bot")
    bot.api.post("livechat/agent.status", {"status": "not-available"})
    department = create_department(admin, agents=[bot])
    with settings(admin, Livechat_assign_new_conversation_to_bot=True):
        assert server_of(api, department) == bot.username
        assert api.get("livechat/config").json()["config"]["online"] is True
        refused = api.get("livechat/room", {"token": register_visitor(api).token})
        assert refused.json()["errorType"] == "no-agent-online"
    assert api.get("livechat/config").json()["config"]["online"] is False
    retire(admin, bot)


def test_the_requested_agent_is_preferred_and_need_not_be_there(
    api: Api, admin: Api, team: list[Person]
) -> None:
    away = create_agent(admin, status="offline")

    def served(agent_id: str) -> str:
        query = {"token": register_visitor(api).token, "agentId": agent_id}
        answer = api.get("livechat/room", query)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["room"]["servedBy"]["username"])

    assert served(team[2].id) == team[2].username
    assert served("nobody") == team[0].username
    # Who is away does not get it, but it is opened.
    assert served(away.id) == team[1].username
    retire(admin, away)


def test_with_last_agent_routing_a_visitor_comes_back_to_the_same_agent(
    api: Api, admin: Api, team: list[Person]
) -> None:
    visitor = register_visitor(api)

    def served() -> str:
        room, _ = open_conversation(api, visitor)
        admin.post("livechat/room.closeByUser", {"rid": room["_id"], "comment": "end"})
        return str(room["servedBy"]["username"])

    # Before the setting: nothing is remembered but the closed conversation.
    assert served() == team[0].username
    with settings(admin, Livechat_last_chatted_agent_routing=True):
        assert served() == team[0].username
        known = admin.get("livechat/visitors.info", {"visitorId": visitor.id}).json()["visitor"]
        assert known["lastAgent"]["username"] == team[0].username
        assert served() == team[0].username
        # Away: who served last is away, too, so that nobody is preferred, not even who is asked
        # for; the turn decides.
        team[0].api.post("livechat/agent.status", {"status": "not-available"})
        answer = api.get("livechat/room", {"token": visitor.token, "agentId": team[2].id}).json()
        assert answer["room"]["servedBy"]["username"] == team[1].username


def test_a_preferred_agent_with_enough_to_do_is_waited_for(api: Api, admin: Api) -> None:
    agent, other = create_agent(admin), create_agent(admin)
    with settings(
        admin,
        Livechat_Routing_Method="Manual_Selection",
        Livechat_waiting_queue=True,
        Livechat_maximum_chats_per_agent=1,
    ):
        room, _ = open_conversation(api)
        take(agent, admin, room["_id"])
        query = {"token": register_visitor(api).token, "agentId": agent.id}
        waiting = api.get("livechat/room", query).json()["room"]

        inquiry = inquiry_of(admin, waiting["_id"]) or {}
        assert inquiry["status"] == "queued"
        assert inquiry["defaultAgent"] == {"agentId": agent.id, "username": agent.username}
        # A conversation for somebody is nobody else's.
        seen = other.api.get("livechat/inquiries.queuedForUser").json()["inquiries"]
        assert waiting["_id"] not in [each["rid"] for each in seen]
        assert "servedBy" not in room_of(admin, waiting["_id"])
    retire(admin, agent, other)
