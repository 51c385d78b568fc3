"""Closing a call.

A client closes when the call is over: with the visitor's token, whoever is logged in. It makes
its checks in `close_by_client` and then calls `close_call`, which decides once, writes once and
announces once. The ways of a chat (closing message, webhooks, transcripts) are not used.

Source of rules and texts: behaviour of the call centre, section 4.
"""

from typing import TYPE_CHECKING

import msgspec

from frontdesk.calls import queries
from frontdesk.calls.finding import call_of_visitor
from frontdesk.calls.records import CallRoom
from frontdesk.calls.schemas import CloseCall, CloseCallOptions
from frontdesk.clock import parse_iso
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.http.call import Principal
from frontdesk.messages.storing import Author, store_system_message
from frontdesk.visitors.finding import visitor_by_token

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class CallClosing(msgspec.Struct, frozen=True):
    """How a call is to be closed.

    `closer` is recorded, as a visitor if it has a token; `writer` is who really acts and signs
    the closing message.
    """

    closer: Author
    writer: Author
    comment: str = ""
    tags: tuple[str, ...] = ()


def close_by_client(tx: Tx, settings: "Settings", user: Principal, request: CloseCall) -> None:
    """Close a call for a client that holds the visitor's token.

    The user need not serve the call: the token is the proof. What is recorded is a close by the
    visitor, as clients of the API are used to.

    Raises Refused `invalid-token`, `invalid-room`, `room-closed`.
    """
    visitor = visitor_by_token(tx, request.token)
    room = call_of_visitor(tx, request.rid, request.token)
    if not room.open:
        raise Refused("room-closed")
    options = request.options or CloseCallOptions()
    closing = CallClosing(
        closer=Author(visitor.id, visitor.username or "", visitor.name, request.token),
        writer=Author(user.id, user.username, user.name),
        comment=options.comment or "",
        tags=tuple(options.tags or ()),
    )
    close_call(tx, settings, room, closing)


def close_call(tx: Tx, settings: "Settings", room: CallRoom, closing: CallClosing) -> None:
    """Close `room` and store the closing message, both in this transaction.

    A comment makes the message a `voip-call-wrapup`; without one it is a `voip-call-ended`.
    Of many closers exactly one succeeds, and only that one's message stays.

    Raises Refused `room-closed`, which undoes the transaction, when somebody else was faster.
    """
    message = store_system_message(
        tx,
        room.id,
        "voip-call-wrapup" if closing.comment else "voip-call-ended",
        closing.writer,
        closing.comment,
    )
    changed = tx.run(
        queries.CLOSE_CALL,
        room_id=room.id,
        closed_at=tx.now,
        closer="visitor" if closing.closer.token else "user",
        closed_by_id=closing.closer.id,
        closed_by_username=closing.closer.username,
        duration=tx.now - room.opened_at,
        hold_time=0,  # a call that no telephone system knows was never held (section 4.4)
        tags=list(closing.tags) or None,
        last_message_at=parse_iso(message["ts"]),
        last_message=message if settings.flag("Store_Last_Message") else room.last_message,
    )
    if changed != 1:
        raise Refused("room-closed")
    tx.emit("call-room", room.id, "closed")
