"""The HTTP face of reading many messages: searches, histories, what was missed."""

from typing import Any

from frontdesk.errors import Coded
from frontdesk.http import Call, Routes
from frontdesk.http.paging import OpenListQuery, page
from frontdesk.messages.chat_routes import MESSAGE
from frontdesk.messages.histories import channel_history, direct_history
from frontdesk.messages.schemas import RoomHistoryQuery, SearchRoom, SyncQuery
from frontdesk.messages.searching import search_room
from frontdesk.messages.syncing import missed_messages

routes = Routes("Chat")

_NOT_ALLOWED = "Not allowed [error-not-allowed]"


@routes.get(
    "chat.search",
    example={"messages": [MESSAGE]},
    refusals=(
        'The required "roomId" query param is missing. [error-roomId-param-not-provided]',
        'The required "searchText" query param is missing. [error-searchText-param-not-provided]',
        _NOT_ALLOWED,
    ),
)
async def search(call: Call, query: SearchRoom) -> dict[str, Any]:
    """Search the messages of a room.

    Newest first. The text is found as it is, in any case; it is no regular expression.
    """
    for name, value in (("roomId", query.roomId), ("searchText", query.searchText)):
        if not value:
            raise Coded(
                f"error-{name}-param-not-provided",
                f'The required "{name}" query param is missing.',
            )
    wanted = page(
        call.settings, OpenListQuery(count=query.count, offset=query.offset, sort=query.sort)
    )
    found = await call.read(
        search_room, call.settings, call.user, query.roomId, query.searchText, wanted
    )
    return {"messages": found}


@routes.get(
    "chat.syncMessages",
    example={"result": {"updated": [MESSAGE], "deleted": []}},
    refusals=(
        'The required "roomId" query param is missing. [error-roomId-param-not-provided]',
        'The required "lastUpdate" query param is missing. [error-lastUpdate-param-not-provided]',
        'The "lastUpdate" query parameter must be a valid date. [error-roomId-param-invalid]',
        'The "type" parameter must be either "UPDATED" or "DELETED" '
        "[error-type-param-not-supported]",
        _NOT_ALLOWED,
    ),
)
async def sync(call: Call, query: SyncQuery) -> dict[str, Any]:
    """Read what was missed of a room.

    What was changed or removed since `lastUpdate`. Or, with `type` (`UPDATED` or `DELETED`), a
    page of `count` messages after `next` or before `previous`, which are times in milliseconds
    that an answer's `cursor` names.
    """
    missed = await call.read(missed_messages, call.settings, call.user, query)
    return {"result": missed}


@routes.get(
    "channels.history",
    tag="Channels",
    example={"messages": [MESSAGE]},
    refusals=(
        'The parameter "roomId" or "roomName" is required [error-roomid-param-not-provided]',
        'The required "roomId" or "roomName" param provided does not match any channel '
        "[error-room-not-found]",
    ),
)
async def history(call: Call, query: RoomHistoryQuery) -> dict[str, Any]:
    """Read the history of a channel or of a conversation.

    Newest first, 20 unless `count` says otherwise; between `oldest` and `latest` if they are
    given. With `unreads` also how many messages before these the caller has not read.
    """
    return await call.read(channel_history, call.settings, call.user, query)


@routes.get(
    "im.history",
    "dm.history",
    tag="Direct Messages",
    example={"messages": [MESSAGE]},
    refusals=("[invalid-channel]",),
)
async def private_history(call: Call, query: RoomHistoryQuery) -> dict[str, Any]:
    """Read the history of a direct room.

    As channels.history.
    """
    return await call.read(direct_history, call.settings, call.user, query)
