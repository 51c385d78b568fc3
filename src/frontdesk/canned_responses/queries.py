"""All SQL of canned responses."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, or_

from frontdesk.canned_responses.records import CannedResponse
from frontdesk.canned_responses.tables import canned_responses
from frontdesk.db import Command, Insert, Patch, Query, columns_of

_ALL = columns_of(canned_responses, CannedResponse)
RESPONSE = Query(_ALL.where(canned_responses.c.id == bindparam("response_id")), CannedResponse)
RESPONSE_TO_CHANGE = Query(
    _ALL.where(canned_responses.c.id == bindparam("response_id")).with_for_update(), CannedResponse
)
RESPONSE_BY_SHORTCUT = Query(
    _ALL.where(canned_responses.c.shortcut == bindparam("shortcut")), CannedResponse
)
RESPONSES_OF_DEPARTMENT = Query(
    _ALL.where(
        canned_responses.c.scope == "department",
        canned_responses.c.department_id == bindparam("department_id"),
    ).order_by(canned_responses.c.shortcut),
    CannedResponse,
)
#: Only what has tags at all; the tags are compared by whoever asks.
TAGGED_TO_CHANGE = Query(
    _ALL.where(canned_responses.c.tags != []).with_for_update(), CannedResponse
)
#: A shortcut that another response has is not inserted; the unique rule decides.
INSERT_RESPONSE = Insert(canned_responses, skip_conflicts=True)
PATCH_RESPONSE = Patch(canned_responses)
DELETE_RESPONSE = Command(
    delete(canned_responses).where(canned_responses.c.id == bindparam("response_id"))
)


def responses_for(
    user_id: str,
    department_ids: Collection[str] | None,
    **exactly: str | None,
) -> Select[Any]:
    """Return the statement for what a user may use: what is for everybody, the user's own, and
    that of some departments (None: of all).

    `exactly` names columns and the values that they must have, None for any.
    """
    columns = canned_responses.c
    of_departments: ColumnElement[bool] = columns.scope == "department"
    if department_ids is not None:
        of_departments = and_(of_departments, columns.department_id.in_(sorted(department_ids)))
    seen = or_(
        columns.scope == "global",
        and_(columns.scope == "user", columns.user_id == user_id),
        of_departments,
    )
    return _where(_ALL.where(seen), exactly)


def all_responses(**exactly: str | None) -> Select[Any]:
    """Return the statement for all responses; `exactly` as for `responses_for`."""
    return _where(_ALL, exactly)


def _where(statement: Select[Any], exactly: dict[str, str | None]) -> Select[Any]:
    for name, value in exactly.items():
        if value is not None:
            statement = statement.where(canned_responses.c[name] == value)
    return statement.order_by(canned_responses.c.shortcut)
