"""Monitors: users who watch over units. Making them, dismissing them, listing them.

Source: behaviour of the API, workforce, section 8.
"""

from typing import Any

from frontdesk.access.finding import user_by_name
from frontdesk.access.granting import grant_role, revoke_role
from frontdesk.access.records import User
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page
from frontdesk.workforce import queries
from frontdesk.workforce.appointing import MONITOR
from frontdesk.workforce.unit_schemas import TextListQuery, monitor_document


def list_monitors(tx: Tx, query: TextListQuery, page: Page) -> dict[str, Any]:
    """Return the monitors with a text in user name, name or e-mail addresses, by name unless
    sorted otherwise.
    """
    text = (query.text or "").casefold()
    documents = [
        monitor_document(each)
        for each in tx.all(queries.MONITORS)
        if any(
            text in searched.casefold()
            for searched in (
                each.username,
                each.name or "",
                *(email["address"] for email in each.emails or ()),
            )
        )
    ]
    return listed_page("monitors", documents, page, [("name", 1)])


def read_monitor(tx: Tx, username: str) -> dict[str, Any]:
    """Return the monitor with this user name; raises Refused `invalid-user`."""
    found = next((each for each in tx.all(queries.MONITORS) if each.username == username), None)
    if found is None:
        raise Refused("invalid-user")
    return monitor_document(found)


def appoint_monitor(tx: Tx, username: str) -> User:
    """Make a user a monitor, of no unit; return him as he was before.

    Raises Coded `error-invalid-user`.
    """
    user = _user(tx, username)
    if user is None:
        raise Coded("error-invalid-user", "Invalid user", {"method": "livechat:addMonitor"})
    grant_role(tx, user, MONITOR)
    return user


def dismiss_monitor(tx: Tx, username: str) -> None:
    """Take the role of a monitor, and with it his units, from a user, who need not hold it.

    Raises Refused `Invalid user`.
    """
    user = _user(tx, username)
    if user is None:
        raise Refused("Invalid user")
    revoke_role(tx, user, MONITOR)


def _user(tx: Tx, username: str) -> User | None:
    user = user_by_name(tx, username)
    return user if user is not None and user.username == username else None
