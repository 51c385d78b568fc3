"""The conversations of a contact, for the feature of contacts.

Source: behaviour of the API, visitors, sections 3.8, 3.10, 5.3 and 5.5.
"""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update

from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change, inquiry_of_room
from frontdesk.conversations.records import Room
from frontdesk.conversations.restricting import within_units
from frontdesk.conversations.schemas import room_document
from frontdesk.conversations.tables import CONVERSATION, OPEN_CONVERSATION, rooms
from frontdesk.db import Command, Query, Tx, columns_of
from frontdesk.db.json_text import json_member
from frontdesk.db.text_order import by_code_points
from frontdesk.http.call import Principal
from frontdesk.http.paging import Page, listed

_FROM = (
    rooms.c.visitor_id == bindparam("of_visitor"),
    CONVERSATION,
    json_member(rooms.c.source, "type") == bindparam("source_type"),
    func.coalesce(json_member(rooms.c.source, "id"), "") == bindparam("source_id"),
)
_ADOPT = Command(update(rooms).where(*_FROM).values(contact_id=bindparam("new_contact")))
_MOVE = Command(
    update(rooms)
    .where(rooms.c.contact_id == bindparam("of_contact"))
    .values(contact_id=bindparam("new_contact"))
)
#: Only those that differ: the numbers of lists that were counted stay good for the others.
_RENAME = Query(
    update(rooms)
    .where(
        rooms.c.contact_id == bindparam("of_contact"),
        func.coalesce(rooms.c.display_name, "") != bindparam("new_name"),
    )
    .values(display_name=bindparam("new_name"), updated_at=bindparam("now"))
    .returning(rooms.c.id),
    str,
)
_OPEN_ROOMS = Query(
    select(rooms.c.id)
    .where(rooms.c.contact_id == bindparam("of_contact"), OPEN_CONVERSATION)
    .order_by(rooms.c.id),
    str,
)
_ACTIVITY: Query[list[str]] = Query(
    select(rooms.c.visitor_activity)
    .where(
        rooms.c.visitor_id == bindparam("of_visitor"),
        CONVERSATION,
        rooms.c.contact_id.is_(None),
        rooms.c.visitor_activity.is_not(None),
    )
    .order_by(rooms.c.opened_at.desc())
    .limit(12),
    list,
)
#: What is missing comes before all else, on every database.
_ORDER: dict[str, ColumnElement[Any]] = {
    "_id": rooms.c.id,
    "ts": rooms.c.opened_at,
    "lm": func.coalesce(rooms.c.last_message_at, 0),
    "closedAt": rooms.c.closed_at,
    "fname": by_code_points(func.coalesce(rooms.c.display_name, "")),
    "servedBy.username": by_code_points(func.coalesce(rooms.c.agent_username, "")),
    "msgs": rooms.c.message_count,
}
_SHOWN = (
    *("_id", "fname", "ts", "v", "msgs", "servedBy", "closedAt", "closedBy", "closer", "tags"),
    *("source", "lastMessage", "verified"),
)


def adopt_rooms(
    tx: Tx,
    visitor_id: str,
    source_type: str,
    source_id: str,
    contact_id: str,
    name: str | None,
) -> None:
    """Make the conversations that a visitor had on a source a contact's, and name them after it."""
    tx.run(
        _ADOPT,
        of_visitor=visitor_id,
        source_type=source_type,
        source_id=source_id,
        new_contact=contact_id,
    )
    if name:
        rename_rooms(tx, contact_id, name)


def hold_open_rooms(tx: Tx, contact_id: str) -> list[str]:
    """Return the ids of a contact's open conversations, as `conversation_to_change` holds them:
    rooms are held before contacts.
    """
    found = tx.all(_OPEN_ROOMS, of_contact=contact_id)
    return [each for each in found if conversation_to_change(tx, each) is not None]


def rename_rooms(tx: Tx, contact_id: str, name: str) -> None:
    """Show a contact's name on its conversations, in their queue places and to their members."""
    renamed = tx.all(_RENAME, of_contact=contact_id, new_name=name, now=tx.now)
    for room_id in renamed:
        tx.emit("room", room_id, "changed")
    for room_id in tx.all(_OPEN_ROOMS, of_contact=contact_id):
        _rename_places(tx, room_id, name)


def _rename_places(tx: Tx, room_id: str, name: str) -> None:
    """Show a name in the queue place of an open conversation and to its members."""
    inquiry = inquiry_of_room(tx, room_id)
    if inquiry is not None and inquiry.name != name:
        tx.patch(queries.PATCH_INQUIRY, inquiry.id, name=name, updated_at=tx.now)
        tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)
    tx.run(queries.RENAME_SUBSCRIPTIONS, of_room=room_id, new_name=name, now=tx.now)
    for each in tx.all(queries.SUBSCRIPTIONS_OF_ROOM, room_id=room_id):
        tx.emit("subscription", each.user_id, "updated", room_id)


def move_rooms(tx: Tx, contact_id: str, new_contact_id: str) -> None:
    """Make one contact's conversations another's."""
    tx.run(_MOVE, of_contact=contact_id, new_contact=new_contact_id)


def has_open_room(tx: Tx, contact_id: str) -> bool:
    """Tell whether a contact has an open conversation."""
    return tx.one(_OPEN_ROOMS, of_contact=contact_id) is not None


def activity_before_contacts(tx: Tx, visitor_id: str) -> list[str]:
    """Return the months in which a visitor was answered in conversations of no contact."""
    found = tx.all(_ACTIVITY, of_visitor=visitor_id)
    return sorted({month for months in found for month in months})[-12:]


def closed_rooms_of_contact(
    tx: Tx, contact_id: str, source: str | None, page: Page
) -> dict[str, Any]:
    """Return the closed conversations of a contact, those closed last first by default.

    `source` is a piece of the type or the alias of where they came from.
    """
    conditions = [rooms.c.contact_id == contact_id, rooms.c.closed_at.is_not(None)]
    if source:
        conditions.append(
            or_(
                *(
                    json_member(rooms.c.source, name).icontains(source, autoescape=True)
                    for name in ("type", "alias")
                )
            )
        )
    statement = columns_of(rooms, Room).where(*conditions)
    for name, way in [key for key in page.sort if key[0] in _ORDER] or [("closedAt", -1)]:
        column = _ORDER[name]
        statement = statement.order_by(column.asc() if way == 1 else column.desc())
    statement = statement.order_by(rooms.c.id).offset(page.offset)
    if page.count is not None:
        statement = statement.limit(page.count)
    documents = [_shown(room) for room in tx.select(statement, Room)]
    count = select(func.count()).select_from(rooms).where(*conditions)
    return listed("history", documents, page, tx.select(count, int)[0])


def _shown(room: Room) -> dict[str, Any]:
    document = room_document(room)
    shown = {name: document[name] for name in _SHOWN if name in document}
    # The token is the visitor's key to what he says next.
    shown["v"] = {name: value for name, value in shown["v"].items() if name != "token"}
    return shown


def rename_rooms_of_visitor(tx: Tx, user: Principal, visitor_id: str, name: str) -> None:
    """Show a visitor's name on those of his conversations that a user sees."""
    differs = func.coalesce(rooms.c.display_name, "") != name
    own = (rooms.c.visitor_id == visitor_id, differs, *within_units(tx, user))
    wanted = select(rooms.c.id).where(CONVERSATION, *own).order_by(rooms.c.id)
    for room_id in tx.select(wanted, str):
        room = conversation_to_change(tx, room_id)
        if room is None:
            continue
        tx.patch(
            queries.PATCH_ROOM, room_id, display_name=name, visitor_name=name, updated_at=tx.now
        )
        tx.emit("room", room_id, "changed")
        if room.open:
            _rename_places(tx, room_id, name)
