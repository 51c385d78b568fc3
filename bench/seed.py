"""A store with years of conversations in it: 200,000 rooms, most of them closed.

The rows go straight into the real tables, past all rules, because 200,000 conversations by way of
the API would take longer than all measurements together.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Any

import msgspec
import psycopg
from psycopg import sql
from sqlalchemy import Table

from bench import people
from bench.requests import LogIn
from frontdesk.access.records import LoginToken, User
from frontdesk.access.tables import login_tokens, users
from frontdesk.clock import now_ms
from frontdesk.conversations.records import Inquiry, Room, Subscription
from frontdesk.conversations.tables import inquiries, rooms, subscriptions
from frontdesk.db.migrate import upgrade
from frontdesk.db.opening import sqlite_path
from frontdesk.db.types import Json
from frontdesk.ids import hex_id, random_id, random_token
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import message_document
from frontdesk.messages.tables import messages
from frontdesk.visitors.records import Visitor
from frontdesk.visitors.tables import visitors

ROOMS = 200_000
#: Open rooms, to be closed one after the other; the rest of the open ones are written to.
TO_CLOSE = 60_000
TO_WRITE_TO = 2_000
AGENTS = 50
#: The age of the oldest conversation in ms: three years.
_AGE = 3 * 365 * 24 * 3600 * 1000
_ROOMS_AT_ONCE = 10_000
_SOURCE = {"type": "widget", "id": "widget", "alias": "Website", "label": "Website"}
_TABLES: dict[type[Any], Table] = {
    Room: rooms,
    Inquiry: inquiries,
    Subscription: subscriptions,
    Message: messages,
    Visitor: visitors,
    User: users,
    LoginToken: login_tokens,
}


class Seeded(msgspec.Struct):
    """What the load needs to know of a store: the caller, an agent and manager with a log-in
    token; the rooms to close; and the rooms to write to, each with its visitor's token.
    """

    caller: LogIn
    to_close: list[str]
    to_write_to: list[tuple[str, str]]


def seed(url: str) -> Seeded:
    """Fill the empty database behind the URL (see `open_database`) and return what is in it."""
    upgrade(url)
    caller = people.agent("bench.manager", *people.MANAGER_ROLES)
    agents = [people.agent(f"agent{number}") for number in range(AGENTS)]
    log_in, token = people.logged_in(caller)
    seeded = Seeded(log_in, [], [])
    rows = _conversations(agents, seeded)
    fill = _fill_sqlite if url.startswith("sqlite") else _fill_postgresql
    fill(url, _batches([caller, *agents, token], rows))
    return seeded


def _batches(first: list[Any], rows: Iterator[list[Any]]) -> Iterator[dict[Table, list[Any]]]:
    """Yield rows by table, so many at once that each table is worth a statement."""
    conversations: list[list[Any]] = [first]
    while conversations:
        batch: dict[Table, list[Any]] = {table: [] for table in _TABLES.values()}
        for conversation in conversations:
            for row in conversation:
                batch[_TABLES[type(row)]].append(row)
        yield batch
        conversations = list(islice(rows, _ROOMS_AT_ONCE))


def _conversations(agents: list[User], seeded: Seeded) -> Iterator[list[Any]]:
    """Yield the rows of one conversation after the other, the oldest first."""
    now = now_ms()
    closed = ROOMS - TO_CLOSE - TO_WRITE_TO
    for number in range(ROOMS):
        opened_at = now - _AGE + _AGE * number // ROOMS
        agent = agents[number % AGENTS]
        visitor = _visitor(number, opened_at)
        room_id = random_id()
        started = _message(visitor, room_id, opened_at, "", "livechat-started")
        asked = _message(visitor, room_id, opened_at + 1, "Hello, who can help me?")
        room = _room(room_id, visitor, agent, asked)
        if number < closed:
            yield [visitor, _close(room, agent), started, asked]
            continue
        if number < closed + TO_CLOSE:
            seeded.to_close.append(room.id)
        else:
            seeded.to_write_to.append((room.id, visitor.token or ""))
        inquiry, membership = _inquiry(room, asked), _membership(room, agent)
        yield [visitor, room, started, asked, inquiry, membership]


def _visitor(number: int, at: int) -> Visitor:
    return Visitor(
        id=hex_id(),
        token=random_token(),
        username=f"guest-{number}",
        name=f"Guest {number}",
        created_at=at,
        email=f"guest{number}@example.org",
        emails=[{"address": f"guest{number}@example.org"}],
        updated_at=at,
    )


def _message(
    visitor: Visitor, room_id: str, at: int, text: str, kind: str | None = None
) -> Message:
    return Message(
        id=random_id(),
        room_id=room_id,
        sent_at=at,
        kind=kind,
        text=text,
        author_id=visitor.id,
        author_username=visitor.username or "",
        author_name=visitor.name,
        visitor_token=visitor.token,
        updated_at=at,
    )


def _room(room_id: str, visitor: Visitor, agent: User, last: Message) -> Room:
    return Room(
        id=room_id,
        kind="l",
        display_name=visitor.name,
        opened_at=last.sent_at,
        last_message_at=last.sent_at,
        last_message=message_document(last),
        message_count=3,
        user_count=2,
        visitor_id=visitor.id,
        visitor_token=visitor.token,
        visitor_username=visitor.username,
        visitor_name=visitor.name,
        visitor_status="online",
        visitor_last_message_at=last.sent_at,
        visitor_asked_at=last.sent_at,
        waiting_response=True,
        source=_SOURCE,
        agent_id=agent.id,
        agent_username=agent.username,
        agent_since=last.sent_at,
        updated_at=last.sent_at,
    )


def _close(room: Room, agent: User) -> Room:
    minutes = 11
    room.open = False
    room.closed_at = room.updated_at = room.opened_at + minutes * 60_000
    room.closer, room.closed_by_id, room.closed_by_username = "user", agent.id, agent.username
    room.chat_duration = room.service_duration = minutes * 60.0
    room.visitor_status = "offline"
    return room


def _inquiry(room: Room, asked: Message) -> Inquiry:
    return Inquiry(
        id=hex_id(),
        room_id=room.id,
        name=room.visitor_name,
        message=asked.text,
        created_at=room.opened_at,
        status="taken",
        department_id=None,
        visitor_id=room.visitor_id or "",
        visitor_token=room.visitor_token or "",
        visitor_username=room.visitor_username or "",
        visitor_status="online",
        source=_SOURCE,
        taken_at=room.opened_at,
        updated_at=room.opened_at,
    )


def _membership(room: Room, agent: User) -> Subscription:
    return Subscription(
        id=random_id(),
        room_id=room.id,
        user_id=agent.id,
        username=agent.username,
        kind="l",
        name=room.visitor_name,
        display_name=room.visitor_name,
        created_at=room.opened_at,
        updated_at=room.opened_at,
    )


def _values(table: Table, rows: list[Any]) -> Iterator[list[Any]]:
    """Yield rows as lists in the order of the table's columns, JSON as text."""
    columns = list(table.c)
    values = attrgetter(*(column.name for column in columns))
    documents = [at for at, column in enumerate(columns) if isinstance(column.type, Json)]
    encode = msgspec.json.Encoder().encode
    for row in rows:
        found = list(values(row))
        for at in documents:
            if found[at] is not None:
                found[at] = encode(found[at]).decode()
        yield found


def _fill_sqlite(url: str, batches: Iterable[dict[Table, list[Any]]]) -> None:
    connection = sqlite3.connect(sqlite_path(url), isolation_level=None)
    # Whoever cannot finish throws the file away, so nothing here needs to be undone.
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-500000")
    connection.execute("BEGIN")
    # An index is built faster when all rows are there.
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    for batch in batches:
        for table, rows in batch.items():
            columns = ", ".join(column.name for column in table.c)
            places = ", ".join("?" * len(table.c))
            connection.executemany(
                f"INSERT INTO {table.name} ({columns}) VALUES ({places})", _values(table, rows)
            )
    for _, definition in indexes:
        connection.execute(definition)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def _fill_postgresql(url: str, batches: Iterable[dict[Table, list[Any]]]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        with connection.transaction():
            for batch in batches:
                for table, rows in batch.items():
                    columns = sql.SQL(", ").join(sql.Identifier(each.name) for each in table.c)
                    statement = sql.SQL("COPY {} ({}) FROM STDIN")
                    into = statement.format(sql.Identifier(table.name), columns)
                    with connection.cursor().copy(into) as copy:
                        for row in _values(table, rows):
                            copy.write_row(row)
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
