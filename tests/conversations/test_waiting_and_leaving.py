"""Timers of the queue and of agents: waiting too long, answering too late, being gone too long."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from frontdesk.conversations.finding import inquiry_of_room
from frontdesk.conversations.waiting import CLOSE_WAITING
from frontdesk.db import Tx, open_database
from frontdesk.jobs.queue import list_jobs, retry_jobs
from frontdesk.jobs.tables import Job
from frontdesk.workforce.queries import PATCH_DEPARTMENT
from tests.builders import (
    Person,
    create_agent,
    create_department,
    eventually,
    inquiry_of,
    messages_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_user,
    say_as_visitor,
    settings,
    store_url,
    stored,
    stored_messages,
    take,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

MANUAL = {"Livechat_Routing_Method": "Manual_Selection"}
MINUTE = 60_000


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent who is available, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


def jobs_of(server: FrontdeskProcess, room_id: str) -> list[Job]:
    """Return the timers of a conversation as they stand in the server's database."""
    jobs = stored(server, lambda tx: list_jobs(tx, limit=10_000))
    return [each for each in jobs if each.payload.get("room_id") == room_id]


def change(server: FrontdeskProcess, use_case: Callable[[Tx], object]) -> None:
    """Change the server's database beside the server."""

    async def write() -> None:
        database = open_database(store_url(server))
        try:
            await database.write(use_case)
        finally:
            await database.close()

    asyncio.run(write())


def make_due(server: FrontdeskProcess, *jobs: Job) -> None:
    """Let timers be due now, as an operator may."""
    change(server, lambda tx: retry_jobs(tx, [each.id for each in jobs]))


def timers_of(server: FrontdeskProcess, agent: Person) -> list[Job]:
    """Return the timers of an agent who has left."""
    jobs = stored(server, lambda tx: list_jobs(tx, limit=10_000))
    return [each for each in jobs if each.payload.get("agent_id") == agent.id]


def updated_at(server: FrontdeskProcess, room_id: str) -> int:
    """Return when the inquiry of a conversation was changed last; ms."""

    def look(tx: Tx) -> int:
        inquiry = inquiry_of_room(tx, room_id)
        assert inquiry is not None
        return inquiry.updated_at

    return stored(server, look)


def is_due_at(server: FrontdeskProcess, room_id: str, moment: int) -> bool:
    """Tell whether the one timer of a conversation is due at that moment (ms)."""
    return [each.due_at for each in jobs_of(server, room_id)] == [moment]


def unserved(admin: Api, room_id: str) -> bool:
    """Tell whether nobody serves a conversation."""
    return "servedBy" not in room_of(admin, room_id)


def closed(admin: Api, room_id: str) -> dict[str, Any] | None:
    """Return the record of a conversation once it is closed."""
    room = room_of(admin, room_id)
    return None if "open" in room else room


def present(agent: Person, status: str) -> None:
    """Let an agent come or go."""
    answer = agent.api.post("users.setStatus", {"status": status, "message": ""})
    assert answer.status_code == 200, answer.text


# Waiting too long ----------------------------------------------------------------------------


def test_who_waits_too_long_is_closed_by_the_system(
    api: Api, admin: Api, agent: Person, server: FrontdeskProcess
) -> None:
    with settings(admin, **MANUAL, Livechat_max_queue_wait_time=1):
        room, _ = open_conversation(api)
        (job,) = jobs_of(server, room["_id"])
        assert job.kind == CLOSE_WAITING
        assert job.due_at == updated_at(server, room["_id"]) + MINUTE

        make_due(server, job)

        record = eventually(lambda: closed(admin, room["_id"]))
        assert record["closedBy"]["_id"] == "rocket.cat"
        assert record["closer"] == "user"
        assert record["lastMessage"]["msg"] == (
            "Closed automatically by the system (queue maximum time exceeded)"
        )


def test_who_is_served_waits_no_more_and_who_is_returned_waits_anew(
    api: Api, admin: Api, agent: Person, server: FrontdeskProcess
) -> None:
    with settings(admin, **MANUAL, Livechat_max_queue_wait_time=1):
        room, _ = open_conversation(api)
        take(agent, admin, room["_id"])
        assert jobs_of(server, room["_id"]) == []

        admin.post("livechat/inquiries.returnAsInquiry", {"roomId": room["_id"]})

        (job,) = jobs_of(server, room["_id"])
        assert job.due_at == updated_at(server, room["_id"]) + MINUTE


def test_the_limit_counts_from_when_it_is_set_for_those_who_wait_already(
    api: Api, admin: Api, agent: Person, server: FrontdeskProcess
) -> None:
    with settings(admin, **MANUAL):
        room, visitor = open_conversation(api)
        say_as_visitor(api, room["_id"], visitor, "Hello?")
        assert jobs_of(server, room["_id"]) == []
        path = "settings/Livechat_max_queue_wait_time"
        for minutes in (5, 3):
            admin.post(path, {"value": minutes})
            wanted = updated_at(server, room["_id"]) + minutes * MINUTE
            eventually(partial(is_due_at, server, room["_id"], wanted))
        admin.post(path, {"value": -1})
        eventually(lambda: not jobs_of(server, room["_id"]))


# Answering too late --------------------------------------------------------------------------


def history(server: FrontdeskProcess, room_id: str) -> list[dict[str, Any]]:
    """Return what the history tells of changes of hands, oldest first."""
    return [
        (each.extras or {})["transferData"]
        for each in stored_messages(server, room_id)
        if each.kind == "livechat_transfer_history"
    ]


def test_an_unanswered_conversation_goes_to_the_next_agent_once(
    api: Api, admin: Api, server: FrontdeskProcess
) -> None:
    agents = [create_agent(admin) for _ in range(2)]
    department = create_department(admin, agents=agents)
    with settings(admin, Livechat_auto_transfer_chat_timeout=1):
        visitor = register_visitor(api, department=department)
        room, _ = open_conversation(api, visitor)
        first = room["servedBy"]["_id"]
        assert room["autoTransferOngoing"] is True

        passed_on = eventually(
            lambda: (lambda now: now if now["servedBy"]["_id"] != first else None)(
                room_of(admin, room["_id"])
            )
        )

        second = next(each for each in agents if each.id != first)
        assert passed_on["servedBy"]["_id"] == second.id
        assert "autoTransferOngoing" not in passed_on
        assert passed_on["autoTransferredAt"]
        (told,) = history(server, room["_id"])
        assert told["scope"] == "autoTransferUnansweredChatsToAgent"
        assert told["comment"] == "1"
        assert told["transferredBy"]["_id"] == "rocket.cat"
        assert told["transferredBy"]["userType"] == "user"
        assert told["transferredTo"]["username"] == second.username
        # The silence of the next one starts no timer.
        assert jobs_of(server, room["_id"]) == []
    retire(admin, *agents)


def test_taken_by_hand_it_goes_back_to_the_queue(
    api: Api, admin: Api, agent: Person, server: FrontdeskProcess
) -> None:
    with settings(admin, **MANUAL, Livechat_auto_transfer_chat_timeout=1):
        room, _ = open_conversation(api)
        take(agent, admin, room["_id"])

        eventually(lambda: (inquiry_of(admin, room["_id"]) or {})["status"] == "queued")

        assert "servedBy" not in room_of(admin, room["_id"])
        (told,) = history(server, room["_id"])
        assert told["scope"] == "autoTransferUnansweredChatsToQueue"
        assert told["comment"] == "1"
        take(agent, admin, room["_id"])
        assert jobs_of(server, room["_id"]) == []


def test_an_answer_or_the_close_stops_the_timer(
    api: Api, admin: Api, agent: Person, server: FrontdeskProcess
) -> None:
    with settings(admin, **MANUAL, Livechat_auto_transfer_chat_timeout=100):
        answered, visitor = open_conversation(api)
        ended, _ = open_conversation(api)
        for room in (answered, ended):
            take(agent, admin, room["_id"])
            assert len(jobs_of(server, room["_id"])) == 1
        say_as_visitor(api, answered["_id"], visitor, "Hello?")
        assert room_of(admin, answered["_id"])["autoTransferOngoing"] is True

        say_as_user(agent.api, answered["_id"], "Hello!")
        admin.post("livechat/room.closeByUser", {"rid": ended["_id"], "comment": "end"})

        for room in (answered, ended):
            assert "autoTransferOngoing" not in room_of(admin, room["_id"])
            assert jobs_of(server, room["_id"]) == []


def test_where_nobody_else_is_free_it_stays(
    api: Api, admin: Api, agent: Person, server: FrontdeskProcess
) -> None:
    department = create_department(admin, agents=[agent])
    with settings(admin, Livechat_auto_transfer_chat_timeout=1):
        room, _ = open_conversation(api, register_visitor(api, department=department))

        record = eventually(
            lambda: (lambda now: now if "autoTransferredAt" in now else None)(
                room_of(admin, room["_id"])
            )
        )

        assert record["servedBy"]["_id"] == agent.id
        assert history(server, room["_id"]) == []


# Being gone too long -------------------------------------------------------------------------


def test_conversations_of_an_agent_who_leaves_are_closed(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    with settings(
        admin,
        **MANUAL,
        Livechat_agent_leave_action="close",
        Livechat_agent_leave_action_timeout=0,
        Livechat_agent_leave_comment="I had to go",
    ):
        rooms = [open_conversation(api)[0]["_id"] for _ in range(3)]
        for room_id in rooms:
            take(agent, admin, room_id)

        present(agent, "offline")

        for room_id in rooms:
            record = eventually(partial(closed, admin, room_id))
            assert record["closedBy"] == {"_id": agent.id, "username": agent.username}
            assert record["lastMessage"]["msg"] == "I had to go"
    retire(admin, agent)


def test_without_the_comment_that_is_required_they_stay_open(
    api: Api, admin: Api, agent: Person, server: FrontdeskProcess
) -> None:
    with settings(
        admin,
        **MANUAL,
        Livechat_agent_leave_action="close",
        Livechat_agent_leave_action_timeout=600,
    ):
        room, _ = open_conversation(api)
        take(agent, admin, room["_id"])
        agent.api.post("livechat/agent.status", {"status": "not-available"})

        make_due(server, *timers_of(server, agent))
        eventually(lambda: not timers_of(server, agent))

        assert closed(admin, room["_id"]) is None


def test_one_conversation_that_may_not_be_closed_keeps_no_other_one_open(
    api: Api, admin: Api, agent: Person, server: FrontdeskProcess
) -> None:
    strict = create_department(admin, agents=[agent])
    # Tags are required where there are none: the API does not let anybody save that.
    change(server, lambda tx: tx.patch(PATCH_DEPARTMENT, strict, request_tag_before_closing=True))
    with settings(
        admin,
        **MANUAL,
        Livechat_agent_leave_action="close",
        Livechat_agent_leave_action_timeout=0,
        Livechat_agent_leave_comment="Gone",
    ):
        rooms = [
            open_conversation(api, register_visitor(api, **fields))[0]["_id"]
            for fields in ({}, {"department": strict}, {})
        ]
        for room_id in rooms:
            take(agent, admin, room_id)

        present(agent, "offline")

        eventually(lambda: closed(admin, rooms[0]) and closed(admin, rooms[2]))
        assert closed(admin, rooms[1]) is None


def test_an_agent_who_is_back_in_time_keeps_the_conversations(
    api: Api, admin: Api, server: FrontdeskProcess
) -> None:
    back, gone = create_agent(admin), create_agent(admin)
    with settings(
        admin,
        **MANUAL,
        Livechat_agent_leave_action="close",
        Livechat_agent_leave_action_timeout=2,
        Livechat_agent_leave_comment="Gone",
    ):
        kept, ended = (open_conversation(api)[0]["_id"] for _ in range(2))
        take(back, admin, kept)
        take(gone, admin, ended)
        present(back, "offline")
        present(gone, "offline")
        present(back, "busy")

        # Both timers would be due at the same moment.
        eventually(lambda: closed(admin, ended))

        assert closed(admin, kept) is None
    retire(admin, back, gone)


def test_who_was_gone_already_does_not_leave_again(
    api: Api, admin: Api, agent: Person, server: FrontdeskProcess
) -> None:
    with settings(
        admin,
        **MANUAL,
        Livechat_agent_leave_action="close",
        Livechat_agent_leave_action_timeout=600,
    ):
        with settings(admin, Livechat_agent_leave_action="none"):
            present(agent, "offline")
            assert timers_of(server, agent) == []
        agent.api.post("users.setStatus", {"message": "on holiday"})
        agent.api.post("livechat/agent.status", {"status": "not-available"})
        assert timers_of(server, agent) == []
        present(agent, "online")
        assert timers_of(server, agent) == []
        agent.api.post("livechat/agent.status", {"status": "available"})
        agent.api.post("logout")
        assert len(timers_of(server, agent)) == 1
        admin.delete(f"livechat/users/agent/{agent.id}")


def test_conversations_of_an_agent_who_leaves_go_to_the_visitors_department(
    api: Api, admin: Api, server: FrontdeskProcess
) -> None:
    agent, other = create_agent(admin), create_agent(admin)
    theirs = create_department(admin, agents=[agent, other])
    with settings(
        admin,
        Livechat_agent_leave_action="forward",
        Livechat_agent_leave_action_timeout=0,
    ):
        moved, _ = open_conversation(api, register_visitor(api, department=theirs))
        with settings(admin, **MANUAL):
            without_department, _ = open_conversation(api)
            take(agent, admin, without_department["_id"])
        if moved["servedBy"]["_id"] != agent.id:
            body = {"roomId": moved["_id"], "userId": agent.id}
            assert admin.post("livechat/room.forward", body).status_code == 200

        present(agent, "offline")

        # It is in that department already: its queue gives it to somebody else.
        eventually(lambda: room_of(admin, moved["_id"])["servedBy"]["_id"] == other.id)
        assert room_of(admin, without_department["_id"])["servedBy"]["_id"] == agent.id
    retire(admin, agent, other)


def test_conversations_of_a_deactivated_agent_are_closed_in_his_name(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    with settings(admin, **MANUAL):
        rooms = [open_conversation(api)[0]["_id"] for _ in range(2)]
        for room_id in rooms:
            take(agent, admin, room_id)

        body = {"userId": agent.id, "activeStatus": False}
        assert admin.post("users.setActiveStatus", body).status_code == 200

        for room_id in rooms:
            record = closed(admin, room_id)
            assert record is not None
            assert record["closedBy"]["_id"] == agent.id
            assert record["lastMessage"]["msg"] == "Agent was deactivated"


# Processes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("crash", [False, True])
def test_the_timers_survive_the_end_of_the_process(
    private_server: Callable[..., FrontdeskProcess], crash: bool
) -> None:
    values = {
        "Livechat_Routing_Method": "Manual_Selection",
        "Livechat_agent_leave_action": "close",
        "Livechat_agent_leave_action_timeout": "2",
        "Livechat_agent_leave_comment": "Gone",
        "Livechat_auto_transfer_chat_timeout": "2",
    }
    process = private_server(
        environment={f"OVERWRITE_SETTING_{name}": value for name, value in values.items()}
    )
    with Api(process.url) as api, api.login_as_administrator() as admin:
        silent, leaving = create_agent(admin), create_agent(admin)
        unanswered, left = (open_conversation(api)[0]["_id"] for _ in range(2))
        take(silent, admin, unanswered)
        take(leaving, admin, left)
        say_as_user(leaving.api, left, "Hello")
        present(leaving, "offline")

        if crash:
            process.kill()
        process.restart()

        eventually(lambda: closed(admin, left))
        eventually(lambda: "servedBy" not in room_of(admin, unanswered))


def test_every_timer_runs_once_when_several_processes_are_up(
    private_server: Callable[..., FrontdeskProcess], engine: str
) -> None:
    if engine == "sqlite":  # which serves one process
        return
    values = {
        "Livechat_Routing_Method": "Manual_Selection",
        "Livechat_auto_transfer_chat_timeout": "1",
        "Livechat_auto_close_on_hold_chats_timeout": "1",
        "Livechat_max_queue_wait_time": "60",
    }
    one = private_server(
        environment={f"OVERWRITE_SETTING_{name}": value for name, value in values.items()}
    )
    private_server(database_url=one.database_url)
    private_server(database_url=one.database_url)
    with Api(one.url) as api, api.login_as_administrator() as admin:
        agent = create_agent(admin)
        opened = [open_conversation(api) for _ in range(30)]
        waiting, unanswered, held = (opened[turn::3] for turn in range(3))
        for room, _ in [*unanswered, *held]:
            take(agent, admin, room["_id"])
        for room, _ in held:
            say_as_user(agent.api, room["_id"], "One moment")
            agent.api.post("livechat/room.onHold", {"roomId": room["_id"]})
        make_due(one, *(job for room, _ in waiting for job in jobs_of(one, room["_id"])))

        for room, visitor in [*waiting, *held]:
            eventually(partial(closed, admin, room["_id"]))
            said = messages_of(api, room["_id"], visitor)
            assert [each.get("t") for each in said].count("livechat-close") == 1
        for room, _ in unanswered:
            eventually(partial(unserved, admin, room["_id"]))
            assert len(history(one, room["_id"])) == 1
