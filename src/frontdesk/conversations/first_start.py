"""The rooms that every workspace has from its first start."""

from frontdesk.conversations.queries import INSERT_ROOM_IF_ABSENT
from frontdesk.conversations.records import Room
from frontdesk.db import Tx


def prepare_rooms(tx: Tx) -> None:
    """Create the channel GENERAL, which clients expect, if it is not there."""
    tx.insert(
        INSERT_ROOM_IF_ABSENT,
        Room(
            id="GENERAL",
            kind="c",
            name="general",
            opened_at=tx.now,
            user_count=0,
            usernames=[],
            updated_at=tx.now,
        ),
    )
