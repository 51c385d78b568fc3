"""How many conversations fit a filter: exact, and quick when there are a million.

Nearly all conversations are closed, and what is closed hardly ever changes. So the closed ones are
counted once for each filter and the number is kept; later only those are counted that are open or
were closed since. Whenever something about a closed conversation does change that lists filter by,
or one is removed, a trigger of the database counts that in the one row of `archive`: numbers that
were kept under another count of changes are thrown away.
"""

import threading
from collections import OrderedDict
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import and_, func, select

from frontdesk.conversations.room_filters import IS_OPEN, Condition, RoomFilter
from frontdesk.conversations.tables import archive, room_tags, room_texts, rooms
from frontdesk.db import Query, Tx

#: What was closed in the last ten minutes (ms) is always counted: a transaction may be on its way
#: that closes at an earlier time, and the clocks of several servers differ.
RECENT = 600_000
#: How many filters a process keeps numbers for.
KEPT = 1_000

Key: TypeAlias = tuple[str, str, tuple[str, ...]]


class Archive(msgspec.Struct, frozen=True):
    """The row of `archive`: an id of the store, and how often closed conversations changed."""

    id: str
    changes: int


class Kept(msgspec.Struct, frozen=True):
    """How many conversations fit that were closed until `until` (ms), at a count of changes."""

    changes: int
    until: int
    count: int


_ARCHIVE = Query(select(archive.c.id, archive.c.changes), Archive)
#: Ways to the conversations that fit, the narrowest first as far as one can know.
_PATHS = ("closed", "agents", "departments", "created", "seen0")
#: Those that are narrower than a tag.
_NARROW = frozenset({"closed", "agents"})
_kept: OrderedDict[Key, Kept] = OrderedDict()
_lock = threading.Lock()


def count_rooms(tx: Tx, wanted: RoomFilter) -> int:
    """Return how many conversations fit."""
    if wanted.state == "nothing":
        return 0
    if wanted.state == "open":
        return count_open(tx, wanted)
    closed = count_closed(tx, wanted)
    return closed if wanted.state == "closed" else closed + count_open(tx, wanted)


def count_open(tx: Tx, wanted: RoomFilter) -> int:
    """Return how many of the conversations that fit are open."""
    return _count(tx, IS_OPEN, *wanted.where(), *wanted.when_open)


def count_closed(tx: Tx, wanted: RoomFilter) -> int:
    """Return how many of the conversations that fit, whatever the state, are closed."""
    state = tx.one(_ARCHIVE)
    assert state is not None, "the row of the migration"
    key = _key(state.id, wanted)
    with _lock:
        kept = _kept.get(key)
    if kept is None or kept.changes != state.changes:
        until = tx.now - RECENT
        recent = _count_since(tx, wanted, until)
        kept = Kept(state.changes, until, _count_all(tx, wanted) - count_open(tx, wanted) - recent)
    else:
        recent = _count_since(tx, wanted, kept.until)
        if kept.until < tx.now - 2 * RECENT:
            until = tx.now - RECENT
            still_recent = _count_since(tx, wanted, until)
            kept = Kept(state.changes, until, kept.count + recent - still_recent)
            recent = still_recent
    with _lock:
        _kept[key] = kept
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return kept.count + recent


def gathered(wanted: RoomFilter) -> list[Condition]:
    """Return the conditions whatever the state, by way of the narrowest that an index knows."""
    if "name" in wanted.one_value:
        return wanted.where("name")
    if wanted.words is not None:
        may_fit = rooms.c.id.in_(select(room_texts.c.room_id).where(wanted.words))
        return [may_fit, *wanted.where()]
    if wanted.tags and _NARROW.isdisjoint(wanted.conditions):
        tagged = rooms.c.id.in_(select(room_tags.c.room_id).where(room_tags.c.tag.in_(wanted.tags)))
        return [tagged, *wanted.where(known="tags")]
    return wanted.where(next((path for path in _PATHS if path in wanted.conditions), None))


def can_gather(wanted: RoomFilter) -> bool:
    """Tell whether an index leads to what fits, other than that of the times of opening."""
    narrowing = {"closed", "agents", "departments", "seen0", "tags"}
    if wanted.words is not None or "name" in wanted.one_value:
        return True
    return not narrowing.isdisjoint(wanted.conditions)


def _count_all(tx: Tx, wanted: RoomFilter) -> int:
    """Count what fits whatever the state: a million conversations take a tenth of a second."""
    if wanted.conditions.keys() == {"tags"}:
        ids = func.count(room_tags.c.room_id.distinct())
        return tx.select(select(ids).where(room_tags.c.tag.in_(wanted.tags)), int)[0]
    return _count(tx, *gathered(wanted))


def _count_since(tx: Tx, wanted: RoomFilter, since: int) -> int:
    return _count(tx, rooms.c.closed_at > since, *wanted.where())


def _count(tx: Tx, *conditions: Condition) -> int:
    return tx.select(select(func.count()).select_from(rooms).where(*conditions), int)[0]


def _key(store: str, wanted: RoomFilter) -> Key:
    compiled = and_(*wanted.where()).compile()
    values: dict[str, Any] = compiled.params
    return store, str(compiled), tuple(map(repr, values.values()))
