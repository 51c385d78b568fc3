"""The HTTP face of messages for visitors, and for those who look after visitors."""

from typing import Any

from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.http import Call, Routes
from frontdesk.http.paging import page
from frontdesk.messages.composing import Draft
from frontdesk.messages.deleting import delete_as_visitor
from frontdesk.messages.editing import edit_as_visitor
from frontdesk.messages.navigating import note_page_visit
from frontdesk.messages.posting import send_bulk
from frontdesk.messages.reading import history_for_visitor, message_for_visitor
from frontdesk.messages.schemas import (
    BulkMessages,
    DeleteAsVisitor,
    EditAsVisitor,
    HistoryQuery,
    OwnMessage,
    PageVisited,
    SearchEverywhere,
    SearchQuery,
    SendAsVisitor,
)
from frontdesk.messages.searching import search_all, search_conversation
from frontdesk.messages.sending import send_as_visitor
from frontdesk.visitors.finding import visitor_by_token
from frontdesk.visitors.registering import Connection, register_visitor
from frontdesk.visitors.schemas import Registration

routes = Routes("Livechat Messages")

_MESSAGE = {
    "_id": "hG7kQn2ZxTzP4mWc9",
    "rid": "k3VbnQ7xTzP2mWc9d",
    "msg": "Where is my parcel?",
    "token": "tok-ann",
    "alias": "Ann",
    "ts": "2026-03-01T10:00:05.000Z",
    "u": {"_id": "65e1c0ffee", "username": "guest-7", "name": "Ann"},
    "_updatedAt": "2026-03-01T10:00:05.000Z",
    "urls": [],
    "mentions": [],
    "channels": [],
    "md": [
        {
            "type": "PARAGRAPH",
            "value": [{"type": "PLAIN_TEXT", "value": "Where is my parcel?"}],
        }
    ],
}
_NOT_THEIRS = ("invalid-token", "invalid-room")


@routes.post(
    "livechat/message",
    public=True,
    example={"message": _MESSAGE},
    refusals=(
        *_NOT_THEIRS,
        "room-closed",
        "message-length-exceeds-character-limit",
        "[error-omnichannel-is-disabled]",
        "Notify all in this room not allowed [error-action-not-allowed]",
        "error-duplicate-message-id",
    ),
)
async def send(call: Call, body: SendAsVisitor) -> dict[str, Any]:
    """Send a visitor's message.

    Into the visitor's own conversation, as long as it is open. A message that is sent again with
    the same `_id` is stored once; the answer is the stored one.
    """
    draft = Draft(body.msg, id=body.id)
    return {
        "message": await call.write(send_as_visitor, call.settings, body.token, body.rid, draft)
    }


@routes.get(
    "livechat/message/{_id}",
    public=True,
    example={"message": _MESSAGE},
    refusals=(*_NOT_THEIRS, "invalid-message"),
)
async def read(call: Call, query: OwnMessage) -> dict[str, Any]:
    """Read one message of a visitor's conversation.

    The token proves that the conversation, open or closed, is the visitor's own.
    """
    found = await call.read(message_for_visitor, call.settings, call.path["_id"], query)
    return {"message": found}


@routes.put(
    "livechat/message/{_id}",
    public=True,
    example={"message": _MESSAGE},
    refusals=(*_NOT_THEIRS, "invalid-message", "error-action-not-allowed"),
)
async def edit(call: Call, body: EditAsVisitor) -> dict[str, Any]:
    """Change the text of a visitor's own message.

    The token proves whose message it is; only the visitor's own can be changed.
    """
    changed = await call.write(edit_as_visitor, call.settings, call.path["_id"], body)
    return {"message": changed}


@routes.delete(
    "livechat/message/{_id}",
    public=True,
    example={"message": {"_id": _MESSAGE["_id"], "ts": "2026-03-01T10:01:00.000Z"}},
    refusals=(*_NOT_THEIRS, "invalid-message", "error-action-not-allowed"),
)
async def delete(call: Call, body: DeleteAsVisitor) -> dict[str, Any]:
    """Delete a visitor's own message.

    The token proves whose message it is; the body names the room. Whether the text stays as
    history is up to the workspace.
    """
    deleted = await call.write(delete_as_visitor, call.settings, call.path["_id"], body)
    return {"message": deleted}


@routes.get(
    "livechat/messages.history/{rid}",
    public=True,
    example={"messages": [_MESSAGE]},
    refusals=("error-token-param-not-provided", *_NOT_THEIRS),
)
async def history(call: Call, query: HistoryQuery) -> dict[str, Any]:
    """Read the messages of a visitor's conversation.

    Newest first, 20 unless `limit` says otherwise, those before `end` if that is given.
    """
    found = await call.read(history_for_visitor, call.settings, call.path["rid"], query)
    return {"messages": found}


@routes.post(
    "livechat/messages",
    example={
        "messages": [{"username": "guest-7", "msg": "Hello", "ts": "2026-03-01T10:00:05.000Z"}]
    },
    refusals=("Error registering visitor [error-livechat-visitor-registration]",),
)
async def send_many(call: Call, body: BulkMessages) -> dict[str, Any]:
    """Send several messages of a visitor.

    In order, into the visitor's open conversation or a new one; a visitor who is not known yet
    is registered. Either all are stored or none.
    """
    connection = Connection(call.address, call.headers.get("user-agent"), call.headers.get("host"))

    def register_and_send(tx: Tx) -> list[dict[str, Any]]:
        try:
            visitor = visitor_by_token(tx, body.visitor.token)
        except Refused:
            registration = Registration(token=body.visitor.token)
            visitor = register_visitor(tx, call.settings, registration, connection)
        return send_bulk(tx, call.settings, visitor, body.messages)

    return {"messages": await call.write(register_and_send)}


@routes.get(
    "livechat/{rid}/messages",
    "livechat/messages/{rid}",
    permissions=["view-l-room"],
    example={"messages": [_MESSAGE], "count": 50, "offset": 0, "total": 1},
    refusals=("invalid-room", "not-allowed"),
)
async def search_room(call: Call, query: SearchQuery) -> dict[str, Any]:
    """Search the messages of a conversation.

    What was said, and the closing message; newest first unless sorted otherwise. `count` in the
    answer is the size of the page that was asked for.
    """
    wanted = page(call.settings, query)
    return await call.read(
        search_conversation, call.settings, call.user, call.path["rid"], query.searchTerm, wanted
    )


@routes.get(
    "livechat/messages.search",
    permissions=["view-l-room"],
    example={"messages": [_MESSAGE], "count": 1, "offset": 0},
)
async def search_everywhere(call: Call, query: SearchEverywhere) -> dict[str, Any]:
    """Search the messages of all conversations.

    Of those that the caller may read, newest first. The text is found as it is, in any case; one
    of one or two characters among the newest messages only. There is no total: `count` is how
    many are in the answer.
    """
    wanted = page(call.settings, query)
    return await call.read(search_all, call.user, query.searchText, wanted)


@routes.post(
    "livechat/page.visited",
    public=True,
    tag="Livechat",
    example={
        "page": {
            "msg": "Prices - https://example.com/prices",
            "navigation": {
                "page": {
                    "change": "url",
                    "title": "Prices",
                    "location": {"href": "https://example.com/prices"},
                },
                "token": "tok-ann",
            },
        }
    },
    refusals=("invalid-room", "room-closed"),
)
async def page_visited(call: Call, body: PageVisited) -> dict[str, Any] | None:
    """Note a page that a visitor looks at.

    Without `rid` it waits for the visitor's conversation. A `pageInfo.change` that the workspace
    does not watch for is answered without `page`.
    """
    noted = await call.write(note_page_visit, call.settings, body)
    return None if noted is None else {"page": noted}
