"""Fixtures for all tests: real servers, on both database engines.

`engine`, and whatever uses it (`database_url`, `server`, `private_server`, `api`, `admin`), makes
a test run once on SQLite and once on PostgreSQL.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from tests.harness.client import Api
from tests.harness.dovecot import ImapServer, dovecot
from tests.harness.postgres import Cluster, shared_cluster
from tests.harness.redis import RedisServer
from tests.harness.requirements import require
from tests.harness.server import FrontdeskProcess
from tests.harness.smtp import SmtpServer

# How long an example takes says more about the machine than about the program.
hypothesis_settings.register_profile("untimed", hypothesis_settings(), deadline=None)
hypothesis_settings.load_profile("untimed")

LOG_LINES_SHOWN = 80
private_servers = pytest.StashKey[list[FrontdeskProcess]]()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Return the name of the database engine."""
    name: str = request.param
    if name == "postgresql":
        require("postgresql")
    return name


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """Return the running PostgreSQL cluster, shared with the other test processes."""
    require("postgresql")
    with shared_cluster() as cluster:
        yield cluster


@pytest.fixture
def database_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the URL of an empty database of the test's own."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.new_database()
    yield url
    cluster.drop_database(url)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """Return a running, empty Redis server of the test's own."""
    require("redis")
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    """Return a running SMTP server of the test's own, with an empty inbox."""
    server = SmtpServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    """Return a running IMAP server of the test's own, with empty mailboxes."""
    require("dovecot")
    with dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def server(
    engine: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[FrontdeskProcess]:
    """Return the running Frontdesk server that all ordinary tests of this process share."""
    postgres: Cluster | None = None
    if engine == "postgresql":
        postgres = request.getfixturevalue("postgres")
    process = FrontdeskProcess(
        tmp_path_factory.mktemp("frontdesk"),
        database_url=postgres.new_database() if postgres else None,
    )
    process.start()
    yield process
    process.stop()


@pytest.fixture
def private_server(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., FrontdeskProcess]]:
    """Return a function that starts a server of the test's own, on a fresh database.

    Its options: environment (added to the server's), workers, redis_url, and database_url for a
    second server on the database of a first one. The test may kill and restart what it started.
    """
    started = request.node.stash.setdefault(private_servers, [])
    with ExitStack() as afterwards:

        def start(
            *,
            environment: Mapping[str, str] | None = None,
            workers: int = 1,
            redis_url: str | None = None,
            database_url: str | None = None,
        ) -> FrontdeskProcess:
            if engine == "postgresql" and database_url is None:
                cluster: Cluster = request.getfixturevalue("postgres")
                database_url = cluster.new_database()
                afterwards.callback(cluster.drop_database, database_url)
            process = FrontdeskProcess(
                tmp_path / f"frontdesk{len(started)}",
                database_url=database_url,
                redis_url=redis_url,
                workers=workers,
                environment=environment,
            )
            started.append(process)
            process.start()
            afterwards.callback(process.stop)
            return process

        yield start


@pytest.fixture(scope="session")
def api(server: FrontdeskProcess) -> Iterator[Api]:
    """Return a client of the shared server that is not logged in; see `Api.login`."""
    with Api(server.url) as client:
        yield client


@pytest.fixture(scope="session")
def admin(api: Api) -> Iterator[Api]:
    """Return a client of the shared server that is logged in as the test administrator."""
    with api.login_as_administrator() as client:
        yield client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of the servers' logs with a test that failed."""
    report = yield
    if report.failed:
        used = getattr(item, "funcargs", {}).values()
        shared = [value for value in used if isinstance(value, FrontdeskProcess)]
        for process in [*shared, *item.stash.get(private_servers, [])]:
            lines = process.log.splitlines()[-LOG_LINES_SHOWN:]
            report.sections.append((f"log of {process.url}", "\n".join(lines)))
    return report
