"""Somebody else's HTTP server: it answers as a test wants and remembers what it was asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl


class Asked(NamedTuple):
    """A request: headers have lower-case names."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The body as the fields of a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Peer:
    """The server. `answers` (status, body, type) are given once each; then comes `usual`."""

    url: str = ""
    usual: tuple[int, bytes, str] = (201, b"{}", "application/json")
    answers: list[tuple[int, bytes, str]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int, within: float = 30) -> list[Asked]:
        """Return what was asked, as soon as that were `count` requests."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.asked) >= count, within), self.asked
            return list(self.asked)


@contextmanager
def http_peer() -> Iterator[Peer]:
    """Yield a server that runs until the end of the `with` block."""
    peer = Peer()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with peer.changed:
                status, said, kind = peer.answers.pop(0) if peer.answers else peer.usual
                peer.asked.append(Asked(self.command, self.path, headers, body))
                peer.changed.notify_all()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", said.decode())
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = _answer  # noqa: N815 (names of the standard library)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        peer.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield peer
        finally:
            server.shutdown()
            thread.join()
