"""Giving a conversation to another visitor: for old clients, which merged visitors in this way.

Source: behaviour of the API, conversations, section 3.18.
"""

from frontdesk.contacts.linking import link_contact
from frontdesk.conversations import queries
from frontdesk.conversations.finding import (
    conversation_to_change,
    inquiry_of_room,
    open_room_of_visitor,
)
from frontdesk.conversations.record_schemas import ChangeVisitor
from frontdesk.conversations.records import Room
from frontdesk.conversations.visitor_stream import tell_own_data
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.visitors.finding import find_visitor


def change_visitor(tx: Tx, request: ChangeVisitor) -> Room:
    """Make another visitor the visitor of a conversation; return it.

    Raises Refused `invalid-visitor`, `invalid-room`, `invalid-room-visitor`, and
    `error-not-allowed` if the conversation is open and the other visitor has an open one too.
    """
    visitor = find_visitor(tx, request.newVisitorId)
    if visitor is None or visitor.token is None:
        raise Refused("invalid-visitor")
    room = conversation_to_change(tx, request.rid)
    if room is None:
        raise Refused("invalid-room")
    if room.visitor_id != request.oldVisitorId:
        raise Refused("invalid-room-visitor")
    other = open_room_of_visitor(tx, visitor.token)
    if room.open and other is not None and other.id != room.id:
        raise Refused("error-not-allowed")
    linked = link_contact(tx, visitor, room.source)
    named = {
        "visitor_id": visitor.id,
        "visitor_token": visitor.token,
        "visitor_username": visitor.username or "",
    }
    tx.patch(
        queries.PATCH_ROOM,
        room.id,
        **named,
        visitor_name=visitor.name,
        visitor_phones=visitor.phones,
        contact_id=linked.contact.id,
        verified=linked.channel.verified,
        updated_at=tx.now,
    )
    inquiry = inquiry_of_room(tx, room.id)
    if inquiry is not None:
        tx.patch(queries.PATCH_INQUIRY, inquiry.id, **named, updated_at=tx.now)
        tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)
    tx.run(
        queries.CHANGE_VISITOR_OF_MEMBERS,
        room_id=room.id,
        visitor={
            "_id": visitor.id,
            "username": visitor.username,
            "token": visitor.token,
            "status": room.visitor_status,
        },
        now=tx.now,
    )
    tx.emit("room", room.id, "changed")
    tell_own_data(tx, room.id, visitor)
    return conversation_to_change(tx, room.id) or room
