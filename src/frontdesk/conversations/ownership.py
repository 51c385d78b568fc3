"""Which conversations somebody has, and small corrections of the record."""

from frontdesk.conversations import queries
from frontdesk.db import Tx


def conversations_of_member(tx: Tx, user_id: str) -> list[str]:
    """Return the ids of the open conversations that a user is a member of."""
    return [
        each.room_id
        for each in tx.all(queries.SUBSCRIPTIONS_OF_USER, user_id=user_id, since=-1)
        if each.kind == "l"
    ]


def clear_abandonment(tx: Tx, room_id: str) -> None:
    """Forget when a conversation would count as abandoned."""
    tx.patch(queries.PATCH_ROOM, room_id, abandoned_at=None, updated_at=tx.now)
