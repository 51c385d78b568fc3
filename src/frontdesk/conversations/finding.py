"""Looking up rooms, inquiries and memberships, for this feature and others."""

from frontdesk.conversations import queries
from frontdesk.conversations.records import Inquiry, Room, Subscription
from frontdesk.db import Tx


def find_room(tx: Tx, room_id: str) -> Room | None:
    """Return a room of any kind."""
    return tx.one(queries.ROOM, room_id=room_id)


def find_conversation(tx: Tx, room_id: str) -> Room | None:
    """Return a conversation (a room of kind `l`), open or closed."""
    room = tx.one(queries.ROOM, room_id=room_id)
    return room if room is not None and room.kind == "l" else None


def conversation_to_change(tx: Tx, room_id: str) -> Room | None:
    """Return a conversation as it is now and keep others from changing it until the commit."""
    room = tx.one(queries.ROOM_TO_CHANGE, room_id=room_id)
    return room if room is not None and room.kind == "l" else None


def visitor_room(tx: Tx, room_id: str, token: str) -> Room | None:
    """Return the conversation if it belongs to the token; open or closed."""
    room = find_conversation(tx, room_id)
    return room if room is not None and room.visitor_token == token else None


def open_room_of_visitor(tx: Tx, token: str) -> Room | None:
    """Return the visitor's open conversation; there is one at the most."""
    return tx.one(queries.OPEN_ROOM_OF_VISITOR, token=token)


def inquiry_of_room(tx: Tx, room_id: str) -> Inquiry | None:
    """Return the inquiry of an open conversation."""
    return tx.one(queries.INQUIRY_OF_ROOM, room_id=room_id)


def members_of(tx: Tx, room_id: str) -> list[str]:
    """Return the ids of the users who are members of a room."""
    return [each.user_id for each in tx.all(queries.SUBSCRIPTIONS_OF_ROOM, room_id=room_id)]


def subscription_of(tx: Tx, room_id: str, user_id: str) -> Subscription | None:
    """Return a user's membership in a room."""
    return tx.one(queries.SUBSCRIPTION, room_id=room_id, user_id=user_id)
