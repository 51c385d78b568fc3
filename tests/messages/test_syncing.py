from typing import Any

import pytest

from frontdesk.clock import parse_iso
from tests.builders import create_agent, retire, say_as_user, say_as_visitor
from tests.harness.client import Api
from tests.messages.served import Served, close, error


def sync(api: Api, room_id: str, **query: Any) -> dict[str, Any]:
    answer = api.get("chat.syncMessages", {"roomId": room_id, **query})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["result"])


def remove(admin: Api, message: dict[str, Any]) -> None:
    body = {"roomId": message["rid"], "msgId": message["_id"]}
    assert admin.post("chat.delete", body).status_code == 200


def ids(messages: list[dict[str, Any]]) -> list[str]:
    return [each["_id"] for each in messages]


def test_new_changed_and_removed_messages_are_told(api: Api, admin: Api, served: Served):
    agent = served.agent.api
    before, gone = (say_as_user(agent, served.room_id, text) for text in ("before", "gone"))
    since = say_as_user(agent, served.room_id, "since")
    new = say_as_visitor(api, served.room_id, served.visitor, "new")
    body = {"roomId": served.room_id, "msgId": before["_id"], "text": "changed"}
    assert agent.post("chat.update", body).status_code == 200
    remove(admin, gone)

    missed = sync(agent, served.room_id, lastUpdate=since["_updatedAt"])

    assert {before["_id"], since["_id"], new["_id"]} <= set(ids(missed["updated"]))
    assert gone["_id"] not in ids(missed["updated"])
    assert ids(missed["deleted"]) == [gone["_id"]]
    assert parse_iso(missed["deleted"][0]["_deletedAt"]) > 0
    later = sync(agent, served.room_id, lastUpdate="2100-01-01T00:00:00.000Z")
    assert later == {"updated": [], "deleted": []}


def test_pages_lead_through_all_changes(served: Served):
    agent = served.agent.api
    said = [say_as_user(agent, served.room_id, f"message {number}") for number in range(7)]
    found: list[str] = []
    next_page: str | None = "0"
    while next_page is not None:
        page = sync(agent, served.room_id, next=next_page, count=3, type="UPDATED")
        found += ids(page["updated"])
        next_page = page["cursor"]["next"]
        assert "deleted" not in page

    assert len(found) == len(set(found))
    assert [each for each in found if each in ids(said)] == ids(said)
    end = parse_iso(said[-1]["_updatedAt"])
    back = sync(agent, served.room_id, previous=end, count=2, type="UPDATED")
    assert ids(back["updated"])[-1] in ids(said)
    assert said[-1]["_id"] not in ids(back["updated"])
    assert back["cursor"]["previous"] is not None


def test_pages_lead_through_what_was_removed(admin: Api, served: Served):
    agent = served.agent.api
    gone = [say_as_user(agent, served.room_id, f"message {number}") for number in range(3)]
    for each in gone:
        remove(admin, each)

    first = sync(agent, served.room_id, next=0, count=2, type="DELETED")
    second = sync(agent, served.room_id, next=first["cursor"]["next"], count=2, type="DELETED")

    told = [*first["deleted"], *second["deleted"]]
    assert set(ids(told)) == set(ids(gone))
    assert second["cursor"]["next"] is None
    nothing = sync(agent, served.room_id, next=9e15, type="DELETED")
    assert nothing == {"deleted": [], "cursor": {"next": None, "previous": None}}


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, 'The required "roomId" query param is missing. [error-roomId-param-not-provided]'),
        (
            {"roomId": "x"},
            'The required "lastUpdate" query param is missing. '
            "[error-lastUpdate-param-not-provided]",
        ),
        (
            {"roomId": "x", "lastUpdate": "yesterday"},
            'The "lastUpdate" query parameter must be a valid date. [error-roomId-param-invalid]',
        ),
        (
            {"roomId": "x", "type": "OTHER"},
            'The "type" parameter must be either "UPDATED" or "DELETED" '
            "[error-type-param-not-supported]",
        ),
        (
            {"roomId": "x", "type": "UPDATED", "next": "1", "previous": "2"},
            'You cannot provide both "next" and "previous" parameters [error-cursor-conflict]',
        ),
        (
            {"roomId": "x", "lastUpdate": "2026-01-01T00:00:00.000Z", "next": "1"},
            'The attributes "next", "previous" and "lastUpdate" cannot be used together '
            "[error-cursor-and-lastUpdate-conflict]",
        ),
        (
            {"roomId": "x", "lastUpdate": "2026-01-01T00:00:00.000Z"},
            "Not allowed [error-not-allowed]",
        ),
    ],
)
def test_bad_questions_are_explained(admin: Api, query: dict[str, str], text: str):
    assert error(admin.get("chat.syncMessages", query)) == text


def test_rooms_are_synchronised_for_those_who_may_read_them(admin: Api, served: Served):
    other = create_agent(admin)
    query = {"roomId": served.room_id, "lastUpdate": "2026-01-01T00:00:00.000Z"}

    refused = other.api.get("chat.syncMessages", query)

    assert error(refused) == "Not allowed [error-not-allowed]"
    close(served)
    assert served.agent.api.get("chat.syncMessages", query).status_code == 200
    retire(admin, other)
