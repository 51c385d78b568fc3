"""Deleting a message: without a trace, with a mark in its place, or kept hidden.

Source: behaviour of the API, messages, sections 1.6, 3.4 and 4.6. A visitor deletes only own
messages of the named room, and no system messages.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.access.finding import find_user
from frontdesk.clock import iso
from frontdesk.conversations.amending import note_deletion
from frontdesk.conversations.finding import conversation_to_change, find_room, visitor_room
from frontdesk.conversations.reading_rights import may_read
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.files.keeping import find_file, hide_file, remove_file
from frontdesk.http.call import Principal
from frontdesk.messages import queries
from frontdesk.messages.editing import found_in_room, keep_history
from frontdesk.messages.records import Message, Removed
from frontdesk.messages.replying import forget_reply
from frontdesk.messages.schemas import DeleteAsVisitor, DeleteMessage, message_document
from frontdesk.messages.storing import Author, change_message, find_message
from frontdesk.visitors.finding import visitor_by_token

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: The type of the mark that stands in the place of a deleted message.
_DELETED = "rm"


def delete_as_visitor(
    tx: Tx, settings: "Settings", message_id: str, request: DeleteAsVisitor
) -> dict[str, Any]:
    """Delete a visitor's own message; return its id and the time.

    Raises Refused `invalid-token`, `invalid-room`, `invalid-message`,
    `error-action-not-allowed`.
    """
    visitor = visitor_by_token(tx, request.token)
    room = visitor_room(tx, request.rid, request.token)
    if room is None:
        raise Refused("invalid-room")
    message = find_message(tx, message_id)
    if message is None or message.room_id != room.id:
        raise Refused("invalid-message")
    own = message.author_id == visitor.id and message.visitor_token == visitor.token
    if not settings.flag("Message_AllowDeleting") or not own or message.kind is not None:
        raise Refused("error-action-not-allowed")
    delete_message(tx, settings, message, Author(visitor.id, visitor.username or ""))
    return {"_id": message.id, "ts": iso(tx.now)}


def delete_as_user(
    tx: Tx, settings: "Settings", user: Principal, request: DeleteMessage
) -> dict[str, Any]:
    """Delete a message for a user, or in the name of its author (`asUser`).

    Returns the answer of the endpoint. Raises Refused for a message that is not there or not in
    that room, and for `asUser` without the right to it; Coded `error-action-not-allowed`.
    """
    message = _named(tx, request)
    own = message.author_id == user.id and message.visitor_token is None
    if request.asUser and not own and not user.may("force-delete-message"):
        raise Refused(
            'Unauthorized. You must have the permission "force-delete-message" to delete '
            "other's message as them."
        )
    author = find_user(tx, message.author_id) if request.asUser else None
    if request.asUser and author is None:
        raise Refused("User not found")
    if not _may_delete(tx, settings, user, message, own=own):
        raise Coded("error-action-not-allowed", "Not allowed")
    by = Author(author.id, author.username) if author else Author(user.id, user.username)
    delete_message(tx, settings, message, by)
    document = message_document(message)
    return {
        "_id": message.id,
        "ts": str(tx.now),
        "message": {name: document[name] for name in ("_id", "rid", "u")},
    }


def delete_message(tx: Tx, settings: "Settings", message: Message, by: Author) -> None:
    """Delete a message in the way that the workspace keeps or shows what was deleted.

    What is deleted already stays as it is.
    """
    conversation_to_change(tx, message.room_id)
    found = find_message(tx, message.id)
    if found is None or found.kind == _DELETED or found.hidden:
        return
    message = found
    answered = bool((message.extras or {}).get("tcount"))
    keep = settings.flag("Message_KeepHistory") or answered
    show = settings.flag("Message_ShowDeletedStatus") or answered
    if keep and show:
        keep_history(tx, message, by)
    if show:
        _replace_by_mark(tx, message, by)
    elif keep:
        tx.patch(queries.PATCH_MESSAGE, message.id, hidden=True, updated_at=tx.now)
    else:
        tx.run(queries.DELETE_MESSAGE, message_id=message.id)
    for file_id in _files(message):
        if keep:
            hide_file(tx, file_id)
        else:
            remove_file(tx, file_id)
    if not show:
        tx.insert(queries.INSERT_REMOVED, Removed(message.room_id, tx.now, message.id))
        tx.emit("notify-room", f"{message.room_id}/deleteMessage", {"_id": message.id})
    forget_reply(tx, message)
    last = tx.one(queries.LAST_MESSAGE, room_id=message.room_id)
    shown = message_document(last) if last is not None else None
    note_deletion(tx, settings, message, shown)


def _files(message: Message) -> list[str]:
    extras = message.extras or {}
    given = [extras.get("file"), *(extras.get("files") or ())]
    return list(dict.fromkeys(each["_id"] for each in given if each and "_id" in each))


def _named(tx: Tx, request: DeleteMessage) -> Message:
    if request.fileId is None:
        return found_in_room(tx, request.msgId or "", request.roomId or "")
    file = find_file(tx, request.fileId)
    message = None
    if file is not None and file.room_id is not None:
        message = next(
            (
                each
                for each in tx.all(queries.MESSAGES_OF_ROOM, room_id=file.room_id)
                if (each.extras or {}).get("file", {}).get("_id") == request.fileId
            ),
            None,
        )
    if message is None:
        raise Refused(f'No message found with the id of "{request.fileId}".')
    return message


def _may_delete(
    tx: Tx, settings: "Settings", user: Principal, message: Message, *, own: bool
) -> bool:
    room = find_room(tx, message.room_id)
    if room is None or not may_read(tx, settings, user, room):
        return False
    if user.may("force-delete-message"):
        return True
    permitted = user.may("delete-message") or (own and user.may("delete-own-message"))
    if not settings.flag("Message_AllowDeleting") or not permitted:
        return False
    minutes = settings.number("Message_AllowDeleting_BlockDeleteInMinutes")
    if minutes <= 0 or user.may("bypass-time-limit-edit-and-delete"):
        return True
    return tx.now - message.sent_at <= minutes * 60_000


def _replace_by_mark(tx: Tx, message: Message, by: Author) -> None:
    kept = ("tmid", "tcount", "tlm", "replies")
    extras = {name: each for name, each in (message.extras or {}).items() if name in kept}
    emptied: dict[str, Any] = {"urls": [], "mentions": [], "attachments": [], "reactions": {}}
    change_message(
        tx,
        message,
        kind=_DELETED,
        text="",
        extras={**extras, **emptied},
        edited_at=tx.now,
        edited_by_id=by.id,
        edited_by_username=by.username,
    )
