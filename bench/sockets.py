"""Clients of the real-time interface that cost next to nothing: frames by hand, on bare sockets."""

import asyncio
import struct
from collections.abc import Callable
from typing import Any, cast

import msgspec

_HANDSHAKE = (
    "GET /websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\nOrigin: http://127.0.0.1:{port}\r\n"
    # What a browser sends, too: servers keep it in memory.
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept-Language: en-US,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Cache-Control: no-cache\r\nPragma: no-cache\r\n"
    "Cookie: rc_is_widget=t; rc_room_type=l\r\n\r\n"
)
_HELLO = {"msg": "connect", "version": "1", "support": ["1", "pre2", "pre1"]}
#: What the widget listens to while it shows a conversation (behaviour of the API, real time, 10.1).
WIDGET = (
    ("room-messages", "{}"),
    ("notify-room", "{}/user-activity"),
    ("notify-room", "{}/deleteMessage"),
    ("livechat-room", "{}"),
    ("livechat-room", "{}"),
    ("livechat-room", "{}"),
)


class Socket(asyncio.Protocol):
    """A connection. `on_frame` gets the frames that come after `open`; None forgets them."""

    def __init__(self) -> None:
        self.on_frame: Callable[[bytes], None] | None = None
        self.lost = False
        self._received = b""
        self._shaken = asyncio.Event()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's has another ancestry

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it is over."""
        del exc
        self.lost = True

    def data_received(self, data: bytes) -> None:
        """Take frames out of what has come."""
        received = self._received + data if self._received else data
        if not self._shaken.is_set():
            head, end, rest = received.partition(b"\r\n\r\n")
            if not end:
                self._received = received
                return
            assert b" 101 " in head, head
            self._shaken.set()
            received = rest
        at = 0
        while len(received) - at >= 2:
            size, begin = received[at + 1], at + 2
            if size == 126:
                if len(received) < begin + 2:
                    break
                size, begin = struct.unpack_from(">H", received, begin)[0], begin + 2
            elif size == 127:
                if len(received) < begin + 8:
                    break
                size, begin = struct.unpack_from(">Q", received, begin)[0], begin + 8
            if len(received) < begin + size:
                break
            if self.on_frame is not None:
                self.on_frame(received[begin : begin + size])
            at = begin + size
        self._received = received[at:]

    def send(self, frame: Any) -> None:
        """Send a frame."""
        payload = msgspec.json.encode(frame)
        size = len(payload)
        head = bytes([0x81, 0x80 | size]) if size < 126 else b"\x81\xfe" + struct.pack(">H", size)
        self._transport.write(head + bytes(4) + payload)

    async def shake(self, port: int) -> None:
        """Ask for a WebSocket, and wait until it is one."""
        self._transport.write(_HANDSHAKE.format(port=port).encode())
        await self._shaken.wait()

    def close(self) -> None:
        """Cut the connection."""
        self._transport.abort()


async def connect(port: int, room_id: str = "", token: str = "") -> Socket:
    """Connect as a widget does, and listen to a conversation if one is given."""
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(Socket, "127.0.0.1", port)
    done: asyncio.Future[None] = loop.create_future()
    wanted = len(WIDGET) if room_id else 0

    def count(frame: bytes) -> None:
        nonlocal wanted
        assert b'"nosub"' not in frame, frame
        wanted -= b'"ready"' in frame
        if not wanted and not done.done():
            done.set_result(None)

    socket.on_frame = count
    await socket.shake(port)
    socket.send(_HELLO)
    if room_id:
        options = {"useCollection": False, "args": [{"token": token, "visitorToken": token}]}
        for number, (stream, key) in enumerate(WIDGET):
            params = [key.format(room_id), options]
            sub = {"msg": "sub", "id": f"rc-ddp-client-{number}", "name": f"stream-{stream}"}
            socket.send({**sub, "params": params})
    await done
    socket.on_frame = None
    return socket
