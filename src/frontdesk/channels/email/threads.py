"""Threads of mails: which conversation a mail belongs to, and what of it is remembered."""

import hashlib
from collections.abc import Iterable
from typing import Any

from frontdesk.channels import queries
from frontdesk.channels.records import Remembered
from frontdesk.conversations.channel_data import keep_channel_data
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.records import Room
from frontdesk.db import Tx

#: Message-IDs that a conversation keeps, the newest.
MOST_KEPT = 50


def remember(tx: Tx, inbox_id: str, message_id: str, room_id: str | None) -> bool:
    """Remember a mail of an inbox; return False if it was remembered before."""
    mail = Remembered(inbox_id, digest(message_id), room_id, tx.now)
    return tx.insert(queries.REMEMBER, mail) == 1


def is_remembered(tx: Tx, inbox_id: str, message_id: str) -> bool:
    """Tell whether a mail was taken in, sent, or left alone before."""
    found = tx.one(queries.REMEMBERED, inbox_id=inbox_id, mail_id=digest(message_id))
    return found is not None


def room_of_thread(
    tx: Tx, inbox_id: str, message_ids: Iterable[str], visitor_id: str
) -> Room | None:
    """Return the visitor's conversation, open or closed, to which one of the mails belongs, read
    with `conversation_to_change`.

    Others who write into a thread begin one of their own. In the reference a conversation that was
    forwarded to another department is not found; here it is.
    """
    for message_id in message_ids:
        mail = tx.one(queries.REMEMBERED, inbox_id=inbox_id, mail_id=digest(message_id))
        if mail is None or mail.room_id is None:
            continue
        room = conversation_to_change(tx, mail.room_id)
        if room is not None and room.visitor_id == visitor_id and "email" in (room.channel or {}):
            return room
    return None


def note_in_thread(tx: Tx, room: Room, message_ids: Iterable[str], **changes: Any) -> None:
    """Add Message-IDs to the thread of a conversation, and set what else the channel keeps."""
    email = dict((room.channel or {}).get("email", {}))
    thread = dict.fromkeys([*email.get("thread", []), *message_ids])
    email |= {**changes, "thread": list(thread)[-MOST_KEPT:]}
    channel = {**(room.channel or {}), "email": email}
    if channel != room.channel:
        keep_channel_data(tx, room.id, channel)


def digest(message_id: str) -> str:
    """Return what stands for a Message-ID, which may be of any length."""
    return hashlib.sha256(message_id.encode(errors="surrogateescape")).hexdigest()[:40]
