"""Reading messages: one, or the history of a room.

Source: behaviour of the API, messages, sections 3.2, 3.5 and 4.6; real time, section 13.4.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.clock import parse_iso
from frontdesk.conversations.finding import find_room, visitor_room
from frontdesk.conversations.reading_rights import may_read
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused, Silent, Typed
from frontdesk.http.call import Principal
from frontdesk.messages import queries
from frontdesk.messages.records import Message, Span
from frontdesk.messages.schemas import HistoryQuery, OwnMessage
from frontdesk.messages.showing import shown
from frontdesk.messages.storing import find_message
from frontdesk.visitors.finding import visitor_by_token

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Messages of a history if the client names no number (behaviour of the API).
DEFAULT_LIMIT = 20
#: A setting's word for two kinds of system messages.
_MUTES = "mute_unmute"


def message_for_visitor(
    tx: Tx, settings: "Settings", message_id: str, query: OwnMessage
) -> dict[str, Any]:
    """Return a message of the visitor's own conversation.

    Raises Refused `invalid-token`, `invalid-room`, `invalid-message`.
    """
    visitor_by_token(tx, query.token)
    room = visitor_room(tx, query.rid, query.token)
    if room is None:
        raise Refused("invalid-room")
    message = find_message(tx, message_id)
    if message is None or message.room_id != room.id:
        raise Refused("invalid-message")
    return shown(tx, settings, message)


def history_for_visitor(
    tx: Tx, settings: "Settings", room_id: str, query: HistoryQuery
) -> list[dict[str, Any]]:
    """Return the visible messages of the visitor's own conversation, newest first.

    Raises Refused `error-token-param-not-provided`, `invalid-token`, `invalid-room`, and Typed
    for an `end` that is no date.
    """
    if not query.token:
        raise Refused("error-token-param-not-provided")
    visitor_by_token(tx, query.token)
    room = visitor_room(tx, room_id, query.token)
    if room is None:
        raise Refused("invalid-room")
    span = Span(
        before=_time(query.end),
        hidden_kinds=hidden_kinds(settings),
        limit=_whole(query.limit) or DEFAULT_LIMIT,
        offset=_whole(query.offset),
    )
    found = tx.select(queries.history(room.id, span), Message)
    return [shown(tx, settings, each) for each in found]


def message_for_user(
    tx: Tx, settings: "Settings", user: Principal, message_id: str | None
) -> dict[str, Any]:
    """Return a message that a user may read.

    Raises Refused without an id, Silent for an unknown one, Coded `error-not-allowed`.
    """
    if not message_id:
        raise Refused('The "msgId" query parameter must be provided.')
    message = find_message(tx, message_id)
    if message is None:
        raise Silent
    room = find_room(tx, message.room_id)
    if room is None or not may_read(tx, settings, user, room):
        raise Coded("error-not-allowed", "Not allowed")
    return shown(tx, settings, message)


def hidden_kinds(settings: "Settings") -> tuple[str, ...]:
    """Return the kinds of system messages that the workspace does not show."""
    kinds = settings.texts("Hide_System_Messages")
    return (*kinds, "user-muted", "user-unmuted") if _MUTES in kinds else tuple(kinds)


def _time(text: str | None) -> int | None:
    if not text:
        return None
    try:
        return parse_iso(text)
    except ValueError as error:
        message = 'must match format "date-time" [invalid-params]'
        raise Typed(message, "invalid-params") from error


def _whole(number: float | None) -> int:
    """Return a count as it can be used: nobody has more messages than a million."""
    return 0 if number is None or number != number else max(0, min(int(number), 1_000_000))
