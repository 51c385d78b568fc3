"""What every change of hands has in common: its history, members who leave, the way to the queue.

Used by transfers and by the return to the queue.

Source: behaviour of the API, conversations, sections 2.10, 3.9 and 7.
"""

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from frontdesk.clock import iso
from frontdesk.conversations import queries
from frontdesk.conversations.abandonment import stop_expecting
from frontdesk.conversations.finding import find_conversation
from frontdesk.conversations.noting import note_unread
from frontdesk.conversations.records import Inquiry, Room
from frontdesk.conversations.visitor_stream import tell_who_serves
from frontdesk.conversations.waiting import begin_to_wait, wait_no_more
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page
from frontdesk.ids import random_id
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import message_document
from frontdesk.messages.storing import Author, messages_of_kind, store_message, store_system_message
from frontdesk.webhooks.room_events import tell_forwarded, tell_moved
from frontdesk.workforce.finding import Agent
from frontdesk.workforce.records import Department

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_HISTORY = "livechat_transfer_history"


class Handover(msgspec.Struct, frozen=True):
    """Who gives a conversation away, and to whom, as the history tells it.

    `by_as` is the part that `by` plays: the serving `agent`, another `user`, or the `visitor`
    (then `by` has a token). `to_agent` is `{_id, username, name}`.
    """

    by: Author
    by_as: Literal["agent", "user", "visitor"]
    scope: Literal[
        "agent",
        "department",
        "queue",
        "autoTransferUnansweredChatsToAgent",
        "autoTransferUnansweredChatsToQueue",
    ]
    comment: str | None = None
    to_department: Department | None = None
    to_agent: dict[str, Any] | None = None


def transfer_document(tx: Tx, room: Room, handover: Handover) -> dict[str, Any]:
    """Return what the history keeps of a change of hands, as the API sends it."""
    by, to = handover.by, handover.to_department
    document: dict[str, Any] = {
        "transferredBy": {
            "_id": by.id,
            "username": by.username,
            **({} if by.name is None else {"name": by.name}),
            "userType": handover.by_as,
        },
        "ts": iso(tx.now),
        "scope": handover.scope,
        "comment": handover.comment,
        "previousDepartment": room.department_id,
        "nextDepartment": None if to is None else {"_id": to.id, "name": to.name},
        "transferredTo": handover.to_agent,
    }
    return {name: value for name, value in document.items() if value is not None}


def hand_over(
    tx: Tx,
    settings: "Settings",
    room: Room,
    handover: Handover,
    *,
    department: Department | None,
    new_agent: Agent | None,
) -> None:
    """Tell the history that an open conversation changed hands, with a new agent or department.

    With a new agent, who was assigned before, all other members leave. Without a department the
    conversation stays in its own.
    """
    history = _store_history(tx, room, handover)
    note_unread(tx, settings, room.id, handover.by.id)
    left = 0 if new_agent is None else _see_off(tx, room.id, keeping=new_agent.id)
    tx.run(
        queries.HAND_OVER,
        row_id=room.id,
        now=tx.now,
        **_place(room, department),
        messages_added=2 + left,  # a message that notifies counts twice
        last_message=_last_message(settings, room, history),
    )
    stop_expecting(tx, room)
    tx.emit("room", room.id, "forwarded")
    if department is not None:
        tell_moved(tx, settings, room)
    else:
        tell_forwarded(tx, settings, room)


def hand_to_queue(
    tx: Tx,
    settings: "Settings",
    room: Room,
    inquiry: Inquiry,
    handover: Handover,
    *,
    department: Department | None,
    preferred: Agent | None = None,
) -> None:
    """Take the agent, if there is one, off an open conversation and queue it.

    Where somebody serves, all members leave. Without a department it is queued in its own;
    `preferred` is whom it waits for.
    """
    served = room.agent_id is not None
    place = _place(room, department)
    history = _store_history(tx, room, handover)
    left = _see_off(tx, room.id) if served else 0
    if not served:
        note_unread(tx, settings, room.id, handover.by.id)
    tx.run(
        queries.REMOVE_AGENT,
        row_id=room.id,
        now=tx.now,
        queued_at=tx.now if served else room.queued_at,
        **place,
        messages_added=2 + left,
        last_message=_last_message(settings, room, history),
    )
    tx.run(
        queries.QUEUE_INQUIRY,
        room_id=room.id,
        now=tx.now,
        department_id=place["department_id"],
        default_agent_id=None if preferred is None else preferred.id,
        default_agent_username=None if preferred is None else preferred.username,
        last_message=room.last_message,
    )
    stop_expecting(tx, room)
    if served:
        tell_who_serves(tx, settings, room.id, None)
    if inquiry.status == "queued":
        wait_no_more(tx, settings, room.id, inquiry.department_id)
        if inquiry.department_id != place["department_id"]:  # it leaves that queue
            tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)
    if place["department_id"] != room.department_id:
        tell_moved(tx, settings, room)
    begin_to_wait(tx, settings, room.id, place["department_id"])
    tx.emit("room", room.id, "returned")
    tx.emit("inquiry", inquiry.id, "updated", place["department_id"])


def list_handovers(tx: Tx, room_id: str, page: Page) -> dict[str, Any]:
    """Return the changes of hands of a conversation, oldest first unless sorted otherwise.

    Raises Refused `invalid-room`.
    """
    if find_conversation(tx, room_id) is None:
        raise Refused("invalid-room")
    told = [message_document(each) for each in messages_of_kind(tx, room_id, _HISTORY)]
    answer = listed_page("history", told, page, [("ts", 1)])
    answer["history"] = [each["transferData"] for each in answer["history"]]
    return answer


def _store_history(tx: Tx, room: Room, handover: Handover) -> dict[str, Any]:
    by = handover.by
    return store_message(
        tx,
        Message(
            id=random_id(),
            room_id=room.id,
            sent_at=tx.now,
            kind=_HISTORY,
            text="",
            author_id=by.id,
            author_username=by.username,
            visitor_token=by.token,
            groupable=False,
            extras={"transferData": transfer_document(tx, room, handover)},
            updated_at=tx.now,
        ),
    )


def _see_off(tx: Tx, room_id: str, *, keeping: str = "") -> int:
    """Let all members but one leave, each with a message; return how many left."""
    removed = tx.all(queries.REMOVE_OTHER_SUBSCRIPTIONS, room_id=room_id, kept_id=keeping)
    for each in removed:
        left = Author(each.user_id, each.username)
        store_system_message(tx, room_id, "ul", left, each.username)
        tx.emit("subscription", each.user_id, "removed", each.id, room_id)
    return len(removed)


def _place(room: Room, department: Department | None) -> dict[str, Any]:
    if department is None:
        return {
            "department_id": room.department_id,
            "department_ancestors": room.department_ancestors,
        }
    return {"department_id": department.id, "department_ancestors": department.ancestors}


def _last_message(settings: "Settings", room: Room, history: dict[str, Any]) -> Any:
    """Return what the room shows as its last message: the history message notifies."""
    return history if settings.flag("Store_Last_Message") else room.last_message
