"""What processes of one workspace tell each other of their commits, over Redis.

Redis only passes on: nothing is kept there. So that nobody misses anything unnoticed, what a
process tells is numbered, and every process says now and then how far it has come. Whoever finds a
gap, or another process silent, has its clients come back and read anew (`on_gap`); so everything
heals when Redis, or a process, was away for a while. Values of settings may be secrets and stay in
the database: only their names are told.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

import msgspec
import structlog

from frontdesk.db import Event
from frontdesk.ids import random_id

log = structlog.get_logger(__name__)

#: Seconds between two signs of life of a process, and until it counts as gone. What the process
#: itself says comes back to it the same way, so that a dead connection is noticed, too.
BEAT = 2.0
SILENCE = 8.0
#: Seconds in which Redis must answer, and longest wait between two attempts to reach it.
PATIENCE = 3.0
LONGEST_WAIT = 2.0
#: Events that may wait for Redis. What is more is left out, and makes a gap.
MOST_WAITING = 20_000
#: Events told at once.
BATCH = 500
SETTINGS = "settings"


class Told(msgspec.Struct, array_like=True):
    """An event on its way."""

    stream: str
    key: str
    arguments: list[Any]


class Envelope(msgspec.Struct):
    """What a process says: `number` counts the envelopes with events that it has sent so far."""

    sender: str
    number: int
    events: list[Told] = []
    leaves: bool = False


class Follower(Protocol):
    """What a process does with what it hears."""

    async def take_in(self, events: Sequence[Event]) -> None:
        """Take in what another process has committed."""
        ...

    async def on_gap(self) -> None:
        """Something was missed: look at everything anew."""
        ...

    async def on_state(self, connected: bool) -> None:
        """The processes hear each other from now on, or do not."""
        ...


class _Sender:
    """How far another process has come, and when it was heard last."""

    __slots__ = ("heard_at", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.heard_at = time.monotonic()


class RedisRelay:
    """The ear and the mouth of one process."""

    def __init__(self, url: str, workspace_id: str, follower: Follower) -> None:
        self._url = url
        self._channel = f"frontdesk:{workspace_id}"
        self._follower = follower
        self._id = random_id()
        self._number = 0
        self._waiting: list[Told] = []
        self._awake = asyncio.Event()
        self._senders: dict[str, _Sender] = {}
        self._connected = False
        self._first_at: float | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._ready = asyncio.Event()
        self._gap = False

    def send(self, events: Sequence[Event]) -> None:
        """Tell other processes of events, soon."""
        for event in events:
            arguments = [] if event.stream == SETTINGS else list(event.arguments)
            self._waiting.append(Told(event.stream, event.key, arguments))
        if len(self._waiting) > MOST_WAITING:
            self._waiting.clear()
            self._number += 1  # others find the gap
        self._awake.set()

    async def start(self) -> None:
        """Begin to hear and to speak; return when that works, or after a moment."""
        self._tasks = [
            asyncio.create_task(self._hear(), name="relay hears"),
            asyncio.create_task(self._speak(), name="relay speaks"),
        ]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._ready.wait()

    async def stop(self) -> None:
        """Take leave, so that nobody takes the silence for a loss."""
        running = set(self._tasks)
        while running:
            for task in running:
                task.cancel()
            # Once may not do: an error of the library can take the place of the cancellation.
            _, running = await asyncio.wait(running, timeout=0.5)
        client = self._client()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(PATIENCE):
                if self._waiting:
                    self._number += 1
                    last = Envelope(self._id, self._number, self._waiting)
                    await client.publish(self._channel, msgspec.json.encode(last))
                leave = Envelope(self._id, self._number, leaves=True)
                await client.publish(self._channel, msgspec.json.encode(leave))
        with contextlib.suppress(Exception):
            await client.aclose()

    # Speaking --------------------------------------------------------------------------------

    async def _speak(self) -> None:
        client = self._client()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT):
                    await self._awake.wait()
            self._awake.clear()
            try:
                await self._say(client)
            except (Exception, asyncio.CancelledError) as error:
                _end_if_meant(error)
                self._waiting.clear()  # what was not told is the gap that others find
                log.warning("redis_not_told", error=str(error))
                await asyncio.sleep(random.uniform(0.1, LONGEST_WAIT))

    async def _say(self, client: Any) -> None:
        while True:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            self._number += bool(batch)
            text = msgspec.json.encode(Envelope(self._id, self._number, batch))
            async with asyncio.timeout(PATIENCE):
                await client.publish(self._channel, text)
            if not self._waiting:
                return

    # Hearing ---------------------------------------------------------------------------------

    async def _hear(self) -> None:
        wait = 0.1
        while True:
            client = self._client()
            try:
                async with client.pubsub() as subscription:
                    async with asyncio.timeout(PATIENCE):
                        await subscription.subscribe(self._channel)
                    await self._begin()
                    wait = 0.1
                    await self._listen(subscription)
            except (Exception, asyncio.CancelledError) as error:
                _end_if_meant(error)
                await self._lose(error)
            try:
                await client.aclose()
            except (Exception, asyncio.CancelledError) as error:
                _end_if_meant(error)
            await asyncio.sleep(random.uniform(wait / 2, wait))
            wait = min(LONGEST_WAIT, wait * 2)

    async def _begin(self) -> None:
        now = time.monotonic()
        if self._first_at is None:
            self._first_at = now
        for sender in self._senders.values():
            sender.heard_at = now
        self._connected = True
        self._awake.set()
        await self._follower.on_state(True)
        self._ready.set()
        log.info("redis_connected")

    async def _lose(self, error: BaseException) -> None:
        if self._connected or not self._ready.is_set():
            log.warning("redis_lost", error=str(error) or type(error).__name__)
        if self._connected:
            self._connected = False
            await self._follower.on_state(False)

    async def _listen(self, subscription: Any) -> None:
        """Hear until the connection is lost; one that is silent for too long is."""
        while True:
            async with asyncio.timeout(SILENCE):
                message = await subscription.get_message(
                    ignore_subscribe_messages=True, timeout=None
                )
            if message is not None and message["type"] == "message":
                await self._take(message["data"])
            self._look_for_silence()
            if self._gap:
                self._gap = False
                await self._follower.on_gap()

    async def _take(self, data: bytes) -> None:
        try:
            envelope = msgspec.json.decode(data, type=Envelope)
        except (msgspec.DecodeError, RecursionError):
            log.warning("redis_nonsense", channel=self._channel)
            return
        if envelope.sender == self._id:
            return
        if envelope.leaves:
            self._senders.pop(envelope.sender, None)
            return
        sender = self._senders.get(envelope.sender)
        expected = envelope.number - bool(envelope.events)
        if sender is None:
            sender = self._senders[envelope.sender] = _Sender(expected)
            # Who was there before us has told things that we need not know.
            if expected and not self._is_new():
                self._gap = True
        elif sender.number != expected:
            self._gap = True
        sender.number = envelope.number
        sender.heard_at = time.monotonic()
        if envelope.events:
            await self._follower.take_in(
                [Event(each.stream, each.key, tuple(each.arguments)) for each in envelope.events]
            )

    def _is_new(self) -> bool:
        return self._first_at is None or time.monotonic() - self._first_at < SILENCE

    def _look_for_silence(self) -> None:
        """Notice who has fallen silent without taking leave: it may have had more to tell."""
        before = time.monotonic() - SILENCE
        for sender_id, sender in list(self._senders.items()):
            if sender.heard_at < before:
                del self._senders[sender_id]
                self._gap = True
                log.warning("process_silent", process=sender_id)

    def _client(self) -> Any:
        from redis.asyncio import Redis  # costs memory: only where it is used
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        make = cast("Callable[..., Any]", Redis.from_url)
        return make(
            self._url,
            socket_connect_timeout=PATIENCE,
            socket_timeout=SILENCE,
            socket_keepalive=True,
            # Our own loops try again, and know what was missed meanwhile.
            retry=Retry(NoBackoff(), 0),
        )


def _end_if_meant(error: BaseException) -> None:
    """Raise a cancellation of the running task again. One that is not meant for it comes out of the
    library: who waits for the end of a connection gets the cancellation of whoever did so before.
    """
    task = asyncio.current_task()
    if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
        raise error
