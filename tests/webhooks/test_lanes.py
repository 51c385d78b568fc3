"""The lanes that events wait in, in this process: what takes days, or must take nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from frontdesk.db import Tx
from frontdesk.http.paging import Page
from frontdesk.http_client import addresses
from frontdesk.jobs.queue import drop_jobs, list_jobs
from frontdesk.jobs.worker import Worker
from frontdesk.settings.workspace import Settings
from frontdesk.webhooks import delivering, log, queries
from frontdesk.webhooks.announcing import DELIVER, promise
from frontdesk.webhooks.jobs import LANES, TIDY, job_handlers, schedule
from frontdesk.webhooks.log import list_attempts, note_attempt, trim_log
from frontdesk.webhooks.records import Attempt
from frontdesk.webhooks.room_events import (
    tell_closed,
    tell_edited,
    tell_lead,
    tell_message,
    tell_queued,
    tell_started,
    tell_taken,
)
from tests.conversations.desk import PATIENCE, Desk, open_desk
from tests.webhooks.receiver import Receiver

ALL = Page(0, None, ())


@pytest.fixture
async def desk(
    database_url: str, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    """Return a desk that may tell the receiver, with nobody yet who delivers."""
    monkeypatch.setattr(addresses, "always_allowed", addresses.LOOPBACK)
    async with open_desk(database_url, tmp_path) as opened:
        opened.set(Livechat_webhookUrl=receiver.url, Livechat_http_timeout=20_000)
        yield opened


@pytest.fixture
async def deliver(desk: Desk) -> AsyncIterator[Callable[[], Any]]:
    """Return a function that begins to deliver."""
    worker = Worker(desk.workspace.db, job_handlers(desk.workspace), lanes=LANES)
    yield worker.start
    await worker.stop()


async def until(desk: Desk, holds: Callable[[list[dict[str, Any]]], Any]) -> list[dict[str, Any]]:
    """Return what the log says, newest first, when something holds of it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await desk.workspace.db.read(lambda tx: list_attempts(tx, ALL))
            if holds(found["attempts"]):
                return list(found["attempts"])
            await desk.until(lambda: desk.heard)
            desk.heard.clear()


def tell(lane: str, number: int) -> Callable[[Tx], None]:
    """Return the use case that tells an event in a lane."""
    return lambda tx: promise(
        tx, "Message", {"type": "Message", "_id": lane, "n": number}, lane=lane
    )


async def test_where_nobody_wants_to_know_nothing_is_read_or_written() -> None:
    class Untouched:
        """Stands for a transaction; any use of it is an AttributeError."""

    settings, tx, room = Settings.initial("https://chat.example"), Untouched(), Untouched()
    with_address = settings.with_value("Livechat_webhookUrl", "https://crm.example")
    switched = {each: True for each in settings if each.startswith("Livechat_webhook_on_")}
    without_address = Settings({**settings, **switched})
    for each in (with_address, without_address):
        for tell_something in (tell_started, tell_queued, tell_taken, tell_closed):
            tell_something(tx, each, "room")  # type: ignore[arg-type]
        tell_message(tx, each, room, {"token": "t"})  # type: ignore[arg-type]
        tell_message(tx, each, room, {})  # type: ignore[arg-type]
        tell_lead(tx, each, room)  # type: ignore[arg-type]
    tell_edited(tx, without_address, "room")  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        tell_edited(tx, with_address, "room")  # type: ignore[arg-type]


async def test_an_event_that_nobody_takes_is_given_up_after_a_time(
    desk: Desk, deliver: Callable[[], Any], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "TRIED_FOR", 0)
    monkeypatch.setattr(delivering, "_delay", lambda timeout, attempt: 0)
    receiver.answers = lambda event: (500 if event["n"] == 1 else 200, "")
    for number in (1, 2):
        await desk.workspace.db.write(tell("lane", number))
    await deliver()
    told = await until(desk, lambda attempts: len(attempts) == 6)

    assert [(each["attempt"], each["outcome"]) for each in reversed(told)] == [
        *((1, "failed"), (2, "failed"), (3, "failed"), (4, "failed"), (5, "given_up")),
        (1, "delivered"),
    ]


async def test_a_receiver_that_is_back_gets_at_once_what_waits(
    desk: Desk, deliver: Callable[[], Any], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "_delay", lambda timeout, attempt: 3_600_000)
    receiver.answers = lambda _: (503, "")
    for lane in ("a", "b", "c"):
        for number in (1, 2):
            await desk.workspace.db.write(tell(lane, number))
    await deliver()
    await until(desk, lambda attempts: len(attempts) == 3)
    receiver.answers = lambda _: (200, "")
    await desk.workspace.db.write(tell("d", 1))
    told = await until(desk, lambda attempts: len(attempts) == 10)

    delivered = [each["outcome"] for each in told].count("delivered")
    assert delivered == 7
    for lane in ("a", "b", "c"):
        assert [each.event["n"] for each in receiver.of(lane)] == [1, 1, 2]


def test_delays_begin_with_four_time_outs_and_end_at_ten_minutes() -> None:
    assert delivering._delay(5_000, 1) == 20_000
    for attempt, longest in ((2, 40_000), (3, 80_000), (9, 600_000), (500, 600_000)):
        assert longest * 0.8 <= delivering._delay(5_000, attempt) <= longest


async def test_lanes_take_turns(desk: Desk, receiver: Receiver) -> None:
    many = delivering.IN_A_ROW + 5

    def fill(tx: Tx) -> None:
        for number in range(many):
            tell("long", number)(tx)
        tell("short", 0)(tx)

    await desk.workspace.db.write(fill)
    worker = Worker(desk.workspace.db, job_handlers(desk.workspace), lanes={DELIVER: 1})
    await worker.start()
    await until(desk, lambda attempts: len(attempts) == many + 1)
    await worker.stop()
    first = [each.event["_id"] for each in receiver.received].index("short")
    assert first == delivering.IN_A_ROW
    assert [each.event["n"] for each in receiver.of("long")] == list(range(many))


async def test_what_was_dropped_from_the_jobs_is_taken_up_again(
    desk: Desk, deliver: Callable[[], Any], receiver: Receiver
) -> None:
    db = desk.workspace.db

    def drop(tx: Tx) -> None:
        tell("lane", 1)(tx)
        drop_jobs(tx, [job.id for job in list_jobs(tx) if job.kind in (DELIVER, TIDY)])

    await db.write(drop)
    await db.write(schedule)
    await deliver()
    await until(desk, lambda attempts: attempts)
    assert [each.event["n"] for each in receiver.received] == [1]


def attempt(at: int) -> Attempt:
    """Return an attempt of some time."""
    return Attempt(0, at, "Message", None, 1, "failed", None, 1, "x" * 5_000)


async def test_the_log_keeps_the_newest_attempts_of_a_month(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MOST_KEPT", 50)
    db = desk.workspace.db

    def write(tx: Tx) -> None:
        for number in range(log.TRIMMED_EVERY):
            note_attempt(tx, attempt(tx.now + number))

    def write_old(tx: Tx) -> None:
        note_attempt(tx, attempt(tx.now - log.KEPT_FOR - 1))

    await db.write(write)
    found = await db.read(lambda tx: list_attempts(tx, ALL))
    assert (found["total"], len(found["attempts"][0]["error"])) == (50, log.LONGEST_ERROR)
    await db.write(write_old)
    await db.write(trim_log)
    found = await db.read(lambda tx: list_attempts(tx, ALL))
    assert found["total"] == 50
    assert found["attempts"] == sorted(found["attempts"], key=lambda each: each["ts"], reverse=True)


async def test_positions_of_one_lane_follow_each_other(desk: Desk) -> None:
    db = desk.workspace.db
    for number in range(3):
        await db.write(tell("lane", number))
    first = await db.read(lambda tx: tx.one(queries.FIRST_DELIVERY, of_lane="lane"))
    assert first is not None and first.payload["n"] == 0
    assert len([job for job in await db.read(list_jobs) if job.kind == DELIVER]) == 1
