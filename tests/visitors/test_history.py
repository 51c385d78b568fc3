"""What agents read of a visitor: open rooms, all chats, chats with a text, pages."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.builders import (
    Person,
    Visitor,
    create_agent,
    create_user,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_visitor,
    settings,
    take,
    unique,
)
from tests.harness.client import Api


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent; conversations are taken by hand."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        person = create_agent(admin)
        yield person
        retire(admin, person)


@pytest.fixture
def chats(api: Api, admin: Api, agent: Person) -> tuple[Visitor, list[str]]:
    """Return a visitor with three conversations: served and closed, closed unserved, open."""
    visitor = register_visitor(api, name=unique("Ann"))
    rooms = []
    for words in ("Say Hello.*", "hello", "Good bye"):
        room, _ = open_conversation(api, visitor)
        rooms.append(room["_id"])
        say_as_visitor(api, room["_id"], visitor, words)
        if len(rooms) == 1:
            take(agent, admin, room["_id"])
        if len(rooms) < 3:
            body = {"rid": room["_id"], "comment": f"closed {len(rooms)}"}
            assert admin.post("livechat/room.closeByUser", body).status_code == 200
    return visitor, rooms


def path_of(kind: str, room_id: str, visitor_id: str) -> str:
    """Return the path of a list of a visitor's chats."""
    return f"livechat/visitors.{kind}/room/{room_id}/visitor/{visitor_id}"


def ids(answer: httpx.Response) -> list[str]:
    """Return the ids of a list, which must say how many there are."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["count"] == len(body["history"])
    return [each["_id"] for each in body["history"]]


def test_all_chats_of_a_visitor_are_listed_newest_first(
    admin: Api, chats: tuple[Visitor, list[str]]
) -> None:
    visitor, rooms = chats
    path = path_of("chatHistory", rooms[0], visitor.id)

    answer = admin.get(path)

    assert ids(answer) == rooms[::-1]
    assert answer.json()["total"] == 3
    assert answer.json()["history"][0] == room_of(admin, rooms[2])
    assert ids(admin.get(path, {"count": 1, "offset": 1})) == [rooms[1]]
    assert ids(admin.get(path, {"sort": '{"ts":1}'})) == rooms


def test_chats_are_searched_by_text_state_and_source(
    admin: Api, chats: tuple[Visitor, list[str]]
) -> None:
    visitor, rooms = chats
    path = path_of("searchChats", rooms[2], visitor.id)

    def found(**query: str) -> list[str]:
        return ids(admin.get(path, query))

    assert found() == rooms[::-1]
    assert found(searchText="Hello") == [rooms[0]]
    assert found(searchText="ello") == [rooms[1], rooms[0]]
    assert found(searchText="Hello.*") == [rooms[0]]
    assert found(searchText="e.l") == []
    assert found(closedChatsOnly="true") == [rooms[1], rooms[0]]
    assert found(closedChatsOnly="1") == rooms[::-1]
    assert found(servedChatsOnly="true") == [rooms[0]]
    assert found(source="AP") == rooms[::-1]
    assert found(source="widget") == []
    assert found(closedChatsOnly="true", searchText="bye") == []


def test_a_searched_chat_tells_how_it_was_closed(
    admin: Api, agent: Person, chats: tuple[Visitor, list[str]]
) -> None:
    visitor, rooms = chats

    history = admin.get(path_of("searchChats", rooms[0], visitor.id)).json()["history"]

    opened, _, served = history
    assert set(opened) == {"_id", "fname", "ts", "v", "msgs"}
    assert served["closingMessage"]["msg"] == "closed 1"
    assert served["closingMessage"]["t"] == "livechat-close"
    assert served["servedBy"]["_id"] == agent.id
    assert served["closer"] == "user"
    assert served["closedAt"]


@pytest.mark.parametrize("kind", ["chatHistory", "searchChats"])
def test_history_is_read_by_those_who_may_read_the_room(
    api: Api, admin: Api, chats: tuple[Visitor, list[str]], kind: str
) -> None:
    visitor, rooms = chats
    other = create_agent(admin, status="offline")

    answer = other.api.get(path_of(kind, rooms[0], visitor.id))
    assert (answer.status_code, answer.json()["error"]) == (400, "error-not-allowed")
    answer = admin.get(path_of(kind, "nowhere", visitor.id))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid-room")
    assert api.get(path_of(kind, rooms[0], visitor.id)).status_code == 401
    assert create_user(admin).api.get(path_of(kind, rooms[0], visitor.id)).status_code == 403
    assert admin.get(path_of(kind, rooms[0], visitor.id), {"x": "1"}).status_code == 400
    retire(admin, other)


def test_the_open_conversations_of_a_visitor_are_listed(
    api: Api, admin: Api, agent: Person, chats: tuple[Visitor, list[str]]
) -> None:
    visitor, rooms = chats
    path = f"livechat/visitor/{visitor.token}/room"

    assert admin.get(path).json()["rooms"] == [{"_id": rooms[2], "t": "l", "cl": False}]
    take(agent, admin, rooms[2])
    (room,) = admin.get(path).json()["rooms"]
    assert room["servedBy"]["_id"] == agent.id
    assert set(room["servedBy"]) == {"_id", "username", "ts"}
    assert admin.get("livechat/visitor/nobody/room").json() == {"success": True, "rooms": []}
    assert api.get(path).status_code == 401
    assert agent.api.get(path).status_code == 403


def page_visited(api: Api, token: str, title: str, **more: Any) -> None:
    """Tell of a page."""
    page = {"change": "url", "title": title, "location": {"href": "https://example.com"}}
    answer = api.post("livechat/page.visited", {"token": token, "pageInfo": page, **more})
    assert answer.status_code == 200, answer.text


def test_pages_visited_before_the_conversation_stand_in_it(
    api: Api, admin: Api, agent: Person
) -> None:
    token = unique("token")
    page_visited(api, token, "before")
    visitor = register_visitor(api, token=token)
    room, _ = open_conversation(api, visitor)
    page_visited(api, token, "during", rid=room["_id"])
    path = f"livechat/visitors.pagesVisited/{room['_id']}"

    answer = agent.api.get(path).json()

    assert [each["navigation"]["page"]["title"] for each in answer["pages"]] == [
        "during",
        "before",
    ]
    assert (answer["count"], answer["offset"], answer["total"]) == (2, 0, 2)
    before = answer["pages"][1]
    assert before["rid"] == room["_id"]
    assert before["msg"] == "before - https://example.com"
    assert before["_hidden"] is True
    assert "expireAt" not in before
    oldest = agent.api.get(path, {"sort": '{"ts":1}', "count": 1}).json()
    assert [each["_id"] for each in oldest["pages"]] == [before["_id"]]
    # They count among the messages of the room.
    assert room_of(admin, room["_id"])["msgs"] == 4


def test_pages_are_for_those_who_may_read_the_conversation(
    api: Api, admin: Api, agent: Person
) -> None:
    room, visitor = open_conversation(api)
    page_visited(api, visitor.token, "during", rid=room["_id"])
    take(agent, admin, room["_id"])
    path = f"livechat/visitors.pagesVisited/{room['_id']}"
    other = create_agent(admin)

    answer = other.api.get(path)

    assert (answer.status_code, answer.json()["error"]) == (400, "error-not-allowed")
    assert agent.api.get(path).json()["total"] == 1
    retire(admin, other)


def test_pages_of_an_unknown_room_are_refused(api: Api, admin: Api) -> None:
    answer = admin.get("livechat/visitors.pagesVisited/nowhere")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid-room")
    assert api.get("livechat/visitors.pagesVisited/nowhere").status_code == 401
    extra = admin.get("livechat/visitors.pagesVisited/nowhere", {"x": "1"})
    assert extra.json()["errorType"] == "invalid-params"
