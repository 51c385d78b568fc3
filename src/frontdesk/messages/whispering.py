"""Notices that only one user sees, and that are stored nowhere.

Source: behaviour of the API, real time, section 6.4.
"""

from frontdesk.clock import iso
from frontdesk.db import Tx
from frontdesk.ids import random_id
from frontdesk.messages.markdown import parse_markdown
from frontdesk.messages.storing import SYSTEM_AUTHOR


def whisper(tx: Tx, user_id: str, room_id: str, text: str) -> None:
    """Show a text to one user, in a room, as long as that user's clients are connected."""
    moment = iso(tx.now)
    notice = {
        "_id": random_id(),
        "rid": room_id,
        "msg": text,
        "md": parse_markdown(text),
        "ts": moment,
        "u": {"_id": SYSTEM_AUTHOR.id, "username": SYSTEM_AUTHOR.username},
        "private": True,
        "groupable": False,
        "_updatedAt": moment,
    }
    tx.emit("notify-user", f"{user_id}/message", notice)
