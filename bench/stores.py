"""Empty databases to measure on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias

from bench.machine import LOAD_CORE, on_core
from frontdesk.app import open_store
from frontdesk.config import Config
from frontdesk.db import Database
from tests.harness.postgres import Cluster

Engine: TypeAlias = Literal["SQLite", "PostgreSQL"]
ENGINES: tuple[Engine, ...] = ("SQLite", "PostgreSQL")


@contextmanager
def empty_database(engine: Engine) -> Iterator[tuple[Path, str]]:
    """Yield a folder and the URL of an empty database; PostgreSQL's processes are durable and
    share the load's core.
    """
    with folder() as place:
        if engine == "SQLite":
            yield place, f"sqlite:///{place / 'frontdesk.db'}"
            return
        cluster = Cluster(place / "cluster", durable=True)
        try:
            with on_core(LOAD_CORE):
                cluster.create()
                cluster.start()
            yield place, cluster.new_database()
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
