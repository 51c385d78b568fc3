"""Single facts that other features note on a conversation."""

from typing import Any

from frontdesk.conversations import queries
from frontdesk.db import Tx


def set_transcript_request(tx: Tx, room_id: str, request: dict[str, Any] | None) -> None:
    """Note, or forget, the e-mail transcript that is to be sent at the close."""
    tx.patch(queries.PATCH_ROOM, room_id, transcript_request=request, updated_at=tx.now)
    tx.emit("room", room_id, "changed")


def set_pdf_file(tx: Tx, room_id: str, file_id: str) -> None:
    """Note which file is the conversation's PDF transcript."""
    tx.patch(queries.PATCH_ROOM, room_id, pdf_file_id=file_id, updated_at=tx.now)
    tx.emit("room", room_id, "changed")


def count_messages(tx: Tx, room_id: str, added: int) -> None:
    """Count messages that change nothing else about the room."""
    tx.run(queries.COUNT_MESSAGES, row_id=room_id, added=added, now=tx.now)
