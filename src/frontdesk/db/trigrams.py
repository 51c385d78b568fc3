"""What an index of trigrams (FTS5 on SQLite, pg_trgm on PostgreSQL) can look for."""

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from frontdesk.db.statement import Query

if TYPE_CHECKING:
    from frontdesk.db.engine import Tx

#: A piece of text must have so many characters for the index to know it.
SHORTEST = 3
#: A run of characters that stands in no more rows than this leads to them quickly.
FEW = 3_000
_ENOUGH = 2


def is_known(piece: str) -> bool:
    """Tell whether the index can find a piece of text."""
    return len(piece) >= SHORTEST and "\0" not in piece  # where a search would end


def trigrams(piece: str) -> str:
    """Return a search of FTS5 for runs of three characters that cover a piece."""
    return " AND ".join(map(_quoted, runs(piece)))


def rare_trigrams(tx: "Tx", index: str, piece: str) -> str:
    """Return a search of the FTS5 table `index` for the runs of a piece that few rows have, or for
    all runs where none is rare. SQLite only; on PostgreSQL it has no meaning.

    What all order numbers begin with stands in most rows, and FTS5 looks at each of them: that
    takes longer than to look whether the piece stands in the few rows that the rest leads to. What
    varies is more often found at the end.
    """
    if not tx.alone:
        return trigrams(piece)
    rare: list[str] = []
    for run in map(_quoted, reversed(runs(piece))):
        if (tx.one(_rows_with(index), run=run) or 0) <= FEW:
            rare.append(run)
            if len(rare) == _ENOUGH:
                break
    return " AND ".join(rare) or trigrams(piece)


def runs(piece: str) -> list[str]:
    """Return runs of three characters that cover a piece that the index knows."""
    last = len(piece) - SHORTEST
    return [piece[start : start + SHORTEST] for start in (*range(0, last, SHORTEST), last)]


def _quoted(run: str) -> str:
    return '"' + run.replace('"', '""') + '"'


@cache
def _rows_with(index: str) -> Query[int]:
    """Return the query that counts the rows with a run, as far as that matters."""
    found = f"SELECT 1 FROM {index} WHERE {index} MATCH :run LIMIT {FEW + 1}"
    return Query(select(text(f"(SELECT count(*) FROM ({found}))")), int)
