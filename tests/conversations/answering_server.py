"""A small HTTP server of somebody else, which answers as a test wants and remembers questions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Asked(NamedTuple):
    """A question that came in: the path with its query, and the headers by lower-case name."""

    path: str
    headers: dict[str, str]


@dataclass
class AnsweringServer:
    """A server on loopback. `answers` are given by turns; each is a status and a body."""

    url: str = ""
    answers: list[tuple[int, str]] = field(default_factory=lambda: [(200, "{}")])
    asked: list[Asked] = field(default_factory=list)
    #: Headers of every answer.
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def answering_server() -> Iterator[AnsweringServer]:
    """Yield a server that runs until the end of the `with` block."""
    state = AnsweringServer()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with lock:
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, body = state.answers[len(state.asked) % len(state.answers)]
                state.asked.append(Asked(self.path, headers))
            self.send_response(status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
