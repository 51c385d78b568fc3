"""The real-time methods of visitors' messages: for clients older than their REST successors.

Source: behaviour of the API, visitors, section 4.9; real time, section 5.4. In one point we differ
on purpose: a message goes into the visitor's open conversation, whatever room the client names.
"""

from datetime import datetime
from typing import Any

import msgspec

from frontdesk.clock import iso, parse_iso
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.opening import Opening, open_conversation
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.messages.checking import check_visitor_length
from frontdesk.messages.composing import Draft
from frontdesk.messages.navigating import note_page_visit
from frontdesk.messages.reading import history_for_visitor
from frontdesk.messages.schemas import HistoryQuery, MessageId, PageInfo, PageVisited, WishedAgent
from frontdesk.messages.sending import deliver_for_visitor
from frontdesk.messages.uploading import send_known_file
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods
from frontdesk.visitors.finding import holder_of_token

methods = Methods()

#: Messages that a history may have; unread ones are counted up to so many.
MOST_MESSAGES = 1_000


class WishedHistory(msgspec.Struct):
    """Messages of the own conversation, before `end`; `ls` is when the visitor last looked."""

    token: str
    rid: str
    end: Any = None
    limit: int = 20
    ls: Any = None


class VisitorMessage(msgspec.Struct):
    """A visitor's message; other members are tolerated."""

    token: str
    id: MessageId = msgspec.field(name="_id")
    rid: str
    msg: str


class KnownFile(msgspec.Struct):
    """A file by its id, as the answer to an upload shows it; other members are tolerated."""

    id: str = msgspec.field(name="_id")


class FileMessage(msgspec.Struct, forbid_unknown_fields=True):
    """What is said with a file; only the text has an effect."""

    msg: str = ""
    groupable: bool | None = None
    avatar: str | None = None
    emoji: str | None = None
    alias: str | None = None


@methods.method("livechat:loadHistory", public=True)
async def load_history(caller: Caller, wanted: WishedHistory) -> dict[str, Any]:
    """Answer messages of the visitor's conversation, newest first, and what is unread besides."""
    seen = _moment(wanted.ls)

    def history(tx: Tx) -> dict[str, Any]:
        limit = max(1, min(wanted.limit, MOST_MESSAGES))
        messages = _history(tx, caller, wanted, _moment(wanted.end), limit)
        unread: list[dict[str, Any]] = []
        if seen is not None and messages:
            oldest = parse_iso(messages[-1]["ts"])
            older = _history(tx, caller, wanted, oldest, MOST_MESSAGES)
            unread = [each for each in older if parse_iso(each["ts"]) > seen]
        first = {"firstUnread": unread[-1]} if unread else {}
        return {"messages": messages, **first, "unreadNotLoaded": len(unread)}

    return await caller.read(history)


@methods.method("livechat:pageVisited", public=True)
async def page_visited(
    caller: Caller, token: str, room_id: str | None, page: PageInfo
) -> dict[str, Any] | None:
    """Note a page that a visitor looks at."""
    request = PageVisited(token=token, rid=room_id, pageInfo=page)
    return await caller.write(note_page_visit, caller.settings, request)


@methods.method("sendMessageLivechat", public=True)
async def send_message(
    caller: Caller, message: VisitorMessage, agent: WishedAgent | None = None
) -> dict[str, Any]:
    """Send a visitor's message into the open conversation, or a new one."""
    settings = caller.settings

    def send(tx: Tx) -> dict[str, Any]:
        visitor = holder_of_token(tx, message.token)
        try:
            check_visitor_length(settings, message.msg)
        except Refused as refusal:
            raise Coded(str(refusal)) from refusal
        opening = Opening({"type": "api"}, None if agent is None else agent.agentId)
        opened = open_conversation(tx, settings, visitor, opening)
        room = conversation_to_change(tx, opened.room.id)
        if room is None or not room.open:
            raise Refused("room-closed")
        draft = Draft(message.msg, id=message.id)
        return deliver_for_visitor(tx, settings, visitor, room, draft)

    return await caller.write(send)


@methods.method("sendFileLivechatMessage", public=True)
async def send_file(
    caller: Caller, room_id: str, token: str, file: KnownFile, message: FileMessage | None = None
) -> bool:
    """Send a file once more that the visitor has uploaded to the open conversation."""
    text = "" if message is None else message.msg
    return await caller.write(send_known_file, caller.settings, token, room_id, file.id, text)


def _history(
    tx: Tx, caller: Caller, wanted: WishedHistory, before: int | None, limit: int
) -> list[dict[str, Any]]:
    end = None if before is None else iso(before)
    query = HistoryQuery(token=wanted.token, end=end, limit=limit)
    try:
        return history_for_visitor(tx, caller.settings, wanted.rid, query)
    except Refused as refusal:
        if str(refusal) == "invalid-room":
            raise Coded("invalid-room", "Invalid Room") from refusal
        raise Coded("invalid-visitor", "Invalid Visitor") from refusal


def _moment(given: Any) -> int | None:
    """Return a time (ms) that a client gave as a date or text; None for anything else."""
    if isinstance(given, datetime):
        return int(given.timestamp() * 1000)
    if isinstance(given, str):
        try:
            return parse_iso(given)
        except ValueError:
            return None
    return None
