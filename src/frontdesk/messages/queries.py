"""All SQL of messages."""

from collections.abc import Sequence
from typing import Any

import msgspec
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
from frontdesk.db.json_text import json_member
from frontdesk.http.paging import Page
from frontdesk.messages.records import Message, Removed, Span
from frontdesk.messages.search_index import holds
from frontdesk.messages.tables import messages, removed_messages

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
INSERT_REMOVED = Insert(removed_messages, skip_conflicts=True)
DELETE_REMOVED_OF_ROOM = Command(
    delete(removed_messages).where(removed_messages.c.room_id == bindparam("room_id"))
)
REMOVED_SINCE = Query(
    columns_of(removed_messages, Removed)
    .where(
        removed_messages.c.room_id == bindparam("room_id"),
        removed_messages.c.removed_at >= bindparam("since"),
    )
    .order_by(removed_messages.c.removed_at, removed_messages.c.message_id),
    Removed,
)
CHANGED_SINCE = Query(
    _ALL.where(
        messages.c.room_id == bindparam("room_id"),
        messages.c.updated_at >= bindparam("since"),
        messages.c.hidden.is_(False),
    ).order_by(messages.c.sent_at.desc(), messages.c.id.desc()),
    Message,
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
LAST_OF_OTHERS = Query(
    _ALL.where(
        messages.c.room_id == bindparam("room_id"),
        messages.c.hidden.is_(False),
        messages.c.author_id != bindparam("user_id"),
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
#: Visits of one visitor that wait at the most: all of them move at once when a conversation comes.
MOST_WAITING = 500
_WAITS = messages.c.room_id.startswith(WAITING, autoescape=True)
DELETE_OLD_VISITS = Command(
    delete(messages).where(_WAITS, messages.c.sent_at < bindparam("before"))
)
#: When the oldest visit was made that has to go for a new one; no row while there is room.
OUTLIVED_VISIT = Query(
    select(messages.c.sent_at)
    .where(messages.c.room_id == bindparam("room_id"))
    .order_by(messages.c.sent_at.desc())
    .limit(1)
    .offset(MOST_WAITING - 1),
    int,
)
DELETE_OUTLIVED_VISITS = Command(
    delete(messages).where(
        messages.c.room_id == bindparam("of_room"), messages.c.sent_at <= bindparam("until")
    )
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


def history(room_id: str, wanted: Span) -> Select[Any]:
    """Return the select of a room's visible messages, newest first."""
    sent_at = messages.c.sent_at
    statement = _ALL.where(messages.c.room_id == room_id, messages.c.hidden.is_(False))
    if wanted.before is not None:
        statement = statement.where(
            sent_at <= wanted.before if wanted.inclusive else sent_at < wanted.before
        )
    if wanted.after is not None:
        statement = statement.where(
            sent_at >= wanted.after if wanted.inclusive else sent_at > wanted.after
        )
    if wanted.hidden_kinds:
        statement = statement.where(
            or_(messages.c.kind.is_(None), messages.c.kind.not_in(wanted.hidden_kinds))
        )
    if not wanted.replies:
        statement = statement.where(json_member(messages.c.extras, "tmid").is_(None))
    newest_first = statement.order_by(sent_at.desc(), messages.c.id.desc()).offset(wanted.offset)
    return newest_first if wanted.limit is None else newest_first.limit(wanted.limit)


def oldest_first(statement: Select[Any]) -> Select[Any]:
    """Return a `history` from its other end."""
    return statement.order_by(None).order_by(messages.c.sent_at, messages.c.id)


def count_between(room_id: str, wanted: Span) -> Select[Any]:
    """Return the select that counts what `history` would return without limit and offset."""
    everything = msgspec.structs.replace(wanted, limit=None, offset=0)
    found = history(room_id, everything).order_by(None).subquery()
    return select(func.count()).select_from(found)


def changed_page(room_id: str, moment: int, *, later: bool, limit: int) -> Select[Any]:
    """Return the select of a room's visible messages that were changed later, or earlier, than a
    moment (ms): those next to it first.
    """
    at = messages.c.updated_at
    side, order = (at > moment, at.asc()) if later else (at < moment, at.desc())
    statement = _ALL.where(messages.c.room_id == room_id, messages.c.hidden.is_(False), side)
    return statement.order_by(order, messages.c.id).limit(limit)


def changed_at(room_id: str, moment: int) -> Select[Any]:
    """Return the select of a room's visible messages that were changed at a moment (ms)."""
    return _ALL.where(
        messages.c.room_id == room_id,
        messages.c.hidden.is_(False),
        messages.c.updated_at == moment,
    ).order_by(messages.c.id)


def removed_page(room_id: str, moment: int, *, later: bool, limit: int) -> Select[Any]:
    """As `changed_page`, of messages that are gone."""
    at = removed_messages.c.removed_at
    side, order = (at > moment, at.asc()) if later else (at < moment, at.desc())
    statement = columns_of(removed_messages, Removed)
    statement = statement.where(removed_messages.c.room_id == room_id, side)
    return statement.order_by(order, removed_messages.c.message_id).limit(limit)


def removed_at(room_id: str, moment: int) -> Select[Any]:
    """As `changed_at`, of messages that are gone."""
    return (
        columns_of(removed_messages, Removed)
        .where(removed_messages.c.room_id == room_id, removed_messages.c.removed_at == moment)
        .order_by(removed_messages.c.message_id)
    )


def search(room_id: str, term: str, page: Page) -> Select[Any]:
    """Return the select of what was said in a room and holds `term`."""
    return _paged(_ALL.where(*_said(room_id, term)), page)


def of_kind(room_id: str, kind: str, page: Page) -> Select[Any]:
    """Return the select of a page of the system messages of one kind in a room."""
    return _paged(_ALL.where(messages.c.room_id == room_id, messages.c.kind == kind), page)


def count_of_kind(room_id: str, kind: str) -> Select[Any]:
    """Return the select that counts what `of_kind` finds on all pages."""
    counted = select(func.count()).select_from(messages)
    return counted.where(messages.c.room_id == room_id, messages.c.kind == kind)


def _paged(statement: Select[Any], page: Page) -> Select[Any]:
    """Order and cut a statement, newest first unless the page says otherwise."""
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
        conditions.append(holds(messages.c.text, term))
    return conditions


def newest_in_room(room_id: str, term: str, limit: int, offset: int) -> Select[Any]:
    """Return the select of the visible messages of a room that hold `term`, newest first."""
    statement = _ALL.where(*_said(room_id, term), messages.c.hidden.is_(False))
    newest_first = statement.order_by(messages.c.sent_at.desc(), messages.c.id.desc())
    return newest_first.limit(limit).offset(offset)


def with_ids(message_ids: Sequence[str]) -> Select[Any]:
    """Return the select of messages by their ids."""
    return _ALL.where(messages.c.id.in_(message_ids))
