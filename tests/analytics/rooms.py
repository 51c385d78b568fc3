"""Conversations as they would have been stored at chosen times."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import insert

from frontdesk.conversations.records import Room
from frontdesk.conversations.tables import rooms
from frontdesk.db import Database, Tx

_numbers = count()


def at(text: str) -> int:
    """Return a moment (ms) that is written as in `2024-05-01 10:30`, in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def room(opened: str, **fields: Any) -> Room:
    """Return a closed conversation that was opened at a moment and never answered, unless
    `fields` say something else.
    """
    number = next(_numbers)
    return Room(
        id=f"room{number}",
        kind="l",
        opened_at=at(opened),
        visitor_token=f"token{number}",
        **{"open": False, "updated_at": at(opened), **fields},
    )


def answered(opened: str, response: float, reaction: float, **fields: Any) -> Room:
    """Return a conversation of Ann that was answered once, after so many seconds."""
    told: dict[str, Any] = {
        **{"agent_id": "a", "agent_username": "ann", "agent_since": at(opened)},
        **{"responder_id": "a", "responder_username": "ann"},
        **{"responses": 1, "response_time": response, "reaction_time": reaction},
        **{"first_response_time": response, "first_reaction_time": reaction},
        **{"visitor_asked_at": at(opened), "visitor_messages": 1, "agent_messages": 1},
    }
    return room(opened, **{**told, **fields})


async def store(database: Database, *conversations: Room) -> None:
    """Store conversations."""

    def write(tx: Tx) -> None:
        columns: Sequence[str] = [each.name for each in rooms.c]
        for each in conversations:
            tx.execute(insert(rooms).values({name: getattr(each, name) for name in columns}))

    await database.write(write)
