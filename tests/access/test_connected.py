"""Presence by connections, where processes die."""

from pathlib import Path
from typing import Any

from frontdesk.access import connected, queries
from frontdesk.access.connected import Presence, forget_lost_connections, note_presence
from frontdesk.access.finding import find_user
from frontdesk.access.records import User, UserConnection
from frontdesk.db import Tx
from tests.conversations.desk import Desk, open_desk


class Connection:
    """A connection, as far as presence knows it."""

    def __init__(self, connection_id: str) -> None:
        self.id = connection_id
        self.server_stops = False


async def come(desk: Desk, user: User, connection_id: str) -> Any:
    session: Any = Connection(connection_id)
    presence = Presence(desk.workspace, session, user.id)
    await presence.come()
    return presence


async def status_of(desk: Desk, user: User) -> tuple[str, str]:
    def look(tx: Tx) -> tuple[str, str]:
        found = find_user(tx, user.id)
        assert found is not None
        return found.status, found.status_connection

    return await desk.workspace.db.read(look)


def lose(tx: Tx, connection_id: str, user_id: str, age: int) -> None:
    row = UserConnection(connection_id, user_id, "a process that died", "online", tx.now - age)
    tx.insert(queries.INSERT_CONNECTION, row)


async def test_connections_of_a_dead_process_count_no_more(
    database_url: str, tmp_path: Path
) -> None:
    async with open_desk(database_url, tmp_path) as desk:
        ann = await desk.agent(status="online", status_connection="online")
        bob = await desk.agent("bob", status="online", status_connection="online")
        await desk.workspace.db.write(lambda tx: lose(tx, "old", ann.id, connected.STALE + 1))
        await desk.workspace.db.write(lambda tx: lose(tx, "fresh", bob.id, connected.STALE // 2))

        assert await desk.workspace.db.write(forget_lost_connections) == 1
        assert await status_of(desk, ann) == ("offline", "offline")
        assert await status_of(desk, bob) == ("online", "online")
        told = [each for each in desk.heard if each.stream == "user-status"]
        assert [(each.key, each.arguments[1]) for each in told] == [(ann.id, 0)]


async def test_who_has_come_back_meanwhile_stays(database_url: str, tmp_path: Path) -> None:
    async with open_desk(database_url, tmp_path) as desk:
        ann = await desk.agent(status="online")
        await desk.workspace.db.write(lambda tx: lose(tx, "old", ann.id, connected.STALE + 1))
        await come(desk, ann, "new")
        before = len(desk.heard)

        assert await desk.workspace.db.write(forget_lost_connections) == 1
        assert await status_of(desk, ann) == ("online", "online")
        assert not [each for each in desk.heard[before:] if each.stream == "user-status"]


async def test_a_server_that_stops_leaves_its_users_as_they_are(
    database_url: str, tmp_path: Path
) -> None:
    async with open_desk(database_url, tmp_path) as desk:
        ann = await desk.agent(status="offline")
        presence = await come(desk, ann, "one")
        assert await status_of(desk, ann) == ("online", "online")
        presence._session.server_stops = True
        await presence.leave()
        assert await status_of(desk, ann) == ("online", "online")


async def test_whoever_is_invisible_stays_so(database_url: str, tmp_path: Path) -> None:
    async with open_desk(database_url, tmp_path) as desk:
        ann = await desk.agent(status="offline", status_default="offline")
        await come(desk, ann, "one")
        assert await status_of(desk, ann) == ("offline", "online")
        await desk.workspace.db.write(lambda tx: note_presence(tx, "one", "away"))
        assert await status_of(desk, ann) == ("offline", "away")
        assert not [each for each in desk.heard if each.stream == "user-status"]
        await desk.workspace.db.write(lambda tx: note_presence(tx, "unknown", "online"))
