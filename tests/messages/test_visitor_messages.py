from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.builders import (
    Person,
    create_agent,
    inquiry_of,
    messages_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_user,
    settings,
    stored_messages,
    unique,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.messages.served import Served, close, error, send


def visitor_of(admin: Api, visitor_id: str) -> dict[str, Any]:
    answer = admin.get("livechat/visitors.info", {"visitorId": visitor_id})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["visitor"])


def test_a_visitors_message_is_stored_and_answered(api: Api, served: Served):
    answer = send(api, served, "Hello *you*")

    assert answer.status_code == 200
    assert answer.json()["success"] is True
    message = answer.json()["message"]
    name = message["u"]["name"]
    assert message == {
        "_id": message["_id"],
        "rid": served.room_id,
        "msg": "Hello *you*",
        "token": served.visitor.token,
        "alias": name,
        "ts": message["ts"],
        "u": {"_id": served.visitor.id, "username": served.visitor.username, "name": name},
        "_updatedAt": message["_updatedAt"],
        "urls": [],
        "mentions": [],
        "channels": [],
        "md": [
            {
                "type": "PARAGRAPH",
                "value": [
                    {"type": "PLAIN_TEXT", "value": "Hello "},
                    {"type": "BOLD", "value": [{"type": "PLAIN_TEXT", "value": "you"}]},
                ],
            }
        ],
    }
    assert messages_of(api, served.room_id, served.visitor)[0] == message


def test_a_message_is_the_rooms_last_and_waits_for_an_answer(api: Api, admin: Api, served: Served):
    before = room_of(admin, served.room_id)
    message = send(api, served, "Hello?").json()["message"]

    room = room_of(admin, served.room_id)
    assert room["lastMessage"] == message
    assert room["msgs"] == before["msgs"] + 1
    assert room["waitingResponse"] is True
    assert room["v"]["lastMessageTs"] == message["ts"]
    mine = served.agent.api.get("subscriptions.getOne", {"roomId": served.room_id}).json()
    assert mine["subscription"]["unread"] == 2
    assert mine["subscription"]["alert"] is True


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must have required property 'token' [invalid-params]"),
        ({"token": "t"}, "must have required property 'rid' [invalid-params]"),
        ({"token": "t", "rid": "r"}, "must have required property 'msg' [invalid-params]"),
        (
            {"token": "t", "rid": "r", "msg": "m", "more": 1},
            "must NOT have additional properties [invalid-params]",
        ),
        (
            {"token": "t", "rid": "r", "msg": "m", "agent": {"agentId": "a"}},
            "must have required property 'username' [invalid-params]",
        ),
        ({"token": "nobody", "rid": "nowhere", "msg": "m"}, "invalid-token"),
    ],
)
def test_bad_input_is_explained(api: Api, body: dict[str, Any], text: str):
    assert error(api.post("livechat/message", body)) == text


def test_a_visitor_cannot_write_into_the_room_of_another(api: Api, served: Served):
    stranger = register_visitor(api)
    body = {"token": stranger.token, "rid": served.room_id, "msg": "Hi"}
    assert error(api.post("livechat/message", body)) == "invalid-room"


def test_a_closed_conversation_takes_no_more_messages(api: Api, served: Served):
    close(served)
    assert error(send(api, served, "One more thing")) == "room-closed"


def test_the_character_limit_counts_as_clients_do(api: Api, admin: Api, served: Served):
    with settings(
        admin, Livechat_enable_message_character_limit=True, Livechat_message_character_limit=5
    ):
        assert send(api, served, "12345").status_code == 200
        assert error(send(api, served, "123456")) == "message-length-exceeds-character-limit"
        assert error(send(api, served, "👍👍👍")) == "message-length-exceeds-character-limit"
        assert send(api, served, "👍👍").status_code == 200


def test_a_limit_of_nothing_refuses_every_text(api: Api, admin: Api, served: Served):
    with settings(
        admin, Livechat_enable_message_character_limit=True, Livechat_message_character_limit=0
    ):
        assert error(send(api, served, "1")) == "message-length-exceeds-character-limit"
        assert send(api, served, "").status_code == 200


def test_the_limit_of_users_does_not_bind_visitors_but_there_is_an_end(api: Api, served: Served):
    assert send(api, served, "x" * 6_000).status_code == 200
    assert send(api, served, "x" * 100_000).status_code == 200
    refused = send(api, served, "x" * 100_001)
    assert error(refused) == "message-length-exceeds-character-limit"


def test_the_switch_of_the_workspace_is_obeyed(api: Api, admin: Api, served: Served):
    with settings(admin, Livechat_enabled=False):
        refused = send(api, served, "Hello")
    assert error(refused) == "[error-omnichannel-is-disabled]"


@pytest.mark.parametrize("group", ["all", "here"])
def test_a_visitor_cannot_address_everybody(api: Api, served: Served, group: str):
    refused = send(api, served, f"@{group} hello")
    assert error(refused) == f"Notify {group} in this room not allowed [error-action-not-allowed]"
    assert refused.json()["errorType"] == "error-action-not-allowed"


def test_a_visitor_mentions_only_the_agent(api: Api, admin: Api, served: Served):
    other = create_agent(admin)
    text = f"@{served.agent.username} @{other.username} @nobody-at-all"
    message = send(api, served, text).json()["message"]
    retire(admin, other)
    assert message["mentions"] == [
        {"_id": served.agent.id, "username": served.agent.username, "type": "user"}
    ]


def test_a_message_sent_twice_is_stored_once(
    api: Api, admin: Api, served: Served, server: FrontdeskProcess
):
    message_id = unique("message")
    first = send(api, served, "Hello", _id=message_id).json()["message"]
    counted = room_of(admin, served.room_id)["msgs"]

    again = send(api, served, "Hello again", _id=message_id)

    assert again.status_code == 200
    assert again.json()["message"] == first
    assert room_of(admin, served.room_id)["msgs"] == counted
    stored = [each.id for each in stored_messages(server, served.room_id)]
    assert stored.count(message_id) == 1


def test_a_message_sent_many_times_at_once_is_stored_once(
    api: Api, admin: Api, served: Served, server: FrontdeskProcess
):
    message_id = unique("message")
    before = room_of(admin, served.room_id)["msgs"]
    with ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(lambda number: send(api, served, str(number), _id=message_id), range(16))
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["message"]["msg"] for answer in answers}) == 1
    assert room_of(admin, served.room_id)["msgs"] == before + 1


def test_the_id_of_somebody_elses_message_is_refused_and_shows_nothing(
    api: Api, admin: Api, served: Served
):
    secret = say_as_user(served.agent.api, served.room_id, "For Ann only")
    refused = send(api, served, "Hello", _id=secret["_id"])
    assert error(refused) == "error-duplicate-message-id"

    mine = send(api, served, "My secret").json()["message"]
    other_room, other = open_conversation(api)
    body = {"token": other.token, "rid": other_room["_id"], "msg": "x", "_id": mine["_id"]}
    refused = api.post("livechat/message", body)
    assert error(refused) == "error-duplicate-message-id"
    assert "My secret" not in refused.text


def test_writing_takes_a_held_conversation_up(api: Api, admin: Api, served: Served):
    say_as_user(served.agent.api, served.room_id, "One moment")
    held = served.agent.api.post("livechat/room.onHold", {"roomId": served.room_id})
    assert held.status_code == 200, held.text

    message = send(api, served, "Are you there?").json()["message"]

    room = room_of(admin, served.room_id)
    assert "onHold" not in room
    assert room["servedBy"]["_id"] == served.agent.id
    assert room["lastMessage"]["_id"] == message["_id"]
    resumed = next(
        each
        for each in messages_of(api, served.room_id, served.visitor)
        if each.get("t") == "omnichannel_on_hold_chat_resumed"
    )
    assert resumed["u"]["_id"] == "rocket.cat"
    assert resumed["comment"] == (
        "The chat was automatically resumed from On Hold upon receiving a new message from "
        f"{message['u']['name']}"
    )


def test_a_held_conversation_whose_agent_is_gone_goes_into_the_queue(
    api: Api, admin: Api, served: Served
):
    say_as_user(served.agent.api, served.room_id, "One moment")
    served.agent.api.post("livechat/room.onHold", {"roomId": served.room_id})
    gone = served.agent.api.post("users.setStatus", {"status": "offline", "message": ""})
    assert gone.status_code == 200, gone.text

    assert send(api, served, "Are you there?").status_code == 200

    room = room_of(admin, served.room_id)
    assert "onHold" not in room
    assert "servedBy" not in room
    inquiry = inquiry_of(admin, served.room_id)
    assert inquiry is not None
    assert inquiry["status"] == "queued"


def test_addresses_and_numbers_in_a_message_are_kept_with_the_visitor(
    api: Api, admin: Api, served: Served
):
    send(api, served, "Write to ann@example.com or call (555) 12345 6789.")
    send(api, served, "That is ann@example.com!")

    visitor = visitor_of(admin, served.visitor.id)
    assert visitor["visitorEmails"] == [{"address": "ann@example.com"}]
    assert [each["phoneNumber"] for each in visitor["phone"]] != []


def test_own_messages_can_be_read(api: Api, served: Served):
    message = send(api, served, "Hello").json()["message"]
    query = {"token": served.visitor.token, "rid": served.room_id}

    answer = api.get(f"livechat/message/{message['_id']}", query)

    assert answer.status_code == 200
    assert answer.json() == {"message": message, "success": True}
    close(served)
    assert api.get(f"livechat/message/{message['_id']}", query).status_code == 200


def test_messages_of_others_cannot_be_read(api: Api, served: Served):
    message = send(api, served, "Hello").json()["message"]
    path = f"livechat/message/{message['_id']}"
    other_room, other = open_conversation(api)

    def refusal(token: str, room_id: str) -> str:
        return error(api.get(path, {"token": token, "rid": room_id}))

    assert refusal("nobody", served.room_id) == "invalid-token"
    assert refusal(other.token, served.room_id) == "invalid-room"
    assert refusal(other.token, other_room["_id"]) == "invalid-message"
    assert (
        error(api.get("livechat/message/none", {"token": other.token, "rid": other_room["_id"]}))
        == "invalid-message"
    )


def test_the_history_shows_the_newest_first_and_pages(api: Api, served: Served):
    for number in range(5):
        send(api, served, str(number))

    def said(**query: Any) -> list[str]:
        answer = api.get(
            f"livechat/messages.history/{served.room_id}",
            {"token": served.visitor.token, **query},
        )
        assert answer.status_code == 200, answer.text
        return [each["msg"] for each in answer.json()["messages"]]

    assert said(limit=2) == ["4", "3"]
    assert said(limit=2, offset=2) == ["2", "1"]
    assert said(limit=0)[:5] == ["4", "3", "2", "1", "0"]
    assert said(limit=5, searchText="3", sort="nonsense", count=1) == ["4", "3", "2", "1", "0"]


def test_the_history_ends_before_a_time(api: Api, served: Served):
    sent = [send(api, served, str(number)).json()["message"] for number in range(3)]
    answer = api.get(
        f"livechat/messages.history/{served.room_id}",
        {"token": served.visitor.token, "end": sent[2]["ts"], "limit": 1},
    )
    assert [each["_id"] for each in answer.json()["messages"]] == [sent[1]["_id"]]


def test_twenty_messages_are_shown_unless_more_are_asked_for(api: Api, served: Served):
    for number in range(22):
        send(api, served, str(number))
    query = {"token": served.visitor.token}
    answer = api.get(f"livechat/messages.history/{served.room_id}", query)
    assert len(answer.json()["messages"]) == 20
    assert len(messages_of(api, served.room_id, served.visitor)) > 22


def test_hidden_kinds_are_left_out_of_the_history(api: Api, admin: Api, served: Served):
    with settings(admin, Hide_System_Messages=["uj", "livechat-started"]):
        kinds = {each.get("t") for each in messages_of(api, served.room_id, served.visitor)}
    assert kinds == {"command"}


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, "must have required property 'token' [invalid-params]"),
        ({"token": ""}, "error-token-param-not-provided"),
        ({"token": "nobody"}, "invalid-token"),
        ({"token": "x", "more": "1"}, "must NOT have additional properties [invalid-params]"),
        ({"token": "x", "limit": "many"}, "must be number [invalid-params]"),
    ],
)
def test_bad_queries_of_the_history_are_explained(
    api: Api, served: Served, query: dict[str, str], text: str
):
    assert error(api.get(f"livechat/messages.history/{served.room_id}", query)) == text


def test_the_history_of_others_is_closed_and_ones_own_is_open_after_the_close(
    api: Api, served: Served
):
    stranger = register_visitor(api)
    path = f"livechat/messages.history/{served.room_id}"
    assert error(api.get(path, {"token": stranger.token})) == "invalid-room"
    close(served)
    assert api.get(path, {"token": served.visitor.token}).status_code == 200


def test_several_messages_are_sent_in_their_order(api: Api, admin: Api, agent: Person):
    visitor = register_visitor(api)
    texts = [str(number) for number in range(12)]

    answer = admin.post(
        "livechat/messages",
        {"visitor": {"token": visitor.token}, "messages": [{"msg": text} for text in texts]},
    )

    assert answer.status_code == 200, answer.text
    sent = answer.json()["messages"]
    assert [each["msg"] for each in sent] == texts
    assert {each["username"] for each in sent} == {visitor.username}
    room, _ = open_conversation(api, visitor)
    history = [each["msg"] for each in messages_of(api, room["_id"], visitor) if "t" not in each]
    assert history == texts[::-1]


def test_several_messages_of_somebody_new_register_the_visitor(api: Api, admin: Api, agent: Person):
    token = unique("token")
    body = {"visitor": {"token": token}, "messages": [{"msg": "Hello"}]}

    first = admin.post("livechat/messages", body)
    second = admin.post("livechat/messages", body)

    assert (first.status_code, second.status_code) == (200, 200)
    room = api.get("livechat/room", {"token": token}).json()
    assert room["newRoom"] is False


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "must have required property 'visitor' [invalid-params]"),
        ({"visitor": {"token": "t"}}, "must have required property 'messages' [invalid-params]"),
        (
            {"visitor": {"token": "t"}, "messages": []},
            "must NOT have fewer than 1 items [invalid-params]",
        ),
        (
            {"visitor": {"token": "t"}, "messages": [{}]},
            "must have required property 'msg' [invalid-params]",
        ),
    ],
)
def test_bad_bulks_are_explained(admin: Api, body: dict[str, Any], text: str):
    assert error(admin.post("livechat/messages", body)) == text


def test_a_bulk_needs_a_log_in(api: Api):
    assert api.post("livechat/messages", {}).status_code == 401


def test_an_agent_searches_the_conversation(api: Api, served: Served):
    for text in ("Price of a.b", "price of axb", "ÄRGER", "nothing"):
        send(api, served, text)

    def found(term: str, path: str = f"livechat/{served.room_id}/messages") -> list[str]:
        answer = served.agent.api.get(path, {"searchTerm": term})
        assert answer.status_code == 200, answer.text
        return [each["msg"] for each in answer.json()["messages"]]

    assert found("a.b") == ["Price of a.b"]
    assert found("PRICE") == ["price of axb", "Price of a.b"]
    assert found("ärger") == ["ÄRGER"]
    assert found("100%") == []
    assert found("price", f"livechat/messages/{served.room_id}") == found("price")


def test_a_search_shows_what_was_said_and_the_end(api: Api, served: Served):
    send(api, served, "Hello")
    close(served)
    answer = served.agent.api.get(f"livechat/{served.room_id}/messages", {"count": 7}).json()
    assert [each.get("t") for each in answer["messages"]] == ["livechat-close", None]
    assert (answer["count"], answer["offset"], answer["total"]) == (7, 0, 2)


def test_a_search_is_for_those_who_may_read_the_room(api: Api, admin: Api, served: Served):
    other = create_agent(admin)
    path = f"livechat/{served.room_id}/messages"
    assert error(other.api.get(path)) == "not-allowed"
    assert error(other.api.get("livechat/none/messages")) == "invalid-room"
    assert error(other.api.get(path, {"more": "1"})).startswith("must NOT have additional")
    assert api.get(path).status_code == 401
    retire(admin, other)


def page_visit(served: Served, **fields: Any) -> dict[str, Any]:
    page = {
        "title": "Prices",
        "change": "url",
        "location": {"href": "https://example.com/prices"},
    }
    return {"token": served.visitor.token, "rid": served.room_id, "pageInfo": page, **fields}


def test_a_visited_page_is_noted_for_agents_only(
    api: Api, served: Served, server: FrontdeskProcess
):
    answer = api.post("livechat/page.visited", page_visit(served))

    assert answer.status_code == 200
    page = answer.json()["page"]
    assert page["msg"] == "Prices - https://example.com/prices"
    assert page["navigation"]["token"] == served.visitor.token
    noted = stored_messages(server, served.room_id)[-1]
    assert (noted.kind, noted.hidden, noted.author_id) == (
        "livechat_navigation_history",
        True,
        "rocket.cat",
    )
    shown = messages_of(api, served.room_id, served.visitor)
    assert not [each for each in shown if each.get("t") == "livechat_navigation_history"]


def test_visited_pages_may_be_shown_as_messages(api: Api, admin: Api, served: Served):
    with settings(admin, Livechat_Visitor_navigation_as_a_message=True):
        api.post("livechat/page.visited", page_visit(served))
    assert messages_of(api, served.room_id, served.visitor)[0]["t"] == (
        "livechat_navigation_history"
    )


def test_other_changes_of_the_page_are_not_noted(api: Api, admin: Api, served: Served):
    with settings(admin, Livechat_history_monitor_type="title"):
        answer = api.post("livechat/page.visited", page_visit(served))
    assert (answer.status_code, answer.json()) == (200, {"success": True})


def test_pages_are_noted_in_ones_own_open_conversation_only(api: Api, served: Served):
    foreign = api.post("livechat/page.visited", page_visit(served, token="somebody-else"))
    assert error(foreign) == "invalid-room"
    close(served)
    assert error(api.post("livechat/page.visited", page_visit(served))) == "room-closed"


def test_a_page_may_be_visited_before_there_is_a_conversation(api: Api, served: Served):
    visit = page_visit(served, token=unique("token"), rid=None)
    answer = api.post("livechat/page.visited", visit)
    assert answer.status_code == 200
    assert answer.json()["page"]["msg"] == "Prices - https://example.com/prices"


def test_bad_pages_are_explained(api: Api):
    assert error(api.post("livechat/page.visited", {"token": "t"})) == (
        "must have required property 'pageInfo' [invalid-params]"
    )
    body = {"token": "t", "pageInfo": {"title": "x", "change": "url", "location": {}}}
    assert error(api.post("livechat/page.visited", body)) == (
        "must have required property 'href' [invalid-params]"
    )
