"""An event is told: what is sent is made from the state of this moment, and promised.

The delivery is stored in the transaction of what happened, so that it is told exactly if it did
happen, and later than everything else that was told of this conversation: whoever tells something
holds the conversation's row until the commit.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from frontdesk.access.finding import find_user
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.ids import random_id
from frontdesk.jobs import enqueue
from frontdesk.messages.records import Message
from frontdesk.messages.showing import shown
from frontdesk.messages.storing import messages_of_room
from frontdesk.visitors.finding import find_visitor
from frontdesk.webhooks import queries
from frontdesk.webhooks.documents import message_item, session_document

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: The kind of job that delivers what waits in one lane.
DELIVER = "webhooks.deliver"
_NAVIGATION = "livechat_navigation_history"
_NAVIGATION_SETTINGS = (
    "Livechat_Visitor_navigation_as_a_message",
    "Send_visitor_navigation_history_livechat_webhook_request",
)


def announce(
    tx: Tx,
    settings: "Settings",
    event: str,
    room: Room,
    members: Mapping[str, Any],
    messages: list[dict[str, Any]] | None = None,
) -> None:
    """Promise that an event in a conversation is told, with the members of this event.

    Without `messages` all that another server may see are told. Nothing is told of a visitor who
    is gone.
    """
    visitor = find_visitor(tx, room.visitor_id)
    if visitor is None or visitor.disabled:
        return
    if messages is None:
        messages = _messages(tx, settings, room)
    agent = None if room.agent_id is None else find_user(tx, room.agent_id)
    document = session_document(settings, event, room, visitor, agent, messages, members)
    promise(tx, event, document, lane=room.id, room_id=room.id)


def promise(
    tx: Tx,
    event: str,
    payload: Mapping[str, Any],
    *,
    lane: str | None = None,
    room_id: str | None = None,
) -> None:
    """Promise that `payload` is delivered, after what waits in the same lane; by default alone."""
    lane = lane or random_id()
    tx.one(
        queries.ADD_DELIVERY,
        lane=lane,
        room_id=room_id,
        event=event,
        payload=payload,
        attempts=0,
        created_at=tx.now,
    )
    deliver_lane(tx, lane, room_id)


def deliver_lane(tx: Tx, lane: str, room_id: str | None, due_at: int | None = None) -> None:
    """Promise that what waits in a lane is delivered, unless that is promised already."""
    key = f"webhook:{lane}"
    enqueue(tx, DELIVER, {"lane": lane, "room_id": room_id}, due_at=due_at, key=key)


def _messages(tx: Tx, settings: "Settings", room: Room) -> list[dict[str, Any]]:
    navigation = all(settings.flag(each) for each in _NAVIGATION_SETTINGS)
    return [
        message_item(room, shown(tx, settings, message))
        for message in messages_of_room(tx, room.id)
        if _is_told(message, navigation)
    ]


def _is_told(message: Message, navigation: bool) -> bool:
    if message.hidden:
        return False
    if message.kind == _NAVIGATION:
        return navigation
    return message.kind in (None, "livechat-close")
