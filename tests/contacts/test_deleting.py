"""Removing contacts, and what is left of them."""

from tests.builders import open_conversation, register_visitor, settings, unique
from tests.contacts.desk import create_contact, read, refusal, search
from tests.harness.client import Api

KEEPS_HEADERS = "Livechat_Allow_collect_and_store_HTTP_header_informations"


def gone(admin: Api, contact_id: str) -> bool:
    """Tell whether a contact is there no more, but for its id."""
    missing = admin.get("omnichannel/contacts.get", {"contactId": contact_id}).status_code == 404
    asked = admin.get("omnichannel/contacts.checkExistence", {"contactId": contact_id})
    assert asked.json()["exists"] is True
    return missing


def test_a_contact_is_removed_with_its_visitor(api: Api, admin: Api) -> None:
    email = f"{unique('ann')}@example.org"
    visitor = register_visitor(api, email=email)
    room, _ = open_conversation(api, visitor)
    body = {"contactId": room["contactId"]}
    refused = admin.post("omnichannel/contacts.delete", body)
    assert refusal(refused) == "error-contact-has-open-rooms"
    admin.post("livechat/room.closeByUser", {"rid": room["_id"], "comment": "done"})

    assert admin.post("omnichannel/contacts.delete", body).json() == {"success": True}

    assert gone(admin, room["contactId"])
    assert search(admin, email, unknown=True) == []
    exists = admin.get("omnichannel/contacts.checkExistence", {"email": email})
    assert exists.json()["exists"] is False
    assert api.get(f"livechat/visitor/{visitor.token}").status_code == 400
    assert admin.get("rooms.info", {"roomId": room["_id"]}).status_code == 400
    for path in ("contacts.update", "contacts.conflicts", "contacts.delete"):
        answer = admin.post(f"omnichannel/{path}", body)
        assert refusal(answer) == "error-contact-not-found"
    channels = admin.get("omnichannel/contacts.channels", body).json()["channels"]
    assert channels == []


def test_open_conversations_go_too_where_the_workspace_keeps_headers(api: Api, admin: Api) -> None:
    room, _ = open_conversation(api)
    with settings(admin, **{KEEPS_HEADERS: True}):
        body = {"contactId": room["contactId"]}
        assert admin.post("omnichannel/contacts.delete", body).status_code == 200
    assert gone(admin, room["contactId"])


def test_a_contact_without_visitors_is_removed(admin: Api) -> None:
    email = f"{unique('ann')}@example.org"
    contact_id = create_contact(admin, emails=[email])

    admin.post("omnichannel/contacts.delete", {"contactId": contact_id})

    assert gone(admin, contact_id)
    assert search(admin, email) == []


def test_a_visitor_who_is_removed_leaves_no_contact(api: Api, admin: Api) -> None:
    name = unique("Ann")
    room, visitor = open_conversation(api, register_visitor(api, name=name))
    admin.post("livechat/room.closeByUser", {"rid": room["_id"], "comment": "done"})
    widget = api.http.get(
        "/api/v1/livechat/room",
        params={"token": visitor.token},
        headers={"Cookie": "rc_is_widget=t; rc_room_type=l"},
    ).json()["room"]
    admin.post("livechat/room.closeByUser", {"rid": widget["_id"], "comment": "done"})
    other = create_contact(admin, name=name)

    answer = api.http.delete(f"/api/v1/livechat/visitor/{visitor.token}")

    assert answer.status_code == 200, answer.text
    assert gone(admin, room["contactId"])
    assert gone(admin, widget["contactId"])
    assert read(admin, other)["name"] == name
