"""Giving a served conversation back to the queue.

Source: behaviour of the API, conversations, sections 2.10 and 4.5.
"""

from typing import TYPE_CHECKING

from frontdesk.conversations.finding import inquiry_of_room
from frontdesk.conversations.handing_over import Handover, hand_to_queue
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.messages.storing import Author
from frontdesk.workforce.finding import find_department

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def return_to_queue(tx: Tx, settings: "Settings", room: Room, department_id: str | None) -> bool:
    """Take the agent off an open conversation and queue it again; False if nobody serves it.

    `room` was read with `conversation_to_change`. With a department it waits there. Raises
    Refused `room-closed`, `error-room-onHold` or, for an unknown department,
    `error-invalid-department`.
    """
    if not room.open:
        raise Refused("room-closed")
    if room.on_hold:
        raise Refused("error-room-onHold")
    department = find_department(tx, department_id)
    if department_id and department is None:
        raise Refused("error-invalid-department")
    inquiry = inquiry_of_room(tx, room.id)
    if room.agent_id is None or room.agent_username is None or inquiry is None:
        return False
    # The history names the agent, whoever returns the conversation.
    agent = Author(room.agent_id, room.agent_username)
    handover = Handover(by=agent, by_as="agent", scope="queue")
    hand_to_queue(tx, settings, room, inquiry, handover, department=department)
    return True
