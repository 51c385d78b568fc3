"""A network line between a browser and a server that can be cut, and that can lose answers."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Line:
    """A TCP relay on a free port of 127.0.0.1, to another port of it.

    `cut` breaks all connections and refuses new ones until `mend`. `lose_answers` lets everything
    through to the server and nothing back.
    """

    def __init__(self, target: int) -> None:
        """Describe the line; `start` opens it. `target` is the server's port."""
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_cut = False
        self._loses_answers = False

    @property
    def url(self) -> str:
        """The server's address through the line."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Accept connections from now on."""
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break the line."""
        with self._lock:
            self._is_cut = True
            broken, self._open = self._open, set()
        for each in broken:
            _end(each)

    def lose_answers(self) -> None:
        """Let nothing from the server through."""
        self._loses_answers = True

    def mend(self) -> None:
        """Have everything work again, on new connections."""
        self.cut()
        self._loses_answers = False
        self._is_cut = False

    def close(self) -> None:
        """End for good."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._is_cut:
                _end(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                _end(near)
                continue
            with self._lock:
                self._open |= {near, far}
            for source, sink, back in ((near, far, False), (far, near, True)):
                threading.Thread(target=self._pass, args=(source, sink, back), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, back: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not (back and self._loses_answers):
                    sink.sendall(data)
        for each in (source, sink):
            with self._lock:
                self._open.discard(each)
            _end(each)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextlib.contextmanager
def line_to(port: int) -> Iterator[Line]:
    """Return an open line to a port for the length of a `with` block."""
    line = Line(port)
    line.start()
    yield line
    line.close()
