"""Sending a message, by a visitor or by a user.

Source: behaviour of the API, messages, sections 1.3 to 1.5, 3.1 and 4.4. Three things differ on
purpose: a conversation that is closed takes no more messages, whoever writes them; a message
that arrives a second time with the same id is answered with the stored one, and only to its
author; and a visitor's message never opens a second conversation.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.conversations.contact_checks import closed_or_blocked, with_contact
from frontdesk.conversations.finding import conversation_to_change, find_room
from frontdesk.conversations.holding import resume
from frontdesk.conversations.noting import note_message
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.records import Room
from frontdesk.conversations.requeueing import requeue
from frontdesk.conversations.returning import return_to_queue
from frontdesk.conversations.taking import may_serve
from frontdesk.db import Tx
from frontdesk.errors import Coded, Failure, Refused
from frontdesk.http.call import Principal
from frontdesk.messages.carrying import carry_message, prepare_message
from frontdesk.messages.checking import check_visitor_length
from frontdesk.messages.composing import Draft, compose_for_user, compose_for_visitor
from frontdesk.messages.records import Message
from frontdesk.messages.replying import note_reply, thread_of
from frontdesk.messages.schemas import message_document
from frontdesk.messages.storing import SYSTEM_AUTHOR, find_message, store_message_once
from frontdesk.texts import text
from frontdesk.visitors.capturing import capture_lead
from frontdesk.visitors.finding import visitor_by_token
from frontdesk.visitors.records import Visitor
from frontdesk.webhooks.room_events import tell_lead

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def send_as_visitor(
    tx: Tx, settings: "Settings", token: str, room_id: str, draft: Draft
) -> dict[str, Any]:
    """Send a visitor's message into the own open conversation; return it as the API sends it.

    Raises Refused `invalid-token`, `invalid-room`, `room-closed`, `error-contact-channel-blocked`,
    `message-length-exceeds-character-limit`, Coded `error-omnichannel-is-disabled`, and what
    composing refuses.
    """
    visitor = visitor_by_token(tx, token)
    room = conversation_to_change(tx, room_id)
    if room is None or room.visitor_token != token:
        raise Refused("invalid-room")
    if not room.open:
        raise closed_or_blocked(tx, room)
    check_visitor_length(settings, draft.text)
    if not settings.flag("Livechat_enabled"):
        raise Coded("error-omnichannel-is-disabled")
    return deliver_for_visitor(tx, settings, visitor, room, draft)


def deliver_for_visitor(
    tx: Tx, settings: "Settings", visitor: Visitor, room: Room, draft: Draft
) -> dict[str, Any]:
    """Store a visitor's message in `room`, which was read with `conversation_to_change`, is
    open and is the visitor's; return the message as the API sends it.
    """
    message = compose_for_visitor(tx, settings, visitor, room, draft)
    document = store_message_once(tx, message)
    if document is None:
        return _stored_before(tx, message)
    if room.contact_id is None:
        room = with_contact(tx, room, visitor)
    if room.on_hold:
        room = _take_up(tx, settings, room, visitor)
    note_message(tx, settings, room, message, document)
    if capture_lead(tx, settings, visitor, message.text):
        tell_lead(tx, settings, room)
    return document


def send_as_user(
    tx: Tx, settings: "Settings", user: Principal, room_id: str, draft: Draft
) -> dict[str, Any]:
    """Send a user's message into a room; return it as the API sends it.

    Raises what `room_to_post` refuses, Refused `Not enough permission` for an alias or an
    avatar, and what composing refuses.
    """
    parent = thread_of(tx, draft.extras.get("tmid"))
    room = room_to_post(tx, settings, user, parent.room_id if parent is not None else room_id)
    check_impersonation(user, draft)
    if "tmid" in draft.extras:
        draft = _in_thread(draft, parent)
    message = compose_for_user(tx, settings, user, room, draft)
    if room.channel is not None:
        message = prepare_message(tx, settings, user, room, message)
    document = store_message_once(tx, message, in_order=draft.sent_at is None)
    if document is None:
        return _stored_before(tx, message)
    note_message(tx, settings, room, message, document, automatic="bot" in user.roles)
    if parent is not None:
        note_reply(tx, parent, message)
    if room.channel is not None:
        carry_message(tx, settings, user, room, message)
    return document


def room_to_post(tx: Tx, settings: "Settings", user: Principal, room_id: str) -> Room:
    """Return a room that a user may write in, as `conversation_to_change` does.

    Raises what `check_may_post` refuses.
    """
    room = conversation_to_change(tx, room_id) or find_room(tx, room_id)
    return check_may_post(tx, settings, user, room)


def check_may_post(tx: Tx, settings: "Settings", user: Principal, room: Room | None) -> Room:
    """Return the room if a user may write in it.

    Raises Refused `error-invalid-room`, `error-not-allowed`, and `room-closed` for a
    conversation that is closed.
    """
    if room is None:
        raise Refused("error-invalid-room")
    if not may_read(tx, settings, user, room):
        raise Refused("error-not-allowed")
    if room.kind == "l" and not room.open:
        raise Refused("room-closed")
    return room


def check_impersonation(user: Principal, draft: Draft) -> None:
    """Raise Refused `Not enough permission` if a user may not write under another name."""
    disguised = draft.alias or draft.extras.get("avatar")
    if disguised and not user.may("message-impersonate"):
        raise Refused("Not enough permission")


def _in_thread(draft: Draft, parent: Message | None) -> Draft:
    """Return the draft as a reply to the head of a thread, or as no reply if there is none."""
    extras = {name: each for name, each in draft.extras.items() if name not in ("tmid", "tshow")}
    if parent is not None:
        extras["tmid"] = parent.id
        if draft.extras.get("tshow"):
            extras["tshow"] = True
    return msgspec.structs.replace(draft, extras=extras)


def _stored_before(tx: Tx, message: Message) -> dict[str, Any]:
    """Return the message that has the id of this one, if it is the same author's, in this room."""
    stored = find_message(tx, message.id)
    if (
        stored is None
        or stored.room_id != message.room_id
        or stored.author_id != message.author_id
        or stored.visitor_token != message.visitor_token
    ):
        raise Refused("error-duplicate-message-id")
    return message_document(stored)


def _take_up(tx: Tx, settings: "Settings", room: Room, visitor: Visitor) -> Room:
    """Take up a held conversation in which the visitor writes again.

    An agent who is gone, or has enough to do, does not get it back: it goes into the queue.
    """
    language = settings.text("Language") or "en"
    guest = visitor.name or visitor.username or ""
    comment = text("Omnichannel_on_hold_chat_automatically", language, guest=guest)
    free = _agent_is_free(tx, settings, room)
    resume(tx, room, SYSTEM_AUTHOR, comment)
    room = msgspec.structs.replace(room, on_hold=False)
    if not free:
        return_to_queue(tx, settings, room, None)
        requeue(tx, settings, room.id)
    return conversation_to_change(tx, room.id) or room


def _agent_is_free(tx: Tx, settings: "Settings", room: Room) -> bool:
    if room.agent_id is None:
        return False
    try:
        may_serve(tx, settings, room.agent_id, room.department_id)
    except Failure:
        return False
    return True
