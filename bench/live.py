"""Ten thousand visitors at once, each with a conversation: what each connection costs, how long a
message is on its way, and what others notice when a thousand come back every second.
"""

import asyncio
import resource
from array import array
from time import perf_counter

import msgspec
import uvloop

from bench import servers, storm
from bench.client import Client
from bench.machine import LOAD_CORE, Memory, on_core
from bench.servers import Server
from bench.sockets import Socket, connect
from bench.stores import empty_database
from bench.storm import Talk

VISITORS = 10_000
#: The goal for each, resident.
KILOBYTES_EACH = 30.0
#: Messages a second, one in each of so many conversations, each heard by so many clients: the
#: visitor and another. The goal for 99 of 100, from sending to arrival, in ms.
RATE = 1_000
LISTENERS = 2
MS_ON_ITS_WAY = 100.0
#: Calls a second that others make while clients come back.
CALLS = 100
#: What is done at a time where it does not matter how fast: conversations opened, connections made.
_OPENED_AT_ONCE = 8
_CONNECTED_AT_ONCE = 50
_SETTINGS = {
    "Livechat_Routing_Method": "Manual_Selection",
    "Livechat_accept_chats_with_no_agents": "true",
    "DDP_Rate_Limit_IP_Enabled": "false",
}


class Lived(msgspec.Struct):
    """What was measured: kilobytes for each idle connection, and for each that shows a
    conversation; seconds from a message's sending to its arrival; seconds of REST calls before and
    during the storm, and how long the storm took.
    """

    idle: float
    talking: float
    sent: int
    arrivals: "array[float]"
    calls_before: "array[float]"
    calls_during: "array[float]"
    storm: float


def live_with(visitors: int, seconds: float) -> Lived:
    """Measure with so many visitors, sending messages for some seconds."""
    # Both sides hold all connections; the server inherits the limit.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with (
        empty_database("SQLite") as (place, url),
        on_core(LOAD_CORE),
        servers.frontdesk(place, url, _SETTINGS) as server,
    ):
        return uvloop.run(_measure(server, visitors, seconds))


def percentile(values: "array[float]", part: float) -> float:
    """Return the value that this part of all values does not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


async def _measure(server: Server, visitors: int, seconds: float) -> Lived:
    talks = await _talks(server.port, visitors)
    warm = [await connect(server.port, each.room_id, each.token) for each in talks[:100]]
    before = Memory(server.pid).resident
    idle, sockets = await _each(server, visitors, [], before)
    _close(sockets)
    # The server reuses what it had for the ones before: both are counted from the same start.
    talking, sockets = await _each(server, visitors, talks, before)
    _close(warm)
    arrivals, sent = await _say(server, talks[:RATE], sockets[:RATE], seconds)
    await asyncio.sleep(1)  # until those who left are gone
    calls_before = await _calls(server.port, asyncio.create_task(asyncio.sleep(2)))
    coming = asyncio.create_task(storm.let_come(server.port, talks))
    calls_during = await _calls(server.port, coming)
    _close(sockets)
    return Lived(idle, talking, sent, arrivals, calls_before, calls_during, await coming)


async def _talks(port: int, count: int) -> list[Talk]:
    """Open so many conversations."""
    talks: list[Talk] = []

    async def open_some(first: int) -> None:
        client = Client(port)
        for number in range(first, count, _OPENED_AT_ONCE):
            token = f"live-{number}-{'x' * 50}"
            visitor = {"token": token, "name": f"V{number}"}
            await client.post("livechat/visitor", {"visitor": visitor})
            answer = await client.get("livechat/room", token=token)
            talks.append(Talk(answer["room"]["_id"], token))
        client.close()

    await asyncio.gather(*(open_some(first) for first in range(_OPENED_AT_ONCE)))
    return talks


async def _each(
    server: Server, count: int, talks: list[Talk], before: int
) -> tuple[float, list[Socket]]:
    """Return the kilobytes that each of so many connections takes, and the connections; `before`
    is the server's memory without them.
    """
    sockets: list[Socket] = []
    while len(sockets) < count:
        wanted = range(len(sockets), min(count, len(sockets) + _CONNECTED_AT_ONCE))
        if talks:
            chosen = [talks[number] for number in wanted]
            work = [connect(server.port, each.room_id, each.token) for each in chosen]
        else:
            work = [connect(server.port) for _ in wanted]
        sockets += await asyncio.gather(*work)
    return (Memory(server.pid).resident - before) / count / 1024, sockets


def _close(sockets: list[Socket]) -> None:
    for socket in sockets:
        socket.close()


async def _say(
    server: Server, talks: list[Talk], own: list[Socket], seconds: float
) -> "tuple[array[float], int]":
    """Say messages at a steady pace; return how long each was on its way to each listener, and how
    many were sent. `own` are the connections of the conversations' visitors.
    """
    arrivals = array("d")

    def arrive(frame: bytes) -> None:
        _, mark, rest = frame.partition(b'"msg":"at ')
        if mark:
            arrivals.append(perf_counter() - float(rest[: rest.index(b'"')]))

    others = [
        await connect(server.port, each.room_id, each.token)
        for each in talks
        for _ in range(LISTENERS - 1)
    ]
    for socket in (*own, *others):
        socket.on_frame = arrive
    clients = [Client(server.port) for _ in talks]
    total = int(RATE * seconds)
    began = perf_counter()

    async def talk(number: int) -> None:
        for turn in range(number, total, len(talks)):
            await asyncio.sleep(max(0.0, began + turn / RATE - perf_counter()))
            text = f"at {perf_counter():.6f}"
            body = {"token": talks[number].token, "rid": talks[number].room_id, "msg": text}
            await clients[number].post("livechat/message", body)

    await asyncio.gather(*(talk(number) for number in range(len(talks))))
    deadline = perf_counter() + 10
    while len(arrivals) < total * LISTENERS and perf_counter() < deadline:
        await asyncio.sleep(0.05)
    _close(others)
    for client in clients:
        client.close()
    return arrivals, total


async def _calls(
    port: int, meanwhile: "asyncio.Task[float] | asyncio.Task[None]"
) -> "array[float]":
    """Call the API at a steady pace until something is done; return how long each call took."""
    clients = [Client(port) for _ in range(4)]
    began = perf_counter()

    async def call(number: int) -> None:
        turn = number
        while not meanwhile.done():
            await asyncio.sleep(max(0.0, began + turn / CALLS - perf_counter()))
            await clients[number].get("livechat/config")
            turn += len(clients)

    await asyncio.gather(*(call(number) for number in range(len(clients))))
    took = array("d")
    for client in clients:
        took += client.latencies
        client.close()
    return took
