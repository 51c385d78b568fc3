from typing import Any

import pytest

from tests.builders import (
    Person,
    create_agent,
    create_department,
    create_user,
    open_conversation,
    register_visitor,
    retire,
    say_as_user,
    say_as_visitor,
    settings,
    unique,
)
from tests.harness.client import Api
from tests.messages.served import Served, close, error

NOT_ALLOWED = "Not allowed [error-not-allowed]"


def search(api: Api, room_id: str, text: str, **query: Any) -> list[str]:
    answer = api.get("chat.search", {"roomId": room_id, "searchText": text, **query})
    assert answer.status_code == 200, answer.text
    return [each["msg"] for each in answer.json()["messages"]]


def everywhere(api: Api, text: str, **query: Any) -> list[str]:
    answer = api.get("livechat/messages.search", {"searchText": text, **query})
    assert answer.status_code == 200, answer.text
    assert answer.json()["count"] == len(answer.json()["messages"])
    return [each["msg"] for each in answer.json()["messages"]]


def test_a_room_is_searched_newest_first(api: Api, served: Served):
    for text in ("The first Parcel", "a letter", "the second parcel"):
        say_as_visitor(api, served.room_id, served.visitor, text)

    found = search(served.agent.api, served.room_id, "PARCEL")

    assert found == ["the second parcel", "The first Parcel"]
    assert search(served.agent.api, served.room_id, "parcel", count=1, offset=1) == [
        "The first Parcel"
    ]


@pytest.mark.parametrize("text", ["a.b", "a%b", "(a", "[", "\\", "a_b", "/parcel/i"])
def test_a_search_is_no_pattern(api: Api, served: Served, text: str):
    say_as_visitor(api, served.room_id, served.visitor, "axb parcel")
    say_as_visitor(api, served.room_id, served.visitor, f"here {text} is")

    assert search(served.agent.api, served.room_id, text) == [f"here {text} is"]


def test_what_is_deleted_or_changed_is_not_found_by_its_old_words(
    api: Api, admin: Api, served: Served
):
    word = unique("word")
    with settings(admin, Message_KeepHistory=True):
        gone = say_as_user(served.agent.api, served.room_id, f"{word} one")
        changed = say_as_user(served.agent.api, served.room_id, f"{word} two")
        body = {"roomId": served.room_id, "msgId": gone["_id"]}
        assert admin.post("chat.delete", body).status_code == 200
        body = {"roomId": served.room_id, "msgId": changed["_id"], "text": f"{word} three"}
        assert served.agent.api.post("chat.update", body).status_code == 200

    assert search(admin, served.room_id, word) == [f"{word} three"]
    assert everywhere(admin, word) == [f"{word} three"]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (
            {"searchText": "x"},
            'The required "roomId" query param is missing. [error-roomId-param-not-provided]',
        ),
        (
            {"roomId": "GENERAL"},
            'The required "searchText" query param is missing. '
            "[error-searchText-param-not-provided]",
        ),
        ({"roomId": "nowhere", "searchText": "x"}, NOT_ALLOWED),
        (
            {"roomId": "GENERAL", "searchText": "x" * 1001},
            "must NOT have more than 1000 characters [invalid-params]",
        ),
    ],
)
def test_searches_that_cannot_be_made_are_explained(admin: Api, query: dict[str, str], text: str):
    assert error(admin.get("chat.search", query)) == text


def test_a_room_is_searched_by_those_who_may_read_it(api: Api, admin: Api, served: Served):
    say_as_visitor(api, served.room_id, served.visitor, "a secret")
    other = create_agent(admin)

    answer = other.api.get("chat.search", {"roomId": served.room_id, "searchText": "secret"})

    assert error(answer) == NOT_ALLOWED
    assert api.get("chat.search", {}).status_code == 401
    retire(admin, other)


def test_all_conversations_are_searched_at_once(api: Api, admin: Api, served: Served):
    word = unique("word")
    room, visitor = open_conversation(api)
    say_as_visitor(api, served.room_id, served.visitor, f"the first {word}")
    say_as_visitor(api, room["_id"], visitor, f"the second {word.upper()}")

    assert everywhere(admin, word) == [f"the second {word.upper()}", f"the first {word}"]
    assert everywhere(admin, word, count=1, offset=1) == [f"the first {word}"]
    assert everywhere(admin, f"third {word}") == []


def test_an_agent_finds_what_he_may_read(api: Api, admin: Api, served: Served):
    word = unique("word")
    other = create_agent(admin)
    department = create_department(admin, [other])
    room, visitor = open_conversation(api, register_visitor(api, department=department))
    say_as_visitor(api, served.room_id, served.visitor, f"my {word}")
    say_as_visitor(api, room["_id"], visitor, f"not my {word}")
    admin.post("chat.postMessage", {"roomId": "GENERAL", "text": f"general {word}"})

    assert everywhere(served.agent.api, word) == [f"my {word}"]
    close(served)
    assert everywhere(served.agent.api, word) == [f"my {word}"]
    assert everywhere(admin, word) == [f"not my {word}", f"my {word}"]
    retire(admin, other)


def test_searching_everywhere_needs_a_permission_and_a_text(admin: Api):
    nobody: Person = create_user(admin)

    refused = nobody.api.get("livechat/messages.search", {"searchText": "a"})
    assert refused.status_code == 403
    text = "must have required property 'searchText' [invalid-params]"
    assert error(admin.get("livechat/messages.search")) == text
    empty = admin.get("livechat/messages.search", {"searchText": ""})
    assert error(empty) == "must NOT have fewer than 1 characters [invalid-params]"


def test_the_search_in_a_conversation_has_two_paths(api: Api, served: Served):
    say_as_visitor(api, served.room_id, served.visitor, "a.b")
    say_as_visitor(api, served.room_id, served.visitor, "axb")
    close(served)

    answers = [
        served.agent.api.get(path, {"searchTerm": "a.b", "count": 7}).json()
        for path in (
            f"livechat/{served.room_id}/messages",
            f"livechat/messages/{served.room_id}",
        )
    ]

    assert answers[0] == answers[1]
    assert [each["msg"] for each in answers[0]["messages"]] == ["a.b"]
    assert (answers[0]["count"], answers[0]["total"]) == (7, 1)
