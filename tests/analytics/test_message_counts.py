"""Conversations from before messages were counted."""

from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine, insert, text

from frontdesk.db.migrate import MIGRATIONS, driver_url
from frontdesk.db.opening import sqlite_path


def migrate(connection: Connection, revision: str) -> None:
    """Bring a database to a revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    connection.commit()


def test_messages_that_are_there_are_counted_by_the_migration(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        sqlite_path(database_url).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        migrate(connection, "0012")
        before = MetaData()
        before.reflect(connection, only=["rooms", "messages"])
        for name in ("busy", "silent"):
            room: dict[str, Any] = {
                each.name: 0 for each in before.tables["rooms"].c if not each.nullable
            }
            room |= {"id": name, "kind": "l", "open": True, "visitor_token": name}
            flags = {"on_hold": False, "waiting_response": False}
            connection.execute(insert(before.tables["rooms"]).values({**room, **flags}))
        said = [("t", None, False), (None, None, False), (None, None, False)]
        unsaid = [(None, None, True), (None, "uj", False), ("t", "rm", False)]
        for number, (token, kind, hidden) in enumerate(said + unsaid):
            message: dict[str, Any] = {
                **{"room_id": "busy", "sent_at": number, "id": str(number), "text": ""},
                **{"author_id": "a", "author_username": "a", "updated_at": 1},
                **{"visitor_token": token, "kind": kind, "hidden": hidden},
            }
            connection.execute(insert(before.tables["messages"]).values(message))
        connection.commit()

        migrate(connection, "0013")

        query = text("SELECT id, visitor_messages, agent_messages FROM rooms ORDER BY id")
        assert [tuple(each) for each in connection.execute(query)] == [
            ("busy", 1, 2),
            ("silent", 0, 0),
        ]
    engine.dispose()
