"""Reactions to messages: emojis with the names of those who gave them.

Source: the published document for chat.react; behaviour of the API, messages, section 1.7. Who may
write in a room may react in it.
"""

import re
from typing import TYPE_CHECKING, Any

from frontdesk.conversations.amending import note_edit
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.http.call import Principal
from frontdesk.messages.schemas import React
from frontdesk.messages.sending import room_to_post
from frontdesk.messages.storing import change_message, find_message

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Different emojis on one message, and the names under one of them.
MOST_EMOJIS = 50
MOST_NAMES = 500
_EMOJI = re.compile(r"[^\s:.$\x00-\x1f]{1,98}")


def react(tx: Tx, settings: "Settings", user: Principal, request: React) -> dict[str, Any]:
    """Give or take back a reaction, or turn it over; return the message as the API sends it.

    Raises Coded `error-messageid-param-not-provided`, `error-message-not-found`,
    `error-emoji-param-not-provided`, `error-not-allowed` for an emoji that is none, and what
    `room_to_post` refuses.
    """
    if not request.messageId:
        raise Coded(
            "error-messageid-param-not-provided", 'The required "messageId" param is missing.'
        )
    message = find_message(tx, request.messageId)
    if message is None:
        raise _unknown()
    emoji = _emoji(request.emoji or request.reaction)
    room_to_post(tx, settings, user, message.room_id)
    # Once more, now that nobody else changes anything in the room.
    message = find_message(tx, request.messageId)
    if message is None or message.hidden:
        raise _unknown()
    extras = message.extras or {}
    reactions = {name: dict(each) for name, each in (extras.get("reactions") or {}).items()}
    names = list(reactions.get(emoji, {}).get("usernames") or ())
    given = user.username in names
    wanted = not given if request.shouldReact is None else request.shouldReact
    if wanted == given:
        return {}
    if wanted:
        if len(names) >= MOST_NAMES or (emoji not in reactions and len(reactions) >= MOST_EMOJIS):
            raise Coded("error-not-allowed", "Not allowed")
        reactions[emoji] = {"usernames": [*names, user.username]}
    elif len(names) == 1:
        del reactions[emoji]
    else:
        reactions[emoji] = {"usernames": [each for each in names if each != user.username]}
    changed = {name: each for name, each in extras.items() if name != "reactions"}
    if reactions:
        changed["reactions"] = reactions
    document = change_message(tx, message, extras=changed)
    note_edit(tx, settings, message.room_id, document)
    return document


def _emoji(given: str | None) -> str:
    if not given:
        raise Coded("error-emoji-param-not-provided", 'The required "emoji" param is missing.')
    name = given.strip().strip(":")
    if not _EMOJI.fullmatch(name):
        raise Coded("error-not-allowed", "Invalid emoji provided.")
    return f":{name}:"


def _unknown() -> Coded:
    return Coded(
        "error-message-not-found",
        'The provided "messageId" does not match any existing message.',
    )
