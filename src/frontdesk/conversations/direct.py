"""Direct rooms: here only those with the system user, where its files and notices arrive."""

from typing import TYPE_CHECKING

from frontdesk.conversations import queries
from frontdesk.conversations.noting import note_message
from frontdesk.conversations.records import Room, Subscription
from frontdesk.db import Tx
from frontdesk.ids import random_id
from frontdesk.messages.records import Message
from frontdesk.messages.storing import SYSTEM_AUTHOR, store_message

if TYPE_CHECKING:
    from frontdesk.access.records import User
    from frontdesk.settings.workspace import Settings


def tell_user(tx: Tx, settings: "Settings", user: "User", message: Message) -> None:
    """Store a message of the system user in its direct room with `user`, made if need be.

    `message.room_id` is overwritten.
    """
    room = _direct_room(tx, user)
    message.room_id = room.id
    document = store_message(tx, message)
    note_message(tx, settings, room, message, document)


def _direct_room(tx: Tx, user: "User") -> Room:
    room_id = "".join(sorted((user.id, SYSTEM_AUTHOR.id)))
    names = [user.username, SYSTEM_AUTHOR.username]
    room = Room(
        id=room_id,
        kind="d",
        opened_at=tx.now,
        user_count=2,
        usernames=names,
        updated_at=tx.now,
    )
    tx.insert(queries.INSERT_ROOM_IF_ABSENT, room)
    tx.insert(
        queries.INSERT_SUBSCRIPTION,
        Subscription(
            id=random_id(),
            room_id=room_id,
            user_id=user.id,
            username=user.username,
            kind="d",
            name=SYSTEM_AUTHOR.username,
            display_name=SYSTEM_AUTHOR.name,
            alert=False,
            unread=0,
            user_mentions=0,
            created_at=tx.now,
            updated_at=tx.now,
        ),
    )
    return tx.one(queries.ROOM_TO_CHANGE, room_id=room_id) or room
