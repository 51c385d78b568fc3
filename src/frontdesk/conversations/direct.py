"""Direct rooms: between users, and with the system user, where its files and notices arrive.

Source: behaviour of the API, API frame, section 12. The system user is no member: nobody reads
its marks.
"""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from frontdesk.conversations import queries
from frontdesk.conversations.noting import note_message
from frontdesk.conversations.records import Room, Subscription
from frontdesk.db import Tx
from frontdesk.ids import ALPHABET, random_id
from frontdesk.messages.records import Message
from frontdesk.messages.storing import SYSTEM_AUTHOR, store_message

if TYPE_CHECKING:
    from frontdesk.access.records import User
    from frontdesk.settings.workspace import Settings


def tell_user(tx: Tx, settings: "Settings", user: "User", message: Message) -> None:
    """Store a message of the system user in its direct room with `user`, made if need be.

    `message.room_id` is overwritten.
    """
    room = _room_of(tx, {user.id: (user.username, user.name), SYSTEM_AUTHOR.id: _name_of_system()})
    message.room_id = room.id
    document = store_message(tx, message)
    note_message(tx, settings, room, message, document)


def direct_room(tx: Tx, users: Sequence["User"]) -> Room:
    """Return the direct room of these users, made if need be, and shown to those whom it is new
    to.
    """
    return _room_of(tx, {each.id: (each.username, each.name) for each in users})


def _room_of(tx: Tx, people: dict[str, tuple[str, str | None]]) -> Room:
    room = Room(
        id=_room_id(list(people)),
        kind="d",
        opened_at=tx.now,
        user_count=len(people),
        usernames=[username for username, _ in people.values()],
        updated_at=tx.now,
    )
    tx.insert(queries.INSERT_ROOM_IF_ABSENT, room)
    for user_id, (username, _) in people.items():
        if user_id == SYSTEM_AUTHOR.id:
            continue
        others = [each for other, each in people.items() if other != user_id] or [people[user_id]]
        is_new = tx.insert(
            queries.INSERT_SUBSCRIPTION,
            Subscription(
                id=random_id(),
                room_id=room.id,
                user_id=user_id,
                username=username,
                kind="d",
                name=", ".join(each for each, _ in others),
                display_name=", ".join(shown or each for each, shown in others),
                alert=False,
                unread=0,
                user_mentions=0,
                created_at=tx.now,
                updated_at=tx.now,
            ),
        )
        if is_new:
            tx.emit("subscription", user_id, "inserted", room.id)
    return tx.one(queries.ROOM_TO_CHANGE, room_id=room.id) or room


def _room_id(user_ids: Sequence[str]) -> str:
    """Return the id that the direct room of these users has, and no other room."""
    if len(user_ids) <= 2:
        return "".join(sorted((user_ids[0], user_ids[-1])))
    digest = hashlib.sha256("/".join(sorted(user_ids)).encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:17])


def _name_of_system() -> tuple[str, str | None]:
    return SYSTEM_AUTHOR.username, SYSTEM_AUTHOR.name
