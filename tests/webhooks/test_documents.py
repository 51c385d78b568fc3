from typing import Any

import pytest

from frontdesk.access.records import User
from frontdesk.conversations.records import Room
from frontdesk.settings.workspace import Settings
from frontdesk.visitors.records import Visitor
from frontdesk.webhooks.documents import message_item, session_document

NOW = 1_740_823_200_000
ROOM = Room(
    "room",
    "l",
    display_name="Ann",
    opened_at=NOW,
    visitor_username="guest-1",
    agent_id="bob",
    agent_username="bob",
)
VISITOR = Visitor("ann", "token", "guest-1", livechat_data={"plan": "gold"}, ip="192.0.2.1")
BOB = User(
    "bob",
    "bob",
    "bob",
    name="Bob",
    emails=[{"address": "bob@example.org"}, {"address": "second@example.org"}],
    custom_fields={"desk": "4", "salary": "high"},
)


def document(fields: str = "", agent: User | None = BOB) -> dict[str, Any]:
    """Return what is told of the room."""
    settings = Settings.initial("https://chat.example").with_value("Accounts_CustomFields", fields)
    return session_document(settings, "LivechatSession", ROOM, VISITOR, agent, [], {"closer": None})


def message(**members: Any) -> dict[str, Any]:
    """Return a message as the API sends it."""
    author = {"_id": "bob", "username": "bob"}
    return {"_id": "m", "rid": "room", "u": author, "ts": "t", "_updatedAt": "t", **members}


def test_fields_of_agents_are_told_if_they_are_for_integrations() -> None:
    fields = '{"desk": {"sendToIntegrations": true}, "salary": {"type": "text"}}'
    assert document(fields)["agent"] == {
        "_id": "bob",
        "username": "bob",
        "name": "Bob",
        "email": "bob@example.org",
        "customFields": {"desk": "4"},
    }


@pytest.mark.parametrize("fields", ["", "[", "[]", '{"desk": 5}', '{"desk": {}}'])
def test_where_no_field_is_for_integrations_none_is_told(fields: str) -> None:
    assert "customFields" not in document(fields)["agent"]


def test_an_agent_who_is_gone_is_told_by_name() -> None:
    assert document(agent=None)["agent"] == {"_id": "bob", "username": "bob"}


def test_what_there_is_not_is_left_out() -> None:
    assert document() == {
        "_id": "room",
        "type": "LivechatSession",
        "label": "Ann",
        "createdAt": "2025-03-01T10:00:00.000Z",
        "visitor": {
            "_id": "ann",
            "token": "token",
            "username": "guest-1",
            "ip": "192.0.2.1",
            "customFields": {"plan": "gold"},
        },
        "agent": {"_id": "bob", "username": "bob", "name": "Bob", "email": "bob@example.org"},
        "messages": [],
    }


def test_a_message_of_blocks_has_their_json_as_its_text() -> None:
    blocks = [{"type": "section"}]
    item = message_item(ROOM, message(msg="", blocks=blocks))
    assert (item["msg"], item["blocks"]) == ('[{"type":"section"}]', blocks)
    assert "blocks" not in message_item(ROOM, message(msg="Hello", blocks=[]))
    assert "msg" not in message_item(ROOM, message(msg=""))


def test_attachments_are_told_with_a_file_only() -> None:
    quote = [{"text": "quoted"}]
    assert "attachments" not in message_item(ROOM, message(msg="Hello", attachments=quote))
    item = message_item(ROOM, message(msg="", attachments=quote, file={"_id": "f"}))
    assert (item["attachments"], item["file"]) == (quote, {"_id": "f"})
