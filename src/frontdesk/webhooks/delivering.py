"""Delivering what waits in a lane: one event after the other, each until it is taken.

A lane is what happens in one conversation. The first of its events that is not taken is tried
again, with growing delays, and those behind it wait; other lanes go on. Kinds of failures and the
first delay are those of the API (messages, section 7.1), which gives up after five attempts; here
an event is given up when its receiver has not taken it for three days.
"""

import random
from typing import TYPE_CHECKING

import msgspec
import structlog

from frontdesk.conversations.crm_data import keep_answer
from frontdesk.conversations.finding import conversation_to_change, find_conversation
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.jobs import JobRun, finish
from frontdesk.jobs.queue import hasten
from frontdesk.webhooks import queries
from frontdesk.webhooks.announcing import DELIVER, deliver_lane
from frontdesk.webhooks.log import note_attempt
from frontdesk.webhooks.measurements import EVENTS
from frontdesk.webhooks.posting import Outcome, post_event, timeout_ms
from frontdesk.webhooks.records import Attempt, Delivery

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: Events of one lane that go out before other lanes have their turn.
IN_A_ROW = 20
#: For how long an event is tried again, and the longest delay before it is; milliseconds.
TRIED_FOR = 3 * 24 * 3_600_000
LONGEST_DELAY = 600_000
#: How often it is tried at the least.
ATTEMPTS = 5
#: So many failures with no success among them mean that the receiver is gone, and the next success
#: that it is back. One event that it cannot take does not.
GONE_AFTER = 3


class Next(msgspec.Struct, frozen=True):
    """The first event of a lane; `room` is the conversation, if it is still there."""

    delivery: Delivery
    room: Room | None


class Deliverer:
    """Delivers for one process, and notices when a receiver that was gone is back."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._failures = 0

    async def deliver(self, run: JobRun) -> None:
        """Deliver what waits in the lane of a job, until one of its events has to wait."""
        lane = run.payload["lane"]
        for _ in range(IN_A_ROW):
            found = await self._workspace.db.read(lambda tx: _next(tx, lane))
            if found is None:
                break
            if not await self._deliver_one(run, found):
                return
        await self._workspace.db.write(lambda tx: _end(tx, run))

    async def _deliver_one(self, run: JobRun, found: Next) -> bool:
        """Deliver one event; return whether the next one may follow."""
        delivery, room = found.delivery, found.room
        payload = delivery.payload
        if room is not None and room.crm_data is not None:
            payload = {**payload, "crmData": room.crm_data}
        outcome = await post_event(self._workspace.settings, payload)
        is_back = outcome.delivered and self._failures >= GONE_AFTER
        self._failures = 0 if outcome.delivered else self._failures + 1
        return await self._workspace.db.write(
            lambda tx: self._note(tx, run, delivery, outcome, is_back)
        )

    def _note(
        self, tx: Tx, run: JobRun, delivery: Delivery, outcome: Outcome, is_back: bool
    ) -> bool:
        """Store what became of an attempt; return whether the next event may follow."""
        attempt = delivery.attempts + 1
        old = tx.now - delivery.created_at >= TRIED_FOR and attempt >= ATTEMPTS
        given_up = not outcome.delivered and (outcome.hopeless or old)
        over = outcome.delivered or given_up
        room_id = delivery.room_id
        room = None if room_id is None else conversation_to_change(tx, room_id)
        if over:
            tx.run(queries.REMOVE_DELIVERY, at_position=delivery.position)
        else:
            tx.run(queries.NOTE_FAILURE, at_position=delivery.position)
        note_attempt(tx, _attempt(tx, delivery, outcome, given_up))
        if outcome.delivered and room is not None:
            keep_answer(tx, room, outcome.text)
        if is_back:
            hasten(tx, DELIVER)
        if not over:
            finish(tx, run)
            due = tx.now + _delay(timeout_ms(self._workspace.settings), attempt)
            deliver_lane(tx, delivery.lane, room_id, due)
        return over


def _next(tx: Tx, lane: str) -> Next | None:
    delivery = tx.one(queries.FIRST_DELIVERY, of_lane=lane)
    if delivery is None:
        return None
    room_id = delivery.room_id
    return Next(delivery, None if room_id is None else find_conversation(tx, room_id))


def _end(tx: Tx, run: JobRun) -> None:
    """End a job, with a new one if its lane is not empty.

    Whoever puts something into a lane holds the conversation's row until it is committed. So once
    we hold it everything is to be seen, and what comes later finds the job gone.
    """
    lane, room_id = run.payload["lane"], run.payload["room_id"]
    if room_id is not None:
        conversation_to_change(tx, room_id)
    finish(tx, run)
    if tx.one(queries.IS_WAITING, of_lane=lane) is not None:
        deliver_lane(tx, lane, room_id)


def _attempt(tx: Tx, delivery: Delivery, outcome: Outcome, given_up: bool) -> Attempt:
    if outcome.delivered:
        word = "delivered"
    else:
        word = "given_up" if given_up else "failed"
        told = log.error if given_up else log.warning
        told(
            f"webhook_{word}",
            event_type=delivery.event,
            room=delivery.room_id,
            attempt=delivery.attempts + 1,
            reason=outcome.error,
        )
    EVENTS.labels(word).inc()
    return Attempt(
        position=0,
        at=tx.now,
        event=delivery.event,
        room_id=delivery.room_id,
        attempt=delivery.attempts + 1,
        outcome=word,
        status=outcome.status,
        duration=outcome.duration,
        error=outcome.error,
    )


def _delay(timeout: int, attempt: int) -> int:
    """Return how long to wait after a failed attempt (counted from 1), in milliseconds.

    Four times the time-out as the API does, and twice as long each time; later ones are spread, so
    that lanes which failed together do not come back together.
    """
    delay: int = min(4 * timeout * 2 ** min(attempt - 1, 16), LONGEST_DELAY)
    return delay if attempt == 1 else round(delay * random.uniform(0.8, 1))
