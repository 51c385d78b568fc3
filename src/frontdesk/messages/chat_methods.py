"""The real-time methods of users' messages: for bots, and for clients older than their REST twins.

Source: behaviour of the API, real time, section 5.5.
"""

from datetime import datetime
from typing import Any

import msgspec

from frontdesk.clock import iso
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.messages.deleting import delete_as_user
from frontdesk.messages.editing import edit_as_user
from frontdesk.messages.histories import any_history, surroundings
from frontdesk.messages.posting import send_message
from frontdesk.messages.reacting import react
from frontdesk.messages.schemas import (
    DeleteMessage,
    OutgoingMessage,
    React,
    RoomHistoryQuery,
    SyncQuery,
    UpdateMessage,
)
from frontdesk.messages.storing import find_message
from frontdesk.messages.syncing import missed_messages
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods

methods = Methods()

_NO_USER = ("error-invalid-user", "Invalid user")


class EditedMessage(msgspec.Struct, rename={"id": "_id"}):
    """A message with its new text; other members are tolerated."""

    id: str
    msg: str
    rid: str | None = None


class NamedMessage(msgspec.Struct, rename={"id": "_id"}):
    """A message by its id, as clients hold it; other members are tolerated."""

    id: str


@methods.method("sendMessage", refusal=_NO_USER)
async def send(
    caller: Caller, message: OutgoingMessage, previews: list[str] | None = None
) -> dict[str, Any]:
    """Send a message."""
    return await caller.write(send_message, caller.settings, caller.user, message, previews)


@methods.method("updateMessage", refusal=_NO_USER)
async def update(caller: Caller, message: EditedMessage, previews: list[str] | None = None) -> None:
    """Change the text of a message."""

    def use_case(tx: Tx) -> None:
        found = find_message(tx, message.id)
        room_id = message.rid or ("" if found is None else found.room_id)
        request = UpdateMessage(room_id, message.id, message.msg, previews)
        edit_as_user(tx, caller.settings, caller.user, request)

    await caller.write(use_case)


@methods.method("deleteMessage", refusal=_NO_USER)
async def delete(caller: Caller, message: NamedMessage) -> None:
    """Delete a message."""

    def use_case(tx: Tx) -> None:
        found = find_message(tx, message.id)
        if found is None:
            raise Coded("error-action-not-allowed", "Not allowed", {"method": "deleteMessage"})
        request = DeleteMessage(roomId=found.room_id, msgId=found.id)
        delete_as_user(tx, caller.settings, caller.user, request)

    await caller.write(use_case)


@methods.method("setReaction", refusal=_NO_USER)
async def set_reaction(
    caller: Caller, emoji: str, message_id: str, should_react: bool | None = None
) -> None:
    """Give or take back a reaction, or turn it over."""
    request = React(messageId=message_id, emoji=emoji, shouldReact=should_react)
    await caller.write(react, caller.settings, caller.user, request)


@methods.method("loadHistory", refusal=_NO_USER)
async def load_history(
    caller: Caller,
    room_id: str,
    end: datetime | None = None,
    limit: int = 20,
    seen: Any = None,
) -> dict[str, Any]:
    """Answer messages of a room before `end`, newest first, and what is unread before them."""
    del seen  # the server keeps the user's marks itself
    latest = None if end is None else _text(end)
    query = RoomHistoryQuery(roomId=room_id, latest=latest, count=limit, unreads=True)
    return await caller.read(any_history, caller.settings, caller.user, query)


@methods.method("loadSurroundingMessages", refusal=_NO_USER)
async def load_surrounding(caller: Caller, message: NamedMessage, limit: int = 50) -> Any:
    """Answer a message with those before and after it; false for one that is not to be read."""
    settings, user = caller.settings, caller.user
    found = await caller.read(surroundings, settings, user, message.id, limit)
    return found if found is not None else False


@methods.method("loadMissedMessages", refusal=_NO_USER)
async def load_missed(caller: Caller, room_id: str, start: datetime) -> list[dict[str, Any]]:
    """Answer what was written or changed in a room since a moment."""
    query = SyncQuery(roomId=room_id, lastUpdate=_text(start))
    found = await caller.read(missed_messages, caller.settings, caller.user, query)
    messages: list[dict[str, Any]] = found["updated"]
    return messages


def _text(moment: datetime) -> str:
    return iso(int(moment.timestamp() * 1000))
