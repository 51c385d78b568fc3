"""Looking for a piece of text as it is written, capital letters and all."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class _Holds(GenericFunction[bool]):
    """Whether a text holds a piece; LIKE would not care for case on SQLite."""

    name = "holds_exactly"
    type = Boolean()
    inherit_cache = True


@compiles(_Holds, "sqlite")
def _holds_on_sqlite(element: _Holds, compiler: SQLCompiler, **options: Any) -> str:
    return f"(instr{compiler.process(element.clause_expr, **options)} > 0)"


@compiles(_Holds, "postgresql")
def _holds_on_postgresql(element: _Holds, compiler: SQLCompiler, **options: Any) -> str:
    return f"(strpos{compiler.process(element.clause_expr, **options)} > 0)"


def holds_exactly(text: ColumnElement[Any], piece: str) -> ColumnElement[bool]:
    """Return the condition that a text holds a piece, in the same case."""
    return _Holds(text, literal(piece, String()))
