"""What the tests of the call centre share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.builders import Person, create_agent, register_visitor, retire
from tests.harness.client import Api

#: A call room as GET voip/room answers it.
Room = dict[str, Any]
OpenCall = Callable[..., Room]


@contextmanager
def another_agent(admin: Api, *roles: str) -> Iterator[Person]:
    """Have one more agent, who is offline so that no chat is routed to him."""
    agent = create_agent(admin, *roles, status="offline")
    # Calls do not ask for it, and nobody's chats shall end up here.
    agent.api.post("livechat/agent.status", {"status": "not-available"})
    with agent.api:
        yield agent
    retire(admin, agent)


@pytest.fixture(scope="session")
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, who holds `inbound-voip-calls`."""
    with another_agent(admin) as person:
        yield person


@pytest.fixture
def open_call(api: Api, agent: Person) -> OpenCall:
    """Return a function that opens a call room of a new visitor.

    Its options: `by`, the agent who serves it (else the shared one), `direction`, and what
    `register_visitor` takes.
    """

    def open_room(*, by: Person = agent, direction: str = "inbound", **visitor: str) -> Room:
        token = register_visitor(api, **visitor).token
        query = {"token": token, "agentId": by.id, "direction": direction}
        response = by.api.get("voip/room", query)
        assert response.is_success, response.text
        room: Room = response.json()["room"]
        return room

    return open_room
