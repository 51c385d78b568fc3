"""What is told to nobody any more when a visitor is removed for good."""

from collections.abc import Sequence

from frontdesk.db import Tx
from frontdesk.webhooks import queries


def forget_rooms(tx: Tx, room_ids: Sequence[str]) -> None:
    """Forget what waits to be delivered of conversations that are no more; their text is in it."""
    for room_id in room_ids:
        tx.run(queries.FORGET_DELIVERIES_OF_ROOM, of_room=room_id)
