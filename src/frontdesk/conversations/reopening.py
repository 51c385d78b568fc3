"""A closed conversation begins again, because the customer answers in its e-mail thread.

Source: behaviour of the API, conversations, section 2.2. There a reopened conversation loses its
priority and SLA policy; here it keeps them (priorities, section 4).
"""

from typing import TYPE_CHECKING

import msgspec

from frontdesk.contacts.opening import blocked, is_blocked
from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.opening import give_away, new_inquiry
from frontdesk.conversations.records import Room
from frontdesk.conversations.requeueing import requeue
from frontdesk.conversations.waiting import begin_to_wait
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.workforce.finding import online_agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def reopen_conversation(tx: Tx, settings: "Settings", room: Room) -> Room:
    """Open a closed conversation again and return it as it is then.

    `room` was read with `conversation_to_change`. It goes to who served it last, if that agent is
    there, or else waits like a new one. What it was measured by stays. Raises Coded
    `error-omnichannel-is-disabled`, Refused `error-contact-channel-blocked`.
    """
    if not settings.flag("Livechat_enabled"):
        raise Coded("error-omnichannel-is-disabled")
    if is_blocked(tx, room.visitor_id or "", room.source):
        raise blocked()
    agent = None if room.agent_id is None else online_agent(tx, settings, room.agent_id)
    changes = {
        "open": True,
        "user_count": 1,
        "visitor_status": "online",
        "waiting_response": True,
        "queued_at": tx.now,
        "pdf_file_id": None,  # it shows less than there will be
        "updated_at": tx.now,
        **dict.fromkeys(("agent_id", "agent_username", "agent_since")),
        **dict.fromkeys(("closed_at", "closer", "closed_by_id", "closed_by_username")),
    }
    tx.one(queries.REMOVE_INQUIRY, room_id=room.id)
    tx.patch(queries.PATCH_ROOM, room.id, **changes)
    room = msgspec.structs.replace(room, **changes)
    inquiry = new_inquiry(tx, settings, room, agent)
    inquiry.last_message = room.last_message
    tx.insert(queries.INSERT_INQUIRY, inquiry)
    tx.emit("room", room.id, "opened")
    tx.emit("inquiry", inquiry.id, "inserted", inquiry.department_id)
    if inquiry.status == "ready":
        give_away(tx, settings, inquiry, room, anybody_needed=False)
    elif inquiry.status == "queued":
        begin_to_wait(tx, settings, room.id, room.department_id)
        requeue(tx, settings, room.id)
    return conversation_to_change(tx, room.id) or room
