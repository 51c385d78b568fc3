"""Making a message out of what somebody wants to say."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.access.finding import user_by_name
from frontdesk.canned_responses.placeholders import fill_places
from frontdesk.conversations.finding import find_room
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.http.call import Principal
from frontdesk.ids import random_id
from frontdesk.messages.bad_words import without_bad_words
from frontdesk.messages.quoting import MayQuote, with_quotes
from frontdesk.messages.reading_text import GROUPS, Resolve, members, read_text
from frontdesk.messages.records import Message
from frontdesk.messages.storing import Author
from frontdesk.visitors.records import Visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class Draft(msgspec.Struct, frozen=True):
    """What is to be said. `id` and `sent_at` (ms) are the client's own, if it has any.

    `extras` are further members of the message document, already checked (attachments, file,
    emoji, ...); `previews` the web addresses to show previews of, None for all.
    """

    text: str
    id: str | None = None
    sent_at: int | None = None
    alias: str | None = None
    groupable: bool | None = None
    extras: Mapping[str, Any] = {}
    previews: Sequence[str] | None = None


def compose_for_visitor(
    tx: Tx, settings: "Settings", visitor: Visitor, room: Room, draft: Draft
) -> Message:
    """Return a visitor's message, not yet stored.

    Raises Coded `error-action-not-allowed` for a text that addresses everybody: visitors hold
    no permissions.
    """
    reading = read_text(without_bad_words(settings, draft.text))
    _refuse_groups(reading.names, frozenset())
    said = members(reading, serving_agent(room), draft.previews)
    author = Author(visitor.id, visitor.username or "", visitor.name, visitor.token)
    message = _message(tx, settings, room, author, draft, reading.text, said)
    message.alias = visitor.name or None
    return with_quotes(tx, settings, message, lambda quoted: quoted.room_id == room.id)


def compose_for_user(
    tx: Tx, settings: "Settings", user: Principal, room: Room, draft: Draft
) -> Message:
    """Return a user's message, not yet stored.

    Raises Coded `error-action-not-allowed` for a text that addresses everybody, if the user may
    not.
    """
    text = fill_places(tx, settings, room, draft.text)
    reading = read_text(without_bad_words(settings, text))
    _refuse_groups(reading.names, user.permissions)
    said = members(reading, anybody(tx), draft.previews)
    author = Author(user.id, user.username, user.name)
    message = _message(tx, settings, room, author, draft, reading.text, said)
    message.alias = draft.alias or None
    return with_quotes(tx, settings, message, readable_by(tx, settings, user))


def anybody(tx: Tx) -> Resolve:
    """Return how a user's message resolves names: to any user."""

    def resolve(name: str) -> dict[str, Any] | None:
        user = user_by_name(tx, name)
        if user is None:
            return None
        return {"_id": user.id, "username": user.username, "name": user.name, "type": "user"}

    return resolve


def serving_agent(room: Room) -> Resolve:
    """Return how a visitor's message resolves names: to the serving agent, whom the visitor
    knows. Nobody learns here who else works for the workspace.
    """

    def resolve(name: str) -> dict[str, Any] | None:
        if room.agent_id is None or name != room.agent_username:
            return None
        return {"_id": room.agent_id, "username": name, "type": "user"}

    return resolve


def readable_by(tx: Tx, settings: "Settings", user: Principal) -> MayQuote:
    """Return whether a user may read a message, by the rules of its room."""

    def may_quote(quoted: Message) -> bool:
        room = find_room(tx, quoted.room_id)
        return room is not None and may_read(tx, settings, user, room)

    return may_quote


def _message(
    tx: Tx,
    settings: "Settings",
    room: Room,
    author: Author,
    draft: Draft,
    text: str,
    said: dict[str, Any],
) -> Message:
    extras = {**draft.extras, **said}
    if settings.flag("Message_Read_Receipt_Enabled"):
        extras["unread"] = True
    return Message(
        id=draft.id or random_id(),
        room_id=room.id,
        sent_at=draft.sent_at or tx.now,
        kind=None,
        text=text,
        author_id=author.id,
        author_username=author.username,
        author_name=author.name,
        visitor_token=author.token,
        groupable=draft.groupable,
        extras=extras,
        updated_at=tx.now,
    )


def _refuse_groups(names: Sequence[str], permissions: frozenset[str]) -> None:
    for group in GROUPS:
        if group in names and f"mention-{group}" not in permissions:
            raise Coded("error-action-not-allowed", f"Notify {group} in this room not allowed")
