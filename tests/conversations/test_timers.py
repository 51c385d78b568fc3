"""Timers that close conversations: abandoned by the visitor, or left on hold."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import (
    create_agent,
    create_department,
    eventually,
    messages_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_user,
    say_as_visitor,
    settings,
    take,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

MANUAL = {"Livechat_Routing_Method": "Manual_Selection"}


def closed(admin: Api, room_id: str) -> dict[str, Any] | None:
    """Return the record of a room once it is closed."""
    room = room_of(admin, room_id)
    return None if "open" in room else room


def test_a_silent_visitor_is_closed_by_the_system(api: Api, admin: Api) -> None:
    with settings(
        admin,
        **MANUAL,
        Livechat_abandoned_rooms_action="close",
        Livechat_visitor_inactivity_timeout=1,
    ):
        agent = create_agent(admin)
        room, visitor = open_conversation(api, register_visitor(api, name="Silent"))
        take(agent, admin, room["_id"])
        say_as_visitor(api, room["_id"], visitor, "Hello?")
        say_as_user(agent.api, room["_id"], "Hello!")

        record = eventually(lambda: closed(admin, room["_id"]))

        assert record["closedBy"]["_id"] == "rocket.cat"
        assert record["closer"] == "user"
        assert record["lastMessage"]["msg"] == (
            "The chat was automatically closed because we haven't received any reply from "
            "Silent in 1 seconds"
        )
        retire(admin, agent)


def test_a_visitor_who_answers_in_time_is_not_closed(api: Api, admin: Api) -> None:
    with settings(
        admin,
        **MANUAL,
        Livechat_abandoned_rooms_action="close",
        Livechat_visitor_inactivity_timeout=2,
    ):
        agent = create_agent(admin)
        patient, patient_visitor = open_conversation(api)
        silent, silent_visitor = open_conversation(api)
        for room, visitor in ((patient, patient_visitor), (silent, silent_visitor)):
            take(agent, admin, room["_id"])
            say_as_visitor(api, room["_id"], visitor, "Hello?")
            say_as_user(agent.api, room["_id"], "Hello!")
        say_as_visitor(api, patient["_id"], patient_visitor, "I am still here")

        # Both timers are due at the same moment: when one has closed, the other has decided too.
        eventually(lambda: closed(admin, silent["_id"]))

        assert room_of(admin, patient["_id"])["waitingResponse"] is True
        retire(admin, agent)


def test_the_departments_time_and_text_come_first(api: Api, admin: Api) -> None:
    with settings(
        admin,
        **MANUAL,
        Livechat_abandoned_rooms_action="close",
        Livechat_visitor_inactivity_timeout=3600,
    ):
        agent = create_agent(admin)
        department = create_department(
            admin,
            agents=[agent],
            visitorInactivityTimeoutInSeconds=1,
            abandonedRoomsCloseCustomMessage="Nobody there?",
        )
        room, visitor = open_conversation(api, register_visitor(api, department=department))
        take(agent, admin, room["_id"])
        say_as_visitor(api, room["_id"], visitor, "Hello?")
        say_as_user(agent.api, room["_id"], "Hello!")

        record = eventually(lambda: closed(admin, room["_id"]))

        assert record["lastMessage"]["msg"] == "Nobody there?"
        retire(admin, agent)


def test_abandoned_conversations_may_be_held_instead(api: Api, admin: Api) -> None:
    with settings(
        admin,
        **MANUAL,
        Livechat_abandoned_rooms_action="on-hold",
        Livechat_visitor_inactivity_timeout=1,
    ):
        agent = create_agent(admin)
        room, visitor = open_conversation(api)
        take(agent, admin, room["_id"])
        say_as_visitor(api, room["_id"], visitor, "Hello?")
        say_as_user(agent.api, room["_id"], "Hello!")

        held = eventually(
            lambda: (lambda found: found if found.get("onHold") else None)(
                room_of(admin, room["_id"])
            )
        )

        assert held["open"] is True
        admin.post("livechat/room.closeByUser", {"rid": room["_id"], "comment": "end"})
        retire(admin, agent)


def test_what_stays_on_hold_is_closed(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL, Livechat_auto_close_on_hold_chats_timeout=1):
        agent = create_agent(admin)
        room, _ = open_conversation(api)
        take(agent, admin, room["_id"])
        say_as_user(agent.api, room["_id"], "One moment")

        held = agent.api.post("livechat/room.onHold", {"roomId": room["_id"]})
        assert held.json() == {"success": True}

        record = eventually(lambda: closed(admin, room["_id"]))
        assert "onHold" not in record
        assert record["closedBy"]["_id"] == "rocket.cat"
        assert record["lastMessage"]["msg"] == (
            "Closed automatically because chat was On Hold for 1 seconds"
        )
        retire(admin, agent)


def test_resuming_stops_the_timer(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL, Livechat_auto_close_on_hold_chats_timeout=2):
        agent = create_agent(admin)
        resumed, _ = open_conversation(api)
        kept, _ = open_conversation(api)
        for room in (resumed, kept):
            take(agent, admin, room["_id"])
            say_as_user(agent.api, room["_id"], "One moment")
            agent.api.post("livechat/room.onHold", {"roomId": room["_id"]})
        answer = agent.api.post("livechat/room.resumeOnHold", {"roomId": resumed["_id"]})
        assert answer.json() == {"success": True}

        eventually(lambda: closed(admin, kept["_id"]))

        assert room_of(admin, resumed["_id"])["open"] is True
        retire(admin, agent)


def test_a_visitor_who_writes_takes_the_conversation_off_hold(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        agent = create_agent(admin)
        room, visitor = open_conversation(api)
        take(agent, admin, room["_id"])
        say_as_user(agent.api, room["_id"], "One moment")
        agent.api.post("livechat/room.onHold", {"roomId": room["_id"]})

        say_as_visitor(api, room["_id"], visitor, "I have found it")

        assert "onHold" not in room_of(admin, room["_id"])
        kinds = [each.get("t") for each in messages_of(api, room["_id"], visitor)]
        assert "omnichannel_on_hold_chat_resumed" in kinds
        retire(admin, agent)


def test_holding_has_its_conditions(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        agent = create_agent(admin)
        room, visitor = open_conversation(api)

        def hold(caller: Api, room_id: str = room["_id"]) -> str:
            return str(caller.post("livechat/room.onHold", {"roomId": room_id}).json().get("error"))

        assert hold(admin, "nope") == "error-invalid-room"
        assert hold(agent.api) == "Not_authorized"
        assert hold(admin) == "error-cannot-place-chat-on-hold"
        say_as_user(admin, room["_id"], "Welcome")
        assert hold(admin) == "error-unserved-rooms-cannot-be-placed-onhold"
        take(agent, admin, room["_id"])
        assert hold(agent.api) == "None"
        assert hold(agent.api) == "error-room-is-already-on-hold"
        returned = admin.post("livechat/inquiries.returnAsInquiry", {"roomId": room["_id"]})
        assert returned.json() == {"success": False, "error": "error-room-onHold"}
        by_visitor = api.post("livechat/room.close", {"rid": room["_id"], "token": visitor.token})
        assert by_visitor.status_code == 200
        retire(admin, agent)


@pytest.mark.parametrize("crash", [False, True])
def test_a_timer_survives_the_end_of_the_process(
    private_server: Callable[..., FrontdeskProcess], crash: bool
) -> None:
    process = private_server(
        environment={
            "OVERWRITE_SETTING_Livechat_Routing_Method": "Manual_Selection",
            "OVERWRITE_SETTING_Livechat_auto_close_on_hold_chats_timeout": "2",
        }
    )
    with Api(process.url) as api, api.login_as_administrator() as admin:
        agent = create_agent(admin)
        room, _ = open_conversation(api)
        take(agent, admin, room["_id"])
        say_as_user(agent.api, room["_id"], "One moment")
        agent.api.post("livechat/room.onHold", {"roomId": room["_id"]})

        if crash:
            process.kill()
        process.restart()

        assert eventually(lambda: closed(admin, room["_id"]))
