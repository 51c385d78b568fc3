"""Whether the process lives, whether it can serve, and its figures."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.builders import eventually, settings
from tests.harness.client import Api
from tests.harness.postgres import Cluster
from tests.harness.server import FrontdeskProcess


def figures(api: Api) -> dict[str, float]:
    """Return the figures of the server by their name with labels."""
    answer = api.get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_a_process_that_answers_is_alive(api: Api) -> None:
    answer = api.get("/livez")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive", "success": True})


@pytest.mark.parametrize("path", ["/readyz", "/health"])
def test_a_server_that_can_serve_is_ready(api: Api, path: str) -> None:
    answer = api.get(path)

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "database": "ok",
        "mail": "files",
        "success": True,
    }
    assert answer.headers["cache-control"] == "no-store"


def test_readiness_tells_where_mail_goes(api: Api, admin: Api) -> None:
    with settings(admin, SMTP_Host="mail.example.org"):
        assert api.get("/readyz").json()["mail"] == "smtp"


def test_requests_are_counted_by_operation_and_status(api: Api) -> None:
    def count(path: str, status: int, method: str = "GET") -> float:
        name = f'frontdesk_requests_total{{method="{method}",path="{path}",status="{status}"}}'
        return figures(api).get(name, 0.0)

    before = count("/api/v1/me", 401)
    close = ("/api/v1/livechat/room.closeByUser", 401, "POST")
    closed = count(*close)
    for _ in range(3):
        api.get("me", {"some": "query"})
    api.post("livechat/room.closeByUser", {"rid": "secret-id"})

    assert count("/api/v1/me", 401) == before + 3
    assert count(*close) == closed + 1
    now = figures(api)
    buckets = 'frontdesk_request_seconds_bucket{le="+Inf",method="GET",path="/api/v1/me"}'
    assert now[buckets] >= 3
    assert "secret-id" not in str(now), "labels hold paths as they are declared"


def test_variables_of_paths_do_not_become_labels(api: Api, admin: Api) -> None:
    api.get("livechat/agent.next/some-token")
    admin.get("settings/some_setting")
    for odd in ("/nowhere/at/all", "/api/v1/livechat/nothing"):
        api.get(odd)

    names = "\n".join(figures(api))
    assert 'path="/api/v1/livechat/agent.next/{token}"' in names
    for unknown in ("some-token", "some_setting", "nowhere", "livechat/nothing"):
        assert unknown not in names


def test_the_figures_can_be_read_by_prometheus(api: Api) -> None:
    answer = api.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=")
    for line in answer.text.splitlines():
        assert re.fullmatch(r"#.*|[a-z_]\w*(\{[^{}]*(\{\w+\}[^{}]*)*\})? \S+", line), line
    assert figures(api)["process_resident_memory_bytes"] > 0


@contextmanager
def unreachable(database_url: str) -> Iterator[None]:
    """Let nobody connect to a PostgreSQL database, and end the connections that are there."""
    name = urlsplit(database_url).path.lstrip("/")
    allow = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    other = database_url.replace(name, "postgres")
    with psycopg.connect(other, autocommit=True) as connection:
        connection.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        connection.execute(ended, [name])
        yield
        connection.execute(allow.format(sql.Identifier(name), sql.SQL("true")))


def test_without_its_database_a_server_is_alive_and_not_ready(
    postgres: Cluster, tmp_path: Path
) -> None:
    url = postgres.new_database()
    process = FrontdeskProcess(tmp_path, database_url=url)
    process.start()
    with Api(process.url) as api:
        assert api.get("/readyz").status_code == 200

        with unreachable(url):
            gone = api.get("/readyz")
            assert gone.status_code == 503
            assert gone.json() == {
                "status": "unavailable",
                "database": "unreachable",
                "mail": "files",
                "success": False,
            }
            assert api.get("/livez").status_code == 200
            assert api.get("/metrics").status_code == 200
            broken = api.get("livechat/agent.next/some-token")
            assert broken.status_code == 500
            assert broken.json() == {"success": False, "error": "Internal server error"}

        # It finds its database again without help.
        eventually(lambda: api.get("/readyz").status_code == 200)
        assert api.get("livechat/agent.next/some-token").status_code == 400
    process.stop()
    postgres.drop_database(url)
