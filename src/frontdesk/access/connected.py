"""Presence by connections: a user is there as long as one of his clients is connected.

Each connection of a user is a row, so that all processes see the same. A process says now and then
that its rows count still; those of one that has died are removed by the others, or by itself when
it starts again. Who chose a status other than `online` keeps it while connected.

Source: behaviour of the API, real time, section 6.9.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog

from frontdesk.access import queries
from frontdesk.access.announcing import announce_presence, announce_user
from frontdesk.access.finding import find_user, user_to_change
from frontdesk.access.records import UserConnection
from frontdesk.db import Tx
from frontdesk.ids import random_id

if TYPE_CHECKING:
    from frontdesk.realtime.session import Session
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: Milliseconds between two signs of life of a process, and until its connections count no more.
#: Clients that lost their server come back within half a minute: nobody is offline meanwhile.
BEAT = 20_000
STALE = 60_000
#: Names the connections of this process.
_PROCESS = random_id()


class Presence:
    """The part of one connection in its user's presence."""

    def __init__(self, workspace: "Workspace", session: "Session", user_id: str) -> None:
        self._workspace = workspace
        self._session = session
        self._user = user_id

    async def come(self) -> None:
        """Count the connection."""
        await self._workspace.db.write(lambda tx: _come(tx, self._session.id, self._user))

    async def leave(self) -> None:
        """Count the connection no more. When the whole process stops, its clients come back soon:
        then their users stay as they are.
        """
        if not self._session.server_stops:
            await self._workspace.db.write(lambda tx: _leave(tx, self._session.id, self._user))


def note_presence(tx: Tx, connection_id: str, status: str) -> None:
    """Note whether somebody is at a connection (`online`) or not (`away`)."""
    user_id = tx.one(queries.NOTE_CONNECTION, connection_id=connection_id, new_status=status)
    if user_id is not None:
        _recount(tx, user_id)


def forget_lost_connections(tx: Tx) -> int:
    """Remove the connections of processes that died; return how many there were."""
    lost = tx.all(queries.DELETE_LOST_CONNECTIONS, before=tx.now - STALE)
    for user_id in sorted(set(lost)):  # in one order, so that two processes never wait in a ring
        _recount(tx, user_id)
    return len(lost)


async def keep_connections(workspace: "Workspace") -> None:
    """Say that this process lives, and look for processes that do not, until cancelled."""

    def beat(tx: Tx) -> None:
        tx.run(queries.TOUCH_CONNECTIONS, of_process=_PROCESS, now=tx.now)
        forget_lost_connections(tx)

    while True:
        try:
            await workspace.db.write(beat)
        except Exception as error:
            log.warning("connections_not_kept", error=str(error))
        with contextlib.suppress(TimeoutError):
            await asyncio.sleep(BEAT / 1000)


def _come(tx: Tx, connection_id: str, user_id: str) -> None:
    if user_to_change(tx, user_id) is None:
        return
    row = UserConnection(connection_id, user_id, _PROCESS, "online", tx.now)
    tx.insert(queries.INSERT_CONNECTION, row)
    _recount(tx, user_id)


def _leave(tx: Tx, connection_id: str, user_id: str) -> None:
    user_to_change(tx, user_id)
    if tx.run(queries.DELETE_CONNECTION, connection_id=connection_id):
        _recount(tx, user_id)


def _recount(tx: Tx, user_id: str) -> None:
    """Work a user's presence out from all connections; tell it if it is another one."""
    user = user_to_change(tx, user_id)
    if user is None:
        return
    statuses = tx.all(queries.CONNECTION_STATUSES, user_id=user_id)
    connection = "online" if "online" in statuses else statuses[0] if statuses else "offline"
    shown = connection if user.status_default == "online" else user.status_default
    if not statuses:
        shown = "offline"
    if (shown, connection) == (user.status, user.status_connection):
        return
    tx.patch(
        queries.PATCH_USER, user.id, status=shown, status_connection=connection, updated_at=tx.now
    )
    if connection != user.status_connection:
        announce_user(tx, user.id, statusConnection=connection)
    if shown != user.status:
        announce_presence(tx, find_user(tx, user.id) or user, before=user)
