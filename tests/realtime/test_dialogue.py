"""Frames and their answers."""

import json

import pytest
from websockets.sync.client import connect as open_socket

from tests.builders import create_user
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.realtime.conftest import Connect
from tests.realtime.ddp import HELLO, Ddp

ROUTING = "livechat:getRoutingConfig"


def anything(_: object) -> bool:
    return True


def test_a_connection_begins_with_a_session(server: FrontdeskProcess) -> None:
    with Ddp(server.url, hello=False) as client:
        client.send({**HELLO, "session": "an-old-one"})
        answer = client.expect(anything)

    assert set(answer) == {"msg", "session"}
    assert answer["msg"] == "connected"
    assert answer["session"] not in ("", "an-old-one"), "sessions are never taken up again"


@pytest.mark.parametrize("path", ["//websocket", "/websocket/", "/sockjs/websocket"])
def test_clients_spell_the_path_in_several_ways(connect: Connect, path: str) -> None:
    assert connect(path=path).session


def test_a_version_that_nobody_speaks_is_refused(server: FrontdeskProcess) -> None:
    with Ddp(server.url, hello=False) as client:
        client.send({"msg": "connect", "version": "9", "support": ["9"]})

        assert client.expect(anything) == {"msg": "failed", "version": "1"}
        assert client.closed()[0] == 1002


def test_whoever_does_not_connect_first_gets_nothing(server: FrontdeskProcess) -> None:
    frame = {"msg": "sub", "id": "1", "name": "stream-notify-all", "params": ["x", False]}
    with Ddp(server.url, hello=False) as client:
        client.send(frame)
        told = {"msg": "error", "reason": "Must connect first", "offendingMessage": frame}
        assert client.expect(anything) == told
        client.send(HELLO)
        assert client.expect(anything)["msg"] == "connected"


def test_connecting_twice_is_an_error(connect: Connect) -> None:
    client = connect()
    client.send(HELLO)

    assert client.expect(anything)["reason"] == "Already connected"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("no json", "Parse error"),
        ("", "Parse error"),
        ("[" * 5_000, "Parse error"),
        ("[]", "Bad request"),
        ("null", "Bad request"),
        ('{"msg":"dance"}', "Bad request"),
        ('{"msg":{"$date":1}}', "Bad request"),
        ('{"no":"msg"}', "Bad request"),
        ('{"msg":"sub","name":"stream-roles"}', "Malformed subscription"),
        ('{"msg":"sub","id":1,"name":"stream-roles"}', "Malformed subscription"),
        ('{"msg":"sub","id":"1"}', "Malformed subscription"),
        ('{"msg":"sub","id":"1","name":"x","params":{}}', "Malformed subscription"),
        ('{"msg":"method","method":"login"}', "Malformed method invocation"),
        ('{"msg":"method","id":"1"}', "Malformed method invocation"),
        ('{"msg":"method","id":"1","method":"x","params":5}', "Malformed method invocation"),
        ('{"msg":"unsub"}', "Bad request"),
        (f'{{"msg":"sub","id":"{"x" * 201}","name":"x"}}', "Malformed subscription"),
        (f'{{"msg":"method","id":"{"x" * 201}","method":"x"}}', "Malformed method invocation"),
    ],
)
def test_nonsense_is_answered_and_the_connection_goes_on(
    connect: Connect, said: str, reason: str
) -> None:
    client = connect()
    client.send(said)
    answer = client.expect(anything)

    assert (answer["msg"], answer["reason"]) == ("error", reason)
    client.settle()


def test_binary_messages_end_the_connection(connect: Connect) -> None:
    client = connect()
    client.socket.send(b"\x01\x02")

    assert client.closed()[0] == 1007


def test_a_ping_is_answered_with_its_id_if_it_has_one(connect: Connect) -> None:
    client = connect()
    client.send({"msg": "ping", "id": "x"})
    client.send({"msg": "ping"})
    client.send({"msg": "pong"})

    assert client.expect(anything) == {"msg": "pong", "id": "x"}
    assert client.expect(anything) == {"msg": "pong"}


def test_a_method_is_answered_and_then_said_to_be_done(connect: Connect) -> None:
    client = connect()
    client.send({"msg": "method", "id": "7", "method": ROUTING})
    answer, done = client.expect(anything), client.expect(anything)

    assert set(answer) == {"msg", "id", "result"}
    assert answer["result"]["autoAssignAgent"] is True
    assert done == {"msg": "updated", "methods": ["7"]}


def test_a_method_without_a_result_has_no_result(connect: Connect) -> None:
    answer = connect().call("stream-notify-room", "nowhere/user-activity", "x", [])

    assert answer == {"msg": "result", "id": "ddp-1"}


def test_an_unknown_method_is_named(connect: Connect) -> None:
    assert connect().call("x")["error"] == {
        "isClientSafe": True,
        "error": 404,
        "reason": "Method 'x' not found",
        "message": "Method 'x' not found [404]",
        "errorType": "Meteor.Error",
    }


def test_an_unknown_subscription_is_named(connect: Connect) -> None:
    client = connect()
    client.send({"msg": "sub", "id": "1", "name": "x", "params": []})
    answer = client.expect(anything)

    assert (answer["msg"], answer["id"]) == ("nosub", "1")
    assert answer["error"]["message"] == "Subscription 'x' not found [404]"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (["", False], "[invalid-event-name]"),
        (["x" * 1_000, False], "[invalid-event-name]"),
        ([5, False], "Match failed [400]"),
        ([], "Match failed [400]"),
    ],
)
def test_a_subscription_needs_a_key(connect: Connect, params: list[object], message: str) -> None:
    client = connect()
    client.send({"msg": "sub", "id": "1", "name": "stream-notify-all", "params": params})

    assert client.expect(anything)["error"]["message"] == message


def test_what_has_nothing_in_it_is_ready_at_once(connect: Connect) -> None:
    client = connect()
    for name in ("meteor.loginServiceConfiguration", "meteor_autoupdate_clientVersions"):
        client.send({"msg": "sub", "id": name, "name": name, "params": []})
        assert client.expect(anything) == {"msg": "ready", "subs": [name]}


def test_every_unsub_is_answered_without_an_error(connect: Connect) -> None:
    client = connect()
    client.listen("notify-all", "public-settings-changed")
    for sub_id in ("sub-1", "sub-1", "never-heard-of"):
        client.send({"msg": "unsub", "id": sub_id})
        assert client.expect(anything) == {"msg": "nosub", "id": sub_id}


def test_a_collection_is_told_of_its_key_first(connect: Connect) -> None:
    client = connect()
    for options in (True, {"useCollection": True, "args": []}):
        params = ["public-settings-changed", options]
        client.send({"msg": "sub", "id": "c", "name": "stream-notify-all", "params": params})
        assert client.expect(anything) == {
            "msg": "added",
            "collection": "stream-notify-all",
            "id": "id",
            "fields": {"eventName": "public-settings-changed"},
        }
        assert client.expect(anything) == {"msg": "ready", "subs": ["c"]}
        client.send({"msg": "unsub", "id": "c"})
        client.expect(anything)


def test_frames_are_answered_in_their_order(connect: Connect, admin: Api) -> None:
    person = create_user(admin)
    client = connect()
    login = [{"resume": person.api.token}]
    client.send({"msg": "method", "id": "0", "method": "login", "params": login})
    names = ("message", "notification", "userData", "rooms-changed", "subscriptions-changed")
    for name in names:
        params = [f"{person.id}/{name}", {"useCollection": False, "args": [None]}]
        client.send({"msg": "sub", "id": name, "name": "stream-notify-user", "params": params})
    client.settle()

    answers = [frame for frame in client.kept if frame["msg"] in ("result", "ready", "nosub")]
    assert answers[0]["id"] == "0", answers[0]
    assert [frame["subs"] for frame in answers[1:]] == [[name] for name in names]


# SockJS ---------------------------------------------------------------------------------------


def test_sockjs_clients_are_told_to_use_websockets(api: Api) -> None:
    first, second = (api.get("/sockjs/info", {"cb": "x"}) for _ in range(2))

    assert first.headers["content-type"] == "application/json"
    info = first.json()
    assert {name: info[name] for name in info if name != "entropy"} == {
        "websocket": True,
        "origins": ["*:*"],
        "cookie_needed": False,
    }
    assert 0 <= info["entropy"] < 2**32
    assert info["entropy"] != second.json()["entropy"]


def test_sockjs_wraps_every_frame(server: FrontdeskProcess) -> None:
    with open_socket(f"ws{server.url[4:]}/sockjs/123/abcdefgh/websocket", proxy=None) as socket:
        assert socket.recv(timeout=20) == "o"
        socket.send(json.dumps([json.dumps(HELLO)]))
        wrapped = str(socket.recv(timeout=20))
        assert wrapped.startswith("a")
        (text,) = json.loads(wrapped[1:])
        assert json.loads(text)["msg"] == "connected"
        pings = [json.dumps({"msg": "ping", "id": each}) for each in "ab"]
        socket.send(json.dumps(pings))
        said = [json.loads(str(socket.recv(timeout=20))[1:])[0] for _ in range(2)]
        assert [json.loads(each)["id"] for each in said] == ["a", "b"]
        socket.send("no list")
        assert str(socket.recv(timeout=20)).startswith("c[1007,")


@pytest.mark.parametrize("transport", ["xhr", "xhr_streaming", "eventsource"])
def test_sockjs_has_no_other_ways(api: Api, transport: str) -> None:
    assert api.post(f"/sockjs/123/abcdefgh/{transport}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/websocket", "/sockjs/12/x/websocket", "/websocket/x"]
)
def test_other_paths_are_no_sockets(server: FrontdeskProcess, path: str) -> None:
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus):
        open_socket(f"ws{server.url[4:]}{path}", proxy=None)


def test_the_path_of_sockets_is_no_page(api: Api) -> None:
    assert api.get("/websocket").status_code == 404
