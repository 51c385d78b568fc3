"""The ground floor: engine, transactions, statements, migrations. Knows no feature."""

from frontdesk.db.engine import Database, Event, Question, Tx, UseCase
from frontdesk.db.opening import open_database
from frontdesk.db.statement import Command, Insert, Patch, Query, columns_of

__all__ = [
    "Command",
    "Database",
    "Event",
    "Insert",
    "Patch",
    "Query",
    "Question",
    "Tx",
    "UseCase",
    "columns_of",
    "open_database",
]
