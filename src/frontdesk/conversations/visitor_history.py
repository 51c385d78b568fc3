"""A visitor's conversations: those that are open, and all that were ever held.

Source: behaviour of the API, visitors, sections 4.5 and 4.8. In one point we differ on purpose: a
conversation that was closed several times stands in a list once, with its last closing message.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, or_, select

from frontdesk.conversations import queries
from frontdesk.conversations.finding import find_conversation
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.records import Room
from frontdesk.conversations.restricting import is_within_units, within_units
from frontdesk.conversations.schemas import SearchChatsQuery, room_document
from frontdesk.conversations.tables import rooms
from frontdesk.db import Tx, columns_of
from frontdesk.db.json_text import json_member
from frontdesk.db.text_order import by_code_points
from frontdesk.errors import Refused
from frontdesk.http.call import Principal
from frontdesk.http.paging import Page, listed
from frontdesk.messages.mentioning import was_said_in
from frontdesk.messages.schemas import message_document
from frontdesk.messages.storing import messages_of_kind

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_OPEN_ROOM = ("_id", "t", "cl", "name", "usernames", "servedBy")
_FOUND_CHAT = (
    "_id",
    "fname",
    "ts",
    "v",
    "msgs",
    "servedBy",
    "closedAt",
    "closedBy",
    "closer",
    "tags",
)
#: What is missing comes before all else, on every database.
_ORDER: Mapping[str, ColumnElement[Any]] = {
    "_id": rooms.c.id,
    "ts": rooms.c.opened_at,
    "lm": func.coalesce(rooms.c.last_message_at, 0),
    "closedAt": func.coalesce(rooms.c.closed_at, 0),
    "msgs": rooms.c.message_count,
    "fname": by_code_points(func.coalesce(rooms.c.display_name, "")),
    "servedBy.username": by_code_points(func.coalesce(rooms.c.agent_username, "")),
}


def open_rooms_of(tx: Tx, user: Principal, token: str) -> list[dict[str, Any]]:
    """Return the open conversations of the visitor who holds the token, as far as a user sees
    them.
    """
    found = tx.all(queries.OPEN_ROOM_OF_VISITOR, token=token)
    documents = [room_document(each) for each in found if is_within_units(tx, user, each)]
    return [{name: each[name] for name in _OPEN_ROOM if name in each} for each in documents]


def chat_history(
    tx: Tx, settings: "Settings", user: Principal, room_id: str, visitor_id: str, page: Page
) -> dict[str, Any]:
    """Return the conversations of a visitor that a user sees, newest first unless sorted otherwise.

    `room_id` is only looked at for the user's right. Raises Refused `invalid-room`,
    `error-not-allowed`.
    """
    _check_may_read(tx, settings, user, room_id)
    conditions = [*_of_visitor(visitor_id), *within_units(tx, user)]
    found, total = _page_of(tx, conditions, page)
    return listed("history", [room_document(each) for each in found], page, total)


def search_chats(
    tx: Tx,
    settings: "Settings",
    user: Principal,
    room_id: str,
    visitor_id: str,
    query: SearchChatsQuery,
    page: Page,
) -> dict[str, Any]:
    """Return the conversations of a visitor that fit all filters, newest first unless sorted
    otherwise, each with its closing message.

    `room_id` is only looked at for the user's right. Raises Refused `invalid-room`,
    `error-not-allowed`.
    """
    _check_may_read(tx, settings, user, room_id)
    conditions = [*_of_visitor(visitor_id), *within_units(tx, user)]
    if query.closedChatsOnly == "true":
        conditions.append(rooms.c.closed_at.is_not(None))
    if query.servedChatsOnly == "true":
        conditions.append(rooms.c.agent_id.is_not(None))
    if query.source:
        members = (json_member(rooms.c.source, name) for name in ("type", "alias"))
        conditions.append(or_(*(each.icontains(query.source, autoescape=True) for each in members)))
    if query.searchText:
        conditions.append(was_said_in(rooms.c.id, query.searchText))
    found, total = _page_of(tx, conditions, page)
    return listed("history", [_found_chat(tx, each) for each in found], page, total)


def _check_may_read(tx: Tx, settings: "Settings", user: Principal, room_id: str) -> None:
    room = find_conversation(tx, room_id)
    if room is None:
        raise Refused("invalid-room")
    if not may_read(tx, settings, user, room):
        raise Refused("error-not-allowed")


def _of_visitor(visitor_id: str) -> list[ColumnElement[bool]]:
    return [rooms.c.visitor_id == visitor_id, rooms.c.kind == "l"]


def _page_of(tx: Tx, conditions: list[ColumnElement[bool]], page: Page) -> tuple[list[Room], int]:
    statement = columns_of(rooms, Room).where(*conditions)
    for name, direction in [key for key in page.sort if key[0] in _ORDER] or [("ts", -1)]:
        column = _ORDER[name]
        statement = statement.order_by(column.asc() if direction == 1 else column.desc())
    statement = statement.order_by(rooms.c.id).offset(page.offset)
    if page.count is not None:
        statement = statement.limit(page.count)
    total = tx.select(select(func.count()).select_from(rooms).where(*conditions), int)[0]
    return tx.select(statement, Room), total


def _found_chat(tx: Tx, room: Room) -> dict[str, Any]:
    document = room_document(room)
    shown = {name: document[name] for name in _FOUND_CHAT if name in document}
    closing = [] if room.open else messages_of_kind(tx, room.id, "livechat-close")
    if closing:
        shown["closingMessage"] = message_document(closing[-1])
    return shown
