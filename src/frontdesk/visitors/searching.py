"""Finding visitors: by address, telephone number, name, and what custom fields say.

`visitor_texts` holds the words of every visitor, kept by triggers of the database; an index of
their trigrams finds those with a piece in them. What is found this way may fit: the rows
themselves must say whether it does. Pieces of one or two letters are unknown to the index; for
them all visitors are read.

Source: behaviour of the API, visitors, section 4.8.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, String, and_, func, literal, or_, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from frontdesk.custom_fields.finding import searchable_visitor_fields
from frontdesk.db import Tx, columns_of
from frontdesk.db.exact_text import holds_exactly
from frontdesk.db.json_text import json_member
from frontdesk.db.text_order import by_code_points
from frontdesk.db.trigrams import is_known, rare_trigrams
from frontdesk.errors import Refused
from frontdesk.http.paging import Page, listed
from frontdesk.visitors.records import Visitor
from frontdesk.visitors.schemas import visitor_document
from frontdesk.visitors.tables import ENABLED, visitor_texts, visitors

#: Suggestions of an autocompletion.
SUGGESTIONS = 10
#: Ids that may be excepted; more would only cost time.
MOST_EXCEPTIONS = 500
#: Members of a visitor that a search answers.
_ANSWERED = ("_id", "username", "name", "phone", "livechatData", "visitorEmails", "lastChat")

#: What is missing comes before all else, on every database.
_ORDER: dict[str, ColumnElement[Any]] = {
    "_id": visitors.c.id,
    "ts": func.coalesce(visitors.c.created_at, 0),
    "name": by_code_points(func.coalesce(visitors.c.name, "")),
    "username": by_code_points(func.coalesce(visitors.c.username, "")),
    "lastChat": func.coalesce(json_member(visitors.c.last_chat, "ts"), ""),
    "lastChat.ts": func.coalesce(json_member(visitors.c.last_chat, "ts"), ""),
}


class _WordsFit(GenericFunction[Any]):
    """Whether words fit: a search of FTS5, and the same as a condition on the words."""

    # Without a type: to a Boolean `= 1` would be added for SQLite, which would hide the IN.
    name = "visitor_words_fit"
    inherit_cache = True


@compiles(_WordsFit, "sqlite")
def _words_fit_on_sqlite(element: _WordsFit, compiler: SQLCompiler, **options: Any) -> str:
    search, _ = element.clauses
    found = compiler.process(search, **options)
    return (
        "visitor_texts.number IN"
        f" (SELECT rowid FROM visitor_words WHERE visitor_words MATCH {found})"
    )


@compiles(_WordsFit, "postgresql")
def _words_fit_on_postgresql(element: _WordsFit, compiler: SQLCompiler, **options: Any) -> str:
    _, condition = element.clauses
    return f"({compiler.process(condition, **options)})"


class Selector(msgspec.Struct):
    """What an autocompletion looks for: what names begin with, and ids that are not wanted."""

    term: str | None = None
    exceptions: list[str] | None = None


def search_visitors(tx: Tx, term: str, page: Page) -> dict[str, Any]:
    """Return a page of the visitors whose address or telephone number is the term, or who have it
    in name, user name or a searchable custom field in any case; newest first unless sorted
    otherwise.
    """
    pieces = [term, _as_stored(term)]
    found = _found(tx, pieces, _fits(term, searchable_visitor_fields(tx)) if term else None)
    total = tx.select(found.with_only_columns(func.count(visitors.c.id)), int)[0]
    keys = [key for key in page.sort if key[0] in _ORDER]
    if not keys and not term:
        found = found.order_by(visitors.c.created_at.desc())
    for name, direction in keys or [("ts", -1)]:
        column = _ORDER[name]
        found = found.order_by(column.asc() if direction == 1 else column.desc())
    found = found.order_by(visitors.c.id).offset(page.offset)
    rows = tx.select(found if page.count is None else found.limit(page.count), Visitor)
    documents = [visitor_document(each) for each in rows]
    shown = [{name: each[name] for name in _ANSWERED if name in each} for each in documents]
    return listed("visitors", shown, page, total)


def suggest_visitors(tx: Tx, selector: str) -> list[dict[str, Any]]:
    """Return the first visitors whose names begin with the term of a selector, in any case.

    `selector` is JSON text; other members, such as conditions, have no effect. Raises Refused for
    a selector that is not the JSON of an object.
    """
    try:
        wanted = msgspec.json.decode(selector, type=Selector)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise Refused(str(error) or "Invalid selector") from error
    term = wanted.term or ""
    begins = func.substr(func.lower(visitors.c.name), 1, len(term)) == func.lower(term)
    statement = _found(tx, [term], begins if term else None).where(visitors.c.name.is_not(None))
    if wanted.exceptions:
        statement = statement.where(visitors.c.id.not_in(wanted.exceptions[:MOST_EXCEPTIONS]))
    statement = statement.order_by(by_code_points(visitors.c.name), visitors.c.id)
    return [
        {
            "_id": each.id,
            "username": each.username,
            "name": each.name,
            "custom_name": f"{each.username} - {each.name}",
        }
        for each in tx.select(statement.limit(SUGGESTIONS), Visitor)
    ]


def find_exactly(
    tx: Tx, email: str | None, phone: str | None, pieces: Mapping[str, str]
) -> Visitor | None:
    """Return the first visitor who has exactly this address and this number, and the pieces in
    these custom fields, in any case; something is given.
    """
    fits: list[ColumnElement[bool]] = []
    words: list[str] = []
    for column, member, value in (
        (visitors.c.emails, "address", email),
        (visitors.c.phones, "phoneNumber", phone),
    ):
        if value is not None:
            quoted = msgspec.json.encode(value).decode()
            fits.append(holds_exactly(type_coerce(column, String), f'"{member}":{quoted}'))
            words.append(quoted)
    for key, piece in pieces.items():
        has = json_member(visitors.c.livechat_data, key).icontains(piece, autoescape=True)
        fits.append(has)
        words.append(_as_stored(piece))
    # The longest leads to the fewest.
    statement = _found(tx, [max(words, key=len)], and_(*fits))
    statement = statement.order_by(visitors.c.created_at, visitors.c.id)
    return next(iter(tx.select(statement.limit(1), Visitor)), None)


def _found(tx: Tx, pieces: Sequence[str], fits: ColumnElement[bool] | None) -> Select[Any]:
    """Return the select of the visitors who fit, without an order; `pieces` are those of which one
    stands among the words of whoever fits.
    """
    statement = columns_of(visitors, Visitor).where(ENABLED)
    if fits is None:
        return statement
    distinct = list(dict.fromkeys(pieces))
    if all(map(is_known, distinct)):
        may_fit = _WordsFit(
            literal(
                " OR ".join(f"({rare_trigrams(tx, 'visitor_words', each)})" for each in distinct)
            ),
            or_(*map(_holds, distinct)),
        )
        statement = statement.join(visitor_texts, visitor_texts.c.visitor_id == visitors.c.id)
        statement = statement.where(may_fit)
    return statement.where(fits)


def _fits(term: str, fields: Sequence[str]) -> ColumnElement[bool]:
    quoted = msgspec.json.encode(term).decode()
    return or_(
        holds_exactly(type_coerce(visitors.c.emails, String), f'"address":{quoted}'),
        holds_exactly(type_coerce(visitors.c.phones, String), f'"phoneNumber":{quoted}'),
        visitors.c.name.icontains(term, autoescape=True),
        visitors.c.username.icontains(term, autoescape=True),
        *(
            json_member(visitors.c.livechat_data, each).icontains(term, autoescape=True)
            for each in fields
        ),
    )


def _holds(piece: str) -> ColumnElement[bool]:
    escaped = piece.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return visitor_texts.c.words.like(func.lower(f"%{escaped}%"), escape="/")


def _as_stored(value: str) -> str:
    """Return a text as it stands inside of stored JSON, without quotes."""
    return msgspec.json.encode(value).decode()[1:-1]
