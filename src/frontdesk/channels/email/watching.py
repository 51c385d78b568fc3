"""Which process watches an inbox, and how far its mail is taken in. The database decides.

A watch is held for a while and renewed; what a watcher writes counts only while it holds the watch,
so that no mail is taken in twice, and the place of the last mail is written together with its
message, so that none is lost.
"""

from frontdesk.channels import queries
from frontdesk.channels.records import Inbox, Watch
from frontdesk.db import Tx


class WatchLost(Exception):
    """Another process watches the inbox, or it is gone."""


def active_inboxes(tx: Tx) -> list[Inbox]:
    """Return the inboxes that are switched on."""
    return tx.all(queries.ACTIVE_INBOXES)


def claim(tx: Tx, inbox_id: str, holder: str, held: int) -> bool:
    """Hold an inbox for `held` milliseconds, or go on holding it; return False if somebody else
    does.
    """
    until = tx.now + held
    claimed = tx.run(queries.CLAIM_WATCH, of_inbox=inbox_id, holder=holder, until=until, now=tx.now)
    return claimed == 1


def release(tx: Tx, inbox_id: str, holder: str) -> None:
    """Let an inbox go, if it is held."""
    tx.run(queries.RELEASE_WATCH, of_inbox=inbox_id, holder=holder)


def find_watch(tx: Tx, inbox_id: str) -> Watch:
    """Return how far the mail of an inbox is taken in; raises WatchLost if it is gone."""
    watch = tx.one(queries.WATCH, inbox_id=inbox_id)
    if watch is None:
        raise WatchLost(inbox_id)
    return watch


def advance(tx: Tx, inbox_id: str, holder: str, validity: int, uid: int, *, tries: int = 0) -> None:
    """Write down up to which mail everything is taken in, and how often the next one was tried.

    Raises WatchLost, which undoes what the transaction did.
    """
    changed = tx.run(
        queries.ADVANCE_WATCH,
        of_inbox=inbox_id,
        holder=holder,
        validity=validity,
        uid=uid,
        tried=tries,
    )
    if changed != 1:
        raise WatchLost(inbox_id)
