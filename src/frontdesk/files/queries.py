"""All statements about files."""

from sqlalchemy import bindparam, delete, null, or_, select, update

from frontdesk.db import Command, Insert, Query, columns_of
from frontdesk.files.tables import StoredFile, files

ADD = Insert(files)

_by_id = files.c.id == bindparam("file_id")
_alive = or_(files.c.expires_at.is_(None), files.c.expires_at > bindparam("now"))

FIND = Query(columns_of(files, StoredFile).where(_by_id, _alive), StoredFile)
OF_ROOM = Query(
    columns_of(files, StoredFile)
    .where(files.c.room_id == bindparam("room"), _alive)
    .order_by(files.c.created_at, files.c.id),
    StoredFile,
)
EXISTS = Query(select(files.c.id).where(_by_id), str)
KEEP = Command(update(files).where(_by_id, _alive).values(expires_at=null()))
PUT_IN = Command(update(files).where(_by_id).values(room_id=bindparam("room")))
HIDE = Command(update(files).where(_by_id).values(hidden=True))
REMOVE = Command(delete(files).where(_by_id))
REMOVE_EXPIRED = Command(delete(files).where(_by_id, files.c.expires_at <= bindparam("now")))
