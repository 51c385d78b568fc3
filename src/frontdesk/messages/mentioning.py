"""Conversations in which something was said."""

from sqlalchemy import ColumnElement, exists

from frontdesk.db.exact_text import holds_exactly
from frontdesk.messages.tables import messages


def was_said_in(room_id: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Return the condition, for a list of rooms, that a message of the room holds a text in the
    same case. Reads the messages of the rooms that it is asked about.
    """
    said = holds_exactly(messages.c.text, text)
    return exists().where(messages.c.room_id == room_id, said).correlate_except(messages)
