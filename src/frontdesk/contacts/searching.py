"""Finding contacts by a piece of a name, an address or a number.

Every contact keeps, in small letters, the words that it is found by. An index of their trigrams
(FTS5 on SQLite, pg_trgm on PostgreSQL) finds those with a piece in them. PostgreSQL decides itself
when to use it; for SQLite we do: few that may fit are gathered, and for a piece that many hold the
list is walked in its order until the page is full.

Source: behaviour of the API, visitors, section 5.5.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, TextClause, func, select, text

from frontdesk.contacts.records import Channel, Contact
from frontdesk.contacts.schemas import SearchQuery, contact_document
from frontdesk.contacts.tables import ENABLED, contact_channels, contacts
from frontdesk.db import Tx, columns_of
from frontdesk.db.json_text import json_member
from frontdesk.db.trigrams import is_known, rare_trigrams
from frontdesk.http.paging import Page, page
from frontdesk.workforce.finding import staff_by_id

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: So many that may fit are gathered, at the most.
FEW = 3_000
#: Ids in one statement: SQLite takes 32,766 at the most.
_AT_ONCE = 5_000

#: What is missing comes before all else, on every database.
_ORDER: dict[str, ColumnElement[Any]] = {
    "_id": contacts.c.id,
    "name": contacts.c.name,
    "createdAt": contacts.c.created_at,
    "_updatedAt": contacts.c.updated_at,
    # Times as they are written sort as they follow each other.
    "lastChat.ts": func.coalesce(json_member(contacts.c.last_chat, "ts"), ""),
    "contactManager": func.coalesce(contacts.c.manager_id, ""),
    "preRegistration": contacts.c.pre_registration,
}
_MAY_FIT = text(
    "contacts.id IN (SELECT contact_id FROM contact_words_rows WHERE number IN"
    " (SELECT rowid FROM contact_words WHERE contact_words MATCH :trigrams))"
)
_HOW_MANY = text(
    "(SELECT count(*) FROM (SELECT 1 FROM contact_words WHERE contact_words MATCH :trigrams"
    " LIMIT :most))"
)


def search_contacts(tx: Tx, settings: "Settings", query: SearchQuery) -> dict[str, Any]:
    """Return a page of the contacts that hold a text, unknown ones only if they are asked for.

    By name unless sorted otherwise. `count` is the page size that was asked for, as the API has
    it. Raises Coded `error-invalid-sort`.
    """
    wanted = page(settings, query)
    conditions: list[ColumnElement[bool] | TextClause] = [
        ENABLED,
        contacts.c.unknown.is_(query.unknown),
    ]
    piece = (query.searchText or "").lower()
    if piece:
        conditions.append(contacts.c.words.contains(piece, autoescape=True))
        conditions += _by_index(tx, piece)
    total = tx.select(select(func.count()).select_from(contacts).where(*conditions), int)[0]
    found: list[Contact] = []
    if wanted.offset < total:
        found = tx.select(_paged(columns_of(contacts, Contact).where(*conditions), wanted), Contact)
    documents = _documents(tx, found)
    return {
        "contacts": documents,
        "count": wanted.count or 0,
        "offset": wanted.offset,
        "total": total,
    }


def _by_index(tx: Tx, piece: str) -> list[TextClause]:
    """Return the condition that leads to the contacts that may fit, if they are few, on SQLite."""
    if not tx.alone or not is_known(piece):
        return []
    search = rare_trigrams(tx, "contact_words", piece)
    count = select(_HOW_MANY.bindparams(trigrams=search, most=FEW + 1))
    if tx.select(count, int)[0] > FEW:
        return []
    return [_MAY_FIT.bindparams(trigrams=search)]


def _paged(statement: Select[Any], wanted: Page) -> Select[Any]:
    for name, way in [key for key in wanted.sort if key[0] in _ORDER] or [("name", 1)]:
        column = _ORDER[name]
        statement = statement.order_by(column.asc() if way == 1 else column.desc())
    statement = statement.order_by(contacts.c.id).offset(wanted.offset)
    return statement if wanted.count is None else statement.limit(wanted.count)


def _documents(tx: Tx, found: list[Contact]) -> list[dict[str, Any]]:
    channels = _channels(tx, [each.id for each in found])
    managers = staff_by_id(tx, {each.manager_id for each in found if each.manager_id})
    documents = []
    for contact in found:
        document = contact_document(contact, channels.get(contact.id, []))
        manager = managers.get(contact.manager_id or "")
        document.pop("contactManager", None)
        if manager is not None:
            document["contactManager"] = {
                "_id": manager.id,
                "name": manager.name,
                "username": manager.username,
            }
        documents.append(document)
    return documents


def _channels(tx: Tx, contact_ids: list[str]) -> dict[str, list[Channel]]:
    """Return the channels of contacts, the oldest first, by the contacts' ids."""
    channels: dict[str, list[Channel]] = {}
    for start in range(0, len(contact_ids), _AT_ONCE):
        ids = contact_ids[start : start + _AT_ONCE]
        statement = columns_of(contact_channels, Channel).where(
            contact_channels.c.contact_id.in_(ids)
        )
        order = (
            contact_channels.c.added_at,
            contact_channels.c.visitor_id,
            contact_channels.c.source_type,
            contact_channels.c.source_id,
        )
        for each in tx.select(statement.order_by(*order), Channel):
            channels.setdefault(each.contact_id, []).append(each)
    return channels
