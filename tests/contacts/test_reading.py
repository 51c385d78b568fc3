"""The channels and the history of a contact."""

from typing import Any

from tests.builders import open_conversation, register_visitor, unique
from tests.contacts.desk import create_contact
from tests.harness.client import Api


def history(admin: Api, contact_id: str, **query: Any) -> dict[str, Any]:
    """Return an answer of contacts.history."""
    answer = admin.get("omnichannel/contacts.history", {"contactId": contact_id, **query})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_history_holds_the_closed_conversations_latest_first(api: Api, admin: Api) -> None:
    visitor = register_visitor(api, name=unique("Ann"))
    rooms = []
    for number in range(3):
        room, _ = open_conversation(api, visitor)
        rooms.append(room["_id"])
        body = {"rid": room["_id"], "comment": f"done {number}", "tags": ["x"]}
        assert admin.post("livechat/room.closeByUser", body).status_code == 200
    still_open, _ = open_conversation(api, visitor)

    found = history(admin, still_open["contactId"])
    assert [each["_id"] for each in found["history"]] == rooms[::-1]
    assert (found["count"], found["offset"], found["total"]) == (3, 0, 3)
    first = found["history"][0]
    assert {"fname", "ts", "v", "msgs", "closedAt", "closedBy", "closer", "source"} <= set(first)
    assert first["tags"] == ["x"]
    assert "token" not in first["v"]
    page = history(admin, still_open["contactId"], count=1, offset=1, sort='{"closedAt": 1}')
    assert [each["_id"] for each in page["history"]] == [rooms[1]]
    assert page["total"] == 3
    assert history(admin, still_open["contactId"], source="AP")["total"] == 3
    assert history(admin, still_open["contactId"], source="widget")["total"] == 0


def test_a_contact_without_visitors_has_no_history_and_no_channels(admin: Api) -> None:
    contact_id = create_contact(admin)

    assert history(admin, contact_id)["history"] == []
    channels = admin.get("omnichannel/contacts.channels", {"contactId": contact_id})
    assert channels.json()["channels"] == []


def test_channels_are_listed(api: Api, admin: Api) -> None:
    room, visitor = open_conversation(api)
    answer = admin.get("omnichannel/contacts.channels", {"contactId": room["contactId"]})

    (channel,) = answer.json()["channels"]
    assert channel["name"] == "api"
    assert channel["visitor"]["visitorId"] == visitor.id
    assert channel["lastChat"]["_id"] == room["_id"]
