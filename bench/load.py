"""The load: a process of its own that sends prepared requests over connections kept alive.

Each connection sends its next request when the answer to the last one is complete. Only a plan
comes in (standard input) and an outcome goes out (standard output), both MessagePack.
"""

import asyncio
import re
import subprocess
import sys
from array import array
from time import perf_counter
from typing import cast

import msgspec
import uvloop

from bench.machine import LOAD_CORE, on_core, processor_seconds

CONNECTIONS = 32
#: How long after the planned end a server may still be silent; seconds.
PATIENCE = 15
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Plan(msgspec.Struct):
    """What to send to 127.0.0.1:`port`, for how long (seconds), and whether to start again at
    the first request after the last one. `server` is the process whose time is counted.
    """

    port: int
    server: int
    requests: list[bytes]
    repeat: bool
    warm_up: float
    seconds: float
    connections: int = CONNECTIONS


class Outcome(msgspec.Struct):
    """What came back: answers to what was sent after the warm-up, until the last of them had
    come, their latencies in seconds, and how much of one core the server used (1.0 = all).
    `failures` counts answers other than 200 and lost connections, warm-up included;
    `first_failure` shows one.
    """

    answers: int
    seconds: float
    p50: float
    p99: float
    core_use: float
    failures: int
    first_failure: str

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds


class LoadFailed(Exception):
    """The server did not answer every request with 200; the text shows the first one."""


def put_under_load(plan: Plan) -> Outcome:
    """Carry a plan out in a process on the load's core; raises LoadFailed."""
    with on_core(LOAD_CORE):
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=msgspec.msgpack.encode(plan),
            stdout=subprocess.PIPE,
            check=True,
            timeout=plan.warm_up + plan.seconds + 4 * PATIENCE,
        )
    outcome = msgspec.msgpack.decode(done.stdout, type=Outcome)
    if outcome.failures:
        raise LoadFailed(f"{outcome.failures} failures, the first: {outcome.first_failure}")
    if not outcome.answers:
        raise LoadFailed("all requests were used up before the warm-up was over")
    return outcome


class _Run:
    """The state that all connections of a run share."""

    def __init__(self, plan: Plan, done: asyncio.Future[None]) -> None:
        self.done = done
        self.latencies = array("d")
        self.failures = 0
        self.first_failure = ""
        self.core_use = 0.0
        self._plan = plan
        self._next = 0
        self._open = plan.connections
        self.begins = perf_counter() + plan.warm_up
        self.ends = self.begins + plan.seconds
        self.last = self.begins
        self._used_before = 0.0
        loop = done.get_loop()
        loop.call_later(plan.warm_up, self._begin)
        loop.call_later(plan.warm_up + plan.seconds, self._end)

    def next_request(self) -> bytes | None:
        """Return the next request, or None when this run is over."""
        requests = self._plan.requests
        if self._next == len(requests):
            if not self._plan.repeat:
                self._end()
                return None
            self._next = 0
        self._next += 1
        return None if self.ends <= perf_counter() else requests[self._next - 1]

    def answered(self, sent_at: float, status: bytes, answer: bytes) -> None:
        """Count an answer."""
        now = perf_counter()
        if status != b"200":
            self.failed(answer[:600].decode(errors="replace"))
        elif now >= self.begins:
            self.latencies.append(now - sent_at)
            self.last = now

    def failed(self, what: str) -> None:
        """Count a failure."""
        self.failures += 1
        self.first_failure = self.first_failure or what

    def leave(self) -> None:
        """Note that a connection is done."""
        self._open -= 1
        if not self._open and not self.done.done():
            self.done.set_result(None)

    def _begin(self) -> None:
        self._used_before = processor_seconds(self._plan.server)

    def _end(self) -> None:
        now = perf_counter()
        if not self.core_use and now > self.begins:
            used = processor_seconds(self._plan.server) - self._used_before
            self.core_use = used / (min(now, self.ends) - self.begins)

    def outcome(self) -> Outcome:
        """Return what was measured; a run that used up its requests ended with the last one."""
        ordered = sorted(self.latencies)
        return Outcome(
            answers=len(ordered),
            seconds=self.last - self.begins,
            p50=ordered[len(ordered) // 2] if ordered else 0,
            p99=ordered[len(ordered) * 99 // 100] if ordered else 0,
            core_use=self.core_use,
            failures=self.failures,
            first_failure=self.first_failure,
        )


class _Connection(asyncio.Protocol):
    def __init__(self, run: _Run) -> None:
        self._run = run
        self._received = b""
        self._sent_at: float | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's has another ancestry
        self._send()

    def _send(self) -> None:
        request = self._run.next_request()
        if request is None:
            self._sent_at = None
            self._transport.close()
            return
        self._sent_at = perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self._received:
            data = self._received + data
        end = data.find(b"\r\n\r\n")
        length = LENGTH.search(data, 0, end) if end > 0 else None
        complete = length is not None and len(data) >= end + 4 + int(length[1])
        if not complete or self._sent_at is None:
            self._received = data
            return
        self._received = b""
        self._run.answered(self._sent_at, data[9:12], data)
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if self._sent_at is not None:
            received = self._received[:600].decode(errors="replace")
            self._run.failed(f"connection lost ({error}) after {received!r}")
        self._run.leave()


async def _carry_out(plan: Plan) -> Outcome:
    loop = asyncio.get_running_loop()
    run = _Run(plan, loop.create_future())
    for _ in range(plan.connections):
        await loop.create_connection(lambda: _Connection(run), "127.0.0.1", plan.port)
    try:
        async with asyncio.timeout(plan.warm_up + plan.seconds + PATIENCE):
            await run.done
    except TimeoutError:
        run.failed(f"no complete answer within {PATIENCE} s after the end")
    return run.outcome()


if __name__ == "__main__":
    _plan = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.msgpack.encode(uvloop.run(_carry_out(_plan))))
