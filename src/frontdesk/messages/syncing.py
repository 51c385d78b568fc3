"""What a client has missed of a room: messages that are new, changed or gone.

Source: behaviour of the API, real time, section 13.4; the published document for
chat.syncMessages. Times of cursors are milliseconds. Differing on purpose: a page ends only
where a moment ends, so that nothing is lost between two pages.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Select

from frontdesk.clock import iso, parse_iso
from frontdesk.conversations.finding import find_room
from frontdesk.conversations.reading_rights import may_read
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.http.call import Principal
from frontdesk.messages import queries
from frontdesk.messages.records import Message, Removed
from frontdesk.messages.schemas import SyncQuery
from frontdesk.messages.showing import shown

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

UPDATED = "UPDATED"
DELETED = "DELETED"
#: Of a page, if the client names no number (published document).
DEFAULT_COUNT = 20
MOST = 100
#: No time of a cursor is later: the year 9999, in milliseconds.
LATEST = 253_402_300_799_999


class _Pages(msgspec.Struct, frozen=True):
    """How one kind of news is read page by page, and the time (ms) of one of them."""

    page: Callable[..., Select[Any]]
    at: Callable[[str, int], Select[Any]]
    row: Any
    moment: Callable[[Any], int]


_UPDATED = _Pages(
    queries.changed_page, queries.changed_at, Message, lambda message: message.updated_at
)
_DELETED = _Pages(
    queries.removed_page, queries.removed_at, Removed, lambda removed: removed.removed_at
)


def missed_messages(
    tx: Tx, settings: "Settings", user: Principal, query: SyncQuery
) -> dict[str, Any]:
    """Return what was changed and removed in a room since `lastUpdate`, that moment included, or a
    page of either.

    Raises Coded for parameters that are missing or do not fit together, and `error-not-allowed`
    for a room that the user may not read.
    """
    if not query.roomId:
        raise Coded(
            "error-roomId-param-not-provided", 'The required "roomId" query param is missing.'
        )
    since = _since(query)
    _check_cursor(query)
    room = find_room(tx, query.roomId)
    if room is None or not may_read(tx, settings, user, room):
        raise Coded("error-not-allowed", "Not allowed")
    if since is not None:
        changed = tx.all(queries.CHANGED_SINCE, room_id=room.id, since=since)
        removed = tx.all(queries.REMOVED_SINCE, room_id=room.id, since=since)
        return {
            "updated": [shown(tx, settings, each) for each in changed],
            "deleted": [_gone(each) for each in removed],
        }
    if query.type == DELETED:
        gone, cursor = _page(tx, room.id, query, _DELETED)
        return {"deleted": [_gone(each) for each in gone], "cursor": cursor}
    messages, cursor = _page(tx, room.id, query, _UPDATED)
    return {"updated": [shown(tx, settings, each) for each in messages], "cursor": cursor}


def _since(query: SyncQuery) -> int | None:
    if not query.lastUpdate:
        if query.type is None:
            raise Coded(
                "error-lastUpdate-param-not-provided",
                'The required "lastUpdate" query param is missing.',
            )
        return None
    try:
        return parse_iso(query.lastUpdate)
    except (ValueError, OverflowError) as error:
        raise Coded(
            "error-roomId-param-invalid",
            'The "lastUpdate" query parameter must be a valid date.',
        ) from error


def _check_cursor(query: SyncQuery) -> None:
    has_cursor = query.next is not None or query.previous is not None
    if query.type is not None and query.type not in (UPDATED, DELETED):
        raise Coded(
            "error-type-param-not-supported",
            'The "type" parameter must be either "UPDATED" or "DELETED"',
        )
    if query.next is not None and query.previous is not None:
        raise Coded(
            "error-cursor-conflict", 'You cannot provide both "next" and "previous" parameters'
        )
    if has_cursor and query.lastUpdate:
        raise Coded(
            "error-cursor-and-lastUpdate-conflict",
            'The attributes "next", "previous" and "lastUpdate" cannot be used together',
        )


def _page(
    tx: Tx, room_id: str, query: SyncQuery, pages: _Pages
) -> tuple[list[Any], dict[str, str | None]]:
    """Return a page, oldest first, and the cursors to the pages around it."""
    later = query.previous is None
    given = (query.next if later else query.previous) or 0
    moment = int(max(0, min(given, LATEST)))
    count = int(max(1, min(query.count or DEFAULT_COUNT, MOST)))
    statement = pages.page(room_id, moment, later=later, limit=count + 1)
    found = tx.select(statement, pages.row)
    more = len(found) > count
    if more:
        end = pages.moment(found[count - 1])
        same = tx.select(pages.at(room_id, end), pages.row)
        found = [each for each in found[:count] if pages.moment(each) != end] + same
    if not later:
        found.sort(key=pages.moment)
    if not found:
        return [], {"next": None, "previous": None}
    first, last = str(pages.moment(found[0])), str(pages.moment(found[-1]))
    if later:
        return found, {"next": last if more else None, "previous": first}
    return found, {"next": last, "previous": first if more else None}


def _gone(removed: Removed) -> dict[str, Any]:
    return {"_id": removed.message_id, "_deletedAt": iso(removed.removed_at)}
