"""The real-time methods of rooms as their members see them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import (
    Person,
    Visitor,
    create_agent,
    create_user,
    open_conversation,
    register_visitor,
    retire,
    say_as_visitor,
    settings,
    take,
)
from tests.harness.client import Api
from tests.realtime.test_methods import call, said

NOT_ALLOWED = "Not allowed [error-not-allowed]"
NO_USER = "Invalid user [error-invalid-user]"
LATER = {"$date": 32_503_680_000_000}


def done(caller: Api, method: str, *params: Any) -> Any:
    """Call a method and return its result; a refusal is an AssertionError."""
    frame = said(call(caller, method, *params))
    assert "error" not in frame, frame
    return frame.get("result")


def refused(caller: Api, method: str, *params: Any) -> str:
    """Call a method and return the message of the refusal."""
    path = "method.call" if caller.token else "method.callAnon"
    return str(said(call(caller, method, *params, path=path))["error"]["message"])


def membership(api: Api, room_id: str) -> Any:
    """Return the caller's membership in a room."""
    return api.get("subscriptions.getOne", {"roomId": room_id}).json()["subscription"]


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent; conversations are taken by hand."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        person = create_agent(admin)
        yield person
        retire(admin, person)


@pytest.fixture
def served(api: Api, admin: Api, agent: Person) -> tuple[str, Visitor]:
    """Return the id of a conversation that the agent serves, and its visitor."""
    room, visitor = open_conversation(api, register_visitor(api, name="Ann"))
    take(agent, admin, room["_id"])
    return room["_id"], visitor


def test_rooms_are_found_by_name_or_id(
    api: Api, admin: Api, agent: Person, served: tuple[str, Visitor]
) -> None:
    room_id, _ = served

    assert done(agent.api, "getRoomIdByNameOrId", "general") == "GENERAL"
    assert done(agent.api, "getRoomIdByNameOrId", "GENERAL") == "GENERAL"
    assert done(agent.api, "getRoomIdByNameOrId", room_id) == room_id
    assert done(agent.api, "getRoomNameById", "GENERAL") == "general"
    assert done(agent.api, "getRoomNameById", room_id) == "Ann"
    stranger = create_user(admin).api
    for method in ("getRoomIdByNameOrId", "getRoomNameById"):
        assert refused(stranger, method, room_id) == NOT_ALLOWED
        assert refused(agent.api, method, "nowhere") == NOT_ALLOWED
        assert refused(agent.api, method) == "Match failed [400]"
        assert refused(api, method, "GENERAL") == NO_USER


def test_a_direct_room_is_made_once(api: Api, admin: Api) -> None:
    one, two, three = (create_user(admin) for _ in range(3))

    made = done(one.api, "createDirectMessage", two.username)
    again = done(two.api, "createDirectMessage", one.username)
    of_three = done(one.api, "createDirectMessage", two.username, three.username)

    assert (made["rid"], made["t"]) == (again["rid"], "d")
    assert set(of_three["usernames"]) == {each.username for each in (one, two, three)}
    nobody = refused(one.api, "createDirectMessage", "nobody")
    assert nobody == "Invalid user [error-invalid-user]"
    for bad in ([], [1]):
        assert refused(one.api, "createDirectMessage", *bad) == "Match failed [400]"
    assert refused(api, "createDirectMessage", one.username) == NO_USER


def test_unread_marks_are_cleared(
    api: Api, admin: Api, agent: Person, served: tuple[str, Visitor]
) -> None:
    room_id, visitor = served
    say_as_visitor(api, room_id, visitor, "Hello?")
    assert membership(agent.api, room_id)["alert"] is True

    assert done(agent.api, "readMessages", room_id) is None

    assert membership(agent.api, room_id)["alert"] is False
    outside = refused(admin, "readMessages", room_id)
    assert outside == "[error-invalid-subscription]"
    assert refused(api, "readMessages", room_id) == NO_USER


def test_rooms_and_memberships_are_listed(
    api: Api, admin: Api, agent: Person, served: tuple[str, Visitor]
) -> None:
    room_id, _ = served

    assert [each["_id"] for each in done(agent.api, "rooms/get")] == [room_id]
    (own,) = done(agent.api, "subscriptions/get")
    assert (own["rid"], own["u"]["_id"]) == (room_id, agent.id)
    assert isinstance(own["_updatedAt"]["$date"], int)
    nothing: dict[str, Any] = {"update": [], "remove": []}
    for method in ("rooms/get", "subscriptions/get"):
        assert done(agent.api, method, LATER) == nothing
        assert len(done(agent.api, method, {"$date": 0})["update"]) == 1
        assert refused(api, method) == NOT_ALLOWED
        assert refused(agent.api, method, "soon") == "Match failed [400]"
    agent.api.post("livechat/room.closeByUser", {"rid": room_id, "comment": "end"})
    since = done(agent.api, "subscriptions/get", {"$date": 0})
    assert (since["update"], [each["_id"] for each in since["remove"]]) == ([], [own["_id"]])


# Joining and leaving -------------------------------------------------------------------------


def test_a_bot_joins_a_channel_and_leaves_it(api: Api, admin: Api) -> None:
    bot = create_user(admin, "bot")

    assert done(bot.api, "joinRoom", "GENERAL") is True
    assert done(bot.api, "joinRoom", "GENERAL") is True

    own = membership(bot.api, "GENERAL")
    assert (own["t"], own["name"], own["unread"]) == ("c", "general", 0)
    newest = done(bot.api, "loadHistory", "GENERAL", None, 1)["messages"][0]
    assert (newest["t"], newest["u"]["_id"]) == ("uj", bot.id)
    done(bot.api, "sendMessage", {"rid": "GENERAL", "msg": "Hello"})
    assert done(bot.api, "leaveRoom", "GENERAL") is None
    assert membership(bot.api, "GENERAL") is None
    newest = done(bot.api, "loadHistory", "GENERAL", None, 1)["messages"][0]
    assert (newest["t"], newest["u"]["_id"]) == ("ul", bot.id)
    again = refused(bot.api, "leaveRoom", "GENERAL")
    assert again == "You are not in this room [error-user-not-in-room]"


def test_an_agent_joins_a_conversation_but_does_not_leave_it(
    api: Api, admin: Api, agent: Person, served: tuple[str, Visitor]
) -> None:
    room_id, _ = served
    manager = create_user(admin, "livechat-manager")

    assert done(manager.api, "joinRoom", room_id) is True

    assert membership(manager.api, room_id)["t"] == "l"
    assert refused(manager.api, "leaveRoom", room_id) == NOT_ALLOWED
    assert refused(create_user(admin).api, "joinRoom", room_id) == NOT_ALLOWED
    admin.post("livechat/room.closeByUser", {"rid": room_id, "comment": "end"})
    assert refused(manager.api, "joinRoom", room_id) == "[room-closed]"


def test_what_cannot_be_joined_or_left_is_refused(api: Api, admin: Api) -> None:
    one, two, stranger = (create_user(admin) for _ in range(3))
    direct = done(one.api, "createDirectMessage", two.username)["rid"]

    assert done(one.api, "joinRoom", direct) is True
    assert refused(stranger.api, "joinRoom", direct) == NOT_ALLOWED
    assert refused(one.api, "leaveRoom", direct) == NOT_ALLOWED
    for method in ("joinRoom", "leaveRoom"):
        assert refused(one.api, method, "nowhere") == "Invalid room [error-invalid-room]"
        assert refused(api, method, "GENERAL") == NO_USER
