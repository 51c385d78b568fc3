"""GET livechat/rooms/filters: where conversations came from."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.builders import create_user, open_conversation, register_visitor
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

WIDGET = {"Cookie": "rc_is_widget=t; rc_room_type=l"}


@pytest.fixture
def desk(private_server: Callable[..., FrontdeskProcess]) -> Iterator[tuple[Api, Api]]:
    """Return clients (nobody, administrator) of a server without conversations."""
    process = private_server(
        environment={"OVERWRITE_SETTING_Livechat_accept_chats_with_no_agents": "true"}
    )
    with Api(process.url) as api, api.login_as_administrator() as admin:
        yield api, admin


def sources(api: Api) -> list[dict[str, Any]]:
    """Return the kinds of sources that are listed."""
    answer = api.get("livechat/rooms/filters")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["filters"])


def from_widget(api: Api) -> str:
    """Open a conversation in the widget and close it; return its id."""
    visitor = register_visitor(api)
    query = {"token": visitor.token}
    room_id = str(api.get("livechat/room", query, headers=WIDGET).json()["room"]["_id"])
    assert api.post("livechat/room.close", {"rid": room_id, **query}).status_code == 200
    return room_id


def test_a_new_kind_of_source_is_listed_at_once(desk: tuple[Api, Api]) -> None:
    api, admin = desk

    assert sources(admin) == []
    open_conversation(api)
    assert sources(admin) == [{"type": "api"}]
    from_widget(api)
    assert sources(admin) == [{"type": "api"}, {"type": "widget"}]
    agent = create_user(admin, "livechat-agent")
    assert sources(agent.api) == sources(admin)
    assert create_user(admin).api.get("livechat/rooms/filters").status_code == 403


def test_a_kind_of_source_is_listed_until_its_last_conversation_is_removed(
    desk: tuple[Api, Api],
) -> None:
    api, admin = desk
    open_conversation(api)
    removed = [from_widget(api), from_widget(api)]
    both = [{"type": "api"}, {"type": "widget"}]

    for left, room_id in ((both, removed[0]), (both[:1], removed[1])):
        assert sources(admin) == both
        answer = admin.post("livechat/rooms.delete", {"roomId": room_id})
        assert answer.status_code == 200, answer.text
        assert sources(admin) == left
