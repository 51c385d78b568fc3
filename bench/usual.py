"""What people usually write: FastAPI, pydantic, async SQLAlchemy sessions with ORM classes.

On SQLite with aiosqlite and `synchronous=NORMAL`, on PostgreSQL with asyncpg. The same statements
as the floor in one transaction, and the log-in token looked up at each request. To be fair to
it, the classes know only those columns of Frontdesk's tables that the two requests touch.

Runs in an environment of its own (group `bench` in pyproject.toml) without Frontdesk.
"""

import asyncio
import base64
import hashlib
import json
import os
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Annotated, Any, ClassVar

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel
from sqlalchemy import BigInteger, delete, event, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_url = os.environ["BENCH_DATABASE"]
_on_sqlite = _url.startswith("sqlite")
_driver = "sqlite+aiosqlite" if _on_sqlite else "postgresql+asyncpg"
engine = create_async_engine(f"{_driver}:{_url.partition(':')[2]}")
new_session = async_sessionmaker(engine, expire_on_commit=False)
#: SQLite lets one transaction write: without a queue most of them fail as "database is locked".
_turn: Any = asyncio.Lock() if _on_sqlite else nullcontext()

if _on_sqlite:

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        """Set up a connection as people usually do."""
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()


class Base(DeclarativeBase):
    """The classes of this application."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {int: BigInteger}  # times in milliseconds


class User(Base):
    """Somebody with a log-in."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str]
    active: Mapped[bool]


class LoginToken(Base):
    """A log-in."""

    __tablename__ = "login_tokens"
    hashed_token: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str]


class Visitor(Base):
    """Somebody who asks."""

    __tablename__ = "visitors"
    id: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str]
    username: Mapped[str]
    name: Mapped[str | None]


class Room(Base):
    """A conversation."""

    __tablename__ = "rooms"
    id: Mapped[str] = mapped_column(primary_key=True)
    open: Mapped[bool]
    visitor_token: Mapped[str]
    opened_at: Mapped[int]
    agent_since: Mapped[int]
    closed_at: Mapped[int | None]
    closer: Mapped[str | None]
    closed_by_id: Mapped[str | None]
    closed_by_username: Mapped[str | None]
    chat_duration: Mapped[float | None]
    service_duration: Mapped[float | None]
    last_message: Mapped[str | None]
    last_message_at: Mapped[int | None]
    visitor_last_message_at: Mapped[int | None]
    waiting_response: Mapped[bool]
    message_count: Mapped[int]
    updated_at: Mapped[int]


class Inquiry(Base):
    """A place in the queue."""

    __tablename__ = "inquiries"
    room_id: Mapped[str] = mapped_column(primary_key=True)


class Subscription(Base):
    """A membership in a conversation."""

    __tablename__ = "subscriptions"
    room_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    alert: Mapped[bool]
    unread: Mapped[int]
    updated_at: Mapped[int]


class Message(Base):
    """A message."""

    __tablename__ = "messages"
    id: Mapped[str] = mapped_column(primary_key=True)
    room_id: Mapped[str]
    sent_at: Mapped[int]
    kind: Mapped[str | None]
    text: Mapped[str]
    author_id: Mapped[str]
    author_username: Mapped[str]
    visitor_token: Mapped[str | None]
    hidden: Mapped[bool]
    updated_at: Mapped[int]


class Job(Base):
    """Work for later."""

    __tablename__ = "jobs"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    payload: Mapped[str]
    due_at: Mapped[int]
    attempts: Mapped[int]
    state: Mapped[str]
    created_at: Mapped[int]
    updated_at: Mapped[int]


class CloseByUser(BaseModel):
    """The body of a close."""

    rid: str
    comment: str | None = None
    tags: list[str] | None = None


class SendAsVisitor(BaseModel):
    """The body of a message."""

    token: str
    rid: str
    msg: str


class Author(BaseModel):
    """Who wrote a message."""

    id: str
    username: str
    name: str | None


class Sent(BaseModel):
    """A message as it is answered."""

    id: str
    rid: str
    msg: str
    ts: int
    token: str
    u: Author


class Closed(BaseModel):
    """The answer to a close."""

    success: bool = True


class Stored(BaseModel):
    """The answer to a message."""

    message: Sent
    success: bool = True


app = FastAPI()


async def session_of_request() -> AsyncIterator[AsyncSession]:
    """Yield the session of this request."""
    async with _turn, new_session() as session:
        yield session


Session = Annotated[AsyncSession, Depends(session_of_request)]


async def logged_in(
    session: Session, x_auth_token: Annotated[str, Header()], x_user_id: Annotated[str, Header()]
) -> User:
    """Return the user who holds the token."""
    hashed = base64.b64encode(hashlib.sha256(x_auth_token.encode()).digest()).decode()
    user = await session.scalar(
        select(User)
        .join(LoginToken, LoginToken.user_id == User.id)
        .where(LoginToken.hashed_token == hashed, User.id == x_user_id)
    )
    if user is None or not user.active:
        raise HTTPException(401)
    return user


@app.post("/api/v1/livechat/room.closeByUser")
async def close(
    body: CloseByUser, user: Annotated[User, Depends(logged_in)], session: Session
) -> Closed:
    """Close a room: two reads, five writes."""
    room = await session.get(Room, body.rid, with_for_update=True)
    members = select(Subscription).where(Subscription.room_id == body.rid)
    member = await session.scalar(members)
    if room is None or not room.open or member is None:
        raise HTTPException(400)
    now = time.time_ns() // 1_000_000
    room.open = False
    room.closed_at = room.last_message_at = room.updated_at = now
    room.closer, room.closed_by_id, room.closed_by_username = "user", user.id, user.username
    room.chat_duration = (now - room.opened_at) / 1000
    room.service_duration = (now - room.agent_since) / 1000
    room.last_message = json.dumps({"msg": body.comment, "t": "livechat-close"})
    room.message_count += 2
    await session.execute(delete(Inquiry).where(Inquiry.room_id == room.id))
    await session.delete(member)
    session.add(
        Message(
            id=secrets.token_hex(8),
            room_id=room.id,
            sent_at=now,
            kind="livechat-close",
            text=body.comment or "",
            author_id=user.id,
            author_username=user.username,
            hidden=False,
            updated_at=now,
        )
    )
    session.add(
        Job(
            id=secrets.token_hex(8),
            kind="closed",
            payload=json.dumps({"room_id": room.id}),
            due_at=now,
            attempts=0,
            state="waiting",
            created_at=now,
            updated_at=now,
        )
    )
    await session.commit()
    return Closed()


@app.post("/api/v1/livechat/message")
async def send(body: SendAsVisitor, session: Session) -> Stored:
    """Store a visitor's message: two reads, three writes."""
    visitor = await session.scalar(select(Visitor).where(Visitor.token == body.token))
    room = await session.get(Room, body.rid, with_for_update=True)
    if visitor is None or room is None or not room.open or room.visitor_token != body.token:
        raise HTTPException(400)
    now = time.time_ns() // 1_000_000
    author = Author(id=visitor.id, username=visitor.username, name=visitor.name)
    sent = Sent(
        id=secrets.token_hex(8), rid=room.id, msg=body.msg, ts=now, token=body.token, u=author
    )
    session.add(
        Message(
            id=sent.id,
            room_id=room.id,
            sent_at=now,
            text=body.msg,
            author_id=visitor.id,
            author_username=visitor.username,
            visitor_token=body.token,
            hidden=False,
            updated_at=now,
        )
    )
    room.message_count += 1
    room.last_message = sent.model_dump_json()
    room.last_message_at = room.visitor_last_message_at = room.updated_at = now
    room.waiting_response = True
    await session.execute(
        update(Subscription)
        .where(Subscription.room_id == room.id)
        .values(alert=True, unread=Subscription.unread + 1, updated_at=now)
    )
    await session.commit()
    return Stored(message=sent)
