"""A held conversation in which the visitor writes, when its agent is gone."""

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
    say_as_user,
    say_as_visitor,
    settings,
    take,
)
from tests.harness.client import Api

MANUAL = {"Livechat_Routing_Method": "Manual_Selection"}


def held(api: Api, admin: Api, agent: Person, department: str | None = None) -> tuple[str, Visitor]:
    """Open a conversation that the agent takes and puts on hold before he goes."""
    fields = {} if department is None else {"department": department}
    room, visitor = open_conversation(api, register_visitor(api, **fields))
    take(agent, admin, room["_id"])
    say_as_user(agent.api, room["_id"], "One moment")
    agent.api.post("livechat/room.onHold", {"roomId": room["_id"]})
    agent.api.post("users.setStatus", {"status": "offline", "message": ""})
    return room["_id"], visitor


def test_it_waits_in_the_queue(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    with settings(admin, **MANUAL):
        room_id, visitor = held(api, admin, agent)

        say_as_visitor(api, room_id, visitor, "I am back")

        room = room_of(admin, room_id)
        assert "servedBy" not in room
        assert "onHold" not in room
        inquiry = inquiry_of(admin, room_id) or {}
        assert inquiry["status"] == "queued"
        assert "defaultAgent" not in inquiry
        kinds = [each.get("t") for each in messages_of(api, room_id, visitor)]
        assert "omnichannel_on_hold_chat_resumed" in kinds
    retire(admin, agent)


def test_a_bot_gets_it_where_bots_come_first(api: Api, admin: Api) -> None:
    agent, bot = create_agent(admin), create_agent(admin, "bot")
    with settings(admin, **MANUAL):
        room_id, visitor = held(api, admin, agent)
        with settings(admin, Livechat_assign_new_conversation_to_bot=True):
            say_as_visitor(api, room_id, visitor, "I am back")

        assert room_of(admin, room_id)["servedBy"]["_id"] == bot.id
    retire(admin, agent, bot)


def test_it_goes_to_the_department_that_its_own_falls_back_on(api: Api, admin: Api) -> None:
    agent, other = create_agent(admin), create_agent(admin)
    absent = create_agent(admin, status="offline")
    fallback = create_department(admin, agents=[other])
    own = create_department(admin, agents=[agent, absent], fallbackForwardDepartment=fallback)
    with settings(admin, **MANUAL, Livechat_accept_chats_with_no_agents=True):
        room_id, visitor = held(api, admin, agent, own)

        agent.api.post("livechat/agent.status", {"status": "not-available"})

        # Here only who is online counts, also where nobody need be online.
        say_as_visitor(api, room_id, visitor, "I am back")

        assert room_of(admin, room_id)["departmentId"] == fallback
        assert (inquiry_of(admin, room_id) or {})["department"] == fallback
        known = admin.get("livechat/visitors.info", {"visitorId": visitor.id}).json()["visitor"]
        assert known["department"] == fallback
    retire(admin, agent, other, absent)
