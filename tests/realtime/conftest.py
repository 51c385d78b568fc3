"""Connections to the shared server, closed with the test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.builders import Person, retire
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.realtime.ddp import Ddp

Connect = Callable[..., Ddp]


@pytest.fixture
def connect(server: FrontdeskProcess) -> Iterator[Connect]:
    """Return a function that connects to the shared server, as somebody if given."""
    with ExitStack() as open_connections:

        def open_one(person: Person | None = None, path: str = "/websocket") -> Ddp:
            client = open_connections.enter_context(Ddp(server.url, path))
            if person is not None:
                client.log_in(person)
            return client

        yield open_one


@pytest.fixture
def hired(admin: Api) -> Iterator[Callable[[Person], Person]]:
    """Return a function that takes an agent out of service after the test."""
    agents: list[Person] = []

    def note(agent: Person) -> Person:
        agents.append(agent)
        return agent

    yield note
    retire(admin, *agents)
