"""The older generation of contacts, where a contact is a visitor."""

import json
from typing import Any

from tests.builders import (
    create_agent,
    create_user,
    inquiry_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    unique,
)
from tests.contacts.desk import field, refusal
from tests.harness.client import Api

PATH = "omnichannel/contact"


def save(admin: Api, **body: Any) -> str:
    """Save a visitor by the older endpoint; return the id."""
    answer = admin.post(PATH, {"name": "Ann", **body})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["contact"])


def visitor_of(admin: Api, visitor_id: str) -> dict[str, Any]:
    """Return a visitor by the older endpoint."""
    answer = admin.get(PATH, {"contactId": visitor_id})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["contact"])


def test_a_visitor_is_made_and_changed_by_token(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    token, email = unique("token"), f"{unique('ann')}@example.org"
    visitor_id = save(
        admin,
        token=token,
        email=f" {email.upper()} ",
        phone="+15550100",
        contactManager={"username": agent.username},
    )

    visitor = visitor_of(admin, visitor_id)
    assert visitor["name"] == "Ann"
    assert visitor["visitorEmails"] == [{"address": email}]
    assert visitor["phone"] == [{"phoneNumber": "+15550100"}]
    assert visitor["contactManager"] == {"username": agent.username}
    assert visitor["username"].startswith("guest-")
    assert "token" not in visitor
    assert api.get(f"livechat/visitor/{token}").json()["visitor"]["_id"] == visitor_id
    # What is not sent goes, but for the number.
    assert save(admin, token=token, name="Annie") == visitor_id
    visitor = visitor_of(admin, visitor_id)
    assert visitor["name"] == "Annie"
    assert visitor["phone"] == [{"phoneNumber": "+15550100"}]
    assert {"visitorEmails", "contactManager"}.isdisjoint(visitor)
    save(admin, token=token, phone="")
    assert "phone" not in visitor_of(admin, visitor_id)
    retire(admin, agent)


def test_a_visitor_is_found_by_address_and_holds_the_new_token(api: Api, admin: Api) -> None:
    email = f"{unique('ann')}@example.org"
    visitor = register_visitor(api, email=email)
    token = unique("token")

    assert save(admin, token=token, email=email) == visitor.id

    assert api.get(f"livechat/visitor/{token}").json()["visitor"]["_id"] == visitor.id
    assert api.get(f"livechat/visitor/{visitor.token}").status_code == 400


def test_the_conversations_follow_the_name(api: Api, admin: Api) -> None:
    closed, visitor = open_conversation(api)
    admin.post("livechat/room.closeByUser", {"rid": closed["_id"], "comment": "done"})
    room, _ = open_conversation(api, visitor)
    name = unique("Renamed")

    save(admin, token=visitor.token, name=name)

    for each in (closed, room):
        assert room_of(admin, each["_id"])["fname"] == name
    inquiry = inquiry_of(admin, room["_id"])
    assert inquiry is not None and inquiry["name"] == name


def test_bodies_of_a_wrong_shape_are_refused_in_words_of_old(admin: Api) -> None:
    bodies: list[tuple[dict[str, Any], str]] = [
        ({}, "Match error: Missing key 'token'"),
        ({"token": "t"}, "Match error: Missing key 'name'"),
        ({"token": 1, "name": "A"}, "Match error: Expected string, got number in field token"),
        ({"token": "t", "name": "A", "x": 1}, "Match error: Unknown key in field x"),
        (
            {"token": "t", "name": "A", "email": 1},
            "Match error: Failed Match.OneOf, Match.Maybe or Match.Optional validation"
            " in field email",
        ),
        ({"token": " ", "name": "A"}, "Invalid visitor token [error-invalid-contact-data]"),
        ({"token": unique("t"), "name": "<b>"}, "Name contains invalid characters"),
    ]
    for body, error in bodies:
        assert refusal(admin.post(PATH, body)) == error


def test_the_manager_must_be_an_agent(admin: Api) -> None:
    user = create_user(admin)
    body = {"token": unique("token"), "name": "Ann"}
    nobody = admin.post(PATH, {**body, "contactManager": {"username": "no.body"}})
    assert refusal(nobody) == (
        "No user found with username no.body [error-contact-manager-not-found]"
    )
    other = admin.post(PATH, {**body, "contactManager": {"username": user.username}})
    assert refusal(other) == (
        'The contact manager must have the role "livechat-agent" [error-invalid-contact-manager]'
    )


def test_custom_fields_are_replaced_as_a_whole(admin: Api) -> None:
    with field(admin, regexp="^[a-z]+$") as tier, field(admin) as hobby:
        token = unique("token")
        visitor_id = save(admin, token=token, customFields={tier: "gold", "nothing": "x"})
        assert visitor_of(admin, visitor_id)["livechatData"] == {tier: "gold"}
        body = {"token": token, "name": "Ann", "customFields": {tier: "GOLD"}}
        assert refusal(admin.post(PATH, body)) == f"Invalid value for Label of {tier} field"
        save(admin, token=token, customFields={hobby: "chess"})
        assert visitor_of(admin, visitor_id)["livechatData"] == {hobby: "chess"}


def test_reading_needs_an_id_and_tells_of_nobody_by_null(admin: Api) -> None:
    assert refusal(admin.get(PATH)) == "Match error: Missing key 'contactId'"
    unknown = admin.get(PATH, {"contactId": "nobody"})
    assert unknown.json() == {"contact": None, "success": True}


def test_a_visitor_is_found_by_exact_address_number_and_pieces_of_fields(
    api: Api, admin: Api
) -> None:
    def found(**query: str) -> Any:
        answer = admin.get("omnichannel/contact.search", query)
        if answer.status_code != 200:
            return answer.json()["error"]
        contact = answer.json()["contact"]
        assert contact is None or "token" not in contact
        return contact and contact["_id"]

    with field(admin) as tier, field(admin, searchable=False) as secret:
        email, phone = f"{unique('ann')}@example.org", unique("+49")
        visitor = register_visitor(api, email=email, phone=phone)
        value = unique("Gold")
        for key in (tier, secret):
            put = {"token": visitor.token, "key": key, "value": value, "overwrite": True}
            assert api.post("livechat/custom.field", put).status_code == 200

        assert found(email=email) == visitor.id
        assert found(email=email.upper()) is None
        assert found(email=email[1:]) is None
        assert found(phone=phone) == visitor.id
        assert found(phone=phone, email="x@example.org") is None
        assert found(custom=json.dumps({tier: value[1:].upper()})) == visitor.id
        assert found(custom=json.dumps({secret: value})) is None
        assert found(email=email, custom=json.dumps({secret: "x"})) == visitor.id
    assert found() == "[error-invalid-params]"
    assert found(custom="{}") == "[error-invalid-params]"
    assert found(custom="no json") == "[error-invalid-params-custom]"
    assert "Unknown key" in found(name="x")
