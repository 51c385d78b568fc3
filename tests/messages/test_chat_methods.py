"""The real-time methods of messages, for bots and for clients older than their REST twins."""

from typing import Any

import pytest

from tests.builders import (
    create_agent,
    create_user,
    messages_of,
    register_visitor,
    retire,
    say_as_user,
    settings,
    unique,
)
from tests.harness.client import Api
from tests.messages.served import Served, close, send
from tests.messages.test_uploads import upload
from tests.realtime.test_methods import call, said

NOT_ALLOWED = "Not allowed [error-not-allowed]"
LATER = {"$date": 32_503_680_000_000}


def done(caller: Api, method: str, *params: Any) -> Any:
    """Call a method and return its result; a refusal is an AssertionError."""
    path = "method.call" if caller.token else "method.callAnon"
    frame = said(call(caller, method, *params, path=path))
    assert "error" not in frame, frame
    return frame.get("result")


def refused(caller: Api, method: str, *params: Any) -> str:
    """Call a method and return the message of the refusal."""
    path = "method.call" if caller.token else "method.callAnon"
    return str(said(call(caller, method, *params, path=path))["error"]["message"])


def texts(messages: list[dict[str, Any]]) -> list[str]:
    """Return what was said, without what the system says."""
    return [each["msg"] for each in messages if "t" not in each]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", [{"rid": "GENERAL", "msg": "x"}]),
        ("updateMessage", [{"_id": "x", "rid": "GENERAL", "msg": "x"}]),
        ("deleteMessage", [{"_id": "x"}]),
        ("setReaction", [":tada:", "x"]),
        ("loadHistory", ["GENERAL"]),
        ("loadMissedMessages", ["GENERAL", {"$date": 0}]),
        ("loadSurroundingMessages", [{"_id": "x"}]),
    ],
)
def test_without_a_log_in_nothing_is_said_or_read(api: Api, method: str, params: list[Any]) -> None:
    assert refused(api, method, *params) == "Invalid user [error-invalid-user]"


def test_a_message_is_sent_once(api: Api, served: Served) -> None:
    message = {"_id": unique("m"), "rid": served.room_id, "msg": "Hello", "bot": {"i": "x"}}

    sent = done(served.agent.api, "sendMessage", message)
    again = done(served.agent.api, "sendMessage", message)

    assert (sent["_id"], sent["rid"], sent["msg"]) == tuple(
        message[x] for x in ("_id", "rid", "msg")
    )
    assert sent["u"]["_id"] == served.agent.id
    assert isinstance(sent["ts"]["$date"], int)
    assert again == sent
    assert texts(messages_of(api, served.room_id, served.visitor)) == ["Hello"]


def test_a_message_that_cannot_be_sent_is_refused(admin: Api, served: Served) -> None:
    agent = served.agent.api

    def sending(caller: Api, **fields: Any) -> str:
        return refused(caller, "sendMessage", {"rid": served.room_id, "msg": "x", **fields})

    assert sending(agent, t="uj") == "[Cannot send system messages using 'chat.sendMessage']"
    assert sending(agent, msg="x" * 5001).endswith("[error-message-size-exceeded]")
    assert sending(agent, ts=LATER).endswith("[error-message-ts-out-of-sync]")
    assert sending(agent, rid="nowhere") == "[error-invalid-room]"
    assert sending(create_user(admin).api) == "[error-not-allowed]"
    assert sending(agent, msg=1) == "Match failed [400]"
    close(served)
    assert sending(agent) == "[room-closed]"


def test_a_message_is_changed_by_its_author(api: Api, admin: Api, served: Served) -> None:
    sent = say_as_user(served.agent.api, served.room_id, "first")
    change = {"_id": sent["_id"], "msg": "second"}

    assert done(served.agent.api, "updateMessage", {**sent, **change}) is None
    assert texts(messages_of(api, served.room_id, served.visitor)) == ["second"]
    done(served.agent.api, "updateMessage", {**change, "msg": "third"})
    assert texts(messages_of(api, served.room_id, served.visitor)) == ["third"]

    other = create_user(admin)
    denied = refused(other.api, "updateMessage", change)
    assert denied == "Message editing not allowed [error-action-not-allowed]"
    elsewhere = refused(served.agent.api, "updateMessage", {**change, "rid": "GENERAL"})
    assert elsewhere == "[The room id provided does not match where the message is from.]"
    unknown = refused(served.agent.api, "updateMessage", {"_id": "x", "msg": "y"})
    assert unknown == '[No message found with the id of "x".]'
    assert refused(served.agent.api, "updateMessage", "x") == "Match failed [400]"
    with settings(admin, Message_AllowEditing=False):
        off = refused(served.agent.api, "updateMessage", change)
        assert off == "Message editing not allowed [error-action-not-allowed]"


def test_a_message_is_deleted_by_its_author(api: Api, admin: Api, served: Served) -> None:
    sent = say_as_user(served.agent.api, served.room_id, "wrong")
    not_allowed = "Not allowed [error-action-not-allowed]"

    assert refused(create_user(admin).api, "deleteMessage", sent) == not_allowed
    with settings(admin, Message_AllowDeleting=False):
        assert refused(served.agent.api, "deleteMessage", {"_id": sent["_id"]}) == not_allowed
    assert done(served.agent.api, "deleteMessage", {"_id": sent["_id"]}) is None

    assert "wrong" not in texts(messages_of(api, served.room_id, served.visitor))
    assert refused(served.agent.api, "deleteMessage", {"_id": "x"}) == not_allowed
    assert refused(served.agent.api, "deleteMessage", {}) == "Match failed [400]"


def test_a_reaction_is_given_and_taken_back(admin: Api, served: Served) -> None:
    sent = say_as_user(served.agent.api, served.room_id, "look")
    agent = served.agent

    def reactions() -> Any:
        message = agent.api.get("chat.getMessage", {"msgId": sent["_id"]}).json()["message"]
        return message.get("reactions")

    assert done(agent.api, "setReaction", ":tada:", sent["_id"]) is None
    assert reactions() == {":tada:": {"usernames": [agent.username]}}
    done(agent.api, "setReaction", "tada", sent["_id"], True)
    assert reactions() == {":tada:": {"usernames": [agent.username]}}
    done(agent.api, "setReaction", ":tada:", sent["_id"])
    assert reactions() is None

    unknown = refused(agent.api, "setReaction", ":tada:", "x")
    assert unknown.endswith("[error-message-not-found]")
    bad = refused(agent.api, "setReaction", "a b", sent["_id"])
    assert bad == "Invalid emoji provided. [error-not-allowed]"
    outside = refused(create_user(admin).api, "setReaction", ":tada:", sent["_id"])
    assert outside == "[error-not-allowed]"


def test_a_history_is_loaded_page_by_page(api: Api, admin: Api, served: Served) -> None:
    agent = served.agent.api
    agent.post("subscriptions.read", {"rid": served.room_id})
    sent = [send(api, served, f"message {number}").json()["message"] for number in range(4)]

    newest = done(agent, "loadHistory", served.room_id, None, 2, {"$date": 0})

    assert texts(newest["messages"]) == ["message 3", "message 2"]
    assert newest["unreadNotLoaded"] == 2
    assert newest["firstUnread"]["_id"] == sent[0]["_id"]
    end = newest["messages"][-1]["ts"]
    older = done(agent, "loadHistory", served.room_id, end, 2)
    assert texts(older["messages"]) == ["message 1", "message 0"]
    assert len(done(agent, "loadHistory", served.room_id, None, 0)["messages"]) > 2
    for caller, room_id in ((agent, "nowhere"), (create_user(admin).api, served.room_id)):
        assert refused(caller, "loadHistory", room_id) == NOT_ALLOWED
    assert refused(agent, "loadHistory", served.room_id, "soon") == "Match failed [400]"


def test_a_direct_room_has_a_history_too(admin: Api) -> None:
    one, other = create_user(admin), create_user(admin)
    room_id = done(one.api, "createDirectMessage", other.username)["rid"]
    say_as_user(one.api, room_id, "psst")

    assert texts(done(other.api, "loadHistory", room_id)["messages"]) == ["psst"]
    assert refused(create_user(admin).api, "loadHistory", room_id) == NOT_ALLOWED


def test_what_was_missed_is_loaded(api: Api, admin: Api, served: Served) -> None:
    agent = served.agent.api
    first = send(api, served, "first").json()["message"]
    last = done(agent, "sendMessage", {"rid": served.room_id, "msg": "last"})

    missed = done(agent, "loadMissedMessages", served.room_id, {"$date": 0})
    assert texts(missed) == ["last", "first"]
    assert {first["_id"], last["_id"]} < {each["_id"] for each in missed}
    assert done(agent, "loadMissedMessages", served.room_id, LATER) == []
    for caller, room_id in ((agent, "nowhere"), (create_user(admin).api, served.room_id)):
        assert refused(caller, "loadMissedMessages", room_id, LATER) == NOT_ALLOWED
    assert refused(agent, "loadMissedMessages", served.room_id) == "Match failed [400]"


def test_a_message_is_loaded_with_those_around_it(api: Api, admin: Api, served: Served) -> None:
    agent = served.agent.api
    sent = [send(api, served, f"message {number}").json()["message"] for number in range(6)]

    amid = done(agent, "loadSurroundingMessages", {"_id": sent[2]["_id"], "rid": "x"}, 4)

    assert texts(amid["messages"]) == [f"message {number}" for number in (0, 1, 2, 3)]
    assert (amid["moreBefore"], amid["moreAfter"]) == (True, True)
    last = done(agent, "loadSurroundingMessages", {"_id": sent[5]["_id"]})
    assert texts(last["messages"]) == [f"message {number}" for number in range(6)]
    assert (last["moreBefore"], last["moreAfter"]) == (False, False)
    alone = done(agent, "loadSurroundingMessages", {"_id": sent[2]["_id"]}, -1)
    assert texts(alone["messages"]) == ["message 2"]
    for caller, message_id in ((agent, "x"), (create_user(admin).api, sent[2]["_id"])):
        assert done(caller, "loadSurroundingMessages", {"_id": message_id}) is False


# Files of visitors ---------------------------------------------------------------------------


def test_a_visitor_sends_a_file_once_more(api: Api, admin: Api, served: Served) -> None:
    file = upload(api, served).json()["file"]
    token = served.visitor.token

    assert done(api, "sendFileLivechatMessage", served.room_id, token, file, {"msg": "Again"})

    first, second = messages_of(api, served.room_id, served.visitor)[:2]
    assert (first["msg"], first["file"]) == ("Again", second["file"])
    stranger, other = register_visitor(api), create_agent(admin)
    for owner in ("nobody", stranger.token):
        assert done(api, "sendFileLivechatMessage", served.room_id, owner, file) is False
    assert done(api, "sendFileLivechatMessage", "nowhere", token, file) is False
    unknown = refused(api, "sendFileLivechatMessage", served.room_id, token, {"_id": "x"})
    assert unknown == "Invalid file [error-invalid-file]"
    bad = refused(api, "sendFileLivechatMessage", served.room_id, token, file, {"color": "red"})
    assert bad == "Match failed [400]"
    with settings(admin, Livechat_fileupload_enabled=False):
        off = refused(api, "sendFileLivechatMessage", served.room_id, token, file)
        assert off == "[error-file-upload-disabled]"
    close(served)
    assert done(api, "sendFileLivechatMessage", served.room_id, token, file) is False
    retire(admin, other)


def test_nobody_sends_the_file_of_somebody_else(api: Api, admin: Api, served: Served) -> None:
    mine = {"file": ("own.txt", b"own", "text/plain")}
    path = f"rooms.media/{served.room_id}"
    file = served.agent.api.post(path, files=mine).json()["file"]

    refusal = refused(
        api, "sendFileLivechatMessage", served.room_id, served.visitor.token, {"_id": file["_id"]}
    )

    assert refusal == "Invalid file [error-invalid-file]"
