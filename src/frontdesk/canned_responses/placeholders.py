"""Putting people's data into the places that canned responses keep for them.

Source: behaviour of the API, priorities and analytics, section 6.8.
"""

import re
from typing import TYPE_CHECKING

from frontdesk.access.finding import find_user
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.visitors.finding import find_visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_PLACE = re.compile(r"\{\{(contact\.(?:name|email|phone)|agent\.(?:name|email))\}\}")


def fill_places(tx: Tx, settings: "Settings", room: Room, text: str) -> str:
    """Return the text of a user's message with the names and addresses of the conversation's
    visitor and serving agent in their places, typed or canned; what is not known is left empty.

    Unknown places stay as they are, and so does every text in rooms that nobody serves.
    """
    if "{{" not in text or room.kind != "l" or room.agent_id is None:
        return text
    if not settings.flag("Canned_Responses_Enable") or _PLACE.search(text) is None:
        return text
    visitor = find_visitor(tx, room.visitor_id)
    agent = find_user(tx, room.agent_id)
    emails = (agent.emails if agent is not None else None) or [{}]
    values = {
        "contact.name": visitor.name if visitor is not None else None,
        "contact.email": visitor.email if visitor is not None else None,
        "contact.phone": visitor.phone if visitor is not None else None,
        "agent.name": agent.name if agent is not None else None,
        "agent.email": emails[0].get("address"),
    }
    return _PLACE.sub(lambda place: values[place[1]] or "", text)
