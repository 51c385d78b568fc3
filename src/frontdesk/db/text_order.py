"""An order of texts that is the same on every database."""

from typing import Any

from sqlalchemy import ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class _CodePoints(GenericFunction[str]):
    """A text, compared by the code points of its characters."""

    name = "code_points"
    type = String()
    inherit_cache = True


@compiles(_CodePoints, "sqlite")
def _code_points_of_sqlite(element: _CodePoints, compiler: SQLCompiler, **options: Any) -> str:
    # Compared byte by byte already, which for UTF-8 is the same.
    return compiler.process(element.clause_expr.element, **options)


@compiles(_CodePoints, "postgresql")
def _code_points_of_postgresql(element: _CodePoints, compiler: SQLCompiler, **options: Any) -> str:
    # Otherwise the language of the database decides, in which "a-b" may stand after "ab".
    return f'{compiler.process(element.clause_expr, **options)} COLLATE "C"'


def by_code_points(text: ColumnElement[Any]) -> ColumnElement[str]:
    """Return the text as something to order by."""
    return _CodePoints(text)
