"""Messages that leave by another channel: what users say where a customer writes by SMS or e-mail.

Channels say here what they do with such messages; this feature knows none of them.
"""

from typing import TYPE_CHECKING, Protocol

from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.http.call import Principal
from frontdesk.messages.records import Message

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class Carrier(Protocol):
    """A channel, asked about every user's message in a room that has `channel` data."""

    def prepare(
        self, tx: Tx, settings: "Settings", user: Principal, room: Room, message: Message
    ) -> Message:
        """Return the message as it is to be stored."""
        ...

    def carry(
        self, tx: Tx, settings: "Settings", user: Principal, room: Room, message: Message
    ) -> None:
        """Promise that the stored message reaches the customer."""
        ...


#: The channels of this process; see `app.py`.
carriers: list[Carrier] = []


def prepare_message(
    tx: Tx, settings: "Settings", user: Principal, room: Room, message: Message
) -> Message:
    """Return a user's message as the channel of its room wants it stored."""
    for carrier in carriers:
        message = carrier.prepare(tx, settings, user, room, message)
    return message


def carry_message(
    tx: Tx, settings: "Settings", user: Principal, room: Room, message: Message
) -> None:
    """Have a user's stored message carried to the customer by the channel of its room."""
    for carrier in carriers:
        carrier.carry(tx, settings, user, room, message)
