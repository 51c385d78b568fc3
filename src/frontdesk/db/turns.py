"""Taking turns: one transaction after the other, where what each decides depends on the last."""

from typing import Any

from sqlalchemy import String, bindparam, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from frontdesk.db.engine import Tx
from frontdesk.db.statement import Query


class _TakeTurn(GenericFunction[Any]):
    """A lock by name, until the end of the transaction."""

    name = "take_turn"
    inherit_cache = True


@compiles(_TakeTurn, "sqlite")
def _take_turn_of_sqlite(element: _TakeTurn, compiler: SQLCompiler, **options: Any) -> str:
    # There is one writer, so that it is always our turn; the name is mentioned as it must be.
    return f"length{compiler.process(element.clause_expr, **options)}"


@compiles(_TakeTurn, "postgresql")
def _take_turn_of_postgresql(element: _TakeTurn, compiler: SQLCompiler, **options: Any) -> str:
    name = compiler.process(element.clause_expr, **options)
    return f"pg_advisory_xact_lock(hashtextextended({name}, 0))"


def _nothing(_: object) -> None:
    return None


_TURN = Query(select(_TakeTurn(bindparam("turn", type_=String))), _nothing)


def take_turn(tx: Tx, name: str) -> None:
    """Wait until no other transaction has the turn of this name, and keep it until the commit.

    What is read afterwards includes all that the one before has written. Take a turn before
    locking rows that others may lock while they have it.
    """
    tx.one(_TURN, turn=name)
