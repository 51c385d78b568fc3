"""What is known of files, from the upload to the removal of their bytes.

A file is recorded before its bytes are put, with a time at which it expires, and kept in the
transaction that makes use of it (a message, for instance). Whatever happens in between, nothing
is left behind: files that expire, and files that are removed, are purged by a job.
"""

import msgspec

from frontdesk.db import Tx
from frontdesk.files import queries
from frontdesk.files.tables import StoredFile
from frontdesk.jobs import cancel, enqueue

#: The kind of job that deletes the bytes of a file that expired or was removed.
PURGE = "files.purge"


def record_file(tx: Tx, file: StoredFile) -> StoredFile:
    """Record a file, created now; with `expires_at` (ms) it is purged then unless it is kept."""
    recorded = msgspec.structs.replace(file, created_at=tx.now)
    tx.insert(queries.ADD, recorded)
    if recorded.expires_at is not None:
        _purge_at(tx, recorded.id, recorded.expires_at)
    return recorded


def find_file(tx: Tx, file_id: str) -> StoredFile | None:
    """Return a file, or None if there is none or it has expired. Hidden files are found."""
    return tx.one(queries.FIND, file_id=file_id, now=tx.now)


def files_of_room(tx: Tx, room_id: str) -> list[StoredFile]:
    """Return the files of a room that have not expired, oldest first."""
    return tx.all(queries.OF_ROOM, room=room_id, now=tx.now)


def keep_file(tx: Tx, file_id: str) -> bool:
    """Take away a file's expiry; return False if there is no such file (any more)."""
    if not tx.run(queries.KEEP, file_id=file_id, now=tx.now):
        return False
    cancel(tx, _purge_key(file_id))
    return True


def keep_file_in(tx: Tx, file_id: str, room_id: str) -> bool:
    """Keep a file that was recorded before its room was known; otherwise as `keep_file`."""
    return keep_file(tx, file_id) and tx.run(queries.PUT_IN, file_id=file_id, room=room_id) > 0


def hide_file(tx: Tx, file_id: str) -> bool:
    """Mark a file as hidden, since its message was deleted but its history is kept."""
    return tx.run(queries.HIDE, file_id=file_id) > 0


def remove_file(tx: Tx, file_id: str) -> bool:
    """Forget a file, and have its bytes deleted; return whether it was known."""
    if not tx.run(queries.REMOVE, file_id=file_id):
        return False
    _purge_at(tx, file_id, tx.now)
    return True


def release_expired(tx: Tx, file_id: str) -> bool:
    """Forget a file if it has expired; return whether its bytes may be deleted."""
    tx.run(queries.REMOVE_EXPIRED, file_id=file_id, now=tx.now)
    return tx.one(queries.EXISTS, file_id=file_id) is None


def _purge_at(tx: Tx, file_id: str, moment: int) -> None:
    enqueue(tx, PURGE, {"id": file_id}, due_at=moment, key=_purge_key(file_id), replace=True)


def _purge_key(file_id: str) -> str:
    return f"{PURGE}:{file_id}"
