import signal
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.harness.client import ADMINISTRATOR, Api
from tests.harness.server import FrontdeskProcess

Starter = Callable[..., FrontdeskProcess]


def test_the_shared_server_knows_the_test_administrator(admin: Api):
    assert admin.user_id == ADMINISTRATOR
    assert admin.get("me").json()["username"] == ADMINISTRATOR


def test_a_killed_server_comes_back_at_the_same_address_with_its_data(private_server: Starter):
    server = private_server()
    with Api(server.url) as api, api.login_as_administrator() as admin:
        server.kill()
        with pytest.raises(httpx.TransportError):
            admin.get("me")
        server.restart()
        assert admin.get("me").json()["success"]


def test_a_server_stops_when_it_is_asked_to(private_server: Starter):
    server = private_server()
    assert server.stop() in (0, -signal.SIGTERM)
    assert not server.is_running


def test_a_server_that_cannot_start_says_why(tmp_path: Path):
    server = FrontdeskProcess(tmp_path, environment={"FRONTDESK_LOG_LEVEL": "shouting"})
    with pytest.raises(RuntimeError, match="shouting"):
        server.start()
