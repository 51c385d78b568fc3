"""Lists of call rooms.

Source: behaviour of the call centre, section 3.3.
"""

from typing import Any

from frontdesk.calls.queries import CallFilter, calls_page, calls_total
from frontdesk.calls.records import CallRoom
from frontdesk.calls.schemas import SORT_COLUMNS, CallListQuery, call_document
from frontdesk.db import Tx
from frontdesk.errors import Forbidden
from frontdesk.http.call import Principal
from frontdesk.http.date_range import date_range
from frontdesk.http.paging import Page, listed


def list_calls(tx: Tx, user: Principal, query: CallListQuery, page: Page) -> dict[str, Any]:
    """Return the call rooms that fit all filters, newest first unless sorted otherwise.

    Raises Forbidden for an agent who asks for more than the own calls, Refused for dates that
    cannot be read.
    """
    if not _may_list(user, query):
        raise Forbidden
    wanted = _filter(query)
    found = tx.select(calls_page(wanted, page, SORT_COLUMNS), CallRoom)
    total = tx.select(calls_total(wanted), int)[0]
    return listed("rooms", [call_document(room) for room in found], page, total)


def _may_list(user: Principal, query: CallListQuery) -> bool:
    if user.may("view-livechat-rooms"):
        return True
    return user.may("view-l-room") and query.agents == [user.id]


def _filter(query: CallListQuery) -> CallFilter:
    opened_from, opened_to = date_range("createdAt", query.createdAt)
    closed_from, closed_to = date_range("closedAt", query.closedAt)
    return CallFilter(
        open=query.open == "true",  # closed ones unless open ones are asked for
        agents=query.agents or (),
        tags=query.tags or (),
        opened_from=opened_from,
        opened_to=opened_to,
        closed_from=closed_from,
        closed_to=closed_to,
        queue=query.queue,
        visitor_id=None if query.visitorId == "undefined" else query.visitorId,
        direction=query.direction,
        name=query.roomName,
    )
