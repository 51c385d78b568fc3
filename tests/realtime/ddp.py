"""A client of the real-time interface, on a real WebSocket."""

import hashlib
import itertools
import json
import time
from collections.abc import Callable
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.builders import Person, Visitor

Frame = dict[str, Any]

#: Seconds; only a failing test waits so long.
PATIENCE = 20.0
#: What the web application and the SDKs say first.
HELLO: Frame = {"msg": "connect", "version": "1", "support": ["1", "pre2", "pre1"]}


class Ddp:
    """A connection. Frames that were read while looking for another one are kept, in order."""

    def __init__(self, url: str, path: str = "/websocket", *, hello: bool = True) -> None:
        """Connect to the server at an HTTP URL; without `hello` nothing is said yet."""
        self._opened = connect(f"ws{url.removeprefix('http')}{path}", max_size=None, proxy=None)
        self.socket: ClientConnection = self._opened.__enter__()
        self.kept: list[Frame] = []
        self._ids = itertools.count(1)
        self.session = ""
        if hello:
            self.send(HELLO)
            self.session = self.expect(lambda frame: frame["msg"] == "connected")["session"]

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._opened.__exit__(None, None, None)

    def close(self) -> None:
        """Close the connection now."""
        self.socket.close()

    def send(self, frame: Frame | str) -> None:
        """Send a frame, or any text."""
        self.socket.send(frame if isinstance(frame, str) else json.dumps(frame))

    def expect(self, wanted: Callable[[Frame], bool]) -> Frame:
        """Return the next frame that is wanted, of the kept ones first."""
        for index, frame in enumerate(self.kept):
            if wanted(frame):
                return self.kept.pop(index)
        deadline = time.monotonic() + PATIENCE
        while True:
            frame = json.loads(self.socket.recv(timeout=max(0.0, deadline - time.monotonic())))
            if wanted(frame):
                return dict(frame)
            self.kept.append(frame)

    def call(self, method: str, *params: Any) -> Frame:
        """Call a method; return its `result` frame, after `updated` has come, too."""
        call_id = f"ddp-{next(self._ids)}"
        self.send({"msg": "method", "id": call_id, "method": method, "params": list(params)})
        answer = self.expect(lambda frame: frame["msg"] == "result" and frame["id"] == call_id)
        self.expect(lambda frame: frame["msg"] == "updated" and frame["methods"] == [call_id])
        return answer

    def sub(self, stream: str, key: str, extra: Any = None, sub_id: str = "") -> Frame:
        """Listen to a key of a stream; return `ready` or `nosub`. `extra` goes with it."""
        sub_id = sub_id or f"sub-{next(self._ids)}"
        options: Any = False if extra is None else {"useCollection": False, "args": [extra]}
        params = [key, options]
        self.send({"msg": "sub", "id": sub_id, "name": f"stream-{stream}", "params": params})
        return self.expect(
            lambda frame: (
                frame.get("subs") == [sub_id] or (frame["msg"] == "nosub" and frame["id"] == sub_id)
            )
        )

    def listen(self, stream: str, key: str, extra: Any = None) -> None:
        """Listen to a key of a stream, which must be granted."""
        assert self.sub(stream, key, extra)["msg"] == "ready"

    def event(self, stream: str, key: str) -> list[Any]:
        """Return the arguments of the next event of a key."""
        frame = self.expect(lambda frame: is_event(frame, stream, key))
        return list(frame["fields"]["args"])

    def events(self, stream: str, key: str) -> list[list[Any]]:
        """Return the arguments of all events of a key that have come by now."""
        self.settle()
        found = [frame for frame in self.kept if is_event(frame, stream, key)]
        self.kept = [frame for frame in self.kept if frame not in found]
        return [frame["fields"]["args"] for frame in found]

    def settle(self) -> None:
        """Read all that the server has sent until now."""
        ping_id = f"ping-{next(self._ids)}"
        self.send({"msg": "ping", "id": ping_id})
        self.expect(lambda frame: frame["msg"] == "pong" and frame.get("id") == ping_id)

    def log_in(self, person: Person) -> Frame:
        """Log in with the token of a person who is logged in over REST; return the result."""
        return dict(self.call("login", {"resume": token_of(person)})["result"])

    def closed(self) -> tuple[int, str]:
        """Wait until the server closes the connection; return the code and the reason."""
        while True:
            try:
                self.kept.append(json.loads(self.socket.recv(timeout=PATIENCE)))
            except ConnectionClosed as closed:
                assert closed.rcvd is not None, "cut off without a word"
                return closed.rcvd.code, closed.rcvd.reason


def is_event(frame: Frame, stream: str, key: str) -> bool:
    """Tell whether a frame is an event of a key of a stream."""
    if frame["msg"] != "changed" or frame["collection"] != f"stream-{stream}":
        return False
    return bool(frame["fields"]["eventName"] == key)


def token_of(person: Person) -> str:
    """Return the token with which a person is logged in over REST."""
    return person.api.token


def proof(visitor: Visitor) -> dict[str, str]:
    """Return what a visitor says with a subscription."""
    return {"token": visitor.token, "visitorToken": visitor.token}


def digest(password: str) -> dict[str, str]:
    """Return a password as clients send it."""
    return {"digest": hashlib.sha256(password.encode()).hexdigest(), "algorithm": "sha-256"}
