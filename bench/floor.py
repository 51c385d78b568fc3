"""The floor: as little as can lie between a request and a durable row in Python.

A bare ASGI callable and hand-written sqlite3 calls, on one writer thread that commits together
what waits together, `synchronous=FULL`, with the log written back beside it. No rules, no
permissions, no framework: what remains is the HTTP server, JSON, SQLite and the disk. Reads and
writes the tables of Frontdesk's own store.
"""

import asyncio
import base64
import hashlib
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from frontdesk.ids import random_id

GROUP = 128
#: Seconds between two times at which the log is written back.
CHECKPOINT_EVERY = 0.5


class CloseByUser(msgspec.Struct):
    """The body of a close."""

    rid: str
    comment: str


class SendAsVisitor(msgspec.Struct):
    """The body of a message."""

    token: str
    rid: str
    msg: str


_closing = msgspec.json.Decoder(CloseByUser)
_sending = msgspec.json.Decoder(SendAsVisitor)
_encode = msgspec.json.Encoder().encode
_INSERT_MESSAGE = (
    "INSERT INTO messages (id, room_id, sent_at, kind, text, author_id, author_username,"
    " visitor_token, hidden, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)"
)

UseCase = Callable[[sqlite3.Cursor], Any]


class Refused(Exception):
    """Nothing was written."""


def close(cursor: sqlite3.Cursor, user: tuple[str, str], body: CloseByUser) -> dict[str, Any]:
    """Close a room: two reads, five writes."""
    now = time.time_ns() // 1_000_000
    room = cursor.execute(
        "SELECT open, opened_at, agent_since, tags FROM rooms WHERE id = ?", (body.rid,)
    ).fetchone()
    member = cursor.execute(
        "SELECT user_id FROM subscriptions WHERE room_id = ?", (body.rid,)
    ).fetchone()
    if room is None or not room[0] or member is None:
        raise Refused
    cursor.execute("DELETE FROM inquiries WHERE room_id = ?", (body.rid,))
    cursor.execute(
        "UPDATE rooms SET open = 0, closed_at = ?, closer = 'user', closed_by_id = ?,"
        " closed_by_username = ?, chat_duration = ?, service_duration = ?, last_message = ?,"
        " last_message_at = ?, message_count = message_count + 2, updated_at = ?"
        " WHERE id = ? AND open",
        (
            now, *user, (now - room[1]) / 1000, (now - room[2]) / 1000,
            _encode({"msg": body.comment, "t": "livechat-close"}).decode(), now, now, body.rid,
        ),
    )  # fmt: skip
    cursor.execute("DELETE FROM subscriptions WHERE room_id = ?", (body.rid,))
    cursor.execute(
        _INSERT_MESSAGE,
        (random_id(), body.rid, now, "livechat-close", body.comment, *user, None, now),
    )
    cursor.execute(
        "INSERT INTO jobs (id, kind, payload, due_at, attempts, state, created_at, updated_at)"
        " VALUES (?, 'closed', ?, ?, 0, 'waiting', ?, ?)",
        (random_id(), _encode({"room_id": body.rid}).decode(), now, now, now),
    )
    return {"success": True}


def send(cursor: sqlite3.Cursor, _: tuple[str, str], body: SendAsVisitor) -> dict[str, Any]:
    """Store a visitor's message: two reads, three writes."""
    now = time.time_ns() // 1_000_000
    visitor = cursor.execute(
        "SELECT id, username, name FROM visitors WHERE token = ?", (body.token,)
    ).fetchone()
    room = cursor.execute(
        "SELECT open, visitor_token FROM rooms WHERE id = ?", (body.rid,)
    ).fetchone()
    if visitor is None or room is None or not room[0] or room[1] != body.token:
        raise Refused
    message = {
        "_id": random_id(),
        "rid": body.rid,
        "msg": body.msg,
        "token": body.token,
        "ts": now,
        "u": {"_id": visitor[0], "username": visitor[1], "name": visitor[2]},
    }
    cursor.execute(
        _INSERT_MESSAGE,
        (message["_id"], body.rid, now, None, body.msg, *visitor[:2], body.token, now),
    )
    cursor.execute(
        "UPDATE rooms SET message_count = message_count + 1, last_message = ?,"
        " last_message_at = ?, visitor_last_message_at = ?, waiting_response = 1, updated_at = ?"
        " WHERE id = ?",
        (_encode(message).decode(), now, now, now, body.rid),
    )
    cursor.execute(
        "UPDATE subscriptions SET alert = 1, unread = unread + 1, updated_at = ? WHERE room_id = ?",
        (now, body.rid),
    )
    return {"message": message, "success": True}


class Writer:
    """One thread, one connection, one commit for all who wait."""

    def __init__(self, path: str) -> None:
        self._queue: queue.SimpleQueue[tuple[UseCase, asyncio.Future[Any]]] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        for work in (self._write, self._checkpoint):
            threading.Thread(target=work, args=(path,), daemon=True).start()

    def put(self, use_case: UseCase) -> asyncio.Future[Any]:
        """Queue a use case; the future holds its result after the commit."""
        future: asyncio.Future[Any] = self._loop.create_future()
        self._queue.put((use_case, future))
        return future

    def _write(self, path: str) -> None:
        cursor = _connect(path).cursor()
        while True:
            group = [self._queue.get()]
            while len(group) < GROUP and not self._queue.empty():
                group.append(self._queue.get())
            cursor.execute("BEGIN IMMEDIATE")
            outcomes = [(future, _run(cursor, use_case)) for use_case, future in group]
            cursor.execute("COMMIT")
            self._loop.call_soon_threadsafe(_settle, outcomes)

    def _checkpoint(self, path: str) -> None:
        connection = _connect(path)
        while True:
            time.sleep(CHECKPOINT_EVERY)
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def _connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "cache_size=-16000",
        "busy_timeout=10000",
        # Beside the writer, not in its way: see _checkpoint.
        "wal_autocheckpoint=16000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _run(cursor: sqlite3.Cursor, use_case: UseCase) -> Any:
    cursor.execute("SAVEPOINT one")
    try:
        return use_case(cursor)
    except Exception as error:
        cursor.execute("ROLLBACK TO one")
        return error
    finally:
        cursor.execute("RELEASE one")


def _settle(outcomes: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, outcome in outcomes:
        if not future.done():
            future.set_result(outcome)


_writer: Writer | None = None
_users: dict[tuple[bytes, str], tuple[str, str]] = {}


def _open() -> Writer:
    """Open the store, and remember who holds which token."""
    path = os.environ["BENCH_DATABASE"].removeprefix("sqlite:///")
    connection = sqlite3.connect(path)
    for user_id, username, hashed in connection.execute(
        "SELECT users.id, username, hashed_token FROM users JOIN login_tokens ON user_id = users.id"
    ):
        _users[user_id.encode(), hashed] = (user_id, username)
    connection.close()
    return Writer(path)


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send_event: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answer the two requests that are measured, and refuse anything else."""
    global _writer
    if scope["type"] != "http":
        raise NotImplementedError  # uvicorn then serves without lifespan
    writer = _writer = _writer or _open()
    event = await receive()
    body: bytes = event["body"]
    while event["more_body"]:
        event = await receive()
        body += event["body"]
    outcome: Any = Refused()
    if scope["path"] == "/api/v1/livechat/room.closeByUser":
        headers = dict(scope["headers"])
        digest = hashlib.sha256(headers[b"x-auth-token"]).digest()
        user = _users[headers[b"x-user-id"], base64.b64encode(digest).decode()]
        closing = _closing.decode(body)
        outcome = await writer.put(lambda cursor: close(cursor, user, closing))
    elif scope["path"] == "/api/v1/livechat/message":
        sending = _sending.decode(body)
        outcome = await writer.put(lambda cursor: send(cursor, ("", ""), sending))
    refused = isinstance(outcome, Exception)
    status = 400 if refused else 200
    answer = _encode({"success": False, "error": repr(outcome)} if refused else outcome)
    headers_out = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(answer)).encode()),
    ]
    await send_event({"type": "http.response.start", "status": status, "headers": headers_out})
    await send_event({"type": "http.response.body", "body": answer})
