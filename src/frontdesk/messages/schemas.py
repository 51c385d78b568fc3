"""Messages on the wire."""

from typing import Annotated, Any, ClassVar, TypeAlias

import msgspec

from frontdesk.clock import iso
from frontdesk.http.match import BOOLEAN, STRING, anything, maybe, object_of
from frontdesk.http.paging import PageQuery
from frontdesk.messages.records import Message


def message_document(message: Message) -> dict[str, Any]:
    """Return a message as the API sends it; absent members are left out."""
    author: dict[str, Any] = {"_id": message.author_id, "username": message.author_username}
    if message.author_name is not None:
        author["name"] = message.author_name
    document: dict[str, Any] = {
        "_id": message.id,
        "rid": message.room_id,
        "msg": message.text,
        "ts": iso(message.sent_at),
        "u": author,
        "_updatedAt": iso(message.updated_at),
    }
    if message.kind is not None:
        document["t"] = message.kind
    if message.visitor_token is not None:
        document["token"] = message.visitor_token
    if message.alias is not None:
        document["alias"] = message.alias
    if message.groupable is not None:
        document["groupable"] = message.groupable
    if message.hidden:
        document["_hidden"] = True
    if message.edited_at is not None:
        document["editedAt"] = iso(message.edited_at)
        document["editedBy"] = {
            "_id": message.edited_by_id,
            "username": message.edited_by_username,
        }
    if message.extras:
        document.update(message.extras)
    return document


# Input ---------------------------------------------------------------------------------------

#: A message id that a client has made; longer than any client makes them.
MessageId: TypeAlias = Annotated[str, msgspec.Meta(max_length=100)]


#: What is looked for; longer than anybody types.
SearchText: TypeAlias = Annotated[str, msgspec.Meta(max_length=1_000)]


class WishedAgent(msgspec.Struct, forbid_unknown_fields=True):
    """The agent whom a widget would like to answer."""

    agentId: str
    username: str


class SendAsVisitor(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/message."""

    token: str
    rid: str
    msg: str
    id: MessageId | None = msgspec.field(default=None, name="_id")
    agent: WishedAgent | None = None


class OwnMessage(msgspec.Struct, forbid_unknown_fields=True):
    """Query of GET livechat/message/{_id}."""

    token: str
    rid: str


class EditAsVisitor(msgspec.Struct, forbid_unknown_fields=True):
    """Body of PUT livechat/message/{_id}."""

    token: str
    rid: str
    msg: str


class DeleteAsVisitor(msgspec.Struct, forbid_unknown_fields=True):
    """Body of DELETE livechat/message/{_id}; the list parameters are accepted and ignored."""

    token: str
    rid: str
    count: float | None = None
    offset: float | None = None
    sort: str | None = None


class HistoryQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Query of GET livechat/messages.history/{rid}. `ls`, `count`, `sort` and `searchText` are
    accepted and ignored.
    """

    token: str
    ls: str | None = None
    end: str | None = None
    limit: float | None = None
    offset: float | None = None
    count: float | None = None
    sort: str | None = None
    searchText: str | None = None


class SearchQuery(PageQuery):
    """Query of GET livechat/{rid}/messages."""

    searchTerm: SearchText | None = None


class SearchEverywhere(PageQuery, kw_only=True):
    """Query of GET livechat/messages.search."""

    searchText: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class BulkVisitor(msgspec.Struct, forbid_unknown_fields=True):
    """Whose messages a bulk sends."""

    token: str


class BulkMessage(msgspec.Struct, forbid_unknown_fields=True):
    """One message of a bulk."""

    msg: str


class BulkMessages(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/messages."""

    visitor: BulkVisitor
    messages: Annotated[list[BulkMessage], msgspec.Meta(min_length=1, max_length=500)]


class PageLocation(msgspec.Struct, forbid_unknown_fields=True):
    """Where a page lies. Browsers hold addresses of some thousand characters."""

    href: Annotated[str, msgspec.Meta(max_length=10_000)]


class PageInfo(msgspec.Struct, forbid_unknown_fields=True):
    """A page that a visitor looks at; `change` says what made the widget tell of it."""

    title: Annotated[str, msgspec.Meta(max_length=2_000)]
    change: str
    location: PageLocation


class PageVisited(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/page.visited."""

    token: Annotated[str, msgspec.Meta(max_length=512)]
    pageInfo: PageInfo
    rid: str | None = None


class OutgoingMessage(msgspec.Struct):
    """The message of POST chat.sendMessage; other members are tolerated and not kept."""

    rid: str | None = None
    id: MessageId | None = msgspec.field(default=None, name="_id")
    t: str | None = None
    msg: str | None = None
    ts: Any = None
    tmid: str | None = None
    tshow: bool | None = None
    alias: str | None = None
    emoji: str | None = None
    avatar: str | None = None
    attachments: list[Any] | None = None
    blocks: list[Any] | None = None
    customFields: dict[str, Any] | None = None


class SendAsUser(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST chat.sendMessage."""

    message: OutgoingMessage
    previewUrls: list[str] | None = None


_TARGET: dict[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
}
_POSTED: dict[str, Any] = {
    "text": {"type": "string", "nullable": True},
    "alias": {"type": "string", "nullable": True},
    "emoji": {"type": "string", "nullable": True},
    "avatar": {"type": "string", "nullable": True},
    "attachments": {"type": "array", "items": {"type": "object"}, "nullable": True},
    "customFields": {"type": "object", "nullable": True},
    "parseUrls": {"type": "boolean"},
}


class PostMessage(msgspec.Struct):
    """Body of POST chat.postMessage: one or several rooms by `roomId` or by `channel`."""

    json_schema: ClassVar[dict[str, Any]] = {
        "oneOf": [
            {
                "type": "object",
                "properties": {
                    "roomId": _TARGET,
                    **_POSTED,
                    "tmid": {"type": "string", "nullable": True},
                },
                "required": ["roomId"],
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": {"channel": _TARGET, **_POSTED},
                "required": ["channel"],
                "additionalProperties": False,
            },
        ]
    }

    roomId: str | list[str] | None = None
    channel: str | list[str] | None = None
    text: str | None = None
    alias: str | None = None
    emoji: str | None = None
    avatar: str | None = None
    attachments: list[dict[str, Any]] | None = None
    customFields: dict[str, Any] | None = None
    parseUrls: bool = True
    tmid: str | None = None


class UpdateMessage(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST chat.update."""

    roomId: str
    msgId: str
    text: str
    previewUrls: list[str] | None = None
    customFields: dict[str, Any] | None = None


class DeleteMessage(msgspec.Struct):
    """Body of POST chat.delete: by message and room, or by the file in the message."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "msgId": {"type": "string"},
            "roomId": {"type": "string"},
            "fileId": {"type": "string"},
            "asUser": {"type": "boolean"},
        },
        "if": {"not": {"required": ["fileId"]}},
        "then": {"required": ["msgId", "roomId"]},
        "additionalProperties": False,
    }

    msgId: str | None = None
    roomId: str | None = None
    fileId: str | None = None
    asUser: bool = False


class MessageQuery(msgspec.Struct):
    """Query of GET chat.getMessage."""

    msgId: str | None = None


class SearchRoom(msgspec.Struct):
    """Query of GET chat.search. What is missing is worded by hand."""

    roomId: str | None = None
    searchText: SearchText | None = None
    count: float | None = None
    offset: float | None = None
    sort: str | None = None


class SyncQuery(msgspec.Struct):
    """Query of GET chat.syncMessages: since `lastUpdate`, or a page before `previous` or after
    `next` of messages that were `UPDATED` or `DELETED`.
    """

    roomId: str | None = None
    lastUpdate: str | None = None
    next: float | None = None
    previous: float | None = None
    type: str | None = None
    count: float | None = None
    offset: float | None = None
    sort: str | None = None


class RoomHistoryQuery(msgspec.Struct):
    """Query of GET channels.history and im.history: between `oldest` and `latest`."""

    roomId: str | None = None
    roomName: str | None = None
    latest: str | None = None
    oldest: str | None = None
    inclusive: bool | None = None
    showThreadMessages: bool | None = None
    unreads: bool | None = None
    count: float | None = None
    offset: float | None = None
    sort: str | None = None


class React(msgspec.Struct):
    """Body of POST chat.react: `emoji` and `reaction` are two names of the same."""

    messageId: str | None = None
    emoji: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    reaction: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    shouldReact: bool | None = None


class ConfirmUpload(msgspec.Struct):
    """Body of POST rooms.mediaConfirm, whose shape is `CONFIRM_UPLOAD`."""

    msg: str | None = None
    description: str | None = None
    tmid: str | None = None
    customFields: Any = None
    alias: str | None = None
    avatar: str | None = None
    emoji: str | None = None
    groupable: bool | None = None
    fileName: str | None = None


#: `t`, `content` and `fileContent` belong to encrypted rooms, which there are none of.
CONFIRM_UPLOAD = object_of(
    {},
    optional={
        **dict.fromkeys(
            ("msg", "description", "tmid", "alias", "avatar", "emoji", "fileName", "t"),
            maybe(STRING),
        ),
        "groupable": maybe(BOOLEAN),
        **dict.fromkeys(("customFields", "content", "fileContent"), anything),
    },
)
