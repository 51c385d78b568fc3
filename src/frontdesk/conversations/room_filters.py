"""What a list of conversations is asked for, as conditions."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec
from sqlalchemy import ColumnElement, TextClause, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from frontdesk.conversations.restricting import within_units
from frontdesk.conversations.room_texts import as_stored, words_fit
from frontdesk.conversations.tables import (
    CONVERSATION,
    OPEN_CONVERSATION,
    inquiries,
    room_tags,
    rooms,
)
from frontdesk.db import Tx
from frontdesk.db.json_text import json_member
from frontdesk.errors import Refused

if TYPE_CHECKING:
    from frontdesk.conversations.schemas import RoomListQuery
    from frontdesk.http.call import Principal

Condition: TypeAlias = ColumnElement[bool] | TextClause
#: From and to, both included; None for no end.
Range: TypeAlias = tuple[int | None, int | None]
#: How a condition reads a column: as it is, or so that no index is used for it.
Read: TypeAlias = Callable[[ColumnElement[Any]], ColumnElement[Any]]
Make: TypeAlias = Callable[[Read], ColumnElement[bool]]

_TRUE = ("t", "true", "1")


class _IsOpen(GenericFunction[Any]):
    """Whether a conversation is open: has a place among the inquiries. PostgreSQL has an index of
    those that are, which SQLite would not choose for this.
    """

    # Without a type: to a Boolean `= 1` would be added for SQLite, which would hide the IN.
    name = "is_open"
    inherit_cache = True


@compiles(_IsOpen, "sqlite")
def _is_open_on_sqlite(element: _IsOpen, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clause_expr.element, **options)


@compiles(_IsOpen, "postgresql")
def _is_open_on_postgresql(element: _IsOpen, compiler: SQLCompiler, **options: Any) -> str:
    del element, compiler, options
    return f"({OPEN_CONVERSATION.text})"


IS_OPEN = _IsOpen(rooms.c.id.in_(select(inquiries.c.room_id)))


class _Unindexed(GenericFunction[Any]):
    """A column or condition that SQLite is to use no index for: it would choose one without
    knowing how many rows that leads to. PostgreSQL knows.
    """

    name = "unindexed"
    inherit_cache = True


@compiles(_Unindexed)
def _unindexed_on_postgresql(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clause_expr.element, **options)})"


@compiles(_Unindexed, "sqlite")
def _unindexed_on_sqlite(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return f"+({compiler.process(element.clause_expr.element, **options)})"


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column or condition that no index is used for."""
    return _Unindexed(column)


def as_it_is(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the column or condition."""
    return column


class RoomFilter(msgspec.Struct):
    """What conversations are wanted.

    `conditions` are what must hold whatever the state, by names; `one_value` names those that
    ask for one value of an indexed column. `state` is what they must be: `open` together with
    the conditions in `when_open`. `words` narrows `room_texts` to what may fit, if there is
    something to look for; `tags` are those of which one is wanted.
    """

    conditions: dict[str, Make]
    one_value: set[str]
    state: Literal["any", "open", "closed", "nothing"]
    when_open: list[Condition]
    words: ColumnElement[Any] | None
    tags: list[str]

    def where(self, path: str | None = None, *, known: str | None = None) -> list[Condition]:
        """Return the conditions whatever the state; only that of `path` may use an index. The
        one that is `known` to hold is left out.
        """
        made = (
            make(as_it_is if name == path else unindexed)
            for name, make in self.conditions.items()
            if name != known
        )
        return [CONVERSATION, *made]

    def where_state(self) -> list[Condition]:
        """Return the conditions of the state, without an index."""
        if self.state == "open":
            return [rooms.c.open.is_(True), *self.when_open]
        return [rooms.c.open.is_(False)] if self.state == "closed" else []


def room_filter(
    tx: Tx, user: "Principal", query: "RoomListQuery", created: Range, closed: Range
) -> RoomFilter:
    """Return the filter of a query with its ranges of time in ms, limited to what the user sees.

    Raises Refused for custom fields that cannot be read.
    """
    conditions: dict[str, Make] = {}
    one_value: set[str] = set()
    pieces: list[str] = []
    _add_range(conditions, "created", rooms.c.opened_at, created)
    _add_range(conditions, "closed", rooms.c.closed_at, closed)
    departments = [each for each in query.departmentId or () if each != "undefined"]
    for name, column, values in (
        ("agents", rooms.c.agent_id, query.agents),
        ("departments", rooms.c.department_id, departments),
    ):
        if values:
            conditions[name] = _one_of(column, values)
            if len(set(values)) == 1:
                one_value.add(name)
    for number, seen in enumerate(within_units(tx, user, query.units)):
        conditions[f"seen{number}"] = _as_a_whole(seen)
    if query.roomName:
        wanted, exactly = _without_quotes(query.roomName)
        conditions["name"] = _as_a_whole(_named(wanted.lower(), exactly))
        if exactly:
            one_value.add("name")
        else:
            pieces.append(wanted.lower())
    if query.tags:
        conditions["tags"] = _as_a_whole(_has_tag(query.tags))
    for key, value in _custom_fields(query.customFields).items():
        # The value is looked for as it is: a pattern of a stranger's is nothing to run on a table.
        has = json_member(rooms.c.livechat_data, key).icontains(value, autoescape=True)
        conditions[f"field {key}"] = _as_a_whole(has)
        pieces.append(as_stored(value))
    state, when_open = _state(query)
    words, tags = words_fit(tx, pieces), list(dict.fromkeys(query.tags or ()))
    return RoomFilter(conditions, one_value, state, when_open, words, tags)


def _one_of(column: ColumnElement[Any], values: Sequence[str]) -> Make:
    return lambda read: read(column).in_(values)


def _as_a_whole(condition: ColumnElement[bool]) -> Make:
    return lambda read: read(condition)


def _has_tag(tags: Sequence[str]) -> ColumnElement[bool]:
    tagged = select(room_tags.c.tag).where(
        room_tags.c.tag.in_(tags),
        room_tags.c.opened_at == rooms.c.opened_at,
        room_tags.c.room_id == rooms.c.id,
    )
    # OFFSET keeps PostgreSQL from making a join of it, which would look at all that have the tag.
    return tagged.correlate(rooms).offset(0).exists()


def _add_range(
    conditions: dict[str, Make],
    name: str,
    column: ColumnElement[Any],
    bounds: Range,
) -> None:
    start, end = bounds
    if start is not None and end is not None:
        conditions[name] = lambda read: read(column).between(start, end)
    elif start is not None:
        conditions[name] = lambda read: read(column) >= start
    elif end is not None:
        conditions[name] = lambda read: read(column) <= end


def _state(
    query: "RoomListQuery",
) -> tuple[Literal["any", "open", "closed", "nothing"], list[Condition]]:
    """Return what `open`, `onhold` and `queued` mean together. Only what is open is on hold."""
    served, held = unindexed(rooms.c.agent_id).is_not(None), rooms.c.on_hold.is_(True)
    if query.queued in _TRUE:
        return "open", [unindexed(rooms.c.agent_id).is_(None), rooms.c.on_hold.is_(False)]
    if query.onhold in _TRUE:
        if query.open == "false":
            return "nothing", []
        return "open", [held, served] if query.open == "true" else [held]
    if query.open == "true":
        return "open", [served, rooms.c.on_hold.is_(False)]
    return ("closed" if query.open == "false" else "any"), []


def _named(wanted: str, exactly: bool) -> ColumnElement[bool]:
    column = func.lower(rooms.c.display_name)
    return column == wanted if exactly else column.contains(wanted, autoescape=True)


def _without_quotes(name: str) -> tuple[str, bool]:
    """Return a name without the quotes around it, and whether there were any."""
    quoted = len(name) >= 2 and name[0] == name[-1] == '"'
    return (name[1:-1], True) if quoted else (name, False)


def _custom_fields(text: str | None) -> Mapping[str, str]:
    if text is None:
        return {}
    try:
        wanted = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused('The "customFields" query parameter must be a valid JSON.') from error
    return {key: str(value) for key, value in wanted.items()}
