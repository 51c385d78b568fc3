"""Connections on which nobody says anything."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from frontdesk.realtime import connections, wire
from tests.realtime.ddp import HELLO
from tests.realtime.in_process import serving


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server wait for less than a second where it waits for half a minute."""
    monkeypatch.setattr(connections, "ASK_AFTER", 0.3)
    monkeypatch.setattr(connections, "GONE_AFTER", 0.9)
    monkeypatch.setattr(connections, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(wire, "LEAVE", 0.3)


def socket_url(url: str) -> str:
    return f"ws{url.removeprefix('http')}/websocket"


async def test_who_is_silent_is_asked_and_then_gone(tmp_path: Path) -> None:
    async with serving(tmp_path) as url, connect(socket_url(url), proxy=None) as socket:
        await socket.send(json.dumps(HELLO))
        said: list[Any] = []
        with pytest.raises(ConnectionClosed):
            while True:
                said.append(json.loads(await socket.recv()))

        assert [each["msg"] for each in said] == ["connected", "ping"], "asked once"
        assert socket.close_code == 4000


@pytest.mark.parametrize("sign", ['{"msg":"pong"}', '{"msg":"ping"}', "nonsense"])
async def test_any_frame_is_a_sign_of_life(tmp_path: Path, sign: str) -> None:
    async with serving(tmp_path) as url, connect(socket_url(url), proxy=None) as socket:
        await socket.send(json.dumps(HELLO))
        asked, began = 0, time.monotonic()
        while asked < 4:  # longer than anybody may be silent
            frame = json.loads(await socket.recv())
            if frame == {"msg": "ping"}:
                asked += 1
                await socket.send(sign)

        assert time.monotonic() - began > 0.9
        assert socket.close_code is None


async def test_a_connection_that_leads_nowhere_is_cut(tmp_path: Path) -> None:
    async with serving(tmp_path) as url, connect(socket_url(url), proxy=None) as socket:
        await socket.send(json.dumps(HELLO))
        await socket.recv()
        # The client is still there for the system, but nobody reads or answers.
        socket.transport.pause_reading()
        deadline = asyncio.get_running_loop().time() + 20
        while connections.CONNECTIONS._value.get() > 0:
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.02)  # the server does not tell whom it forgets
        socket.transport.abort()
