"""Fixtures for tests of contacts."""

from collections.abc import Iterator

import pytest

from tests.builders import settings
from tests.harness.client import Api


@pytest.fixture(autouse=True)
def desk(admin: Api) -> Iterator[None]:
    """Let conversations wait to be taken by hand, whoever is there."""
    with settings(
        admin,
        Livechat_Routing_Method="Manual_Selection",
        Livechat_accept_chats_with_no_agents=True,
    ):
        yield
