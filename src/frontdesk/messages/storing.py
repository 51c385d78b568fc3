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

    It stands after what is in the room already: within one millisecond its time, `sent_at`, is
    moved by as much as that needs.
    """
    document = store_message_once(tx, message)
    assert document is not None, f"the id {message.id} is not new"
    return document


def store_message_once(tx: Tx, message: Message, *, in_order: bool = True) -> dict[str, Any] | None:
    """Store a message whose id a client has made, and announce it.

    None, with nothing stored, if there is a message with that id already. The insert itself
    decides, so that of two equal requests at the same time one stores. Not `in_order`: the time
    is the client's own and stays as it is.
    """
    fields = {name: getattr(message, name) for name in message.__struct_fields__}
    sent_at = tx.one(queries.INSERT_IN_ORDER, in_order=in_order, **fields)
    if sent_at is None:
        return None
    message.sent_at = sent_at
    document = message_document(message)
    if not message.hidden:
        tx.emit("room-messages", message.room_id, document)
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
        tx.emit("room-messages", message.room_id, document)
    return document


def messages_of_room(tx: Tx, room_id: str) -> list[Message]:
    """Return all messages of a room, oldest first."""
    return tx.all(queries.MESSAGES_OF_ROOM, room_id=room_id)


def last_message_of_others(tx: Tx, room_id: str, user_id: str) -> Message | None:
    """Return the last visible message of a room that somebody else than the user wrote."""
    return tx.one(queries.LAST_OF_OTHERS, room_id=room_id, user_id=user_id)


def remove_messages(tx: Tx, room_id: str) -> int:
    """Delete all messages of a room that is removed; return how many."""
    tx.run(queries.DELETE_REMOVED_OF_ROOM, room_id=room_id)
    return tx.run(queries.DELETE_MESSAGES_OF_ROOM, room_id=room_id)


def messages_of_kind(tx: Tx, room_id: str, kind: str) -> list[Message]:
    """Return the system messages of one kind in a room, oldest first."""
    return tx.all(queries.MESSAGES_OF_KIND, room_id=room_id, kind=kind)


def first_agent_message_after(tx: Tx, room_id: str, after: int) -> int | None:
    """Return the time (ms) of the first message after `after` that is not the visitor's."""
    return tx.one(queries.FIRST_AGENT_MESSAGE_AFTER, room_id=room_id, after=after)


def closing_message_at(tx: Tx, room_id: str) -> int | None:
    """Return the time (ms) of the first `livechat-close` message of a room, if there is one."""
    return tx.one(queries.FIRST_CLOSING_MESSAGE, room_id=room_id)
