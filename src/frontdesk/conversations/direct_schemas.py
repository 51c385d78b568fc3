"""Direct rooms and marks of memberships on the wire."""

from typing import Annotated, Any, ClassVar

import msgspec

_TEXT = {"type": "string"}


def _named(name: str, **further: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _TEXT, **further},
        "required": [name],
        "additionalProperties": False,
    }


class CreateDirectRoom(msgspec.Struct):
    """Body of POST im.create: one user, or several names with commas in between."""

    json_schema: ClassVar[dict[str, Any]] = {
        "oneOf": [
            _named(name, excludeSelf={"type": "boolean", "nullable": True})
            for name in ("usernames", "username")
        ]
    }

    usernames: str | None = None
    username: str | None = None
    excludeSelf: bool | None = None


class DirectRoom(msgspec.Struct):
    """Query that names a direct room, by its id or by the other user."""

    roomId: str | None = None
    username: str | None = None


_LIST_OF = {name: {"type": "number", "nullable": True} for name in ("count", "offset")} | {
    name: {"type": "string", "nullable": True} for name in ("sort", "query", "fields", "filter")
}


class DirectRoomList(msgspec.Struct):
    """Query of lists in a direct room, which is named in one of the two ways."""

    json_schema: ClassVar[dict[str, Any]] = {
        "oneOf": [
            {**_named(name, **_LIST_OF), "additionalProperties": True}
            for name in ("roomId", "username")
        ]
    }

    roomId: str | None = None
    username: str | None = None
    count: float | None = None
    offset: float | None = None
    sort: str | None = None


class RoomIdByHand(msgspec.Struct):
    """Body that names a room, whose lack the endpoint words itself."""

    roomId: str | None = None


class DirectTopic(msgspec.Struct):
    """Body of POST im.setTopic, whose lacks the endpoint words itself."""

    roomId: str | None = None
    topic: Annotated[str, msgspec.Meta(max_length=1_000)] | None = None


class RoomNameQuery(msgspec.Struct):
    """Query of GET rooms.nameExists."""

    roomName: str


class FirstUnread(msgspec.Struct, forbid_unknown_fields=True):
    """The message from which on a room is unread."""

    id: str = msgspec.field(name="_id")


class MarkUnread(msgspec.Struct):
    """Body of POST subscriptions.unread: a room, or the first message that is unread."""

    json_schema: ClassVar[dict[str, Any]] = {
        "anyOf": [
            _named("roomId"),
            {
                "type": "object",
                "properties": {"firstUnreadMessage": _named("_id")},
                "required": ["firstUnreadMessage"],
                "additionalProperties": False,
            },
        ]
    }

    roomId: str | None = None
    firstUnreadMessage: FirstUnread | None = None
