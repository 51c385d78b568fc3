"""What messages are found by: their words, in the order in which they arrived.

`message_texts` holds what was said, written by triggers of the database together with the
messages. An index of trigrams leads to the words in it: on SQLite `message_words` (FTS5), which is
filled in the background, because in the transaction of each message it would cost more than the
message itself; on PostgreSQL a GIN index, which postpones that work by itself.

A search goes backwards in stretches until it has found enough. The newest stretch is read as it is,
so that it does not matter how far the index is. What is said often is found there, or in a next one
that is as long as what was found lets expect; what the newest ones do not hold stands in few places
of the index, and all of them are gathered at once. Either way the work hardly grows with the number
of messages.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import ColumnElement, Select, Subquery, func, literal, or_, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from frontdesk.db import Query, Tx
from frontdesk.db.trigrams import is_known, trigrams
from frontdesk.messages.tables import message_index, message_texts

#: So many of the newest messages are read without the index.
NEWEST = 2_000
#: So many are read for a text that is too short for the index.
NEWEST_FOR_SHORT = 5_000
#: The next stretch is so much longer than it would have to be if what is looked for stood
#: everywhere as often as in what was read; but at least this long, and not so long that more than
#: a few messages can be expected to hold it, or that more is read than was until then.
_MARGIN = 1.5
_SHORTEST = 500
FEW = 1_000
#: What stands in more than one message of so many is found sooner without the index.
_OFTEN = 30

InRooms: TypeAlias = Callable[[ColumnElement[str]], ColumnElement[bool]]


class Found(msgspec.Struct, frozen=True):
    """A message that holds what was looked for, and its number in the order of arrival."""

    number: int
    message_id: str


class _Stretch(msgspec.Struct, frozen=True):
    """Messages with numbers above `low`, up to `high`."""

    low: int
    high: int
    indexed: bool


_HIGHEST = Query(select(func.coalesce(func.max(message_texts.c.number), 0)), int)
#: PostgreSQL is to look at each text before it chooses how to find it.
_PLAN_EACH = Query(select(func.set_config("plan_cache_mode", "force_custom_plan", true())), str)
_INDEXED_TO = Query(select(message_index.c.indexed_to), int)


class _IndexFits(GenericFunction[Any]):
    """Whether the words of a stretch fit a search of FTS5; on PostgreSQL the words themselves
    are asked anyway.
    """

    # Without a type: to a Boolean `= 1` would be added for SQLite, which would hide the IN.
    name = "index_fits"
    inherit_cache = True


@compiles(_IndexFits, "sqlite")
def _index_fits_on_sqlite(element: _IndexFits, compiler: SQLCompiler, **options: Any) -> str:
    search, low, high = (compiler.process(each, **options) for each in element.clauses)
    return (
        "message_texts.number IN (SELECT rowid FROM message_words"
        f" WHERE message_words MATCH {search} AND rowid > {low} AND rowid <= {high})"
    )


@compiles(_IndexFits, "postgresql")
def _index_fits_on_postgresql(element: _IndexFits, compiler: SQLCompiler, **options: Any) -> str:
    return "true"


def holds(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Return the condition that a column holds a text, in any case."""
    if text.isascii():
        return column.icontains(text, autoescape=True)
    return or_(column.icontains(text, autoescape=True), *_in_usual_cases(column, text))


def _in_usual_cases(column: ColumnElement[Any], text: str) -> list[ColumnElement[bool]]:
    # SQLite lowers ASCII letters only: other letters are looked for in their usual cases.
    cases = {text, text.lower(), text.upper(), text.capitalize()}
    return [column.contains(each, autoescape=True) for each in sorted(cases)]


def newest_with(tx: Tx, text: str, count: int, in_rooms: InRooms | None = None) -> list[Found]:
    """Return the newest messages that hold a text, in any case; `count` at the most.

    `in_rooms` makes a condition out of the column that holds the id of the room. A text of one or
    two characters is only looked for among the newest messages.
    """
    if not tx.alone:
        tx.one(_PLAN_EACH)
    words = message_texts.c.words
    holding: ColumnElement[bool] = words.like(func.lower(f"%{_escaped(text)}%"), escape="/")
    if tx.alone and not text.isascii():
        holding = or_(holding, *_in_usual_cases(words, text))
    known = is_known(text)
    high = tx.one(_HIGHEST) or 0
    length = _length_of_newest(tx, high, known=known)
    found: list[Found] = []
    indexed, read, fitting = False, 0, 0
    while high > 0:
        stretch = _Stretch(max(0, high - length), high, indexed)
        within = _within(stretch, text, holding)
        found += tx.select(_newest(within, in_rooms).limit(count - len(found)), Found)
        if len(found) >= count or not known:
            break
        read += length
        fitting += tx.select(select(func.count()).select_from(within), int)[0]
        high, indexed = stretch.low, fitting * _OFTEN < read
        length = _length_of_next(read, fitting, found=len(found), count=count) if fitting else high
    return found


def _length_of_newest(tx: Tx, highest: int, *, known: bool) -> int:
    """Return how many of the newest messages are read as they are."""
    if not known:
        return NEWEST_FOR_SHORT
    return max(NEWEST, highest - (tx.one(_INDEXED_TO) or 0)) if tx.alone else NEWEST


def _length_of_next(read: int, fitting: int, *, found: int, count: int) -> int:
    """Return how many messages are to be looked at next, where `fitting` of those that were `read`
    hold the text, and `found` of these count.
    """
    enough = round(_MARGIN * read * (count - found) / max(1, found))
    return max(_SHORTEST, min(enough, max(FEW * read // fitting, read)))


def _within(stretch: _Stretch, text: str, holding: ColumnElement[bool]) -> Subquery:
    number = message_texts.c.number
    fits = [number > stretch.low, number <= stretch.high, holding]
    if stretch.indexed:
        low, high = literal(stretch.low), literal(stretch.high)
        fits.insert(0, _IndexFits(literal(trigrams(text)), low, high))
    # OFFSET keeps the condition of the outer select, and its limit, from changing the way in
    # which PostgreSQL goes through the stretch.
    return select(message_texts).where(*fits).offset(0).subquery("gathered")


def _newest(gathered: Subquery, in_rooms: InRooms | None) -> Select[Any]:
    found = select(gathered.c.number, gathered.c.message_id).order_by(gathered.c.number.desc())
    return found if in_rooms is None else found.where(in_rooms(gathered.c.room_id))


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")
