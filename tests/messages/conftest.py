"""Fixtures for the tests of messages."""

from collections.abc import Iterator

import pytest

from tests.builders import Person, create_agent, open_conversation, retire, take
from tests.harness.client import Api
from tests.messages.served import Served


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent who is online, and leaves after the test."""
    agent = create_agent(admin)
    yield agent
    retire(admin, agent)


@pytest.fixture
def served(api: Api, admin: Api, agent: Person) -> Served:
    """Return an open conversation that the agent serves."""
    room, visitor = open_conversation(api)
    if room.get("servedBy", {}).get("_id") != agent.id:
        take(agent, admin, room["_id"])
    return Served(room["_id"], visitor, agent)
