"""What the channels forget when a visitor is removed for good."""

from collections.abc import Sequence

from frontdesk.channels import queries
from frontdesk.db import Tx


def forget_senders(tx: Tx, visitor_id: str) -> list[str]:
    """Forget by which numbers and addresses a visitor wrote; whoever writes from there next is
    somebody new. Returns nobody: channels know of no other visitors of the same person.
    """
    tx.run(queries.FORGET_SENDERS, visitor_id=visitor_id)
    return []


def forget_rooms(tx: Tx, room_ids: Sequence[str]) -> None:
    """Forget what waits to be sent from conversations that are no more, and that their mails lead
    there. A digest of each stays, so that what still lies in a mailbox does not come in again.
    """
    for room_id in room_ids:
        tx.run(queries.FORGET_WAITING_OF_ROOM, room_id=room_id)
        tx.run(queries.FORGET_MAILS_OF_ROOM, of_room=room_id)
