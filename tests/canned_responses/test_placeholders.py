from collections.abc import Iterator

import pytest

from tests.builders import (
    Person,
    create_agent,
    open_conversation,
    register_visitor,
    retire,
    say_as_user,
    say_as_visitor,
    settings,
    take,
    unique,
)
from tests.harness.client import Api

TEXT = "Hi {{contact.name}}, {{agent.email}} [{{contact.phone}}] {{ contact.name }} {{x}}"


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, for the length of a test."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        person = create_agent(admin)
        yield person
        retire(admin, person)


def test_places_are_filled_in_what_users_write(api: Api, admin: Api, agent: Person) -> None:
    name = "Ann $& \\1 {{agent.name}}"
    room, visitor = open_conversation(api, register_visitor(api, name=name))
    take(agent, admin, room["_id"])
    address = f"{agent.username}@example.org"
    filled = f"Hi {name}, {address} [] {{{{ contact.name }}}} {{{{x}}}}"

    by_visitor = say_as_visitor(api, room["_id"], visitor, TEXT)
    by_agent = say_as_user(agent.api, room["_id"], TEXT)
    by_manager = say_as_user(admin, room["_id"], "{{agent.name}}")
    edited = agent.api.post(
        "chat.update", {"roomId": room["_id"], "msgId": by_agent["_id"], "text": f"{TEXT}!"}
    ).json()["message"]

    assert by_visitor["msg"] == TEXT
    assert by_agent["msg"] == filled
    assert by_manager["msg"] == agent.username.title()
    assert edited["msg"] == f"{filled}!"
    with settings(admin, Canned_Responses_Enable=False):
        assert say_as_user(agent.api, room["_id"], TEXT)["msg"] == TEXT


def test_places_stay_in_conversations_that_nobody_serves(
    api: Api, admin: Api, agent: Person
) -> None:
    room, _ = open_conversation(api, register_visitor(api, name=unique("Ann")))

    assert say_as_user(admin, room["_id"], TEXT)["msg"] == TEXT
