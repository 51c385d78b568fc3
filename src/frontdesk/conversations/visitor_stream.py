"""The stream on which a visitor hears about the own conversation.

Source: behaviour of the API, conversations, section 2.11.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.conversations.records import Room
from frontdesk.db import Event, Tx
from frontdesk.visitors.records import Visitor
from frontdesk.visitors.schemas import guest_document
from frontdesk.workforce.agents_for_visitors import agent_for_visitors

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Its keys are rooms.
STREAM = "livechat-room"


def tell_who_serves(tx: Tx, settings: "Settings", room_id: str, agent_id: str | None) -> None:
    """Tell the visitor who serves the conversation from now on, or that nobody does."""
    tx.emit(STREAM, room_id, _who_serves(tx, settings, agent_id))


def who_serves(tx: Tx, settings: "Settings", room: Room) -> Event:
    """Return the event that tells who serves the conversation now."""
    return Event(STREAM, room.id, (_who_serves(tx, settings, room.agent_id),))


def tell_presence(tx: Tx, settings: "Settings", room_id: str, status: str) -> None:
    """Tell the visitor the presence of the serving agent, where visitors may know about agents."""
    if settings.flag("Livechat_show_agent_info"):
        tx.emit(STREAM, room_id, {"type": "agentStatus", "status": status})


def tell_own_data(tx: Tx, room_id: str, visitor: Visitor) -> None:
    """Tell the visitor what is known of him, after somebody else has changed it."""
    tx.emit(STREAM, room_id, {"type": "visitorData", "visitor": guest_document(visitor)})


def place_event(room_id: str, place: dict[str, Any]) -> Event:
    """Return the event that tells the place in the queue."""
    return Event(STREAM, room_id, ({"type": "queueData", "data": place},))


def _who_serves(tx: Tx, settings: "Settings", agent_id: str | None) -> dict[str, Any]:
    agent = agent_for_visitors(tx, settings, agent_id)
    return {"type": "agentData"} if agent is None else {"type": "agentData", "data": agent}
