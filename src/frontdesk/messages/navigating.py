"""The pages that a visitor looks at, kept as system messages.

What is visited before there is a conversation waits for it, for thirty days at the most. Of very
many visits the newest wait: nobody knows yet who the visitor is.

Source: behaviour of the API, messages, section 4.1. Differing on purpose: a page is only noted in
the visitor's own conversation, and only while that is open; and only who may read the conversation
is told of its pages.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.conversations.finding import conversation_to_change, find_conversation
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.recording import count_messages
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.http.call import Principal
from frontdesk.http.paging import Page, listed
from frontdesk.ids import random_id
from frontdesk.jobs.queue import enqueue
from frontdesk.messages import queries
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import PageVisited, message_document
from frontdesk.messages.storing import SYSTEM_AUTHOR, remove_messages, store_message

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: How long a visit waits for a conversation; milliseconds (the API's own thirty days).
KEPT = 30 * 24 * 3600 * 1000
#: The job that forgets visits whose conversation never came.
FORGET_VISITS = "messages.forget_visits"
_KIND = "livechat_navigation_history"


def note_page_visit(tx: Tx, settings: "Settings", request: PageVisited) -> dict[str, Any] | None:
    """Note a visited page; return it, or None if the workspace does not watch for this change.

    Raises Refused `invalid-room` or `room-closed`.
    """
    page = request.pageInfo
    if page.change != settings.text("Livechat_history_monitor_type"):
        return None
    if request.rid is not None:
        room = conversation_to_change(tx, request.rid)
        if room is None or room.visitor_token != request.token:
            raise Refused("invalid-room")
        if not room.open:
            raise Refused("room-closed")
    navigation = {"page": msgspec.to_builtins(page), "token": request.token}
    extras: dict[str, Any] = {"navigation": navigation}
    if request.rid is None:
        extras["expireAt"] = tx.now + KEPT
    message = Message(
        id=random_id(),
        room_id=request.rid if request.rid is not None else _waiting_place(request.token),
        sent_at=tx.now,
        kind=_KIND,
        text=f"{page.title} - {page.location.href}",
        author_id=SYSTEM_AUTHOR.id,
        author_username=SYSTEM_AUTHOR.username,
        author_name=SYSTEM_AUTHOR.name,
        groupable=False,
        hidden=not settings.flag("Livechat_Visitor_navigation_as_a_message"),
        extras=extras,
        updated_at=tx.now,
    )
    if request.rid is not None:
        store_message(tx, message)
        count_messages(tx, request.rid, 1)
    else:
        _make_room(tx, message.room_id)
        store_message(tx, message)
        enqueue(tx, FORGET_VISITS, {}, due_at=tx.now + KEPT, key=FORGET_VISITS)
    return {"msg": message.text, "navigation": navigation}


def _make_room(tx: Tx, place: str) -> None:
    """Forget the oldest of the visits that wait, if there are as many as may."""
    outlived = tx.one(queries.OUTLIVED_VISIT, room_id=place)
    if outlived is not None:
        tx.run(queries.DELETE_OUTLIVED_VISITS, of_room=place, until=outlived)


def adopt_page_visits(tx: Tx, token: str, room_id: str) -> None:
    """Move the pages that a visitor looked at outside of a conversation into this one."""
    visits = tx.all(queries.MESSAGES_OF_ROOM, room_id=_waiting_place(token))
    for visit in visits:
        extras = {name: each for name, each in (visit.extras or {}).items() if name != "expireAt"}
        tx.patch(queries.PATCH_MESSAGE, visit.id, room_id=room_id, extras=extras, updated_at=tx.now)
    if visits:
        count_messages(tx, room_id, len(visits))


def list_page_visits(
    tx: Tx, settings: "Settings", user: Principal, room_id: str, page: Page
) -> dict[str, Any]:
    """Return the pages that the visitor of a conversation looked at, newest first unless sorted
    otherwise. Raises Refused `invalid-room`, and `error-not-allowed` for a conversation that the
    user may not read: with each page stands the visitor's token.
    """
    room = find_conversation(tx, room_id)
    if room is None:
        raise Refused("invalid-room")
    if not may_read(tx, settings, user, room):
        raise Refused("error-not-allowed")
    found = tx.select(queries.of_kind(room_id, _KIND, page), Message)
    total = tx.select(queries.count_of_kind(room_id, _KIND), int)[0]
    return listed("pages", [message_document(each) for each in found], page, total)


def forget_page_visits(tx: Tx, token: str) -> int:
    """Delete the visits that wait for a conversation of the visitor; return how many."""
    return remove_messages(tx, _waiting_place(token))


def forget_old_visits(tx: Tx) -> None:
    """Delete the visits that have waited for too long, and come back for the others."""
    tx.run(queries.DELETE_OLD_VISITS, before=tx.now - KEPT)
    oldest = tx.one(queries.OLDEST_VISIT)
    if oldest is not None:
        enqueue(tx, FORGET_VISITS, {}, due_at=oldest + KEPT + 1, key=FORGET_VISITS)


def _waiting_place(token: str) -> str:
    """Return what stands for the room of visits that have none yet; no room has such an id."""
    return f"{queries.WAITING}{token}"
