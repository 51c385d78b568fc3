"""A conversation that waited until it was verified who writes takes its place among the others.

Source: behaviour of the API, conversations, section 2.4; visitors, section 5.7.
"""

from typing import TYPE_CHECKING

import msgspec

from frontdesk.conversations import queries
from frontdesk.conversations.finding import inquiry_of_room
from frontdesk.conversations.opening import first_status, give_away
from frontdesk.conversations.records import Room
from frontdesk.conversations.waiting import begin_to_wait
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.workforce.finding import find_agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def begin_verified(tx: Tx, settings: "Settings", room: Room) -> None:
    """Mark a conversation, read with `conversation_to_change`, as that of somebody who is verified,
    and let it wait for an agent if it did not yet.

    Raises Refused `error-invalid-inquiry` for one that is closed.
    """
    tx.patch(queries.PATCH_ROOM, room.id, verified=True, updated_at=tx.now)
    room = msgspec.structs.replace(room, verified=True)
    tx.emit("room", room.id, "changed")
    inquiry = inquiry_of_room(tx, room.id)
    if inquiry is None:
        raise Refused("error-invalid-inquiry")
    if inquiry.status != "verifying":
        return
    wanted = inquiry.default_agent_id
    agent = find_agent(tx, wanted) if wanted is not None else None
    status = first_status(settings, agent)
    queued_at = tx.now if status == "queued" else None
    tx.patch(
        queries.PATCH_INQUIRY, inquiry.id, status=status, queued_at=queued_at, updated_at=tx.now
    )
    inquiry = msgspec.structs.replace(inquiry, status=status, queued_at=queued_at)
    tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)
    if status == "ready":
        give_away(tx, settings, inquiry, room, anybody_needed=False)
    else:
        begin_to_wait(tx, settings, room.id, room.department_id)
