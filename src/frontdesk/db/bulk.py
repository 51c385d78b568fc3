"""Many rows at once: `executemany` on SQLite, COPY on PostgreSQL."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Dialect, Table


def insert_many(cursor: Any, dialect: Dialect, table: Table, rows: Iterable[Any]) -> None:
    """Insert row objects with fields named like the columns, on the driver's cursor."""
    names = [f'"{column.name}"' for column in table.c]
    columns = f'"{table.name}" ({", ".join(names)})'
    values = _values(dialect, table, rows)
    if dialect.name == "sqlite":
        places = ", ".join("?" * len(names))
        cursor.executemany(f"INSERT INTO {columns} VALUES ({places})", values)
        return
    with cursor.copy(f"COPY {columns} FROM STDIN") as copy:
        for each in values:
            copy.write_row(each)


def _values(dialect: Dialect, table: Table, rows: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """Yield rows in the order of the table's columns, converted as the dialect stores them."""
    converted: list[tuple[int, Callable[[Any], Any]]] = []
    for place, column in enumerate(table.c):
        convert = column.type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            converted.append((place, convert))
    read = attrgetter(*(column.name for column in table.c))
    for row in rows:
        found = list(read(row))
        for place, processor in converted:
            if found[place] is not None:
                found[place] = processor(found[place])
        yield found
