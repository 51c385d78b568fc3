"""Channels: rooms with a name of their own."""

from frontdesk.conversations import queries
from frontdesk.conversations.records import Room
from frontdesk.db import Tx


def channel_by_name(tx: Tx, name: str) -> Room | None:
    """Return the channel of that name."""
    return tx.one(queries.CHANNEL_BY_NAME, name=name)
