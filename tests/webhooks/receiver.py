"""Somebody else's server that takes events, as well as a test wants."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

#: Seconds until a test is told that something has not come.
WITHIN = 60.0


class Received(NamedTuple):
    """A request that came in: the headers by lower-case name, and the JSON of the body."""

    headers: dict[str, str]
    event: dict[str, Any]

    @property
    def kind(self) -> str:
        """Which event it is."""
        return str(self.event["type"])


class Receiver:
    """A server on loopback. `answers` says what an event is answered with: a status and a text."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: Callable[[dict[str, Any]], tuple[int, str]] = lambda _: (200, "")
        self._news = threading.Condition()
        self._open = threading.Event()
        self._open.set()
        self._server: ThreadingHTTPServer | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """The address that events go to."""
        return f"http://127.0.0.1:{self.port}/events"

    def start(self) -> None:
        """Be there; again at the same address, if it has one already."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver._take(Received(headers, json.loads(body)))
                receiver._open.wait()
                status, text = receiver.answers(json.loads(body))
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(text.encode())))
                    self.end_headers()
                    self.wfile.write(text.encode())
                except OSError:  # who asked has not waited
                    pass

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Be gone: nobody takes connections at the address any more."""
        if self._server is not None:
            self._open.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Answer nobody until the end of the `with` block."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def of(self, room_id: str) -> list[Received]:
        """Return what came of a conversation, in order."""
        return [each for each in self.received if each.event.get("_id") == room_id]

    def kinds(self, room_id: str) -> list[str]:
        """Return which events came of a conversation, in order."""
        return [each.kind for each in self.of(room_id)]

    def wait_until(self, holds: Callable[[], Any]) -> None:
        """Return when something holds of what came; an AssertionError if it never does."""
        with self._news:
            assert self._news.wait_for(holds, WITHIN), [each.event for each in self.received]

    def wait_for(self, room_id: str, kind: str, count: int = 1) -> Received:
        """Return the last of so many events of a kind of a conversation, when they have come."""

        def found() -> list[Received]:
            return [each for each in self.of(room_id) if each.kind == kind]

        self.wait_until(lambda: len(found()) >= count)
        return found()[count - 1]

    def _take(self, received: Received) -> None:
        with self._news:
            self.received.append(received)
            self._news.notify_all()
