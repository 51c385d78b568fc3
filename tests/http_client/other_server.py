"""Somebody else's HTTP server, which says exactly the bytes that a test wants."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class OtherServer:
    """A server on loopback; `says` is its whole answer, None lets whoever asks wait."""

    port: int = 0
    says: bytes | None = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    #: What came in: the head of each request.
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def header(self, name: str) -> str | None:
        """Return a header of the last request."""
        for line in self.asked[-1].splitlines()[1:]:
            found, _, value = line.partition(":")
            if found.lower() == name.lower():
                return value.strip()
        return None


def redirect(location: str) -> bytes:
    """Return the answer that leads to another address."""
    return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


@asynccontextmanager
async def other_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[OtherServer]:
    """Yield a server that runs until the end of the `async with` block."""
    state = OtherServer()
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        state.asked.append(head.decode())
        if state.says is None:
            await ended.wait()
        else:
            writer.write(state.says)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        ended.set()
        server.close()
        await server.wait_closed()
