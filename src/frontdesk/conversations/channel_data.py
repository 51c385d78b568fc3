"""What a channel keeps on the conversations that come by it."""

from typing import Any

from frontdesk.conversations import queries
from frontdesk.db import Tx


def keep_channel_data(tx: Tx, room_id: str, channel: dict[str, Any]) -> None:
    """Replace what the channel keeps on a conversation (`Room.channel`)."""
    tx.patch(queries.PATCH_ROOM, room_id, channel=channel, updated_at=tx.now)
