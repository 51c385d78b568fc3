"""The WebSocket under a session, as uvicorn serves it.

ASGI knows neither how much waits to be sent to a client nor how to cut a connection that takes
nothing any more. `WebSocketProtocol` is uvicorn's own implementation with these two additions;
sessions find it in the scope of their connection. It holds less memory per connection, too: what
was said at the handshake is forgotten after it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request

#: Where sessions find the wire among the extensions of the scope.
EXTENSION = "frontdesk.wire"
#: Largest message of a client, bytes: twice what the longest message of a conversation needs with
#: every character escaped; more is answered with the close code 1009.
LARGEST_MESSAGE = 256 * 1024
#: Bytes that may wait for a client when more is to be sent to it. Who lags behind that far is cut
#: off: it finds what it missed by REST when it comes back.
MOST_WAITING = 256 * 1024
#: Connections that are taken up before other work gets its turn: when thousands come back at once,
#: nobody else shall wait for them all.
AT_ONCE = 4
#: Seconds that a client has for taking leave before the connection is cut.
LEAVE = 5.0


class Wire(Protocol):
    """What a session needs of the connection under it. `server_stops` says that the connection
    ends because the server does.
    """

    server_stops: bool

    def put(self, data: bytes) -> None:
        """Send a finished WebSocket frame; cut the connection off if too much waits already."""
        ...

    def leave(self, code: int, reason: str) -> None:
        """Close the connection, with the client's consent or without."""
        ...

    async def flushed(self) -> None:
        """Return when the client takes what is sent to it, or is gone."""
        ...


def frame_of(text: str) -> bytes:
    """Return a text as a WebSocket frame, ready to be sent to any client."""
    return bytes(Frame(Opcode.TEXT, text.encode()).serialize(mask=False))


_turns: deque[Callable[[], None]] = deque()


def _take_turns(loop: asyncio.AbstractEventLoop) -> None:
    """Take up some connections, and the next ones after everything else that waits."""
    try:
        for _ in range(min(AT_ONCE, len(_turns))):
            _turns.popleft()()
    finally:
        if _turns:
            loop.call_soon(_take_turns, loop)


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """A WebSocket connection that tells how much waits, and can be cut."""

    server_stops = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection over from HTTP, whose parser nobody needs any more: it and its
        protocol hold each other, and would stay until the next full garbage collection.
        """
        del cast(HttpToolsProtocol, transport.get_protocol()).parser
        super().connection_made(transport)

    def handle_connect(self, event: Request) -> None:
        """Take up a new connection when it is its turn."""
        _turns.append(partial(self._take_up, event))
        if len(_turns) == 1:
            self.loop.call_soon(_take_turns, self.loop)

    def _take_up(self, event: Request) -> None:
        """Give the scope of a new connection its wire."""
        super().handle_connect(event)
        scope = cast("dict[str, Any] | None", getattr(self, "scope", None))
        if scope is not None:
            scope["extensions"] = {**scope["extensions"], EXTENSION: self}

    def forget_handshake(self) -> None:
        """Let go of the headers of the handshake, which nobody reads any more."""
        scope = cast("dict[str, Any]", self.scope)
        scope.clear()
        del self.request, self.response

    def put(self, data: bytes) -> None:
        """Send a finished frame; see `Wire`."""
        transport = self.transport
        if self.close_sent or transport.is_closing():
            return
        if transport.get_write_buffer_size() > MOST_WAITING:
            transport.abort()
            return
        transport.write(data)

    def leave(self, code: int, reason: str) -> None:
        """Say good-bye, and cut the connection a moment later if that did not end it."""
        transport = self.transport
        if self.close_sent or transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            transport.resume_reading()
        self.close_timer = self.loop.call_later(LEAVE, transport.abort)

    def shutdown(self) -> None:
        """Close the connection because the server stops."""
        self.server_stops = True
        super().shutdown()

    async def flushed(self) -> None:
        """Wait while the transport holds more than it likes to; see `Wire`."""
        await self.writable.wait()

    def send_receive_event_to_app(self) -> None:
        """Hand a message on; text that is none ends the connection without a word in the log."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.frames = []
                self.conn.send_close(1007)
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let nothing of the connection hold on to itself."""
        super().connection_lost(exc)
        self.conn.parser.close()  # a generator, which holds the connection that holds it
        if self.close_timer is not None:
            self.close_timer.cancel()
