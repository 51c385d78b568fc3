"""The real-time methods of rooms as their members see them: for bots and older clients.

Source: behaviour of the API, real time, section 5.5.
"""

from datetime import datetime
from typing import Any

from frontdesk.conversations import marking
from frontdesk.conversations.channels import channel_by_name, join_channel, leave_channel
from frontdesk.conversations.direct_acts import create
from frontdesk.conversations.direct_schemas import CreateDirectRoom
from frontdesk.conversations.finding import find_room, subscription_of
from frontdesk.conversations.joining import join
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.records import Room
from frontdesk.conversations.schemas import room_document, subscription_document
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.failures import MethodFailure
from frontdesk.realtime.methods import Methods

methods = Methods()

_NO_USER = ("error-invalid-user", "Invalid user")


@methods.method("getRoomIdByNameOrId", refusal=_NO_USER)
async def room_id(caller: Caller, name_or_id: str) -> str:
    """Answer the id of a channel, or of another room that the caller may read."""
    return (await caller.read(_readable, caller, name_or_id, "getRoomIdByNameOrId")).id


@methods.method("getRoomNameById", refusal=_NO_USER)
async def room_name(caller: Caller, room_id: str) -> str | None:
    """Answer the name of a room that the caller may read."""
    room = await caller.read(_readable, caller, room_id, "getRoomNameById")
    return room.name or room.display_name


@methods.method("createDirectMessage", refusal=_NO_USER, variadic=True)
async def create_direct_message(caller: Caller, usernames: list[Any]) -> dict[str, Any]:
    """Answer the direct room with one or several users, made if need be."""
    if not usernames or not all(isinstance(each, str) for each in usernames):
        raise MethodFailure(400, "Match failed")
    request = CreateDirectRoom(usernames=",".join(usernames))
    return await caller.write(create, caller.settings, caller.user, request)


@methods.method("joinRoom", refusal=_NO_USER)
async def join_room(caller: Caller, room_id: str) -> bool:
    """Become a member of a channel, or of an open conversation as by POST livechat/room.join.

    Who is a member already stays one.
    """
    await caller.write(_join, caller, room_id)
    return True


@methods.method("leaveRoom", refusal=_NO_USER)
async def leave_room(caller: Caller, room_id: str) -> None:
    """Leave a channel. Conversations are not left: they are closed, or passed on."""
    await caller.write(_leave, caller, room_id)


@methods.method("readMessages", refusal=_NO_USER)
async def read_messages(caller: Caller, room_id: str) -> None:
    """Clear the caller's unread marks of a room."""
    await caller.write(marking.mark_read, room_id, caller.user.id)


@methods.method("rooms/get")
async def rooms(caller: Caller, since: datetime | None = None) -> Any:
    """List the rooms of the caller; with a date, those that changed after it."""
    found = await caller.read(marking.rooms_of_member, caller.user.id, _after(since))
    documents = [room_document(each) for each in found]
    return documents if since is None else {"update": documents, "remove": []}


@methods.method("subscriptions/get")
async def subscriptions(caller: Caller, since: datetime | None = None) -> Any:
    """List the memberships of the caller; with a date, those that changed or ended after it."""
    return await caller.read(_memberships, caller.user.id, since)


def _readable(tx: Tx, caller: Caller, name_or_id: str, method: str) -> Room:
    room = find_room(tx, name_or_id) or channel_by_name(tx, name_or_id)
    if room is None or not may_read(tx, caller.settings, caller.user, room):
        raise _not_allowed(method)
    return room


def _after(since: datetime | None) -> int:
    return -1 if since is None else int(since.timestamp() * 1000)


def _memberships(tx: Tx, user_id: str, since: datetime | None) -> Any:
    after = _after(since)
    documents = [subscription_document(each) for each in marking.memberships(tx, user_id, after)]
    if since is None:
        return documents
    return {"update": documents, "remove": marking.memberships_over(tx, user_id, after)}


def _join(tx: Tx, caller: Caller, room_id: str) -> None:
    room, user = find_room(tx, room_id), caller.user
    if room is None:
        raise _invalid_room("joinRoom")
    if room.kind == "l":
        if not user.may("view-l-room"):
            raise _not_allowed("joinRoom")
        join(tx, caller.settings, user, room.id)
    elif room.kind == "c" and may_read(tx, caller.settings, user, room):
        join_channel(tx, user, room)
    elif subscription_of(tx, room.id, user.id) is None:
        raise _not_allowed("joinRoom")


def _leave(tx: Tx, caller: Caller, room_id: str) -> None:
    room = find_room(tx, room_id)
    if room is None:
        raise _invalid_room("leaveRoom")
    if room.kind != "c" or not caller.user.may("leave-c"):
        raise _not_allowed("leaveRoom")
    if not leave_channel(tx, caller.user, room):
        details = {"method": "leaveRoom"}
        raise Coded("error-user-not-in-room", "You are not in this room", details)


def _invalid_room(method: str) -> Coded:
    return Coded("error-invalid-room", "Invalid room", {"method": method})


def _not_allowed(method: str) -> Coded:
    return Coded("error-not-allowed", "Not allowed", {"method": method})
