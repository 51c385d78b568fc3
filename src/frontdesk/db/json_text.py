"""Conditions on JSON that is kept as text."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, TableValuedAlias, exists, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class _JsonTexts(GenericFunction[Any]):
    """The texts of a stored JSON list, as rows with one column `value`."""

    name = "json_texts"
    inherit_cache = True


@compiles(_JsonTexts, "sqlite")
def _json_texts_of_sqlite(element: _JsonTexts, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each{compiler.process(element.clause_expr, **options)}"


@compiles(_JsonTexts, "postgresql")
def _json_texts_of_postgresql(element: _JsonTexts, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements_text({compiler.process(element.clause_expr, **options)}::json)"


def texts_of(stored: ColumnElement[Any]) -> TableValuedAlias:
    """Return the texts of a stored JSON list as a table with one column `value`, to be joined with
    the table that the list is stored in.
    """
    return _JsonTexts(stored).table_valued("value").alias("item")


def holds_any(stored: ColumnElement[Any], texts: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a stored JSON list holds one of the texts."""
    items = texts_of(stored)
    return exists().where(items.c.value.in_(texts))


class _JsonMember(GenericFunction[str]):
    """The text of a member of a stored JSON object, NULL where there is none."""

    name = "json_member"
    type = String()
    inherit_cache = True


@compiles(_JsonMember, "sqlite")
def _json_member_of_sqlite(element: _JsonMember, compiler: SQLCompiler, **options: Any) -> str:
    stored, key = (compiler.process(each, **options) for each in element.clauses)
    # Not json_extract, whose paths cannot spell every name.
    return f"(SELECT value FROM json_each({stored}) WHERE key = {key})"


@compiles(_JsonMember, "postgresql")
def _json_member_of_postgresql(element: _JsonMember, compiler: SQLCompiler, **options: Any) -> str:
    stored, key = (compiler.process(each, **options) for each in element.clauses)
    return f"({stored}::json ->> {key})"


def json_member(stored: ColumnElement[Any], key: str) -> ColumnElement[str]:
    """Return the text of a member of a stored JSON object, as an expression."""
    return _JsonMember(stored, literal(key, String()))
