"""Where conversations came from: every kind of source that one of them has, quick when there are a
million of them.

Nothing indexes sources, so all conversations are read once by each process. Of each kind that is
found one conversation is remembered. Later only those are read that were opened since, and it is
looked whether the remembered ones are still there: if one of them was removed, it may have been the
last of its kind, and all are read again.

Source: behaviour of the API, conversations, section 3.3.
"""

import threading
from typing import Any

import msgspec
from sqlalchemy import func, select

from frontdesk.conversations.room_counts import RECENT
from frontdesk.conversations.tables import CONVERSATION, archive, rooms
from frontdesk.db import Query, Tx


class Example(msgspec.Struct, frozen=True):
    """A kind of source as the API shows it, and a conversation that has it."""

    kind: dict[str, Any]
    room_id: str


class Kept(msgspec.Struct, frozen=True):
    """Examples of the sources of all conversations that were opened until `until` (ms)."""

    until: int
    examples: dict[str, Example]


#: Of an app there is more to show than that it is one.
_OF_APPS = ("type", "id", "alias", "sidebarIcon", "defaultIcon")
_STORE = Query(select(archive.c.id), str)
_kept: dict[str, Kept] = {}
_lock = threading.Lock()


def list_sources(tx: Tx) -> list[dict[str, Any]]:
    """Return where the conversations of the workspace came from, each kind once.

    An app is a kind of its own; a conversation without a source counts as `{}`.
    """
    store = tx.one(_STORE)
    assert store is not None, "the row of the migration"
    with _lock:
        kept = _kept.get(store)
    if kept is None or not _are_all_there(tx, kept):
        kept = Kept(-1, {})
    examples = {**kept.examples, **_opened_after(tx, kept.until)}
    with _lock:
        # Transactions on their way open at earlier times, and the clocks of servers differ.
        _kept[store] = Kept(tx.now - RECENT, examples)
    return [examples[key].kind for key in sorted(examples)]


def _are_all_there(tx: Tx, kept: Kept) -> bool:
    ids = {each.room_id for each in kept.examples.values()}
    there = select(func.count()).select_from(rooms).where(rooms.c.id.in_(ids))
    return tx.select(there, int)[0] == len(ids)


def _opened_after(tx: Tx, moment: int) -> dict[str, Example]:
    conditions = [CONVERSATION] if moment < 0 else [CONVERSATION, rooms.c.opened_at > moment]
    statement = select(rooms.c.source, func.max(rooms.c.id)).where(*conditions)
    found = tx.select(statement.group_by(rooms.c.source), _example)
    return {str(sorted(each.kind.items())): each for each in found}


def _example(source: dict[str, Any] | None, room_id: str) -> Example:
    given = source or {}
    members = _OF_APPS if given.get("type") == "app" else ("type",)
    return Example({name: given[name] for name in members if name in given}, room_id)
