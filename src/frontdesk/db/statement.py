"""Statements built once and run on the driver's cursor.

SQLAlchemy Core describes a statement; its compiled form is kept per dialect, with the
conversions of its parameters and columns looked up once. What remains per execution is the
driver's work. Use `Tx.select` for statements whose shape depends on the request.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import Dialect, Table, bindparam, select
from sqlalchemy import insert as sa_insert
from sqlalchemy import update as sa_update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import Select, SelectBase
from sqlalchemy.types import TypeEngine

Processor: TypeAlias = Callable[[Any], Any]
T = TypeVar("T")


#: PostgreSQL's number for the type of our floats, the one type that SQLAlchemy asks about.
_FLOAT8 = 701


class Compiled:
    """One statement for one dialect: SQL text, parameter order, conversions."""

    __slots__ = ("_names", "_plan", "results", "sql")

    def __init__(self, statement: SelectBase | UpdateBase, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        if compiled.post_compile_params:
            raise TypeError("a prepared statement cannot hold IN (...): use Tx.select or or_()")
        self.sql: str = compiled.string
        order: list[str] = compiled.positiontup or list(compiled.params)
        #: The names, for a driver that takes parameters by name.
        self._names = None if compiled.positiontup is not None else order
        #: For each parameter its name, its value if none is given, and its conversion.
        self._plan: list[tuple[str, Any, Processor | None]] = [
            (name, compiled.params[name], _bind_processor(compiled.binds[name], dialect))
            for name in order
        ]
        self.results = _result_processors(_columns(statement), dialect)

    def parameters(self, given: Mapping[str, Any]) -> Sequence[Any] | dict[str, Any]:
        """Return the driver's parameters; a name that is not given and no constant is NULL."""
        values = [
            given.get(name, constant) if processor is None else processor(given.get(name, constant))
            for name, constant, processor in self._plan
        ]
        return values if self._names is None else dict(zip(self._names, values, strict=True))


def _bind_processor(bind: Any, dialect: Dialect) -> Processor | None:
    processor: Processor | None = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return processor


def _columns(statement: SelectBase | UpdateBase) -> Iterable[ColumnElement[Any]]:
    if isinstance(statement, UpdateBase):
        return statement.exported_columns
    return statement.selected_columns


def _result_processors(
    columns: Iterable[ColumnElement[Any]], dialect: Dialect
) -> list[tuple[int, Processor]]:
    found: list[tuple[int, Processor]] = []
    for index, column in enumerate(columns):
        kind: TypeEngine[Any] = column.type
        processor = kind.dialect_impl(dialect).result_processor(dialect, _FLOAT8)
        if processor is not None:
            found.append((index, processor))
    return found


class _Statement:
    """A statement with its compiled forms by dialect name."""

    def __init__(self, statement: SelectBase | UpdateBase) -> None:
        self.statement = statement
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, dialect: Dialect) -> Compiled:
        """Return the compiled form, made at first use."""
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = Compiled(self.build(dialect), dialect)
        return found

    def build(self, dialect: Dialect) -> SelectBase | UpdateBase:
        """Return the statement as the dialect wants it; most are the same for all."""
        return self.statement


class Query(_Statement, Generic[T]):
    """A statement that returns rows, each made into a `T` by `row(*columns)`.

    `row` is usually a msgspec Struct whose fields stand in the order of the columns, or
    `str`, `int` and the like for a single column.
    """

    def __init__(self, statement: Select[Any] | UpdateBase, row: Callable[..., T]) -> None:
        super().__init__(statement)
        self.row = row
        self.changes = isinstance(statement, UpdateBase)


def columns_of(table: Table, row: type[Any]) -> Select[Any]:
    """Return `select` of the columns that the Struct `row` has fields for, in its order."""
    return select(*(table.c[name] for name in row.__struct_fields__))


class Command(_Statement):
    """A statement that changes rows and returns how many."""

    def __init__(self, statement: UpdateBase) -> None:
        super().__init__(statement)


class Insert(Command):
    """An insert of every column of a table, from a row object with fields of the same names.

    With `skip_conflicts` a row that breaks a unique rule is not inserted and the count is 0;
    with `replace_on` (the columns of a unique rule) it overwrites the row that stands there.
    """

    def __init__(
        self, table: Table, *, skip_conflicts: bool = False, replace_on: Sequence[str] = ()
    ) -> None:
        self.columns = [column.name for column in table.c]
        self._table = table
        self._skip_conflicts = skip_conflicts
        self._replace_on = list(replace_on)
        super().__init__(sa_insert(table))

    def build(self, dialect: Dialect) -> UpdateBase:
        """Return the insert in the words of a dialect: conflict clauses differ by module."""
        construct = sqlite_insert if dialect.name == "sqlite" else postgresql_insert
        statement: Any = construct(self._table).values(
            {name: bindparam(name) for name in self.columns}
        )
        if self._skip_conflicts:
            return statement.on_conflict_do_nothing()  # type: ignore[no-any-return]
        if self._replace_on:
            return statement.on_conflict_do_update(  # type: ignore[no-any-return]
                index_elements=self._replace_on,
                set_={
                    name: statement.excluded[name]
                    for name in self.columns
                    if name not in self._replace_on
                },
            )
        return statement  # type: ignore[no-any-return]


class Patch:
    """Updates of some columns of the row with a given key; one statement per set of columns."""

    def __init__(self, table: Table, key: str = "id") -> None:
        self._table = table
        self._key = key
        self.parameter = f"row_{key}"
        self._command = cache(self._build)

    def __call__(self, *columns: str) -> Command:
        """Return the command that sets `columns`; its parameters are `<column>` and `row_<key>`."""
        return self._command(columns)

    def _build(self, columns: tuple[str, ...]) -> Command:
        table = self._table
        return Command(
            sa_update(table)
            .where(table.c[self._key] == bindparam(self.parameter))
            .values({name: bindparam(name) for name in columns})
        )
