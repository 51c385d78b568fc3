"""Searching for what was said: in one room, and in all conversations that somebody may read.

What is looked for is text, found as it is in any case; it is never a regular expression.

Source: behaviour of the API, messages, section 3.7; the published document for chat.search. The
search in all conversations is Frontdesk's own.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.conversations.finding import find_conversation, find_room
from frontdesk.conversations.readable import in_readable_conversation
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.http.call import Principal
from frontdesk.http.paging import Page
from frontdesk.messages import queries
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import message_document
from frontdesk.messages.search_index import newest_with

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: A room with more messages than this is searched by the index.
LARGE_ROOM = 5_000
#: Nobody turns pages further than this.
FURTHEST = 1_000
#: The usual size of a page where all is asked for.
MOST = 100


def search_conversation(
    tx: Tx, settings: "Settings", user: Principal, room_id: str, term: str | None, page: Page
) -> dict[str, Any]:
    """Return a page of what was said in a conversation, newest first unless sorted otherwise.

    Hidden messages and the closing one count. Raises Refused `invalid-room` or `not-allowed`.
    """
    room = find_conversation(tx, room_id)
    if room is None:
        raise Refused("invalid-room")
    if not may_read(tx, settings, user, room):
        raise Refused("not-allowed")
    found = tx.select(queries.search(room_id, term or "", page), Message)
    total = tx.select(queries.count_search(room_id, term or ""), int)[0]
    return {
        "messages": [message_document(each) for each in found],
        "offset": page.offset,
        "count": page.count or 0,
        "total": total,
    }


def search_room(
    tx: Tx, settings: "Settings", user: Principal, room_id: str, term: str, page: Page
) -> list[dict[str, Any]]:
    """Return a page of the visible messages of a room of any kind that hold `term`, newest first.

    Raises Coded `error-not-allowed` where there is no such room, or not for the user.
    """
    room = find_room(tx, room_id)
    if room is None or not may_read(tx, settings, user, room):
        raise Coded("error-not-allowed", "Not allowed")
    return [message_document(each) for each in _in_room(tx, room, term, page)]


def search_all(tx: Tx, user: Principal, term: str, page: Page) -> dict[str, Any]:
    """Return a page of what was said in all conversations that a user may read, newest first.

    How many there are is not counted: that would take longer the more there are.
    """
    offset, count = min(page.offset, FURTHEST), page.count or MOST
    found = newest_with(
        tx, term, offset + count, lambda room_id: in_readable_conversation(tx, user, room_id)
    )[offset:]
    messages = _by_number(tx, [each.message_id for each in found])
    return {
        "messages": [message_document(each) for each in messages],
        "count": len(messages),
        "offset": offset,
    }


def _in_room(tx: Tx, room: Room, term: str, page: Page) -> list[Message]:
    count = page.count or MOST
    if room.message_count <= LARGE_ROOM:
        return tx.select(queries.newest_in_room(room.id, term, count, page.offset), Message)
    offset = min(page.offset, FURTHEST)
    found = newest_with(tx, term, offset + count, lambda room_id: room_id == room.id)
    return _by_number(tx, [each.message_id for each in found[offset:]])


def _by_number(tx: Tx, ids: list[str]) -> list[Message]:
    """Return messages in the order of their ids; one that is gone meanwhile is left out."""
    if not ids:
        return []
    by_id = {each.id: each for each in tx.select(queries.with_ids(ids), Message)}
    return [by_id[each] for each in ids if each in by_id]
