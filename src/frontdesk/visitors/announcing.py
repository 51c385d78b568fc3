"""Visitors tell whether they are there."""

from frontdesk.conversations.following import follow_visitor_status
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.visitors import queries
from frontdesk.visitors.schemas import VisitorStatus

#: Characters of a status at the most; it is shown to agents with every conversation.
LONGEST_STATUS = 64


def announce_status(tx: Tx, request: VisitorStatus) -> None:
    """Show a visitor's presence (`online`, `away`, ...) in the open conversation.

    The visitor's record is not changed and the word is not checked against a list (behaviour of
    the API, visitors, 4.6). Raises Coded `invalid-token`, Refused `error-invalid-status` for a
    text that is too long.
    """
    if len(request.status) > LONGEST_STATUS:
        raise Refused("error-invalid-status")
    if tx.one(queries.VISITOR_BY_TOKEN, token=request.token) is None:
        raise Coded("invalid-token")
    follow_visitor_status(tx, request.token, request.status)
