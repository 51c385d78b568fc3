"""Filling a store with conversations: batch after batch, each complete in itself."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any

import msgspec

from frontdesk.access.passwords import digest, hash_digest
from frontdesk.catalog.records import Tag
from frontdesk.clock import now_ms
from frontdesk.db import Database, Tx
from frontdesk.demo_data import store
from frontdesk.demo_data.chance import Chance
from frontdesk.demo_data.rhythm import opening_times
from frontdesk.demo_data.scripts import LONGEST_OF_LATE, Place, Stage, State
from frontdesk.demo_data.staff import CONVERSATIONS_PER_AGENT, FEWEST_AGENTS, Staff, make_staff
from frontdesk.demo_data.texts import Texts, load_texts
from frontdesk.demo_data.visitors import Guests

#: Conversations in one transaction: nobody else waits longer than some seconds for his turn.
BATCH = 10_000
#: More ids than a conversation with all that belongs to it has.
_IDS_EACH = 32
_YEAR = 365 * 24 * 3600 * 1000


class NotEmpty(Exception):
    """There are conversations already, and nobody said that more are wanted."""


class Wanted(msgspec.Struct, frozen=True):
    """What to make: so many conversations, of which so many are open: served, on hold, waiting.

    The rest is closed. `until` is the end of the twelve months in ms. There are so many agents, or
    as many as so many conversations keep busy.
    """

    rooms: int
    served: int
    held: int
    queued: int
    seed: int
    until: int
    agents: int | None = None


class Progress(msgspec.Struct, frozen=True):
    """How far it is: conversations and messages written, and the seconds it took."""

    rooms: int
    messages: int
    seconds: float


def usual_mix(rooms: int, seed: int, until: int | None = None) -> Wanted:
    """Return the plan of a desk on an ordinary day: a few dozen conversations are open."""
    return Wanted(
        rooms=rooms,
        served=min(rooms // 20, 180),
        held=min(rooms // 50, 30),
        queued=min(rooms // 30, 40),
        seed=seed,
        until=now_ms() if until is None else until,
    )


def fill(
    db: Database,
    wanted: Wanted,
    *,
    more: bool = False,
    password: str | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """Write the conversations, with the people in them, and return what was written.

    The database is migrated and prepared. A store with the same contents and the same seed gets
    the same rows, moved to `until`. The people of the desk can log in with `password` if one is
    given, and else not at all. Conversations on hold have no timer: they stay on hold.

    Raises NotEmpty if there are conversations already, unless `more` are wanted; then the staff
    of the first time takes them.
    """
    texts = load_texts()
    chance, stage, guests = db.write_now(lambda tx: _begin(tx, texts, wanted, more, password))
    began = time.monotonic()
    progress = Progress(0, 0, 0.0)
    plan = _plan(wanted, chance)
    while batch := list(islice(plan, BATCH)):
        rows, messages = _play(batch, stage, guests)
        db.write_now(partial(_write, rows=rows, given=stage.take_given()))
        progress = Progress(
            progress.rooms + len(batch), progress.messages + messages, time.monotonic() - began
        )
        report(progress)
    return progress


def _begin(
    tx: Tx, texts: Texts, wanted: Wanted, more: bool, password: str | None
) -> tuple[Chance, Stage, Guests]:
    """Lay down what conversations need, in the first transaction."""
    if not more and store.is_used(tx):
        raise NotEmpty
    found = store.look(tx)
    # Ids are drawn too: another call must not draw those that the first one drew.
    chance = Chance(f"{wanted.seed}/{found.conversations}", found.conversations * _IDS_EACH)
    staff = found.staff
    if staff is None:
        hashed = hash_digest(digest(password)) if password else None
        staff = make_staff(texts, _agents(wanted), chance, wanted.until - _YEAR, hashed)
        store.write(tx, _rows_of(staff))
    store.write(tx, _tags(texts, found.tags, chance, tx.now))
    guests = Guests(chance, texts.languages, store.reserve_guests(tx, wanted.rooms))
    stage = Stage(chance, staff, found.busy, found.limit, found.ranks, wanted.until)
    return chance, stage, guests


def _agents(wanted: Wanted) -> int:
    return wanted.agents or max(FEWEST_AGENTS, wanted.rooms // CONVERSATIONS_PER_AGENT)


def _rows_of(staff: Staff) -> Iterator[Any]:
    departments = [desk.department for desk in staff.desks if desk.department is not None]
    return chain(staff.managers, staff.agents, staff.emails(), departments, staff.links.values())


def _tags(texts: Texts, known: set[str], chance: Chance, at: int) -> Iterator[Tag]:
    names = {
        name
        for language in texts.languages.values()
        for topic in language.topics
        for name in topic.tags
    }
    for name in sorted(names - known):
        yield Tag(chance.id(), name, None, [], at)


def _plan(wanted: Wanted, chance: Chance) -> Iterator[tuple[State, int]]:
    """Yield state and time of opening of all conversations: the closed ones in order of time."""
    open_ones: Sequence[tuple[State, int]] = (
        ("served", wanted.served),
        ("held", wanted.held),
        ("queued", wanted.queued),
    )
    closed = wanted.rooms - sum(count for _, count in open_ones)
    for at in opening_times(closed, wanted.until - LONGEST_OF_LATE, chance):
        yield "closed", at
    for state, count in open_ones:
        for _ in range(count):
            yield state, wanted.until - int(LONGEST_OF_LATE * (1 + chance.random()))


def _play(batch: list[tuple[State, int]], stage: Stage, guests: Guests) -> tuple[list[Any], int]:
    """Return the rows of some conversations, and how many of them are messages."""
    rows: list[Any] = []
    messages = 0
    for state, at in batch:
        guest = guests.next(at)
        talk = stage.play(state, guest, at)
        room = talk.finish()
        guests.opened(guest, room)
        rows.append(room)
        rows += talk.messages
        messages += len(talk.messages)
        if room.open:
            rows.append(talk.inquiry())
            if (member := talk.membership()) is not None:
                rows.append(member)
    rows += guests.take()
    return rows, messages


def _write(tx: Tx, rows: list[Any], given: Mapping[Place, int]) -> None:
    store.write(tx, rows)
    store.count_chats(tx, given)
