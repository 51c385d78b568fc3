"""Contacts as the desk writes and reads them."""

from typing import Any

import pytest

from tests.builders import (
    create_agent,
    create_user,
    inquiry_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    settings,
    take,
    unique,
)
from tests.contacts.desk import contact_of, create_contact, field, read, refusal, search
from tests.harness.client import Api

REQUIRED = "must have required property '{}' [invalid-params]"


def test_a_contact_is_made_and_read(admin: Api) -> None:
    agent = create_agent(admin)
    email = f"{unique('ann')}@example.org"
    contact_id = create_contact(
        admin, name="Ann", emails=[email], phones=["+15550199"], contactManager=agent.id
    )

    contact = read(admin, contact_id)
    assert contact.pop("createdAt") and contact.pop("_updatedAt")
    assert contact == {
        "_id": contact_id,
        "name": "Ann",
        "emails": [{"address": email}],
        "phones": [{"phoneNumber": "+15550199"}],
        "channels": [],
        "customFields": {},
        "contactManager": agent.id,
        "unknown": False,
        "preRegistration": True,
    }
    retire(admin, agent)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, REQUIRED.format("name")),
        ({"name": "Ann"}, REQUIRED.format("emails")),
        ({"name": "Ann", "emails": []}, REQUIRED.format("phones")),
        (
            {"name": "Ann", "emails": ["a@x.org", "a@x.org"], "phones": []},
            "must NOT have duplicate items (items ## 1 and 0 are identical) [invalid-params]",
        ),
        (
            {"name": "Ann", "emails": [], "phones": [], "customFileds": {}},
            "must NOT have additional properties [invalid-params]",
        ),
        (
            {"name": "A" * 256, "emails": [], "phones": []},
            "must NOT have more than 255 characters [invalid-params]",
        ),
        ({"name": "Ann", "emails": "a", "phones": []}, "must be array [invalid-params]"),
    ],
)
def test_a_contact_of_a_wrong_shape_is_refused(
    admin: Api, body: dict[str, Any], error: str
) -> None:
    answer = admin.post("omnichannel/contacts", body)

    assert answer.status_code == 400
    assert answer.json() == {"success": False, "error": error, "errorType": "invalid-params"}


def test_an_empty_name_and_no_manager_are_fine(admin: Api) -> None:
    for manager in ("", None):
        contact_id = create_contact(admin, name="", contactManager=manager, customFields=None)
        assert "contactManager" not in read(admin, contact_id)


def test_a_manager_who_is_no_agent_is_refused(admin: Api) -> None:
    user = create_user(admin)
    contact_id = create_contact(admin)
    for path, body in (
        ("omnichannel/contacts", {"name": "Ann", "emails": [], "phones": []}),
        ("omnichannel/contacts.update", {"contactId": contact_id}),
    ):
        answer = admin.post(path, {**body, "contactManager": user.id})
        assert refusal(answer) == "error-contact-manager-not-found"


def test_who_stops_being_an_agent_looks_after_nobody(admin: Api) -> None:
    agent = create_agent(admin)
    contact_id = create_contact(admin, contactManager=agent.id)

    retire(admin, agent)

    assert "contactManager" not in read(admin, contact_id)


def test_an_update_writes_what_is_given_and_makes_the_contact_known(api: Api, admin: Api) -> None:
    _, visitor = open_conversation(api)
    contact = contact_of(admin, visitor)
    assert contact["unknown"] is True
    same = admin.post("omnichannel/contacts.update", {"contactId": contact["_id"]})
    assert same.json()["contact"] == contact

    email = f"{unique('bo')}@example.org"
    body = {"contactId": contact["_id"], "emails": [email], "phones": None}
    answer = admin.post("omnichannel/contacts.update", body)

    changed = answer.json()["contact"]
    assert changed["unknown"] is False
    assert changed["emails"] == [{"address": email}]
    assert changed["name"] == contact["name"]
    assert read(admin, contact["_id"]) == changed


def test_a_new_name_is_shown_on_the_conversations(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    room, visitor = open_conversation(api)
    contact_id = contact_of(admin, visitor)["_id"]
    name = unique("Renamed")

    answer = admin.post("omnichannel/contacts.update", {"contactId": contact_id, "name": name})
    assert answer.status_code == 200, answer.text

    assert room_of(admin, room["_id"])["fname"] == name
    inquiry = inquiry_of(admin, room["_id"])
    assert inquiry is not None and inquiry["name"] == name
    take(agent, admin, room["_id"])
    other = unique("Again")
    admin.post("omnichannel/contacts.update", {"contactId": contact_id, "name": other})
    found = agent.api.get("subscriptions.getOne", {"roomId": room["_id"]}).json()["subscription"]
    assert (found["name"], found["fname"]) == (other, other)
    empty = admin.post("omnichannel/contacts.update", {"contactId": contact_id, "name": ""})
    assert refusal(empty) == "error-invalid-operation"
    assert read(admin, contact_id)["name"] == other
    retire(admin, agent)


def test_an_empty_manager_removes_and_null_keeps(admin: Api) -> None:
    agent = create_agent(admin)
    contact_id = create_contact(admin, contactManager=agent.id)

    def update(manager: str | None) -> dict[str, Any]:
        body = {"contactId": contact_id, "contactManager": manager}
        contact: dict[str, Any] = admin.post("omnichannel/contacts.update", body).json()["contact"]
        return contact

    assert update(None)["contactManager"] == agent.id
    assert "contactManager" not in update("")
    retire(admin, agent)


def test_custom_fields_are_held_against_their_definitions(admin: Api) -> None:
    with field(admin, regexp="^[a-z]+$") as tier, field(admin) as other:
        contact_id = create_contact(admin, customFields={tier: " gold ", other: 5})
        assert read(admin, contact_id)["customFields"] == {tier: "gold", other: "5"}

        def update(values: dict[str, Any]) -> Any:
            body = {"contactId": contact_id, "customFields": values}
            return admin.post("omnichannel/contacts.update", body)

        label = f"Label of {tier}"
        assert refusal(update({tier: "GOLD"})) == f"Invalid value for {label} field"
        assert refusal(update({"nothing": "x"})) == "Custom field nothing is not allowed"
        assert update({tier: "silver"}).json()["contact"]["customFields"] == {tier: "silver"}


def test_a_required_field_must_be_there(admin: Api) -> None:
    with field(admin, required=True) as tier:
        missing = f"Invalid value for Label of {tier} field"
        body = {"name": "Ann", "emails": [], "phones": []}
        assert refusal(admin.post("omnichannel/contacts", body)) == missing
        contact_id = create_contact(admin, customFields={tier: "gold"})
        update = {"contactId": contact_id, "customFields": {}}
        assert refusal(admin.post("omnichannel/contacts.update", update)) == missing
        other = {"contactId": contact_id, "name": "Ann Lee"}
        assert admin.post("omnichannel/contacts.update", other).status_code == 200


def test_values_of_fields_that_are_gone_stay(admin: Api) -> None:
    with field(admin) as kept:
        with field(admin) as gone:
            contact_id = create_contact(admin, customFields={kept: "a", gone: "b"})
        body = {"contactId": contact_id, "customFields": {kept: "c", gone: "d"}}
        answer = admin.post("omnichannel/contacts.update", body)
        assert answer.json()["contact"]["customFields"] == {kept: "c", gone: "b"}
        refused = {"contactId": contact_id, "customFields": {"new": "e"}}
        answer = admin.post("omnichannel/contacts.update", refused)
        assert refusal(answer) == "Custom field new is not allowed"


def test_an_unknown_contact_is_told_by_each_endpoint_in_its_way(admin: Api) -> None:
    nobody = {"contactId": "nobody"}
    missing = admin.get("omnichannel/contacts.get", nobody)
    assert missing.status_code == 404
    assert missing.json() == {"success": False, "error": "Resource not found"}
    update = admin.post("omnichannel/contacts.update", nobody)
    assert refusal(update) == "error-contact-not-found"
    resolve = admin.post("omnichannel/contacts.conflicts", nobody)
    assert refusal(resolve) == "error-contact-not-found"
    assert refusal(admin.get("omnichannel/contacts.history", nobody)) == "error-contact-not-found"
    channels = admin.get("omnichannel/contacts.channels", nobody)
    assert channels.json() == {"channels": [], "success": True}
    deleted = admin.post("omnichannel/contacts.delete", nobody)
    assert refusal(deleted) == "error-contact-not-found"


def test_the_id_is_needed_and_not_blank(admin: Api) -> None:
    missing = REQUIRED.format("contactId")
    for name in ("get", "channels", "history"):
        assert refusal(admin.get(f"omnichannel/contacts.{name}")) == missing
    blank = admin.get("omnichannel/contacts.get", {"contactId": "  "})
    assert refusal(blank) == 'must pass "isNotEmpty" keyword validation [invalid-params]'
    typed = admin.post("omnichannel/contacts.delete", {})
    assert refusal(typed) == "must have required property 'contactId'"


def test_existence_is_asked_for_by_exactly_one(admin: Api) -> None:
    email, phone = f"{unique('Ann')}@example.org", unique("+49")
    contact_id = create_contact(admin, emails=[email], phones=[phone])

    def exists(**query: str) -> Any:
        answer = admin.get("omnichannel/contacts.checkExistence", query)
        return answer.json().get("exists", answer.json().get("error"))

    assert exists(contactId=contact_id) is True
    assert exists(email=email) is True
    assert exists(phone=phone) is True
    assert exists(email=email.lower()) is False
    assert exists(phone="1") is False
    assert exists() == (
        "must have required property 'contactId'\n must have required property 'email'\n "
        "must have required property 'phone'\n must match exactly one schema in oneOf "
        "[invalid-params]"
    )
    assert exists(email=email, phone=phone) == (
        "must have required property 'contactId'\n must NOT have additional properties\n "
        "must NOT have additional properties\n must match exactly one schema in oneOf "
        "[invalid-params]"
    )
    assert "basic_email" in exists(email="foo")
    assert "isNotEmpty" in exists(phone=" ")


def test_addresses_that_are_taken_away_are_found_no_more(admin: Api) -> None:
    email, other = (f"{unique('ann')}@example.org" for _ in range(2))
    contact_id = create_contact(admin, emails=[email])
    body = {"contactId": contact_id, "emails": [other]}
    assert admin.post("omnichannel/contacts.update", body).status_code == 200

    for address, there in ((email, False), (other, True)):
        answer = admin.get("omnichannel/contacts.checkExistence", {"email": address})
        assert answer.json()["exists"] is there
        assert len(search(admin, address)) == there


def test_only_who_may_reads_and_writes_contacts(api: Api, admin: Api) -> None:
    user = create_user(admin)
    for path in ("contacts.get", "contacts.search", "contacts.channels", "contacts.history"):
        assert api.get(f"omnichannel/{path}").status_code == 401
        assert user.api.get(f"omnichannel/{path}").status_code == 403
    for path in (
        *("contacts", "contacts.update", "contacts.conflicts", "contacts.block"),
        *("contacts.unblock", "contacts.delete", "contact"),
    ):
        assert user.api.post(f"omnichannel/{path}", {}).status_code == 403
    agent = create_agent(admin)
    assert agent.api.get("omnichannel/contacts.search").status_code == 200
    assert agent.api.post("omnichannel/contacts.delete", {"contactId": "x"}).status_code == 403
    retire(admin, agent)


def test_a_visitor_with_the_address_gets_the_manager_of_the_contact(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    email = f"{unique('ann')}@example.org"
    create_contact(admin, emails=[email], contactManager=agent.id)

    visitor = register_visitor(api, email=email)
    info = admin.get("livechat/visitors.info", {"visitorId": visitor.id}).json()["visitor"]
    assert info["contactManager"]["username"] == agent.username
    assert "emails" not in info["contactManager"]
    with settings(admin, Livechat_Routing_Method="Auto_Selection"):
        room, _ = open_conversation(api, visitor)
    assert room["servedBy"]["_id"] == agent.id
    retire(admin, agent)
