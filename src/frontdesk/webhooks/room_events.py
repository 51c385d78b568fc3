"""What happens in conversations, told to another server if the workspace wants that.

Features call these functions where it happens, in the same transaction, the conversation's row
being theirs until the commit. Where nobody wants to know, they read nothing and write nothing.

Source: behaviour of the API, messages, sections 7.2 and 7.5.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from frontdesk.conversations.finding import find_conversation
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.messages.showing import with_file_link
from frontdesk.webhooks import events
from frontdesk.webhooks.announcing import announce
from frontdesk.webhooks.documents import (
    closing,
    message_item,
    previous_agent,
    previous_department,
    standing,
)

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def tell_started(tx: Tx, settings: "Settings", room_id: str) -> None:
    """Tell that a conversation was opened."""
    _tell(tx, settings, events.STARTED, room_id, _department)


def tell_queued(tx: Tx, settings: "Settings", room_id: str) -> None:
    """Tell that a conversation waits in the queue."""
    _tell(tx, settings, events.QUEUED, room_id, _department)


def tell_taken(tx: Tx, settings: "Settings", room_id: str) -> None:
    """Tell that an agent has a conversation now."""
    _tell(tx, settings, events.TAKEN, room_id, standing)


def tell_forwarded(tx: Tx, settings: "Settings", before: Room) -> None:
    """Tell that a conversation has another agent than `before`."""
    old = previous_agent(before)
    _tell(tx, settings, events.FORWARDED, before.id, lambda room: standing(room) | old)


def tell_moved(tx: Tx, settings: "Settings", before: Room) -> None:
    """Tell that a conversation stands in another department than `before`."""
    old = previous_department(before)
    _tell(tx, settings, events.FORWARDED, before.id, lambda room: standing(room) | old)


def tell_closed(tx: Tx, settings: "Settings", room_id: str) -> None:
    """Tell that a conversation is closed, with all that was said in it."""
    _tell(tx, settings, events.CLOSED, room_id, closing)


def tell_edited(tx: Tx, settings: "Settings", room_id: str) -> None:
    """Tell that somebody has written on a conversation that is closed."""
    _tell(tx, settings, events.EDITED, room_id, lambda _: {})


def tell_message(tx: Tx, settings: "Settings", room: Room, document: dict[str, Any]) -> None:
    """Tell that a message was written or edited, given as the API sends it.

    `room` is the room as it was before.
    """
    wanted = events.are_messages_wanted(settings, by_visitor="token" in document)
    if not wanted or room.kind != "l" or "t" in document or document.get("_hidden"):
        return
    item = message_item(room, with_file_link(tx, settings, document))
    announce(tx, settings, events.MESSAGE, room, {}, [item])


def tell_lead(tx: Tx, settings: "Settings", room: Room) -> None:
    """Tell that a visitor has mentioned an address or a number; both stand with the visitor."""
    if events.is_wanted(settings, events.LEAD):
        announce(tx, settings, events.LEAD, room, {}, [])


def _tell(
    tx: Tx,
    settings: "Settings",
    event: str,
    room_id: str,
    members: Callable[[Room], dict[str, Any]],
) -> None:
    """Tell an event with the conversation as it is now."""
    if not events.is_wanted(settings, event):
        return
    room = find_conversation(tx, room_id)
    if room is not None:
        announce(tx, settings, event, room, members(room))


def _department(room: Room) -> dict[str, Any]:
    return {"departmentId": room.department_id}
