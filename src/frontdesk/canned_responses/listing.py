"""Reading and listing canned responses.

Source: behaviour of the API, priorities and analytics, sections 6.2, 6.3 and 6.5.
"""

from typing import Any

from frontdesk.canned_responses import queries
from frontdesk.canned_responses.records import CannedResponse
from frontdesk.canned_responses.schemas import ResponseListQuery, response_document
from frontdesk.canned_responses.visibility import VIEW_ALL, departments_of, may_read
from frontdesk.db import Tx
from frontdesk.errors import NotFound
from frontdesk.http.call import Principal
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page


def responses_at_hand(tx: Tx, user: Principal) -> list[dict[str, Any]]:
    """Return everything that a user can use: global ones, the user's own, those of departments."""
    statement = queries.responses_for(user.id, departments_of(tx, user))
    return [response_document(each) for each in tx.select(statement, CannedResponse)]


def list_responses(tx: Tx, user: Principal, query: ResponseListQuery, page: Page) -> dict[str, Any]:
    """Return the responses that a user may read and that fit all filters, by shortcut unless
    sorted otherwise. With VIEW_ALL others' own ones are among them.
    """
    exactly = {
        "shortcut": query.shortcut,
        "scope": query.scope,
        "department_id": query.departmentId,
        "creator_id": query.createdBy,
    }
    if user.may(VIEW_ALL):
        statement = queries.all_responses(**exactly)
    else:
        statement = queries.responses_for(user.id, departments_of(tx, user), **exactly)
    text, tags = (query.text or "").casefold(), frozenset(query.tags or ())
    documents = [
        response_document(each)
        for each in tx.select(statement, CannedResponse)
        if (text in each.shortcut.casefold() or text in each.text.casefold())
        and (not tags or not tags.isdisjoint(each.tags))
    ]
    return listed_page("cannedResponses", documents, page, [("shortcut", 1)])


def read_response(tx: Tx, user: Principal, response_id: str) -> dict[str, Any]:
    """Return a response; raises NotFound for one that is unknown or not for the user to see."""
    response = tx.one(queries.RESPONSE, response_id=response_id)
    if response is None or not may_read(tx, user, response):
        raise NotFound
    return response_document(response)
