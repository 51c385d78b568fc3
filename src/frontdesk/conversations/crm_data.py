"""What another server has answered to the events of a conversation.

Source: behaviour of the API, messages, section 7.1.
"""

from frontdesk.conversations import queries
from frontdesk.conversations.records import Room
from frontdesk.db import Tx

#: Characters of an answer that is kept, as a whole or not at all: it goes wherever the room goes.
LONGEST = 16_384


def keep_answer(tx: Tx, room: Room, answer: str) -> None:
    """Keep the latest answer on a conversation; an empty one says nothing, and is not kept."""
    if answer and answer != room.crm_data and len(answer) <= LONGEST:
        tx.patch(queries.PATCH_ROOM, room.id, crm_data=answer.replace("\0", "\ufffd"))
