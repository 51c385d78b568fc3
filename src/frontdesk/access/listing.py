"""Lists of users (API frame, 7.5)."""

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy.sql.selectable import Select

from frontdesk.access import queries
from frontdesk.access.records import User
from frontdesk.db import Tx
from frontdesk.errors import Forbidden, Refused

if TYPE_CHECKING:
    from frontdesk.access.schemas import UserListQuery, UsersByStatusQuery
    from frontdesk.http.call import Principal
    from frontdesk.http.paging import Page
    from frontdesk.settings.workspace import Settings

#: Items of a completion.
COMPLETIONS = 10


class Found(msgspec.Struct, frozen=True):
    """A page of users, and how many there are in all."""

    users: list[User]
    total: int


class Completion(msgspec.Struct):
    """What to complete: a part of a name, and the names that are not wanted."""

    term: str = ""
    exceptions: list[str] = []


def list_users(tx: Tx, caller: "Principal", query: "UserListQuery", page: "Page") -> Found:
    """Return users by name, or the one with an address.

    Raises Forbidden for a search by address without `view-full-other-user-info`.
    """
    statement = queries.all_users()
    if query.email is not None:
        if not caller.may("view-full-other-user-info"):
            raise Forbidden
        statement = queries.with_email(statement, query.email)
    return _found(tx, statement, page)


def users_by_status(
    tx: Tx, caller: "Principal", query: "UsersByStatusQuery", page: "Page"
) -> Found:
    """Return the users that fit all filters. Whoever is not active was deactivated."""
    active = None if query.status is None else query.status == "active"
    statement = queries.with_state(
        queries.all_users(), active, query.hasLoggedIn, query.type or None
    )
    if query.roles and "all" not in query.roles:
        statement = queries.with_any_role(statement, query.roles)
    if query.searchTerm:
        fields = ["username", "name"]
        if caller.may("view-full-other-user-info"):
            fields.append("emails")
        statement = queries.with_text(statement, query.searchTerm, fields)
    if query.inactiveReason:
        if "deactivated" not in query.inactiveReason:
            return Found([], 0)
        statement = queries.with_state(statement, False, None, None)
    return _found(tx, statement, page)


def users_with_role(tx: Tx, role_id: str, page: "Page") -> Found:
    """Return the holders of a role."""
    return _found(tx, queries.with_any_role(queries.all_users(), [role_id]), page)


def complete_name(tx: Tx, settings: "Settings", selector: str) -> list[User]:
    """Return the first active users whose searched fields hold the term of a selector.

    Raises Refused for a selector that is not the JSON of an object.
    """
    try:
        wanted = msgspec.json.decode(selector, type=Completion)
    except msgspec.DecodeError as error:
        raise Refused(str(error)) from error
    fields = [
        name for name in settings.texts("Accounts_SearchFields") if name in queries.SEARCHABLE
    ]
    statement = queries.with_state(queries.all_users(), True, None, None)
    statement = queries.without_names(statement, wanted.exceptions)
    if wanted.term:
        statement = queries.with_text(statement, wanted.term, fields or ["username"])
    order = queries.SORTABLE["username"]
    return tx.select(statement.order_by(order).limit(COMPLETIONS), User)


def _found(tx: Tx, statement: Select[Any], page: "Page") -> Found:
    total = tx.select(queries.counted(statement), int)[0]
    order = []
    for field, direction in page.sort:
        column = queries.SORTABLE.get(field)
        if column is not None:
            order.append(column.asc() if direction == 1 else column.desc())
        if field == "status":
            active = queries.SORTABLE["active"]
            order.append(active.asc() if direction == 1 else active.desc())
    order += [queries.SORTABLE["username"].asc(), queries.SORTABLE["_id"].asc()]
    statement = statement.order_by(*order).offset(page.offset)
    if page.count is not None:
        statement = statement.limit(page.count)
    return Found(tx.select(statement, User), total)
