"""A client that holds conversations: asks, waits for the answer, and asks what follows from it.

Where requests are known beforehand, `load` sends more of them.
"""

import asyncio
from array import array
from time import perf_counter
from typing import Any, cast
from urllib.parse import urlencode

import msgspec

from bench.load import LENGTH
from bench.requests import LogIn, get_request, post_request

#: Seconds without a call after which a connection is not used again; servers wait longer.
_SILENCE = 2.0
_decode = msgspec.json.Decoder().decode


class Refused(Exception):
    """The server answered something else than 200."""

    def __init__(self, request: str, status: int, body: bytes) -> None:
        super().__init__(f"{request}: {status} {body[:600].decode(errors='replace')}")
        self.status = status
        self.body = body


class Client:
    """One caller of the API at 127.0.0.1:`port`, one call at a time. `latencies` are those of all
    its calls, in seconds.
    """

    def __init__(self, port: int) -> None:
        self.latencies = array("d")
        self._port = port
        self._connection: _Connection | None = None
        self._answered = 0.0

    async def get(self, path: str, user: LogIn | None = None, **query: Any) -> dict[str, Any]:
        """Send a GET below /api/v1/ and return the body; raises Refused."""
        path = f"{path}?{urlencode(query)}" if query else path
        return await self._call(get_request(path, user), path)

    async def post(self, path: str, body: Any, user: LogIn | None = None) -> dict[str, Any]:
        """Send a POST below /api/v1/ and return the body; raises Refused."""
        return await self._call(post_request(path, body, user), path)

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()

    def _silent(self) -> bool:
        # A server ends connections that are silent for some seconds, perhaps while we are asking.
        return perf_counter() - self._answered > _SILENCE

    async def _call(self, request: bytes, name: str) -> dict[str, Any]:
        if self._connection is None or self._connection.ended or self._silent():
            self.close()
            loop = asyncio.get_running_loop()
            _, self._connection = await loop.create_connection(_Connection, "127.0.0.1", self._port)
        began = perf_counter()
        status, body = await self._connection.ask(request)
        self._answered = perf_counter()
        self.latencies.append(self._answered - began)
        if status != 200:
            raise Refused(name, status, body)
        return cast("dict[str, Any]", _decode(body))


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self.ended = False
        self._received = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        data = self._received = self._received + data
        end = data.find(b"\r\n\r\n")
        length = LENGTH.search(data, 0, end) if end > 0 else None
        if length is None or len(data) < end + 4 + int(length[1]):
            return
        self._received = b""
        assert self._answer is not None
        self._answer.set_result((int(data[9:12]), data[end + 4 :]))

    def connection_lost(self, error: Exception | None) -> None:
        self.ended = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("the server hung up"))
