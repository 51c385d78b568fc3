"""Removing visitors for good, as data protection asks for: everything that was said and sent in
their conversations, what waits to be done for them, and what is known of them.

What remains of a visitor is an empty record, so that its id is never given to anybody else.

Source: behaviour of the API, visitors, section 4.4. Besides what stands there, calls, pages that
wait for a conversation, copies of PDF transcripts and promised work are removed too.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from frontdesk.calls.finding import open_call_of_visitor
from frontdesk.calls.removing import erase_calls
from frontdesk.conversations.removing import erase_conversations, has_open_conversation
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.jobs.queue import drop_jobs_naming
from frontdesk.messages.navigating import forget_page_visits
from frontdesk.visitors import queries
from frontdesk.visitors.records import Visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Given the id of a visitor who is removed, removes what else is kept of the person and returns
#: the ids of visitors who are the same person.
Follower: TypeAlias = Callable[[Tx, str], Iterable[str]]

#: Who knows visitors as persons: contacts. Called in the same transaction.
on_visitor_removed: list[Follower] = []

#: What is left of a visitor.
_EMPTY = {
    each: None for each in Visitor.__struct_fields__ if each not in ("id", "disabled", "updated_at")
}
#: Who keeps something of conversations besides: given the ids of those that are removed.
on_rooms_removed: list[Callable[[Tx, Sequence[str]], None]] = []

_KEEPS_HEADERS = "Livechat_Allow_collect_and_store_HTTP_header_informations"


class Removed(msgspec.Struct):
    """How much was removed."""

    visitors: int = 0
    rooms: int = 0
    messages: int = 0
    files: int = 0
    jobs: int = 0


def remove_by_token(tx: Tx, settings: "Settings", token: str) -> tuple[Visitor, Removed]:
    """Remove the visitor who holds the token, and all visitors who are the same person; return him
    as he was, and how much was removed.

    Raises Coded `invalid-token`, and `visitor-has-open-rooms` unless the workspace collects what
    visitors' browsers tell of themselves: only then may conversations be removed that are open.
    """
    visitor = tx.one(queries.VISITOR_BY_TOKEN, token=token)
    if visitor is None:
        raise Coded("invalid-token")
    if not settings.flag(_KEEPS_HEADERS) and _has_open_room(tx, visitor):
        raise Coded("visitor-has-open-rooms", "Cannot remove visitors with opened rooms")
    removed = Removed()
    waiting, seen = [visitor.id], {visitor.id}
    while waiting:
        visitor_id = waiting.pop()
        remove_visitor(tx, visitor_id, removed)
        for follower in on_visitor_removed:
            same = [each for each in follower(tx, visitor_id) if each not in seen]
            waiting += same
            seen.update(same)
    return visitor, removed


def remove_visitor(tx: Tx, visitor_id: str, removed: Removed) -> None:
    """Remove one visitor, and nothing of the contacts behind; count in `removed`. One who is not
    there, or was removed before, is no error.
    """
    visitor = tx.one(queries.VISITOR_TO_CHANGE, visitor_id=visitor_id)
    if visitor is None or visitor.disabled:
        return
    erased = erase_conversations(tx, visitor.id)
    calls = erase_calls(tx, visitor.token) if visitor.token else []
    for follower in on_rooms_removed:
        follower(tx, erased.room_ids)
    named = [visitor.id, *erased.room_ids, *calls]
    if visitor.token:
        named.append(visitor.token)
        erased.messages += forget_page_visits(tx, visitor.token)
    removed.visitors += 1
    removed.rooms += len(erased.room_ids) + len(calls)
    removed.messages += erased.messages
    removed.files += erased.files
    removed.jobs += drop_jobs_naming(tx, named)
    tx.patch(queries.PATCH_VISITOR, visitor.id, **_EMPTY, disabled=True, updated_at=tx.now)


def _has_open_room(tx: Tx, visitor: Visitor) -> bool:
    if has_open_conversation(tx, visitor.id):
        return True
    return open_call_of_visitor(tx, visitor.token or "") is not None
