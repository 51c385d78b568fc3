import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tests.harness.postgres import Cluster, shared_cluster
from tests.harness.requirements import require

JOIN_AND_DIE = """
import os, signal
from tests.harness.postgres import shared_cluster
with shared_cluster() as cluster:
    print(cluster.new_database(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    require("postgresql")
    # pytest's own folders are closed to the account that runs the server.
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@pytest.fixture
def durable_cluster(folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(folder / "cluster", durable=True)
    cluster.create()
    cluster.start()
    yield cluster
    cluster.remove()


def test_each_database_is_new_and_empty(postgres: Cluster):
    first, second = postgres.new_database(), postgres.new_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE visitor (id text)")
    with psycopg.connect(second) as connection:
        found = connection.execute("SELECT to_regclass('visitor')").fetchone()
    assert found == (None,)


def test_a_database_can_be_copied_from_another(postgres: Cluster):
    original = postgres.new_database()
    with psycopg.connect(original) as connection:
        connection.execute("CREATE TABLE visitor AS SELECT 'Ada' AS name")
    with psycopg.connect(postgres.new_database(template=original)) as connection:
        assert connection.execute("SELECT name FROM visitor").fetchall() == [("Ada",)]


def test_a_database_is_dropped_under_its_users(postgres: Cluster):
    url = postgres.new_database()
    with psycopg.connect(url):
        postgres.drop_database(url)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_whoever_joins_while_the_cluster_is_in_use_gets_the_same_one(postgres: Cluster):
    with shared_cluster() as joined:
        assert joined == postgres
    with psycopg.connect(postgres.new_database()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_cluster_left_behind_by_a_killed_process_is_replaced_and_ended(
    folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
):
    killed = subprocess.run(
        [sys.executable, "-c", JOIN_AND_DIE],
        cwd=request.config.rootpath,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
    )
    left_behind = killed.stdout.strip()
    with psycopg.connect(left_behind) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)

    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with shared_cluster() as cluster, psycopg.connect(cluster.new_database()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(left_behind)
    assert not cluster.directory.exists()


def test_a_durable_cluster_comes_back_from_a_crash_with_all_that_was_committed(
    durable_cluster: Cluster,
):
    url = durable_cluster.new_database()
    with psycopg.connect(url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        connection.execute("CREATE TABLE visitor AS SELECT 'Ada' AS name")
    durable_cluster.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    durable_cluster.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT name FROM visitor").fetchall() == [("Ada",)]


def test_a_removed_cluster_leaves_nothing(durable_cluster: Cluster):
    durable_cluster.remove()
    assert not durable_cluster.directory.exists()
