"""Transfers on the wire."""

from typing import Any

import msgspec

from frontdesk.conversations.records import Room
from frontdesk.conversations.schemas import room_document


def transferred_document(room: Room) -> dict[str, Any]:
    """Return what old widgets are told of a room that was transferred."""
    document = room_document(room)
    wanted = ("_id", "t", "departmentId", "servedBy", "open", "v", "ts")
    return {name: document[name] for name in wanted if name in document}


# Input ---------------------------------------------------------------------------------------


class ForwardRoom(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/room.forward: to an agent, a department, or an agent of it."""

    roomId: str
    userId: str | None = None
    departmentId: str | None = None
    comment: str | None = None
    clientAction: bool | None = None


class TransferByVisitor(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/visitor/department.transfer and of POST livechat/room.transfer."""

    token: str
    rid: str
    department: str
