"""Taking turns: one transaction after the other, where what each decides depends on the last."""

from sqlalchemy import String, bindparam, func, select

from frontdesk.db.engine import Tx
from frontdesk.db.statement import Query


def _nothing(_: object) -> None:
    return None


_LOCK = Query(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("turn", type_=String), 0))),
    _nothing,
)


def take_turn(tx: Tx, name: str) -> None:
    """Wait until no other transaction has the turn of this name, and keep it until the commit.

    What is read afterwards includes all that the one before has written. Take a turn before
    locking rows that others may lock while they have it.
    """
    if not tx.alone:
        tx.one(_LOCK, turn=name)
