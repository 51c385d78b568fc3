"""The HTTP face of visitors for those who look after them."""

from typing import Any

from frontdesk.conversations import visitor_history
from frontdesk.conversations.schemas import SearchChatsQuery
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.http import Call, Routes
from frontdesk.http.paging import PageQuery, page
from frontdesk.messages.navigating import list_page_visits
from frontdesk.visitors.finding import find_visitor
from frontdesk.visitors.schemas import (
    SearchVisitorsQuery,
    SelectorQuery,
    VisitorQuery,
    visitor_document,
)
from frontdesk.visitors.searching import search_visitors, suggest_visitors

routes = Routes("Omnichannel Visitors")

_VISITOR = {
    "_id": "65e1c0ffee00000000000002",
    "username": "guest-7",
    "name": "Ann",
    "visitorEmails": [{"address": "ann@example.org"}],
    "lastChat": {"_id": "k3VbnQ7xTzP2mWc9d", "ts": "2026-03-01T10:00:00.000Z"},
}
_CHAT = {
    "_id": "k3VbnQ7xTzP2mWc9d",
    "fname": "Ann",
    "ts": "2026-03-01T10:00:00.000Z",
    "v": {"_id": "65e1c0ffee00000000000002", "username": "guest-7", "token": "tok-ann"},
    "msgs": 2,
}
_PAGE_VISIT = {
    "_id": "hG7kQn2ZxTzP4mWc9",
    "rid": "k3VbnQ7xTzP2mWc9d",
    "t": "livechat_navigation_history",
    "msg": "Prices - https://example.com/prices",
    "ts": "2026-03-01T10:00:05.000Z",
    "u": {"_id": "rocket.cat", "username": "rocket.cat", "name": "Rocket.Cat"},
    "navigation": {
        "page": {
            "change": "url",
            "title": "Prices",
            "location": {"href": "https://example.com/prices"},
        },
        "token": "tok-ann",
    },
    "groupable": False,
    "_hidden": True,
    "_updatedAt": "2026-03-01T10:00:05.000Z",
}
_ONE = {"count": 1, "offset": 0, "total": 1}
_NOT_THEIRS = ("invalid-room", "error-not-allowed")


@routes.get(
    "livechat/visitor/{token}/room",
    permissions=["view-livechat-manager"],
    example={
        "rooms": [
            {
                "_id": "k3VbnQ7xTzP2mWc9d",
                "t": "l",
                "cl": False,
                "servedBy": {
                    "_id": "XycfA5CetCPuEjqxw",
                    "username": "kim",
                    "ts": "2026-03-01T10:01:00.000Z",
                },
            }
        ]
    },
)
async def open_rooms(call: Call) -> dict[str, Any]:
    """List the open conversations of a visitor, who is named by token.

    None for an unknown token.
    """
    found = await call.read(visitor_history.open_rooms_of, call.user, call.path["token"])
    return {"rooms": found}


@routes.get(
    "livechat/visitors.info",
    permissions=["view-l-room"],
    example={"visitor": _VISITOR},
    refusals=("visitor-not-found",),
)
async def info(call: Call, query: VisitorQuery) -> dict[str, Any]:
    """Read a visitor.

    Without the token, which is the visitor's alone.
    """

    def visitor(tx: Tx) -> dict[str, Any]:
        found = find_visitor(tx, query.visitorId)
        if found is None or found.disabled:
            raise Refused("visitor-not-found")
        return visitor_document(found)

    return {"visitor": await call.read(visitor)}


@routes.get(
    "livechat/visitors.search",
    permissions=["view-l-room"],
    example={"visitors": [_VISITOR], **_ONE},
)
async def search(call: Call, query: SearchVisitorsQuery) -> dict[str, Any]:
    """Search visitors.

    By `term`: an e-mail address or a telephone number exactly, or a part of the name, of the user
    name, or of the value of a searchable custom field, in any case. An empty one finds everybody.
    """
    return await call.read(search_visitors, query.term, page(call.settings, query))


@routes.get(
    "livechat/visitors.autocomplete",
    permissions=["view-l-room"],
    example={
        "items": [
            {
                "_id": "65e1c0ffee00000000000002",
                "username": "guest-7",
                "name": "Ann",
                "custom_name": "guest-7 - Ann",
            }
        ]
    },
)
async def autocomplete(call: Call, query: SelectorQuery) -> dict[str, Any]:
    """Suggest visitors by the beginning of their names.

    `selector` is the JSON text of `{"term": "an", "exceptions": [ids]}`. Ten at the most, by name.
    """
    return {"items": await call.read(suggest_visitors, query.selector)}


@routes.get(
    "livechat/visitors.pagesVisited/{roomId}",
    permissions=["view-l-room"],
    example={"pages": [_PAGE_VISIT], **_ONE},
    refusals=_NOT_THEIRS,
)
async def pages_visited(call: Call, query: PageQuery) -> dict[str, Any]:
    """List the pages that the visitor of a conversation looked at.

    Of one that the caller may read. Newest first unless sorted otherwise.
    """
    wanted = page(call.settings, query)
    return await call.read(list_page_visits, call.settings, call.user, call.path["roomId"], wanted)


@routes.get(
    "livechat/visitors.chatHistory/room/{roomId}/visitor/{visitorId}",
    permissions=["view-l-room"],
    example={"history": [_CHAT], **_ONE},
    refusals=_NOT_THEIRS,
)
async def chat_history(call: Call, query: PageQuery) -> dict[str, Any]:
    """List all conversations of a visitor, open and closed.

    `roomId` is one that the caller may read. Newest first unless sorted otherwise.
    """
    return await call.read(
        visitor_history.chat_history,
        call.settings,
        call.user,
        call.path["roomId"],
        call.path["visitorId"],
        page(call.settings, query),
    )


@routes.get(
    "livechat/visitors.searchChats/room/{roomId}/visitor/{visitorId}",
    permissions=["view-l-room"],
    example={"history": [_CHAT], **_ONE},
    refusals=_NOT_THEIRS,
)
async def search_chats(call: Call, query: SearchChatsQuery) -> dict[str, Any]:
    """Search the conversations of a visitor.

    `roomId` is one that the caller may read. `searchText` stands in a message exactly as given;
    `closedChatsOnly` and `servedChatsOnly` count if they are `true`; `source` is a part of where
    the conversation came from. With each stands the message that closed it.
    """
    return await call.read(
        visitor_history.search_chats,
        call.settings,
        call.user,
        call.path["roomId"],
        call.path["visitorId"],
        query,
        page(call.settings, query),
    )
