"""Clients that mean no good, or fell asleep."""

import json
import os
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.builders import create_agent, open_conversation, say_as_visitor
from tests.harness.client import Api
from tests.harness.engines import on_sqlite
from tests.harness.server import FrontdeskProcess
from tests.realtime.ddp import HELLO, Ddp, proof

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
PATIENCE = 30.0


class Raw:
    """A WebSocket by hand, for what no library would send."""

    def __init__(
        self, process: FrontdeskProcess, receive_buffer: int = 0, path: str = "/websocket"
    ) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", process.port))
        self.socket.sendall(HANDSHAKE.format(path=path).encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self.socket.recv(1)
        assert b" 101 " in answer

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def frame(self, payload: bytes, first: int = 0x81) -> None:
        """Send a masked frame; `first` is its first byte."""
        size = len(payload)
        if size < 126:
            head = bytes([first, 0x80 | size])
        elif size < 65536:
            head = bytes([first, 0xFE]) + struct.pack(">H", size)
        else:
            head = bytes([first, 0xFF]) + struct.pack(">Q", size)
        self.socket.sendall(head + b"\0\0\0\0" + payload)

    def until_the_end(self) -> bytes:
        """Return all that the server sends until it closes or cuts the connection."""
        received = b""
        try:
            while chunk := self.socket.recv(65536):
                received += chunk
        except ConnectionError:
            pass
        return received


def close_code(received: bytes) -> int:
    """Return the code of the close frame at the end of what was received."""
    at = received.rindex(b"\x88")
    return int(struct.unpack(">H", received[at + 2 : at + 4])[0])


def assert_well(process: FrontdeskProcess) -> None:
    with Ddp(process.url) as client:
        client.settle()


@pytest.fixture
def alone(private_server: Callable[..., FrontdeskProcess]) -> FrontdeskProcess:
    """Return a server of the test's own."""
    return private_server()


@on_sqlite  # the store is not touched
@pytest.mark.parametrize(
    ("payload", "first", "code"),
    [
        (b"\xff\xfe not utf-8", 0x81, 1007),
        (b"x" * 1_000_000, 0x81, 1009),
        (b"x" * 200, 0xF1, 1002),  # reserved bits
        (b"x" * 200, 0x83, 1002),  # an opcode that there is not
        (b"x" * 200, 0x80, 1002),  # the end of nothing
        (b"x" * 200, 0x89, 1002),  # a ping that is too long
    ],
)
def test_frames_that_break_the_rules_end_the_connection(
    alone: FrontdeskProcess, payload: bytes, first: int, code: int
) -> None:
    with Raw(alone) as raw:
        raw.frame(payload, first)
        assert close_code(raw.until_the_end()) == code
    assert_well(alone)
    assert "Traceback" not in alone.log


@on_sqlite  # the store is not touched
def test_a_message_in_pieces_is_not_larger(alone: FrontdeskProcess) -> None:
    with Raw(alone) as raw:
        raw.frame(b"x" * 100_000, 0x01)
        try:
            for _ in range(20):
                raw.frame(b"x" * 100_000, 0x00)
        except ConnectionError:
            pass
        assert close_code(raw.until_the_end()) == 1009


@on_sqlite  # the store is not touched
def test_frames_without_a_mask_end_the_connection(alone: FrontdeskProcess) -> None:
    with Raw(alone) as raw:
        raw.socket.sendall(b"\x81\x02{}")
        assert close_code(raw.until_the_end()) == 1002


@on_sqlite  # the store is not touched
def test_a_message_of_sockjs_holds_no_more_frames_than_a_second(alone: FrontdeskProcess) -> None:
    with Raw(alone, path="/sockjs/123/abcdefgh/websocket") as raw:
        raw.frame(json.dumps(["{}"] * 200).encode())
        raw.frame(json.dumps(["{}"] * 201).encode())
        received = raw.until_the_end()
    assert close_code(received) == 1007
    assert received.count(b"Must connect first") == 200
    assert_well(alone)


@on_sqlite  # the store is not touched
def test_a_client_may_listen_to_so_much_and_no_more(alone: FrontdeskProcess) -> None:
    with (
        Api(alone.url).login_as_administrator() as admin,
        Ddp(alone.url) as visitor,
        Ddp(alone.url) as user,
    ):
        user.call("login", {"resume": admin.token})
        for client, most in ((visitor, 100), (user, 1_000)):
            for number in range(most + 10):
                sub = {"msg": "sub", "id": str(number), "name": "stream-notify-all"}
                client.send({**sub, "params": [f"key-{number}", False]})
            answers = [
                client.expect(lambda frame: frame["msg"] in ("ready", "nosub"))
                for _ in range(most + 10)
            ]
            assert [each["msg"] for each in answers] == ["ready"] * most + ["nosub"] * 10
            assert answers[-1]["error"]["error"] == "too-many-subscriptions"
    assert_well(alone)


@on_sqlite  # the store is not touched
def test_ten_thousand_subscriptions_at_once_keep_nobody_else_waiting(
    alone: FrontdeskProcess,
) -> None:
    with Raw(alone) as raw:
        raw.frame(json.dumps(HELLO).encode())
        raw.socket.setblocking(False)
        try:  # as much of it as goes: a client that sends too fast is read more slowly
            for number in range(10_000):
                sub = {"msg": "sub", "id": str(number), "name": "stream-livechat-room"}
                params = [f"room-{number}", {"args": [{"visitorToken": "x"}]}]
                raw.frame(json.dumps({**sub, "params": params}).encode())
        except BlockingIOError:
            pass
        with Api(alone.url) as api:
            assert api.get("livechat/config").status_code == 200
        assert_well(alone)


@on_sqlite  # the store is not touched
def test_whose_presence_is_watched_is_bounded(alone: FrontdeskProcess) -> None:
    with Api(alone.url).login_as_administrator() as admin, Ddp(alone.url) as client:
        client.call("login", {"resume": admin.token})
        for sub_id, first in (("a", 0), ("b", 5_000)):
            ids = [f"user-{number}" for number in range(first, first + 5_000)]
            params = ["", {"added": [*ids, 5, None, {}]}]
            name = "stream-user-presence"
            client.send({"msg": "sub", "id": sub_id, "name": name, "params": params})
        assert client.expect(lambda frame: "subs" in frame)["subs"] == ["a"]
        answer = client.expect(lambda frame: frame["msg"] == "nosub")
        assert answer["error"]["error"] == "too-many-subscriptions"


@on_sqlite  # the store is not touched
def test_deep_and_odd_values_are_answered(alone: FrontdeskProcess) -> None:
    odd = [{"$date": 1e300}, {"$escape": {"$date": 1}}, {"$date": "x"}, 1e308, "\u0000", None]
    with Ddp(alone.url) as client:
        for value in odd:
            for name in ("login", "stream-notify-room", "livechat:getNextAgent", "setUserStatus"):
                client.call(name, value, value, value)
            for key in ("a/b", "room", "\u0000"):
                for stream in ("room-messages", "notify-room", "livechat-room", "notify-user"):
                    client.sub(stream, key, value)
                    client.sub(stream, key, {"token": value, "visitorToken": value})
        for depth in (300, *range(960, 1_000), 5_000, 50_000):
            deep = "[" * depth + "]" * depth
            client.send(f'{{"msg":"method","id":"1","method":"login","params":{deep}}}')
            client.send(f'{{"msg":"sub","id":"2","name":"stream-roles","params":["a",{deep}]}}')
            client.send(deep)
        client.send('{"msg":"ping","id":"end"}')
        while '"end"' not in str(client.socket.recv(timeout=PATIENCE)):
            pass  # what is that deep our own reader cannot read either
    assert "Traceback" not in alone.log


@pytest.fixture
def by_hand(private_server: Callable[..., FrontdeskProcess]) -> Iterator[FrontdeskProcess]:
    """Return a server of the test's own, where conversations wait to be taken by an agent."""
    process = private_server(
        environment={"OVERWRITE_SETTING_Livechat_Routing_Method": "Manual_Selection"}
    )
    with Api(process.url).login_as_administrator() as admin:
        create_agent(admin)
    yield process


def test_other_peoples_rooms_stay_theirs(by_hand: FrontdeskProcess) -> None:
    with Api(by_hand.url) as api, Ddp(by_hand.url) as client, Ddp(by_hand.url) as own:
        (room, victim), (_, thief) = open_conversation(api), open_conversation(api)
        keys = [room["_id"], f"{room['_id']}/user-activity", f"{room['_id']}/deleteMessage"]
        for stream in ("room-messages", "notify-room", "livechat-room", "room-data"):
            for key in keys:
                for extra in (proof(thief), {"token": ""}, {"token": None}, None):
                    assert client.sub(stream, key, extra)["msg"] == "nosub", (stream, extra)
        own.listen("room-messages", room["_id"], proof(victim))
        say_as_visitor(api, room["_id"], victim, "secret")
        assert own.event("room-messages", room["_id"])[0]["msg"] == "secret"
        client.settle()
        assert not client.kept


def test_who_reads_nothing_is_cut_off(by_hand: FrontdeskProcess) -> None:
    with (
        Api(by_hand.url) as api,
        Raw(by_hand, receive_buffer=4_096) as raw,
        Ddp(by_hand.url) as reader,
    ):
        room, visitor = open_conversation(api)
        raw.frame(json.dumps(HELLO).encode())
        params = [room["_id"], {"args": [proof(visitor)]}]
        for number in range(100):  # the same message so many times
            sub = {"msg": "sub", "id": str(number), "name": "stream-room-messages"}
            raw.frame(json.dumps({**sub, "params": params}).encode())
        raw.frame(b'{"msg":"ping","id":"all"}')
        seen = b""
        while b'"all"' not in seen:
            seen += raw.socket.recv(65536)
        reader.listen("room-messages", room["_id"], proof(visitor))
        said = 0
        while connections_of(by_hand) > 1:
            said += 1
            say_as_visitor(api, room["_id"], visitor, "x" * 4_000)
            assert said < 400, "it should have been cut off long ago"
        for _ in range(said):
            reader.event("room-messages", room["_id"])
    assert resident_mb(by_hand) < 200


def connections_of(process: FrontdeskProcess) -> int:
    """Return how many real-time connections the server counts."""
    with Api(process.url) as api:
        for line in api.get("/metrics").text.splitlines():
            if line.startswith("frontdesk_realtime_connections "):
                return int(float(line.split()[1]))
    raise AssertionError("the figure is missing")


def resident_mb(process: FrontdeskProcess) -> float:
    """Return the resident memory of the server, in MB."""
    assert process._process is not None
    pages = int(Path(f"/proc/{process._process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
