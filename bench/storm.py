"""A storm: clients that come back at a steady pace, whether the server keeps up or not.

It is a process of its own, so that those who measure the server meanwhile wait for the server and
not for the storm. A plan comes in (standard input), how many seconds it took goes out (standard
output), both MessagePack.
"""

import asyncio
import os
import sys
from time import perf_counter

import msgspec
import uvloop

from bench.sockets import connect

#: Clients that come every second, and for how many seconds.
A_SECOND = 1_000
SECONDS = 5


class Talk(msgspec.Struct):
    """An open conversation, and the token of its visitor."""

    room_id: str
    token: str


class Plan(msgspec.Struct):
    """Who comes to 127.0.0.1:`port`."""

    port: int
    talks: list[Talk]


async def let_come(port: int, talks: list[Talk]) -> float:
    """Let clients come back, in a process on the caller's core; return how many seconds passed
    until all of them listened to their conversations.
    """
    chosen = [talks[number % len(talks)] for number in range(A_SECOND * SECONDS)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.storm",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    took, _ = await process.communicate(msgspec.msgpack.encode(Plan(port, chosen)))
    return msgspec.msgpack.decode(took, type=float)


async def _carry_out(plan: Plan) -> float:
    began = perf_counter()

    async def come(number: int, talk: Talk) -> None:
        await asyncio.sleep(number / A_SECOND)
        await connect(plan.port, talk.room_id, talk.token)

    await asyncio.gather(*(come(number, each) for number, each in enumerate(plan.talks)))
    return perf_counter() - began


if __name__ == "__main__":
    os.nice(5)  # who measures meanwhile is on the same core, and goes first
    plan = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.msgpack.encode(uvloop.run(_carry_out(plan))))
