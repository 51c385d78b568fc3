"""The real-time methods of visitors, for clients older than their REST successors."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.builders import (
    Person,
    create_agent,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_user,
    say_as_visitor,
    settings,
    take,
    unique,
)
from tests.conversations.test_methods import call, refused
from tests.custom_fields.fields import field_data, fields
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.realtime.ddp import Ddp


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent; conversations are taken by hand."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        person = create_agent(admin)
        yield person
        retire(admin, person)


def test_a_guest_registers_and_is_known_by_token(api: Api, admin: Api) -> None:
    token = unique("token")
    with fields(admin, {"regexp": "^x$"}, {"scope": "room"}) as (name, of_room):
        values = [
            {"key": name, "value": "y", "overwrite": True},
            {"key": "nowhere", "value": "y"},
            {"key": of_room, "value": "z", "scope": "room"},
        ]
        guest = {"token": token, "name": "Ann", "email": "Ann@X.org", "customFields": values}

        answer = call(api, "registerGuest", {**guest, "host": "shop"})

        visitor = answer["visitor"]
        assert answer["userId"] == visitor["_id"]
        assert visitor["visitorEmails"] == [{"address": "ann@x.org"}]
        assert (visitor["token"], visitor["name"]) == (token, "Ann")
        record = api.get(f"livechat/visitor/{token}").json()["visitor"]
        assert record["livechatData"] == {name: "y"}
    assert call(api, "loginByToken", token) == {"_id": visitor["_id"]}
    assert call(api, "loginByToken", "nobody") is None
    assert refused(api, "registerGuest", {}) == "Invalid token [error-invalid-token]"
    bad = refused(api, "registerGuest", {"token": token, "name": "<b>"})
    assert bad == "[Name contains invalid characters]"


def test_the_sixth_guest_of_an_address_in_a_minute_is_refused(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    server = private_server(environment={"TEST_MODE": "false"})
    codes = []
    for _ in range(6):
        with Ddp(server.url) as client:  # a new connection changes nothing
            frame = client.call("livechat:registerGuest", {"token": unique("token")})
            codes.append(frame.get("error", {}).get("error"))
    assert codes == [None] * 5 + ["too-many-requests"]


def test_fields_are_made_set_read_and_removed(api: Api, admin: Api, agent: Person) -> None:
    visitor = register_visitor(api)
    name = unique("field")
    data = field_data(name, regexp="^x$")

    made = call(admin, "saveCustomField", None, data)

    assert made["_id"] == name
    taken = refused(admin, "saveCustomField", None, data)
    assert taken == "Custom field name already exists [error-custom-field-name-already-exists]"
    unknown = refused(admin, "saveCustomField", "nowhere", data)
    assert unknown == "Custom Field Not found [error-invalid-custom-field]"
    bad = refused(admin, "saveCustomField", None, field_data("a b"))
    assert bad.endswith("underscores. [error-invalid-custom-field-name]")
    assert refused(agent.api, "saveCustomField", None, data) == "Not allowed [error-not-allowed]"
    assert refused(api, "removeCustomField", name) == "Not allowed [error-not-allowed]"
    assert name in {each["_id"] for each in call(api, "getCustomFields")}
    assert call(api, "setCustomField", visitor.token, name, "any") is True
    assert call(api, "setCustomField", visitor.token, name, "other", False) is True
    assert call(api, "setCustomField", visitor.token, "nowhere", "any") is True
    record = api.get(f"livechat/visitor/{visitor.token}").json()["visitor"]
    assert record["livechatData"] == {name: "any"}
    assert call(admin, "removeCustomField", name) == 1
    gone = refused(admin, "removeCustomField", name)
    assert gone == "Custom field not found [error-invalid-custom-field]"


def test_hidden_fields_are_not_told_to_strangers(api: Api, admin: Api) -> None:
    with fields(admin, {"visibility": "hidden"}) as (name,):
        assert name not in {each["_id"] for each in call(api, "getCustomFields")}
        assert name in {each["_id"] for each in call(admin, "getCustomFields")}


def test_a_visitor_asks_who_serves(api: Api, admin: Api, agent: Person) -> None:
    room, visitor = open_conversation(api)
    own = {"roomId": room["_id"], "token": visitor.token}

    assert call(api, "getAgentData", own) is None
    take(agent, admin, room["_id"])
    assert call(api, "getAgentData", own)["_id"] == agent.id
    for other in ({**own, "token": register_visitor(api).token}, {**own, "roomId": "nowhere"}):
        assert refused(api, "getAgentData", other) == "Invalid room [error-invalid-room]"


def test_history_is_loaded_with_what_is_unread(api: Api, admin: Api, agent: Person) -> None:
    room, visitor = open_conversation(api)
    take(agent, admin, room["_id"])
    sent = [say_as_user(agent.api, room["_id"], f"message {number}") for number in range(4)]
    own = {"token": visitor.token, "rid": room["_id"]}

    newest = call(api, "loadHistory", {**own, "limit": 2, "ls": sent[0]["ts"]})

    assert [each["msg"] for each in newest["messages"]] == ["message 3", "message 2"]
    assert newest["unreadNotLoaded"] == 1
    assert newest["firstUnread"]["_id"] == sent[1]["_id"]
    older = call(api, "loadHistory", {**own, "limit": 1, "end": newest["messages"][1]["ts"]})
    assert [each["msg"] for each in older["messages"]] == ["message 1"]
    assert older["unreadNotLoaded"] == 0
    stranger = register_visitor(api)
    assert refused(api, "loadHistory", {**own, "token": "x"}) == "Invalid Visitor [invalid-visitor]"
    theirs = refused(api, "loadHistory", {**own, "token": stranger.token})
    assert theirs == "Invalid Room [invalid-room]"


def answer_to(api: Api, message: dict[str, str]) -> dict[str, Any]:
    """Call sendMessageLivechat, whose name has no prefix; return the whole answer."""
    frame = {"msg": "method", "id": "1", "method": "sendMessageLivechat", "params": [message]}
    answer = api.post("method.callAnon/sendMessageLivechat", {"message": json.dumps(frame)})
    return dict(json.loads(answer.json()["message"]))


def send(api: Api, message: dict[str, str]) -> dict[str, Any]:
    """Send a message and return it; a refusal is an AssertionError."""
    answer = answer_to(api, message)
    assert "error" not in answer, answer
    return dict(answer["result"])


def test_a_message_opens_a_conversation_or_continues_it(
    api: Api, admin: Api, agent: Person
) -> None:
    visitor = register_visitor(api)
    message = {"token": visitor.token, "_id": unique("m"), "rid": "chosen", "msg": "Hello"}

    first = send(api, message)
    second = send(api, {**message, "_id": unique("m"), "rid": first["rid"], "msg": "Again"})

    assert first["rid"] == second["rid"]
    assert first["msg"] == "Hello"
    assert room_of(admin, first["rid"])["source"]["type"] == "api"
    unknown = answer_to(api, {**message, "token": "nobody"})
    assert unknown["error"]["message"] == "[invalid-token]"
    other, owner = open_conversation(api)
    say_as_visitor(api, other["_id"], owner, "Mine")
    intruding = send(api, {**message, "_id": unique("m"), "rid": other["_id"]})
    assert intruding["rid"] == first["rid"]
    with settings(
        admin,
        Livechat_enable_message_character_limit=True,
        Livechat_message_character_limit=3,
    ):
        long = answer_to(api, {**message, "_id": unique("m"), "msg": "four"})
        assert long["error"]["message"] == "[message-length-exceeds-character-limit]"


def test_pages_are_noted(api: Api, admin: Api, agent: Person) -> None:
    room, visitor = open_conversation(api)
    page = {"change": "url", "title": "Prices", "location": {"href": "https://example.com"}}

    call(api, "pageVisited", visitor.token, room["_id"], page)

    path = f"livechat/visitors.pagesVisited/{room['_id']}"
    assert admin.get(path).json()["total"] == 1


def test_over_rest_there_is_no_connection_to_set_up(api: Api) -> None:
    assert call(api, "setUpConnection", {"token": register_visitor(api).token}) is None
