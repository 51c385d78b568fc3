"""What visitors and agents hear of a conversation."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import (
    Person,
    Visitor,
    create_agent,
    create_user,
    messages_of,
    open_conversation,
    register_visitor,
    say_as_user,
    say_as_visitor,
    settings,
    take,
)
from tests.harness.client import Api
from tests.realtime.conftest import Connect
from tests.realtime.ddp import Ddp, proof

Hired = Callable[[Person], Person]


@pytest.fixture(autouse=True)
def by_hand(admin: Api) -> Any:
    """Let conversations wait until they are taken."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        yield


class Chat:
    """A conversation, its visitor and its agent."""

    def __init__(self, room_id: str, visitor: Visitor, agent: Person) -> None:
        self.id = room_id
        self.visitor = visitor
        self.agent = agent


@pytest.fixture
def chat(api: Api, admin: Api, hired: Hired) -> Chat:
    """Return a conversation that an agent serves."""
    agent = hired(create_agent(admin))
    room, visitor = open_conversation(api)
    take(agent, admin, room["_id"])
    return Chat(room["_id"], visitor, agent)


def close(agent: Person, room_id: str) -> None:
    answer = agent.api.post("livechat/room.closeByUser", {"rid": room_id, "comment": "bye"})
    assert answer.status_code == 200, answer.text


def refused(client: Ddp, stream: str, key: str, extra: Any = None) -> bool:
    answer = client.sub(stream, key, extra)
    if answer["msg"] == "ready":
        return False
    assert answer["error"] == {
        "isClientSafe": True,
        "error": "not-allowed",
        "message": "[not-allowed]",
        "errorType": "Meteor.Error",
    }
    return True


# Messages -------------------------------------------------------------------------------------


def test_visitors_hear_their_own_open_conversation(connect: Connect, api: Api, chat: Chat) -> None:
    stranger = register_visitor(api)
    client = connect()

    for extra in (None, {}, {"token": "x"}, {"visitorToken": 5}, proof(stranger), "text"):
        assert refused(client, "room-messages", chat.id, extra), extra
    client.listen("room-messages", chat.id, proof(chat.visitor))
    client.listen("room-messages", chat.id, {"visitorToken": chat.visitor.token})
    close(chat.agent, chat.id)
    assert refused(connect(), "room-messages", chat.id, proof(chat.visitor))


def test_a_message_is_told_once_to_each_subscription(
    connect: Connect, api: Api, chat: Chat
) -> None:
    visitor, agent = connect(), connect(chat.agent)
    visitor.listen("room-messages", chat.id, proof(chat.visitor))
    agent.listen("room-messages", chat.id)
    sent = say_as_visitor(api, chat.id, chat.visitor, "hello")
    for client in (visitor, agent):
        (message,) = client.event("room-messages", chat.id)
        assert (message["_id"], message["msg"]) == (sent["_id"], "hello")
        assert isinstance(message["ts"]["$date"], int)
        assert isinstance(message["_updatedAt"]["$date"], int)
        assert not client.events("room-messages", chat.id), "once"


def test_the_same_subscription_twice_is_one(connect: Connect, api: Api, chat: Chat) -> None:
    client = connect()
    client.sub("room-messages", chat.id, proof(chat.visitor), sub_id="same")
    again = {"msg": "sub", "id": "same", "name": "stream-room-messages"}
    client.send({**again, "params": [chat.id, {"args": [proof(chat.visitor)]}]})
    client.settle()
    say_as_visitor(api, chat.id, chat.visitor, "hello")

    assert client.event("room-messages", chat.id)[0]["msg"] == "hello"
    assert not client.events("room-messages", chat.id)


def test_two_subscriptions_to_one_key_are_two(connect: Connect, api: Api, chat: Chat) -> None:
    client = connect()
    for _ in range(2):
        client.listen("room-messages", chat.id, proof(chat.visitor))
    say_as_visitor(api, chat.id, chat.visitor, "hello")

    assert [client.event("room-messages", chat.id)[0]["msg"] for _ in range(2)] == ["hello"] * 2


def test_nothing_is_told_after_an_unsub(connect: Connect, api: Api, chat: Chat) -> None:
    client = connect()
    client.sub("room-messages", chat.id, proof(chat.visitor), sub_id="mine")
    client.send({"msg": "unsub", "id": "mine"})
    client.settle()
    say_as_visitor(api, chat.id, chat.visitor, "hello")

    assert not client.events("room-messages", chat.id)


def test_messages_come_in_their_order(connect: Connect, api: Api, chat: Chat) -> None:
    client = connect()
    client.listen("room-messages", chat.id, proof(chat.visitor))
    for number in range(20):
        say_as_visitor(api, chat.id, chat.visitor, str(number))

    told = [client.event("room-messages", chat.id)[0]["msg"] for _ in range(20)]
    assert told == [str(number) for number in range(20)]


def test_an_edited_message_is_told_again(connect: Connect, chat: Chat) -> None:
    client = connect()
    client.listen("room-messages", chat.id, proof(chat.visitor))
    sent = say_as_user(chat.agent.api, chat.id, "helo")
    client.event("room-messages", chat.id)
    body = {"roomId": chat.id, "msgId": sent["_id"], "text": "hello"}
    assert chat.agent.api.post("chat.update", body).status_code == 200

    (message,) = client.event("room-messages", chat.id)
    assert (message["_id"], message["msg"]) == (sent["_id"], "hello")
    assert isinstance(message["editedAt"]["$date"], int)


def test_a_deleted_message_is_told_by_its_id_alone(
    connect: Connect, chat: Chat, admin: Api
) -> None:
    client = connect()
    sent = say_as_user(chat.agent.api, chat.id, "oops")
    client.listen("room-messages", chat.id, proof(chat.visitor))
    client.listen("notify-room", f"{chat.id}/deleteMessage", proof(chat.visitor))
    answer = admin.post("chat.delete", {"roomId": chat.id, "msgId": sent["_id"]})
    assert answer.status_code == 200, answer.text

    assert client.event("notify-room", f"{chat.id}/deleteMessage") == [{"_id": sent["_id"]}]
    assert not client.events("room-messages", chat.id)


def test_kinds_that_are_hidden_are_not_told(
    connect: Connect, api: Api, admin: Api, hired: Hired
) -> None:
    agent = hired(create_agent(admin))
    room, visitor = open_conversation(api)
    client = connect()
    client.listen("room-messages", room["_id"], proof(visitor))
    with settings(admin, Hide_System_Messages=["uj"]):
        take(agent, admin, room["_id"])

    assert [each[0].get("t") for each in client.events("room-messages", room["_id"])] == ["command"]


def test_the_close_is_told_to_the_visitor_although_all_is_closed(
    connect: Connect, api: Api, chat: Chat
) -> None:
    client = connect()
    client.listen("room-messages", chat.id, proof(chat.visitor))
    close(chat.agent, chat.id)

    (message,) = client.event("room-messages", chat.id)
    assert (message["t"], message["msg"]) == ("livechat-close", "bye")
    assert message["transcriptRequested"] is False
    assert messages_of(api, chat.id, chat.visitor)


def test_users_hear_rooms_that_they_may_read(
    connect: Connect, admin: Api, chat: Chat, hired: Hired
) -> None:
    assert not refused(connect(chat.agent), "room-messages", chat.id)
    assert refused(connect(create_user(admin)), "room-messages", chat.id)
    assert refused(connect(hired(create_agent(admin))), "room-messages", chat.id)
    assert refused(connect(), "room-messages", chat.id)
    assert refused(connect(chat.agent), "room-messages", "no-such-room")


def test_bots_hear_all_messages_that_they_may_read(
    connect: Connect, api: Api, admin: Api, chat: Chat
) -> None:
    agent, other = connect(chat.agent), connect(create_user(admin))
    assert refused(connect(), "room-messages", "__my_messages__")
    for client in (agent, other):
        client.listen("room-messages", "__my_messages__")
    say_as_visitor(api, chat.id, chat.visitor, "hello")

    message, about = agent.event("room-messages", "__my_messages__")
    assert message["msg"] == "hello"
    assert about == {"roomParticipant": True, "roomType": "l"}
    assert not other.events("room-messages", "__my_messages__")


def test_the_agent_is_notified_of_what_the_visitor_writes(
    connect: Connect, api: Api, chat: Chat
) -> None:
    client = connect(chat.agent)
    client.listen("notify-user", f"{chat.agent.id}/notification")
    own = say_as_user(chat.agent.api, chat.id, "how can I help?")
    sent = say_as_visitor(api, chat.id, chat.visitor, "my printer burns")
    body = {"roomId": chat.id, "msgId": own["_id"], "text": "how may I help?"}
    assert chat.agent.api.post("chat.update", body).status_code == 200
    last = say_as_visitor(api, chat.id, chat.visitor, "really")

    (told,) = client.event("notify-user", f"{chat.agent.id}/notification")
    assert told["text"] == "my printer burns"
    assert told["payload"]["_id"] == sent["_id"]
    assert told["payload"]["sender"]["_id"] == chat.visitor.id
    (told,) = client.event("notify-user", f"{chat.agent.id}/notification")
    assert told["payload"]["_id"] == last["_id"], "not of what was only changed"


def test_who_left_a_room_hears_no_more_of_it(
    connect: Connect, api: Api, admin: Api, chat: Chat, hired: Hired
) -> None:
    other = hired(create_agent(admin))
    client = connect(chat.agent)
    client.listen("room-messages", chat.id)
    client.listen("notify-room", f"{chat.id}/user-activity")
    client.listen("notify-user", f"{chat.agent.id}/subscriptions-changed")
    body = {"roomId": chat.id, "userId": other.id}
    assert admin.post("livechat/room.forward", body).status_code == 200
    while True:
        act, told = client.event("notify-user", f"{chat.agent.id}/subscriptions-changed")
        if act == "removed":
            break
    assert (told["rid"], told["u"]["_id"]) == (chat.id, chat.agent.id)
    client.events("room-messages", chat.id)
    say_as_visitor(api, chat.id, chat.visitor, "still there?")

    assert not client.events("room-messages", chat.id)
    assert not [frame for frame in client.kept if frame["msg"] == "nosub"], "in silence"


# Typing ---------------------------------------------------------------------------------------


def type_something(client: Ddp, key: str, *words: Any) -> None:
    answer = client.call("stream-notify-room", key, *words)
    assert "error" not in answer, "nobody is told of a refusal"


def test_activity_may_be_heard_after_the_close(connect: Connect, chat: Chat) -> None:
    close(chat.agent, chat.id)
    client = connect()

    assert not refused(client, "notify-room", f"{chat.id}/user-activity", proof(chat.visitor))
    assert refused(client, "notify-room", f"{chat.id}/user-activity", {"token": "x"})
    assert refused(client, "notify-room", f"{chat.id}/user-activity")


@pytest.mark.parametrize("key", ["user-activity", "typing"])
def test_typing_is_told_under_both_names(connect: Connect, chat: Chat, key: str) -> None:
    visitor, agent = connect(), connect(chat.agent)
    for name in ("user-activity", "typing"):
        agent.listen("notify-room", f"{chat.id}/{name}")
        visitor.listen("notify-room", f"{chat.id}/{name}", proof(chat.visitor))
    name = chat.visitor.username
    typing: Any = ["user-typing"] if key == "user-activity" else True
    type_something(visitor, f"{chat.id}/{key}", name, typing, {"token": chat.visitor.token})

    assert agent.event("notify-room", f"{chat.id}/user-activity") == [name, ["user-typing"]]
    assert agent.event("notify-room", f"{chat.id}/typing") == [name, True]
    for own in ("user-activity", "typing"):
        assert not visitor.events("notify-room", f"{chat.id}/{own}"), "not to oneself"

    type_something(agent, f"{chat.id}/{key}", chat.agent.username, [] if key != "typing" else False)
    told = visitor.event("notify-room", f"{chat.id}/user-activity")
    assert told == [chat.agent.username, []]
    assert visitor.event("notify-room", f"{chat.id}/typing") == [chat.agent.username, False]


def test_nobody_types_for_others(connect: Connect, api: Api, chat: Chat) -> None:
    key = f"{chat.id}/user-activity"
    stranger = register_visitor(api)
    visitor, agent = connect(), connect(chat.agent)
    visitor.listen("notify-room", key, proof(chat.visitor))
    type_something(agent, key, "somebody-else", ["user-typing"])
    type_something(connect(), key, chat.agent.username, ["user-typing"])
    type_something(connect(), key, stranger.username, ["user-typing"], {"token": stranger.token})
    type_something(agent, key, chat.agent.username, "user-typing")
    type_something(agent, key, 5, ["user-typing"])
    type_something(agent, f"{chat.id}/deleteMessage", chat.agent.username, ["x"])
    type_something(agent, f"{chat.id}/webrtc", chat.agent.username, ["x"])
    type_something(agent, key)

    assert not visitor.events("notify-room", key)


@pytest.mark.parametrize("stream", ["room-messages", "notify-logged", "livechat-room", "roles"])
def test_nothing_is_announced_on_other_streams(connect: Connect, chat: Chat, stream: str) -> None:
    client = connect()
    client.listen("room-messages", chat.id, proof(chat.visitor))
    answer = connect(chat.agent).call(f"stream-{stream}", chat.id, {"msg": "not so"})

    assert "error" not in answer
    assert not client.events("room-messages", chat.id)


# The visitor's own stream ---------------------------------------------------------------------


def test_the_visitors_stream_is_for_the_visitor_alone(
    connect: Connect, admin: Api, chat: Chat
) -> None:
    manager = create_user(admin, "livechat-manager")

    assert refused(connect(), "livechat-room", chat.id)
    assert refused(connect(), "livechat-room", chat.id, [None])
    assert refused(connect(chat.agent), "livechat-room", chat.id)
    assert refused(connect(manager), "livechat-room", chat.id)
    close(chat.agent, chat.id)
    assert not refused(connect(), "livechat-room", chat.id, proof(chat.visitor))


def test_the_visitor_hears_who_serves(connect: Connect, api: Api, admin: Api, hired: Hired) -> None:
    agent = hired(create_agent(admin))
    room, visitor = open_conversation(api)
    client = connect()
    client.listen("livechat-room", room["_id"], proof(visitor))
    take(agent, admin, room["_id"])

    (told,) = client.event("livechat-room", room["_id"])
    assert (told["type"], told["data"]["_id"]) == ("agentData", agent.id)
    answer = agent.api.post("livechat/inquiries.returnAsInquiry", {"roomId": room["_id"]})
    assert answer.status_code == 200, answer.text
    assert client.event("livechat-room", room["_id"]) == [{"type": "agentData"}]


# Rooms and memberships ------------------------------------------------------------------------


def test_an_agent_hears_of_a_conversation_that_is_his(
    connect: Connect, api: Api, admin: Api, hired: Hired
) -> None:
    agent = hired(create_agent(admin))
    rooms, memberships = (f"{agent.id}/{name}-changed" for name in ("rooms", "subscriptions"))
    client = connect(agent)
    for key in (rooms, memberships):
        client.listen("notify-user", key)
    room, visitor = open_conversation(api)
    take(agent, admin, room["_id"])

    act, membership = client.event("notify-user", memberships)
    assert (act, membership["rid"], membership["open"]) == ("inserted", room["_id"], True)
    assert isinstance(membership["_updatedAt"]["$date"], int)
    told = [client.event("notify-user", rooms) for _ in range(2)]
    assert "inserted" in [each[0] for each in told]
    assert told[-1][1]["servedBy"]["_id"] == agent.id
    say_as_visitor(api, room["_id"], visitor, "hello")
    act, membership = client.event("notify-user", memberships)
    assert (act, membership["alert"]) == ("updated", True)
    act, shown = client.event("notify-user", rooms)
    assert (act, shown["lastMessage"]["msg"]) == ("updated", "hello")
    close(agent, room["_id"])
    act, gone = client.event("notify-user", memberships)
    assert (act, gone["rid"], gone["t"]) == ("removed", room["_id"], "l")


def test_who_looks_at_a_room_hears_of_its_changes(connect: Connect, chat: Chat) -> None:
    client = connect(chat.agent)
    client.listen("room-data", chat.id)
    close(chat.agent, chat.id)

    (room,) = client.event("room-data", chat.id)
    assert room["_id"] == chat.id
    assert isinstance(room["closedAt"]["$date"], int)


def test_streams_of_other_users_are_theirs(connect: Connect, chat: Chat, admin: Api) -> None:
    client = connect(create_user(admin))

    assert refused(client, "notify-user", f"{chat.agent.id}/message")
    assert refused(connect(), "notify-user", f"{chat.agent.id}/message")
    assert refused(client, "room-data", chat.id)
    assert refused(client, "notify-room-users", f"{chat.id}/video-conference")
