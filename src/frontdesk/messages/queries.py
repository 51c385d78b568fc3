"""All SQL of messages."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Dialect,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.dml import UpdateBase

from frontdesk.db import Command, Insert, Patch, Query, columns_of
from frontdesk.http.paging import Page
from frontdesk.messages.records import Message
from frontdesk.messages.tables import messages

_ALL = columns_of(messages, Message)


class _InsertInOrder(Query[int]):
    """Inserts a message and returns its time (ms); no row if there is one with that id.

    With `in_order` it stands after the last message of its room, also within one millisecond:
    the statement itself looks for that, since a look before would be one more.
    """

    def build(self, dialect: Dialect) -> UpdateBase:
        """Return the insert in the words of a dialect: conflict clauses differ by module."""
        construct = sqlite_insert if dialect.name == "sqlite" else postgresql_insert
        given = bindparam("sent_at", type_=messages.c.sent_at.type)
        latest = (
            select(func.max(messages.c.sent_at))
            .where(messages.c.room_id == bindparam("room_id"))
            .scalar_subquery()
        )
        follows = and_(bindparam("in_order", type_=Boolean()), latest >= given)
        statement = construct(messages).values(
            {
                **{column.name: bindparam(column.name) for column in messages.c},
                "sent_at": case((follows, latest + 1), else_=given),
            }
        )
        return statement.on_conflict_do_nothing().returning(messages.c.sent_at)


INSERT_IN_ORDER = _InsertInOrder(insert(messages), int)
#: As it is: for copies, which keep the time of what they are copies of.
INSERT_MESSAGE = Insert(messages)
MESSAGE = Query(_ALL.where(messages.c.id == bindparam("message_id")), Message)
PATCH_MESSAGE = Patch(messages)
DELETE_MESSAGE = Command(delete(messages).where(messages.c.id == bindparam("message_id")))
DELETE_MESSAGES_OF_ROOM = Command(
    delete(messages).where(messages.c.room_id == bindparam("room_id"))
)
LAST_MESSAGE = Query(
    _ALL.where(
        messages.c.room_id == bindparam("room_id"),
        messages.c.hidden.is_(False),
        messages.c.kind.is_(None),
    )
    .order_by(messages.c.sent_at.desc(), messages.c.id.desc())
    .limit(1),
    Message,
)
MESSAGES_OF_ROOM = Query(
    _ALL.where(messages.c.room_id == bindparam("room_id")).order_by(
        messages.c.sent_at, messages.c.id
    ),
    Message,
)
MESSAGES_OF_KIND = Query(
    _ALL.where(
        messages.c.room_id == bindparam("room_id"), messages.c.kind == bindparam("kind")
    ).order_by(messages.c.sent_at, messages.c.id),
    Message,
)
FIRST_AGENT_MESSAGE_AFTER = Query(
    select(messages.c.sent_at)
    .where(
        messages.c.room_id == bindparam("room_id"),
        messages.c.sent_at > bindparam("after"),
        messages.c.visitor_token.is_(None),
    )
    .order_by(messages.c.sent_at)
    .limit(1),
    int,
)
FIRST_CLOSING_MESSAGE = Query(
    select(messages.c.sent_at)
    .where(
        messages.c.room_id == bindparam("room_id"),
        messages.c.kind == "livechat-close",
    )
    .order_by(messages.c.sent_at)
    .limit(1),
    int,
)

#: What the room of page visits without a conversation begins with.
WAITING = "visit:"
_WAITS = messages.c.room_id.startswith(WAITING, autoescape=True)
DELETE_OLD_VISITS = Command(
    delete(messages).where(_WAITS, messages.c.sent_at < bindparam("before"))
)
OLDEST_VISIT = Query(
    select(messages.c.sent_at).where(_WAITS).order_by(messages.c.sent_at).limit(1), int
)

_ORDER: dict[str, ColumnElement[Any]] = {
    "_id": messages.c.id,
    "ts": messages.c.sent_at,
    "msg": messages.c.text,
    "t": messages.c.kind,
    "u._id": messages.c.author_id,
    "u.username": messages.c.author_username,
    "_updatedAt": messages.c.updated_at,
}


def history(
    room_id: str, *, before: int | None, hidden_kinds: Sequence[str], limit: int, offset: int
) -> Select[Any]:
    """Return the select of a room's visible messages, newest first; `before` is a time (ms)."""
    statement = _ALL.where(messages.c.room_id == room_id, messages.c.hidden.is_(False))
    if before is not None:
        statement = statement.where(messages.c.sent_at < before)
    if hidden_kinds:
        statement = statement.where(
            or_(messages.c.kind.is_(None), messages.c.kind.not_in(hidden_kinds))
        )
    newest_first = statement.order_by(messages.c.sent_at.desc(), messages.c.id.desc())
    return newest_first.limit(limit).offset(offset)


def search(room_id: str, term: str, page: Page) -> Select[Any]:
    """Return the select of what was said in a room and holds `term`."""
    statement = _ALL.where(*_said(room_id, term))
    keys = [key for key in page.sort if key[0] in _ORDER] or [("ts", -1)]
    for name, direction in keys:
        column = _ORDER[name]
        statement = statement.order_by(column.asc() if direction == 1 else column.desc())
    statement = statement.order_by(messages.c.id.desc()).offset(page.offset)
    return statement if page.count is None else statement.limit(page.count)


def count_search(room_id: str, term: str) -> Select[Any]:
    """Return the select that counts what `search` finds."""
    return select(func.count()).select_from(messages).where(*_said(room_id, term))


def _said(room_id: str, term: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        messages.c.room_id == room_id,
        or_(messages.c.kind.is_(None), messages.c.kind == "livechat-close"),
    ]
    if term:
        # SQLite lowers ASCII letters only: other letters are looked for in their usual cases.
        cases = {term, term.lower(), term.upper(), term.capitalize()}
        conditions.append(
            or_(
                messages.c.text.icontains(term, autoescape=True),
                *(messages.c.text.contains(each, autoescape=True) for each in sorted(cases)),
            )
        )
    return conditions
