"""Finding conversations by a piece of text: of a name, or of the value of a custom field.

`room_texts` holds the words of every conversation, kept by triggers of the database; an index of
their trigrams (FTS5 on SQLite, pg_trgm on PostgreSQL) finds those with a piece in them. What is
found this way may fit: whether a piece stands where it should, the rows themselves must say.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from frontdesk.conversations.tables import room_texts
from frontdesk.db import Query, Tx
from frontdesk.db.trigrams import is_known, rare_trigrams, runs

_words = room_texts.c.words
_NEWEST = Query(select(_words).order_by(room_texts.c.number.desc()).limit(200), str)
_HARDLY = 2


class _WordsFit(GenericFunction[Any]):
    """Whether words fit: a search of FTS5 that leads to them, and a condition on them."""

    # Without a type: to a Boolean `= 1` would be added for SQLite, which would hide the IN.
    name = "words_fit"
    inherit_cache = True


@compiles(_WordsFit, "sqlite")
def _words_fit_on_sqlite(element: _WordsFit, compiler: SQLCompiler, **options: Any) -> str:
    search, condition = (compiler.process(each, **options) for each in element.clauses)
    found = f"SELECT rowid FROM room_words WHERE room_words MATCH {search}"
    return f"(room_texts.number IN ({found}) AND {condition})"


@compiles(_WordsFit, "postgresql")
def _words_fit_on_postgresql(element: _WordsFit, compiler: SQLCompiler, **options: Any) -> str:
    _, condition = element.clauses
    return f"({compiler.process(condition, **options)})"


class _OpeningOrder(GenericFunction[int]):
    """What conversations that were found are ordered by: the time at which they were opened."""

    name = "opening_order"
    inherit_cache = True


@compiles(_OpeningOrder, "sqlite")
def _opening_order_on_sqlite(element: _OpeningOrder, compiler: SQLCompiler, **options: Any) -> str:
    # The numbers follow the time and come out of the index in their order.
    return "room_texts.number"


@compiles(_OpeningOrder, "postgresql")
def _opening_order_on_postgresql(
    element: _OpeningOrder, compiler: SQLCompiler, **options: Any
) -> str:
    return compiler.process(element.clause_expr.element, **options)


def opening_order(opened_at: ColumnElement[int]) -> ColumnElement[int]:
    """Return what to order a select of `room_texts` and `rooms` by."""
    return _OpeningOrder(opened_at)


def words_fit(tx: Tx, pieces: Iterable[str]) -> ColumnElement[Any] | None:
    """Return the condition that the words of a row of `room_texts` may fit: they hold the pieces.

    A piece that the index does not know counts for nothing; None if there is no other.
    """
    known = [each for each in pieces if is_known(each)]
    if not known:
        return None
    search = " AND ".join(rare_trigrams(tx, "room_words", each) for each in known)
    return _WordsFit(literal(search), and_(*_conditions(tx, known)))


def as_stored(value: str) -> str:
    """Return a text as it stands inside of stored JSON, without quotes."""
    return msgspec.json.encode(value).decode()[1:-1]


def _conditions(tx: Tx, pieces: list[str]) -> list[ColumnElement[bool]]:
    """Return what the words must hold: the pieces. On PostgreSQL the index leads to their rare
    runs, as on SQLite, or to the pieces themselves where none is rare. What the newest
    conversations hardly have counts as rare. The index knows nothing but letters and digits.
    """
    if tx.alone:
        return [_holds(_words, each) for each in pieces]
    newest = tx.all(_NEWEST)
    rare = [
        run
        for piece in pieces
        for run in runs(piece)
        if run.isascii() and run.isalnum() and sum(run in each for each in newest) <= _HARDLY
    ]
    if not rare:
        return [_holds(_words, each) for each in pieces]
    seen = _words.concat("")  # a column for which there is no index
    return [_holds(_words, each) for each in rare] + [_holds(seen, each) for each in pieces]


def _holds(column: ColumnElement[str], piece: str) -> ColumnElement[bool]:
    escaped = piece.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return column.like(func.lower(f"%{escaped}%"), escape="/")
