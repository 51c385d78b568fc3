"""What an index of trigrams (FTS5 on SQLite, pg_trgm on PostgreSQL) can look for."""

#: A piece of text must have so many characters for the index to know it.
SHORTEST = 3


def is_known(piece: str) -> bool:
    """Tell whether the index can find a piece of text."""
    return len(piece) >= SHORTEST and "\0" not in piece  # where a search would end


def trigrams(piece: str) -> str:
    """Return a search of FTS5 for runs of three characters that cover a piece."""
    last = len(piece) - SHORTEST
    runs = (piece[start : start + SHORTEST] for start in (*range(0, last, SHORTEST), last))
    return " AND ".join('"' + each.replace('"', '""') + '"' for each in runs)
