"""The work behind the index of what was said (see search_index.py), done in the background.

Some moments after a message was stored, what is not in the index yet is added, in small batches
with pauses in between: senders come first. A search finds also what is not in the index, so
nothing depends on when this happens; a process that is killed leaves it to the next one.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import bindparam, column, func, insert, literal, select, table, update

from frontdesk.db import Command, Event, Query, Tx
from frontdesk.messages.tables import message_index, message_texts

if TYPE_CHECKING:
    from frontdesk.db import Database

log = structlog.get_logger(__name__)

#: Texts in one transaction: some milliseconds of work.
BATCH = 250
#: Seconds from the first message to the work, so that it is done for many at once.
GATHER = 2.0
#: A pause is so many times as long as the batch before it took.
PAUSE = 3
#: Seconds until the next try after a failure.
AFTER_FAILURE = 30.0

_words = table("message_words", column("rowid"), column("words"))
_INDEXED_TO = Query(select(message_index.c.indexed_to), int)
_BATCH_END = Query(
    select(func.coalesce(func.max(message_texts.c.number), 0)).where(
        message_texts.c.number.in_(
            select(message_texts.c.number)
            .where(message_texts.c.number > bindparam("after"))
            .order_by(message_texts.c.number)
            .limit(BATCH)
        )
    ),
    int,
)
_ADD = Command(
    insert(_words).from_select(
        ["rowid", "words"],
        select(message_texts.c.number, message_texts.c.words)
        .where(
            message_texts.c.number > bindparam("after"), message_texts.c.number <= bindparam("end")
        )
        .order_by(message_texts.c.number),
    )
)
_ADVANCE = Command(update(message_index).values(indexed_to=bindparam("end")))
#: What PostgreSQL has postponed; nothing where there is no index.
_CLEAN = Query(
    select(
        func.coalesce(func.gin_clean_pending_list(func.to_regclass(literal("message_words"))), 0)
    ),
    int,
)


def index_batch(tx: Tx) -> bool:
    """Add the next texts to the index; return whether there may be more."""
    if not tx.alone:
        tx.one(_CLEAN)
        return False
    after = tx.one(_INDEXED_TO) or 0
    end = tx.one(_BATCH_END, after=after)
    if not end:
        return False
    tx.run(_ADD, after=after, end=end)
    tx.run(_ADVANCE, end=end)
    return True


class Indexer:
    """Keeps the index near the messages, in one process."""

    def __init__(self, db: "Database") -> None:
        """Work on a database."""
        self._db = db
        self._heard = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, with what an earlier process has left."""
        self._heard.set()
        self._db.listeners.append(self._hear)
        self._task = asyncio.create_task(self._work(), name="message index")

    async def stop(self) -> None:
        """Stop after the batch that is under way."""
        self._db.listeners.remove(self._hear)
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def _hear(self, events: Sequence[Event]) -> None:
        if not self._heard.is_set() and any(each.stream == "room-messages" for each in events):
            self._heard.set()

    async def _work(self) -> None:
        while True:
            await self._heard.wait()
            await asyncio.sleep(GATHER)
            self._heard.clear()
            try:
                await self._catch_up()
            except Exception as error:
                log.error("messages_not_indexed", exc_info=error)
                self._heard.set()
                await asyncio.sleep(AFTER_FAILURE)

    async def _catch_up(self) -> None:
        more = True
        while more:
            began = time.perf_counter()
            more = await self._db.write(index_batch)
            await asyncio.sleep((time.perf_counter() - began) * PAUSE)
