"""Storing messages and reading them back: what other features need of messages."""

from typing import Any

import msgspec

from frontdesk.db import Tx
from frontdesk.ids import random_id
from frontdesk.messages import queries
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import message_document


class Author(msgspec.Struct, frozen=True):
    """Who writes: a user, or a visitor (then with the visitor's token)."""

    id: str
    username: str
    name: str | None = None
    token: str | None = None


#: Where new and changed messages are announced, by room.
_STREAM = "room-messages"
#: The author of automatic messages.
SYSTEM_AUTHOR = Author("rocket.cat", "rocket.cat", "Rocket.Cat")


def store_system_message(
    tx: Tx, room_id: str, kind: str, author: Author, text: str = "", **extras: Any
) -> dict[str, Any]:
    """Store a system message and announce it; return it as the API sends it.

    `kind` is the message type (`livechat-close`, `uj`, ...). The room's counters are the
    caller's to write, together with what else changes in the room.
    """
    return store_message(
        tx,
        Message(
            id=random_id(),
            room_id=room_id,
            sent_at=tx.now,
            kind=kind,
            text=text,
            author_id=author.id,
            author_username=author.username,
            author_name=author.name,
            visitor_token=author.token,
            groupable=False,
            extras=extras or None,
            updated_at=tx.now,
        ),
    )


def store_message(tx: Tx, message: Message) -> dict[str, Any]:
    """Store a message with a new id and announce it; return it as the API sends it.

    Messages that one transaction stores in a room stand in the order in which it does so: each
    is a millisecond later than the one before.
    """
    message.sent_at += _stored_before(tx, message.room_id)
    tx.insert(queries.INSERT_MESSAGE, message)
    document = message_document(message)
    if not message.hidden:
        tx.emit(_STREAM, message.room_id, document)
    return document


def _stored_before(tx: Tx, room_id: str) -> int:
    """Return how many messages this transaction has announced in a room."""
    return sum(event.stream == _STREAM and event.key == room_id for event in tx.events)


def store_message_once(tx: Tx, message: Message) -> dict[str, Any] | None:
    """Store a message whose id a client has made, and announce it.

    None, with nothing stored, if there is a message with that id already. The insert itself
    decides, so that of two equal requests at the same time one stores.
    """
    if not tx.insert(queries.INSERT_MESSAGE_ONCE, message):
        return None
    document = message_document(message)
    tx.emit(_STREAM, message.room_id, document)
    return document


def find_message(tx: Tx, message_id: str) -> Message | None:
    """Return a message by id, whatever its kind, also if it is hidden."""
    return tx.one(queries.MESSAGE, message_id=message_id)


def change_message(tx: Tx, message: Message, **changes: Any) -> dict[str, Any]:
    """Set `changes` on a message and announce it; return it as the API sends it."""
    changed = msgspec.structs.replace(message, updated_at=tx.now, **changes)
    tx.patch(queries.PATCH_MESSAGE, message.id, updated_at=tx.now, **changes)
    document = message_document(changed)
    if not changed.hidden:
        tx.emit(_STREAM, message.room_id, document)
    return document


def messages_of_room(tx: Tx, room_id: str) -> list[Message]:
    """Return all messages of a room, oldest first."""
    return tx.all(queries.MESSAGES_OF_ROOM, room_id=room_id)


def first_agent_message_after(tx: Tx, room_id: str, after: int) -> int | None:
    """Return the time (ms) of the first message after `after` that is not the visitor's."""
    return tx.one(queries.FIRST_AGENT_MESSAGE_AFTER, room_id=room_id, after=after)


def closing_message_at(tx: Tx, room_id: str) -> int | None:
    """Return the time (ms) of the first `livechat-close` message of a room, if there is one."""
    return tx.one(queries.FIRST_CLOSING_MESSAGE, room_id=room_id)
