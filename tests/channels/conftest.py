"""Fixtures of the channels."""

from collections.abc import Iterator

import pytest

from tests.builders import Person, create_agent, retire
from tests.channels.sms.peer import Peer, http_peer
from tests.harness.client import Api


@pytest.fixture
def peer() -> Iterator[Peer]:
    """Return somebody else's HTTP server."""
    with http_peer() as running:
        yield running


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent who takes conversations."""
    person = create_agent(admin)
    yield person
    retire(admin, person)
