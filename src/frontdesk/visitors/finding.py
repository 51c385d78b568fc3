"""Looking up visitors, for this feature and others."""

from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.visitors import queries
from frontdesk.visitors.records import Visitor


def find_visitor(tx: Tx, visitor_id: str | None) -> Visitor | None:
    """Return a visitor by id."""
    return None if visitor_id is None else tx.one(queries.VISITOR, visitor_id=visitor_id)


def visitor_to_change(tx: Tx, visitor_id: str) -> Visitor | None:
    """Return a visitor as he is now and keep others from changing him until the commit."""
    return tx.one(queries.VISITOR_TO_CHANGE, visitor_id=visitor_id)


def visitor_with_token(tx: Tx, token: str) -> Visitor | None:
    """Return the visitor who holds the token."""
    return tx.one(queries.VISITOR_BY_TOKEN, token=token)


def visitor_by_token(tx: Tx, token: str) -> Visitor:
    """Return the visitor who holds the token; raises Refused `invalid-token`."""
    visitor = visitor_with_token(tx, token)
    if visitor is None:
        raise Refused("invalid-token")
    return visitor


def holder_of_token(tx: Tx, token: str) -> Visitor:
    """Return the visitor who holds the token; raises Coded `invalid-token`."""
    visitor = tx.one(queries.VISITOR_BY_TOKEN, token=token)
    if visitor is None:
        raise Coded("invalid-token")
    return visitor


def first_email_of(tx: Tx, visitor_id: str | None) -> str | None:
    """Return the visitor's first e-mail address."""
    visitor = find_visitor(tx, visitor_id)
    return None if visitor is None else visitor.email
