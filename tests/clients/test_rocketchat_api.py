"""A whole conversation held with `rocketchat_API`, the library for Python."""

from collections.abc import Iterator

import pytest
from rocketchat_API.APIExceptions.RocketExceptions import RocketApiException
from rocketchat_API.rocketchat import RocketChat

from tests.builders import PASSWORD, Person, create_agent, retire, unique
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess


@pytest.fixture
def manager(admin: Api) -> Iterator[Person]:
    """Return an agent who is a manager too, for the length of a test."""
    person = create_agent(admin, "livechat-manager")
    yield person
    retire(admin, person)


@pytest.mark.usefixtures("by_hand")
def test_the_library_for_python_holds_a_conversation(
    server: FrontdeskProcess, manager: Person
) -> None:
    desk = RocketChat(manager.username, PASSWORD, server_url=server.url)
    assert desk.me()["_id"] == manager.id
    token = unique("python")

    visitor = desk.livechat_register_visitor(token, visitor={"name": "Ada Example"})["visitor"]
    assert desk.livechat_get_visitor(token)["visitor"]["_id"] == visitor["_id"]
    room = desk.livechat_room(token)["room"]
    desk.livechat_message(token, room["_id"], "Where is my desk?")
    inquiry = desk.livechat_inquiries_get_one(room["_id"])["inquiry"]
    assert inquiry["_id"] in [each["_id"] for each in desk.livechat_inquiries_list()]
    desk.livechat_inquiries_take(inquiry["_id"])
    desk.chat_post_message("On its way", room_id=room["_id"])

    history = list(desk.livechat_messages_history(room["_id"], token, max_count=3))
    assert [each["msg"] for each in history][:1] == ["On its way"]
    assert room["_id"] in [each["_id"] for each in desk.livechat_rooms(roomName="Ada Example")]
    assert desk.rooms_info(room["_id"])["room"]["servedBy"]["_id"] == manager.id
    assert room["_id"] in [each["rid"] for each in desk.subscriptions_get()["update"]]
    desk.subscriptions_read(room["_id"])
    closing = {"rid": room["_id"], "comment": "solved"}
    desk.call_api_post("livechat/room.closeByUser", **closing)
    with pytest.raises(RocketApiException, match="error-room-already-closed"):
        desk.call_api_post("livechat/room.closeByUser", **closing)
    desk.logout()
