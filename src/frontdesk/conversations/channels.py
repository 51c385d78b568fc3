"""Channels: rooms with a name of their own, which people join and leave as they like."""

from frontdesk.conversations import queries
from frontdesk.conversations.recording import count_messages
from frontdesk.conversations.records import Room, Subscription
from frontdesk.db import Tx
from frontdesk.http.call import Principal
from frontdesk.ids import random_id
from frontdesk.messages.storing import Author, store_system_message


def channel_by_name(tx: Tx, name: str) -> Room | None:
    """Return the channel of that name."""
    return tx.one(queries.CHANNEL_BY_NAME, name=name)


def join_channel(tx: Tx, user: Principal, channel: Room) -> None:
    """Make a user a member of a channel, who may be one already."""
    tx.one(queries.ROOM_TO_CHANGE, room_id=channel.id)  # before its members, as everywhere
    membership = Subscription(
        id=random_id(),
        room_id=channel.id,
        user_id=user.id,
        username=user.username,
        kind=channel.kind,
        name=channel.name,
        display_name=channel.display_name,
        alert=False,
        unread=0,
        user_mentions=0,
        created_at=tx.now,
        updated_at=tx.now,
    )
    if not tx.insert(queries.INSERT_SUBSCRIPTION, membership):
        return
    tx.run(queries.ADD_MEMBER, row_id=channel.id, now=tx.now)
    _tell(tx, user, channel, "uj")
    tx.emit("subscription", user.id, "inserted", channel.id)


def leave_channel(tx: Tx, user: Principal, channel: Room) -> bool:
    """End a user's membership in a channel; return False if there was none."""
    tx.one(queries.ROOM_TO_CHANGE, room_id=channel.id)
    gone = tx.one(queries.REMOVE_SUBSCRIPTION, room_id=channel.id, user_id=user.id)
    if gone is None:
        return False
    tx.run(queries.REMOVE_MEMBER, row_id=channel.id, now=tx.now)
    _tell(tx, user, channel, "ul")
    tx.emit("subscription", user.id, "removed", gone.id, channel.id)
    return True


def _tell(tx: Tx, user: Principal, channel: Room, kind: str) -> None:
    store_system_message(tx, channel.id, kind, Author(user.id, user.username), user.username)
    count_messages(tx, channel.id, 1)
    tx.emit("room", channel.id, "changed")
