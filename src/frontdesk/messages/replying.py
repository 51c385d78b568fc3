"""Threads: replies to a message."""

from typing import Any

from frontdesk.clock import iso
from frontdesk.db import Tx
from frontdesk.messages.records import Message
from frontdesk.messages.storing import change_message, find_message


def thread_of(tx: Tx, message_id: Any) -> Message | None:
    """Return the message at the head of the thread that a reply to `message_id` belongs to.

    None for no id or an unknown one: what is said then stands for itself.
    """
    if not message_id:
        return None
    found = find_message(tx, message_id)
    if found is None or found.hidden:
        return None
    head = (found.extras or {}).get("tmid")
    return find_message(tx, head) if head else found


def note_reply(tx: Tx, parent: Message, reply: Message) -> None:
    """Count a reply on the message at the head of its thread."""
    extras = parent.extras or {}
    replies = extras.get("replies") or []
    if reply.author_id not in replies:
        replies = [*replies, reply.author_id]
    counted = {
        **extras,
        "tcount": int(extras.get("tcount") or 0) + 1,
        "tlm": iso(reply.sent_at),
        "replies": replies,
    }
    change_message(tx, parent, extras=counted)


def forget_reply(tx: Tx, reply: Message) -> None:
    """Count a deleted reply no more."""
    parent = thread_of(tx, (reply.extras or {}).get("tmid"))
    if parent is None:
        return
    extras = dict(parent.extras or {})
    extras["tcount"] = max(0, int(extras.get("tcount") or 0) - 1)
    if not extras["tcount"]:
        for name in ("tcount", "tlm", "replies"):
            del extras[name]
    change_message(tx, parent, extras=extras)
