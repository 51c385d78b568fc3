"""The history of a room as users read it: conversations, channels, direct rooms.

Source: the published document for channels.history and im.history; behaviour of the API, real
time, sections 5.5 and 13.4.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.clock import parse_iso
from frontdesk.conversations.channels import channel_by_name
from frontdesk.conversations.finding import find_room, subscription_of
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.errors import Coded, Forbidden
from frontdesk.http.call import Principal
from frontdesk.http.paging import Page
from frontdesk.messages import queries
from frontdesk.messages.reading import hidden_kinds
from frontdesk.messages.records import Message, Span
from frontdesk.messages.schemas import RoomHistoryQuery, message_document
from frontdesk.messages.showing import shown
from frontdesk.messages.storing import find_message

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Of a page, if the client names no number (published document).
DEFAULT_COUNT = 20
MOST = 1_000


def channel_history(
    tx: Tx, settings: "Settings", user: Principal, query: RoomHistoryQuery
) -> dict[str, Any]:
    """Return the visible messages of a channel or a conversation, newest first.

    Raises Coded `error-roomid-param-not-provided`, `error-room-not-found` and for dates that are
    none; Forbidden for a room that the user may not read.
    """
    if not query.roomId and not query.roomName:
        raise Coded(
            "error-roomid-param-not-provided", 'The parameter "roomId" or "roomName" is required'
        )
    room = (
        find_room(tx, query.roomId) if query.roomId else channel_by_name(tx, query.roomName or "")
    )
    if room is None or room.kind not in ("c", "l"):
        raise Coded(
            "error-room-not-found",
            'The required "roomId" or "roomName" param provided does not match any channel',
        )
    return _history(tx, settings, user, room, query)


def direct_history(
    tx: Tx, settings: "Settings", user: Principal, query: RoomHistoryQuery
) -> dict[str, Any]:
    """Return the visible messages of a direct room, newest first; as `channel_history`.

    Raises Coded `invalid-channel` where there is no such room.
    """
    room = find_room(tx, query.roomId or "")
    if room is None or room.kind != "d":
        raise Coded("invalid-channel")
    return _history(tx, settings, user, room, query)


def any_history(
    tx: Tx, settings: "Settings", user: Principal, query: RoomHistoryQuery
) -> dict[str, Any]:
    """Return the visible messages of a room of any kind, newest first; as `channel_history`.

    Raises Forbidden also where there is no such room.
    """
    room = find_room(tx, query.roomId or "")
    if room is None:
        raise Forbidden
    return _history(tx, settings, user, room, query)


def surroundings(
    tx: Tx, settings: "Settings", user: Principal, message_id: str, count: int
) -> dict[str, Any] | None:
    """Return a message amid `count` visible ones of its room, oldest first, half of them before
    it and half after it, and whether there are more on either side.

    None for a message that is not there, or in a room that the user may not read.
    """
    message = find_message(tx, message_id)
    room = None if message is None else find_room(tx, message.room_id)
    if message is None or message.hidden or room is None:
        return None
    if not may_read(tx, settings, user, room):
        return None
    others = max(1, min(count, MOST)) - 1
    some_before, some_after = others - others // 2, others // 2
    hidden = hidden_kinds(settings)
    earlier = Span(before=message.sent_at, hidden_kinds=hidden, limit=some_before + 1)
    later = Span(after=message.sent_at, hidden_kinds=hidden, limit=some_after + 1)
    before = tx.select(queries.history(room.id, earlier), Message)
    after = tx.select(queries.oldest_first(queries.history(room.id, later)), Message)
    around = [*reversed(before[:some_before]), message, *after[:some_after]]
    return {
        "messages": [shown(tx, settings, each) for each in around],
        "moreBefore": len(before) > some_before,
        "moreAfter": len(after) > some_after,
    }


def page_of_room(
    tx: Tx, settings: "Settings", room_id: str, page: Page
) -> tuple[list[dict[str, Any]], int]:
    """Return a page of a room's visible messages, newest first, and how many there are."""
    span = Span(limit=page.count, offset=page.offset)
    found = tx.select(queries.history(room_id, span), Message)
    total = tx.select(queries.count_between(room_id, span), int)[0]
    return [shown(tx, settings, each) for each in found], total


def _history(
    tx: Tx, settings: "Settings", user: Principal, room: Room, query: RoomHistoryQuery
) -> dict[str, Any]:
    if not may_read(tx, settings, user, room):
        raise Forbidden
    span = Span(
        before=_time("latest", query.latest),
        after=_time("oldest", query.oldest),
        inclusive=bool(query.inclusive),
        replies=query.showThreadMessages is not False,
        hidden_kinds=hidden_kinds(settings),
        limit=_whole(query.count) or DEFAULT_COUNT,
        offset=_whole(query.offset),
    )
    found = tx.select(queries.history(room.id, span), Message)
    answer: dict[str, Any] = {"messages": [shown(tx, settings, each) for each in found]}
    if query.unreads and found:
        answer |= _unread(tx, room, user, found)
    return answer


def _unread(tx: Tx, room: Room, user: Principal, found: list[Message]) -> dict[str, Any]:
    """Return the first message that the user has not seen, of those before what was found, and
    how many there are.
    """
    own = subscription_of(tx, room.id, user.id)
    if own is None or own.seen_at is None:
        return {"unreadNotLoaded": 0}
    span = Span(after=own.seen_at, before=found[-1].sent_at)
    total = tx.select(queries.count_between(room.id, span), int)[0]
    if not total:
        return {"unreadNotLoaded": 0}
    oldest = Span(after=own.seen_at, before=found[-1].sent_at, limit=1, offset=total - 1)
    (first,) = tx.select(queries.history(room.id, oldest), Message)
    return {"firstUnread": message_document(first), "unreadNotLoaded": total}


def _time(name: str, text: str | None) -> int | None:
    if not text:
        return None
    try:
        return parse_iso(text)
    except (ValueError, OverflowError) as error:
        message = f'The "{name}" query parameter must be a valid date.'
        raise Coded(f"error-{name}-param-invalid", message) from error


def _whole(number: float | None) -> int:
    return 0 if number is None or number != number else int(max(0, min(number, MOST)))
