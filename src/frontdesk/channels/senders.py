"""Who writes from a telephone number or an address: the same visitor every time.

Only visitors that a channel has made count here. The reference takes any visitor who has that
number or address; but these anybody may claim in the widget, and would then read, with the token
of his own, what somebody else writes by SMS or e-mail.
"""

import re
from collections.abc import Callable

from frontdesk.channels import queries
from frontdesk.channels.records import Sender
from frontdesk.db import Tx
from frontdesk.db.turns import take_turn
from frontdesk.visitors.finding import find_visitor
from frontdesk.visitors.records import Visitor

_GROUP = re.compile(r"@(?=(?:all|here)\b)")


def visitor_of(tx: Tx, channel: str, address: str, make: Callable[[], Visitor]) -> Visitor:
    """Return the visitor who writes from an address on a channel (`sms`, `email`).

    A new sender, or one whose visitor was removed, is made by `make`; of two messages at the same
    time only one makes him.
    """
    visitor = _known(tx, channel, address)
    if visitor is not None:
        return visitor
    take_turn(tx, f"{channel}:{address}")
    visitor = _known(tx, channel, address)
    if visitor is None:
        visitor = make()
        tx.insert(queries.KEEP_SENDER, Sender(channel, address, visitor.id))
    return visitor


def address_nobody(text: str) -> str:
    """Return a text in which `@all` and `@here` are words like any other: from the widget a message
    that addresses everybody is refused, but here nobody could be told why.
    """
    return _GROUP.sub("@\u200b", text)


def _known(tx: Tx, channel: str, address: str) -> Visitor | None:
    sender = tx.one(queries.SENDER, channel=channel, address=address)
    visitor = None if sender is None else find_visitor(tx, sender.visitor_id)
    return None if visitor is None or visitor.disabled else visitor
