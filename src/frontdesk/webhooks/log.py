"""What became of the attempts to deliver events: for administrators, and for a while.

The log holds no payloads: what is said in conversations stays there.
"""

from typing import Any

import msgspec

from frontdesk.clock import iso
from frontdesk.db import Tx
from frontdesk.http.paging import Page, listed
from frontdesk.webhooks import queries
from frontdesk.webhooks.records import Attempt

#: Attempts that are kept: so many, and no older ones; milliseconds.
MOST_KEPT = 10_000
KEPT_FOR = 30 * 24 * 3_600_000
#: How far the log may grow beyond that before it is trimmed.
TRIMMED_EVERY = 200
LONGEST_ERROR = 500


def note_attempt(tx: Tx, attempt: Attempt) -> None:
    """Write an attempt down; its `position` is made here. Old ones are forgotten."""
    values = msgspec.structs.asdict(attempt)
    del values["position"]
    values["error"] = attempt.error and attempt.error[:LONGEST_ERROR]
    position = tx.one(queries.ADD_ATTEMPT, **values)
    if position is not None and position % TRIMMED_EVERY == 0:
        tx.run(queries.TRIM_BY_NUMBER, kept=MOST_KEPT)


def trim_log(tx: Tx) -> None:
    """Forget what is too old, and what is too much."""
    tx.run(queries.TRIM_BY_AGE, before=tx.now - KEPT_FOR)
    tx.run(queries.TRIM_BY_NUMBER, kept=MOST_KEPT)


def list_attempts(
    tx: Tx, page: Page, *, event: str | None = None, room_id: str | None = None
) -> dict[str, Any]:
    """Return one page of the log, newest first, as it is answered; `waiting` counts the events
    that are still to be delivered.
    """
    wanted = {"event": event, "room_id": room_id}
    found = tx.select(queries.attempts_of(page, **wanted), Attempt)
    (total,) = tx.select(queries.count_attempts(**wanted), int)
    documents = [attempt_document(each) for each in found]
    waiting = tx.one(queries.COUNT_DELIVERIES) or 0
    return {**listed("attempts", documents, page, total), "waiting": waiting}


def attempt_document(attempt: Attempt) -> dict[str, Any]:
    """Return an attempt as it is answered; absent members are left out."""
    document = {
        "event": attempt.event,
        "roomId": attempt.room_id,
        "attempt": attempt.attempt,
        "outcome": attempt.outcome,
        "status": attempt.status,
        "duration": attempt.duration,
        "error": attempt.error,
        "ts": iso(attempt.at),
    }
    return {name: value for name, value in document.items() if value is not None}
