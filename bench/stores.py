"""Empty databases to measure on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeAlias

import psycopg
from sqlalchemy import create_engine, text

from bench.machine import LOAD_CORE, on_core
from frontdesk.app import open_store
from frontdesk.config import Config
from frontdesk.db import Database
from frontdesk.db.migrate import driver_url
from tests.harness.postgres import Cluster

Engine: TypeAlias = Literal["SQLite", "PostgreSQL"]
ENGINES: tuple[Engine, ...] = ("SQLite", "PostgreSQL")


@contextmanager
def empty_database(engine: Engine) -> Iterator[tuple[Path, str]]:
    """Yield a folder and the URL of an empty database; see `empty_databases`."""
    with empty_databases(engine, 1) as (place, urls):
        yield place, urls[0]


@contextmanager
def empty_databases(engine: Engine, count: int) -> Iterator[tuple[Path, list[str]]]:
    """Yield a folder and the URLs of empty databases; PostgreSQL's processes are durable and
    share the load's core.
    """
    with folder() as place:
        if engine == "SQLite":
            yield place, [f"sqlite:///{place / f'frontdesk{number}.db'}" for number in range(count)]
            return
        cluster = Cluster(place / "cluster", durable=True)
        try:
            with on_core(LOAD_CORE):
                cluster.create()
                cluster.start()
            yield place, [cluster.new_database() for _ in range(count)]
        finally:
            cluster.remove()


@contextmanager
def folder() -> Iterator[Path]:
    """Yield an empty folder that is gone afterwards."""
    with TemporaryDirectory(prefix="frontdesk-bench-") as name:
        place = Path(name)
        place.chmod(0o711)  # PostgreSQL's account passes through
        yield place


def first_start(place: Path, url: str) -> Database:
    """Return the open store as a first start leaves it."""
    environment = {"ADMIN_PASS": "of no use"}
    return open_store(
        Config.from_options(data_dir=place / "data", database_url=url, environment=environment)
    )[0]


def settle(url: str) -> None:
    """Let PostgreSQL do at once what it would do within minutes of a store being filled."""
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")


def look(url: str, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query on a store that no server has open."""
    engine = create_engine(driver_url(url))
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]
    finally:
        engine.dispose()
