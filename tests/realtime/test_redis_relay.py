"""What one process tells another, and what it notices when something is missing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec
import pytest
from redis.asyncio import Redis

from frontdesk.db import Event
from frontdesk.realtime import redis_relay
from frontdesk.realtime.redis_relay import Envelope, RedisRelay, Told
from tests.harness.redis import RedisServer

PATIENCE = 20


class Ear:
    """Keeps what a process hears."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.gaps = 0
        self.states: list[bool] = []
        self._news = asyncio.Event()

    async def take_in(self, events: Sequence[Event]) -> None:
        self.events += events
        self._news.set()

    async def on_gap(self) -> None:
        self.gaps += 1
        self._news.set()

    async def on_state(self, connected: bool) -> None:
        self.states.append(connected)
        self._news.set()

    async def until(self, look: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not look():
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def process(url: str, workspace: str = "desk") -> AsyncIterator[tuple[RedisRelay, Ear]]:
    ear = Ear()
    relay = RedisRelay(url, workspace, ear)
    await relay.start()
    try:
        yield relay, ear
    finally:
        await relay.stop()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_relay, "BEAT", 0.1)
    monkeypatch.setattr(redis_relay, "SILENCE", 1.0)
    monkeypatch.setattr(redis_relay, "LONGEST_WAIT", 0.2)


def said(number: int) -> list[Event]:
    return [Event("room-messages", f"room-{number}", ({"msg": "ü"}, None, [1]))]


async def test_events_arrive_in_their_order(redis_server: RedisServer) -> None:
    async with process(redis_server.url) as (mouth, own), process(redis_server.url) as (_, ear):
        for number in range(1_200):
            mouth.send(said(number))
        await ear.until(lambda: len(ear.events) == 1_200)

        assert ear.events == [event for number in range(1_200) for event in said(number)]
        assert (ear.gaps, own.events) == (0, []), "not to oneself"


async def test_workspaces_that_share_a_redis_do_not_hear_each_other(
    redis_server: RedisServer,
) -> None:
    url = redis_server.url
    async with (
        process(url, "one") as (mouth, _),
        process(url, "one") as (_, ear),
        process(url, "two") as (other, strange),
    ):
        other.send(said(1))
        mouth.send(said(2))
        await ear.until(lambda: bool(ear.events))
        assert ear.events == said(2)
        assert not strange.events


async def test_values_of_settings_are_not_told(redis_server: RedisServer) -> None:
    async with process(redis_server.url) as (mouth, _), process(redis_server.url) as (_, ear):
        mouth.send([Event("settings", "SMTP_Password", ("secret",))])
        await ear.until(lambda: bool(ear.events))

        assert ear.events == [Event("settings", "SMTP_Password", ())]


async def test_what_redis_lost_is_a_gap(redis_server: RedisServer) -> None:
    async with process(redis_server.url) as (mouth, _), process(redis_server.url) as (_, ear):
        mouth.send(said(1))
        await ear.until(lambda: len(ear.events) == 1)
        redis_server.stop()
        await ear.until(lambda: ear.states == [True, False])
        mouth.send(said(2))
        await asyncio.to_thread(redis_server.start)
        await ear.until(lambda: ear.gaps > 0)
        mouth.send(said(3))
        await ear.until(lambda: ear.events[-1:] == said(3))

        assert ear.states == [True, False, True]
        assert said(2)[0] not in ear.events


async def test_a_cancellation_that_nobody_meant_ends_nothing(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with process(redis_server.url) as (mouth, _), process(redis_server.url) as (hearing, ear):

        async def cancelled(*_: object) -> None:
            monkeypatch.undo()
            raise asyncio.CancelledError

        mouth.send(said(1))
        await ear.until(lambda: len(ear.events) == 1)
        monkeypatch.setattr(hearing, "_take", cancelled)
        await ear.until(lambda: ear.states == [True, False, True])
        mouth.send(said(2))
        await ear.until(lambda: ear.events[-1:] == said(2))


async def test_redis_may_come_later(redis_server: RedisServer) -> None:
    redis_server.stop()
    async with process(redis_server.url) as (mouth, _), process(redis_server.url) as (_, ear):
        assert ear.states == []
        await asyncio.to_thread(redis_server.start)
        await ear.until(lambda: ear.states == [True])
        while not ear.events:
            mouth.send(said(1))  # until it has found Redis, too
            await asyncio.sleep(0.05)


async def test_who_says_nothing_any_more_is_missed_unless_it_took_leave(
    redis_server: RedisServer,
) -> None:
    async with process(redis_server.url) as (_, ear):
        async with process(redis_server.url) as (mouth, _):
            mouth.send(said(1))
            await ear.until(lambda: len(ear.events) == 1)
        async with process(redis_server.url) as (mouth, _):
            mouth.send(said(2))
            await ear.until(lambda: len(ear.events) == 2)
            assert ear.gaps == 0, "the first one took leave"
            while not mouth._tasks[1].done():  # as if it had been killed
                mouth._tasks[1].cancel()
                await asyncio.sleep(0.01)
            await ear.until(lambda: ear.gaps == 1)


async def test_a_number_left_out_is_a_gap(redis_server: RedisServer) -> None:
    async with process(redis_server.url) as (_, ear):
        client = Redis.from_url(redis_server.url)
        for number in (1, 2, 4):
            envelope = Envelope("other", number, [Told("room", str(number), [])])
            await client.publish("frontdesk:desk", msgspec.json.encode(envelope))
        await ear.until(lambda: ear.gaps == 1)
        await client.publish("frontdesk:desk", b"nonsense")
        await client.publish("frontdesk:desk", msgspec.json.encode(Envelope("other", 5)))
        await ear.until(lambda: ear.gaps == 2)
        await client.aclose()

        assert [each.key for each in ear.events] == ["1", "2", "4"]


async def test_more_than_can_wait_is_left_out_and_found_missing(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_relay, "MOST_WAITING", 10)
    async with process(redis_server.url) as (mouth, _), process(redis_server.url) as (_, ear):
        mouth.send(said(1))
        await ear.until(lambda: len(ear.events) == 1)
        for number in range(20):
            mouth.send(said(number))
        await ear.until(lambda: ear.gaps == 1)
