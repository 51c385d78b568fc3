"""Editing a message, by the visitor or the user who wrote it, or by whoever may edit all.

Source: behaviour of the API, messages, sections 1.6, 3.3 and 4.6. Differing on purpose: a visitor
edits only messages of the named room, and no system messages (the closing comment is part of the
record).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.canned_responses.placeholders import fill_places
from frontdesk.conversations.amending import note_edit
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.http.call import Principal
from frontdesk.ids import random_id
from frontdesk.messages import queries
from frontdesk.messages.bad_words import without_bad_words
from frontdesk.messages.checking import (
    HARD_LIMIT,
    check_custom_fields,
    check_length,
    length,
)
from frontdesk.messages.composing import anybody, readable_by, serving_agent
from frontdesk.messages.markdown import parse_markdown
from frontdesk.messages.quoting import MayQuote, with_quotes
from frontdesk.messages.reading_text import Resolve, members, read_text
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import EditAsVisitor, UpdateMessage, message_document
from frontdesk.messages.sending import room_to_post
from frontdesk.messages.storing import Author, change_message, find_message
from frontdesk.visitors.finding import visitor_by_token

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def edit_as_visitor(
    tx: Tx, settings: "Settings", message_id: str, request: EditAsVisitor
) -> dict[str, Any]:
    """Change the text of a visitor's own message; return it as the API sends it.

    Raises Refused `invalid-token`, `invalid-room`, `invalid-message`,
    `error-action-not-allowed`, `message-length-exceeds-character-limit`.
    """
    visitor = visitor_by_token(tx, request.token)
    room = conversation_to_change(tx, request.rid)
    if room is None or room.visitor_token != request.token:
        raise Refused("invalid-room")
    message = find_message(tx, message_id)
    if message is None or message.room_id != room.id:
        raise Refused("invalid-message")
    own = message.author_id == visitor.id and message.visitor_token == visitor.token
    if not settings.flag("Message_AllowEditing") or not own or message.kind is not None:
        raise Refused("error-action-not-allowed")
    if length(request.msg) > HARD_LIMIT:
        raise Refused("message-length-exceeds-character-limit")
    edit = _Edit(
        Author(visitor.id, visitor.username or "", visitor.name, visitor.token),
        serving_agent(room),
        lambda quoted: quoted.room_id == room.id,
    )
    return _apply(tx, settings, message, edit, _new_text(tx, settings, message, edit, request.msg))


def edit_as_user(
    tx: Tx, settings: "Settings", user: Principal, request: UpdateMessage
) -> dict[str, Any]:
    """Change a message for a user; return it as the API sends it.

    A text that is the same changes nothing. Raises Refused for a message that is not there or
    not in that room, Coded `error-action-not-allowed`, `error-message-editing-blocked`,
    `error-message-size-exceeded`, and what `room_to_post` refuses.
    """
    message = found_in_room(tx, request.msgId, request.roomId)
    same = (
        message.text == request.text
        and request.previewUrls is None
        and request.customFields is None
    )
    if same and readable_by(tx, settings, user)(message):
        return message_document(message)
    _check_right(tx, settings, user, message)
    room = room_to_post(tx, settings, user, message.room_id)
    # Once more, now that nobody else changes anything in the room.
    message = found_in_room(tx, request.msgId, request.roomId)
    check_length(settings, request.text)
    check_custom_fields(settings, request.customFields)
    edit = _Edit(
        Author(user.id, user.username, user.name),
        anybody(tx),
        readable_by(tx, settings, user),
        request.previewUrls,
    )
    changed = _new_description(message, request.text)
    if changed is None:
        text = fill_places(tx, settings, room, request.text)
        changed = _new_text(tx, settings, message, edit, text)
    if request.customFields is not None:
        changed.extras = {**(changed.extras or {}), "customFields": request.customFields}
    return _apply(tx, settings, message, edit, changed)


def found_in_room(tx: Tx, message_id: str, room_id: str) -> Message:
    """Return a message that a user has named by its id and its room; raises Refused."""
    message = find_message(tx, message_id)
    if message is None:
        raise Refused(f'No message found with the id of "{message_id}".')
    if message.room_id != room_id:
        raise Refused("The room id provided does not match where the message is from.")
    return message


class _Edit(msgspec.Struct, frozen=True):
    """Who edits, and how the names and links of the new text are resolved."""

    editor: Author
    resolve: Resolve
    may_quote: MayQuote
    previews: Sequence[str] | None = None


def _check_right(tx: Tx, settings: "Settings", user: Principal, message: Message) -> None:
    own = message.author_id == user.id and message.visitor_token is None
    allowed = user.may("edit-message") or (settings.flag("Message_AllowEditing") and own)
    if not allowed or message.kind is not None:
        raise Coded("error-action-not-allowed", "Message editing not allowed")
    minutes = settings.number("Message_AllowEditing_BlockEditInMinutes")
    late = minutes > 0 and tx.now - message.sent_at > minutes * 60_000
    if late and not user.may("bypass-time-limit-edit-and-delete"):
        raise Coded("error-message-editing-blocked", "Message editing is blocked")


def _new_text(tx: Tx, settings: "Settings", message: Message, edit: _Edit, text: str) -> Message:
    """Return a message with another text and what follows from it."""
    reading = read_text(without_bad_words(settings, text))
    extras = {name: value for name, value in (message.extras or {}).items() if name != "md"}
    extras |= members(reading, edit.resolve, edit.previews)
    changed = msgspec.structs.replace(message, text=reading.text, extras=extras)
    return with_quotes(tx, settings, changed, edit.may_quote)


def _new_description(message: Message, text: str) -> Message | None:
    """Return a message whose file has another description; None if it has none to replace."""
    extras = message.extras or {}
    attachments = extras.get("attachments") or [{}]
    if not attachments[0].get("description"):
        return None
    described = {"description": text, "descriptionMd": parse_markdown(text)}
    first = {**attachments[0], **described}
    if "image_alt" in first:
        first["image_alt"] = text
    extras = {**extras, "attachments": [first, *attachments[1:]]}
    return msgspec.structs.replace(message, extras=extras)


def _apply(
    tx: Tx, settings: "Settings", message: Message, edit: _Edit, changed: Message
) -> dict[str, Any]:
    """Store the changed message in the place of `message`."""
    if settings.flag("Message_KeepHistory"):
        keep_history(tx, message, edit.editor)
    document = change_message(
        tx,
        message,
        text=changed.text,
        extras=changed.extras,
        edited_at=tx.now,
        edited_by_id=edit.editor.id,
        edited_by_username=edit.editor.username,
    )
    note_edit(tx, settings, message.room_id, document)
    return document


def keep_history(tx: Tx, message: Message, editor: Author) -> None:
    """Store a hidden copy of a message as it is, before it is changed."""
    copy = msgspec.structs.replace(
        message,
        id=random_id(),
        hidden=True,
        edited_at=tx.now,
        edited_by_id=editor.id,
        edited_by_username=editor.username,
        extras={**(message.extras or {}), "parent": message.id},
        updated_at=tx.now,
    )
    tx.insert(queries.INSERT_MESSAGE, copy)
