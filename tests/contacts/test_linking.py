"""Which contact a conversation belongs to."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.builders import (
    create_agent,
    inquiry_of,
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
from tests.contacts.desk import contact_of, create_contact, field, read, refusal, search
from tests.harness.client import Api


def close(admin: Api, room_id: str) -> None:
    """Close a conversation."""
    answer = admin.post("livechat/room.closeByUser", {"rid": room_id, "comment": "done"})
    assert answer.status_code == 200, answer.text


def test_registering_alone_makes_no_contact(api: Api, admin: Api) -> None:
    name = unique("Alone")
    register_visitor(api, name=name)

    assert search(admin, name, unknown=True) == []


def test_a_conversation_makes_an_unknown_contact(api: Api, admin: Api) -> None:
    email = f"{unique('ann')}@example.org"
    phone = unique("+1555")
    visitor = register_visitor(api, name="Ann", email=email, phone=phone)
    room, _ = open_conversation(api, visitor)

    contact = read(admin, room["contactId"])
    chat = {"_id": room["_id"], "ts": room["ts"]}
    assert (contact["unknown"], contact["preRegistration"]) == (True, False)
    assert contact["name"] == "Ann"
    assert contact["emails"] == [{"address": email}]
    assert contact["phones"] == [{"phoneNumber": phone}]
    assert contact["lastChat"] == chat
    assert contact["channels"] == [
        {
            "name": "api",
            "visitor": {"visitorId": visitor.id, "source": {"type": "api"}},
            "blocked": False,
            "verified": False,
            "details": {"type": "api"},
            "lastChat": chat,
        }
    ]
    assert (room["fname"], room["verified"]) == ("Ann", False)


def test_a_visitor_without_a_name_goes_by_the_user_name(api: Api, admin: Api) -> None:
    visitor = register_visitor(api, name="")
    open_conversation(api, visitor)

    assert contact_of(admin, visitor)["name"] == visitor.username


def test_the_next_conversation_is_the_same_contacts(api: Api, admin: Api) -> None:
    first, visitor = open_conversation(api)
    close(admin, first["_id"])
    second, _ = open_conversation(api, visitor)

    assert second["_id"] != first["_id"]
    assert second["contactId"] == first["contactId"]
    contact = read(admin, first["contactId"])
    assert contact["lastChat"]["_id"] == second["_id"]
    assert contact["channels"][0]["lastChat"]["_id"] == second["_id"]


def test_each_source_has_a_contact_of_its_own(api: Api, admin: Api) -> None:
    first, visitor = open_conversation(api)
    close(admin, first["_id"])
    cookies = {"Cookie": "rc_is_widget=t; rc_room_type=l"}
    answer = api.http.get("/api/v1/livechat/room", params={"token": visitor.token}, headers=cookies)

    room = answer.json()["room"]
    assert room["contactId"] != first["contactId"]
    details = read(admin, room["contactId"])["channels"][0]
    assert (details["name"], details["details"]["type"]) == ("widget", "widget")


def test_a_contact_of_the_desk_is_taken_by_the_first_visitor_with_its_address(
    api: Api, admin: Api
) -> None:
    email = f"{unique('ann')}@example.org"
    contact_id = create_contact(admin, name="Ann Lee", emails=[email])
    visitor = register_visitor(api, name="Annie", email=email)

    room, _ = open_conversation(api, visitor)

    assert room["contactId"] == contact_id
    assert room["fname"] == "Ann Lee"
    contact = read(admin, contact_id)
    assert (contact["preRegistration"], contact["unknown"]) == (False, False)
    assert len(contact["channels"]) == 1
    assert contact["emails"] == [{"address": email}]
    assert contact["conflictingFields"] == [{"field": "name", "value": "Annie"}]
    # And by nobody else.
    other = register_visitor(api)
    register_visitor(api, token=other.token, email=email)
    second, _ = open_conversation(api, other)
    assert second["contactId"] != contact_id
    assert read(admin, second["contactId"])["unknown"] is True
    assert [each["_id"] for each in search(admin, email)] == [contact_id]
    assert [each["_id"] for each in search(admin, email, unknown=True)] == [second["contactId"]]


def test_a_telephone_number_leads_to_a_contact_too(api: Api, admin: Api) -> None:
    phone = unique("+49")
    contact_id = create_contact(admin, name="Ann", phones=[phone])
    room, _ = open_conversation(api, register_visitor(api, name="Ann", phone=phone))

    assert room["contactId"] == contact_id
    assert "conflictingFields" not in read(admin, contact_id)


def test_of_many_visitors_at_once_one_takes_the_contact(api: Api, admin: Api) -> None:
    email = f"{unique('ann')}@example.org"
    contact_id = create_contact(admin, emails=[email])
    visitors = [register_visitor(api, email=email) for _ in range(6)]

    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda visitor: open_conversation(api, visitor)[0], visitors))

    contacts = [room["contactId"] for room in opened]
    assert contacts.count(contact_id) == 1
    assert len(set(contacts)) == 6
    assert len(read(admin, contact_id)["channels"]) == 1


def test_of_many_requests_at_once_all_get_one_contact(api: Api, admin: Api) -> None:
    name = unique("Ann")
    visitor = register_visitor(api, name=name)
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: open_conversation(api, visitor)[0], range(6)))

    assert len({(room["_id"], room["contactId"]) for room in opened}) == 1
    assert len(search(admin, name, unknown=True)) == 1


def test_what_a_visitor_says_later_reaches_the_contact(api: Api, admin: Api) -> None:
    first, second = (f"{unique('ann')}@example.org" for _ in range(2))
    visitor = register_visitor(api, name="Ann", email=first)
    room, _ = open_conversation(api, visitor)
    register_visitor(api, token=visitor.token, name="Annie", email=second)

    unknown = read(admin, room["contactId"])
    assert unknown["name"] == "Annie"
    assert unknown["emails"] == [{"address": first}, {"address": second}]
    admin.post("omnichannel/contacts.update", {"contactId": room["contactId"], "name": "Ann Lee"})
    register_visitor(api, token=visitor.token, name="Nan")
    register_visitor(api, token=visitor.token, name="Nan")
    known = read(admin, room["contactId"])
    assert known["name"] == "Ann Lee"
    assert known["conflictingFields"] == [{"field": "name", "value": "Nan"}]


def test_custom_fields_of_a_visitor_come_with_the_contact(api: Api, admin: Api) -> None:
    with field(admin) as tier, field(admin) as hobby:
        visitor = register_visitor(api)
        put = {"token": visitor.token, "key": tier, "value": "gold", "overwrite": True}
        assert api.post("livechat/custom.field", put).status_code == 200
        open_conversation(api, visitor)
        assert contact_of(admin, visitor)["customFields"] == {tier: "gold"}

        # One that must not replace another waits for a decision, each time, though it is the same.
        for value in ("basic", "gold"):
            put = {"token": visitor.token, "key": tier, "value": value, "overwrite": False}
            api.post("livechat/custom.field", put)
        put = {"token": visitor.token, "key": hobby, "value": "chess", "overwrite": False}
        api.post("livechat/custom.field", put)
        contact = contact_of(admin, visitor)
        assert contact["customFields"] == {tier: "gold", hobby: "chess"}
        named = f"customFields.{tier}"
        assert contact["conflictingFields"] == [
            {"field": named, "value": "basic"},
            {"field": named, "value": "gold"},
        ]
        put = {"token": visitor.token, "key": tier, "value": "silver", "overwrite": True}
        api.post("livechat/custom.field", put)
        assert contact_of(admin, visitor)["customFields"][tier] == "silver"
        assert contact_of(admin, visitor)["unknown"] is True


def test_the_month_of_an_answer_is_kept(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    room, visitor = open_conversation(api)
    say_as_visitor(api, room["_id"], visitor, "Hello?")
    assert "activity" not in contact_of(admin, visitor)
    take(agent, admin, room["_id"])
    for _ in range(2):
        say_as_user(agent.api, room["_id"], "Hello!")

    month = room["ts"][:7]
    assert contact_of(admin, visitor)["activity"] == [month]
    assert contact_of(admin, visitor)["unknown"] is True
    inquiry = inquiry_of(admin, room["_id"])
    assert inquiry is not None and inquiry["v"]["activity"] == [month]
    close(admin, room["_id"])
    again, _ = open_conversation(api, visitor)
    assert again["v"]["activity"] == [month]
    retire(admin, agent)


def test_the_contact_manager_gets_the_conversations(api: Api, admin: Api) -> None:
    manager, other = create_agent(admin), create_agent(admin)
    first, visitor = open_conversation(api)
    close(admin, first["_id"])
    body = {"contactId": first["contactId"], "contactManager": manager.id}
    assert admin.post("omnichannel/contacts.update", body).status_code == 200

    answer = api.get("livechat/room", {"token": visitor.token, "agentId": other.id})
    inquiry = inquiry_of(admin, answer.json()["room"]["_id"])
    assert inquiry is not None
    assert inquiry["defaultAgent"]["agentId"] == manager.id
    close(admin, answer.json()["room"]["_id"])
    with settings(admin, Omnichannel_contact_manager_routing=False):
        room, _ = open_conversation(api, visitor)
        inquiry = inquiry_of(admin, room["_id"])
        assert inquiry is not None and "defaultAgent" not in inquiry
    retire(admin, manager, other)


def test_a_conversation_that_changes_hands_is_the_other_contacts(api: Api, admin: Api) -> None:
    room, visitor = open_conversation(api)
    other = register_visitor(api)
    body = {"rid": room["_id"], "oldVisitorId": visitor.id, "newVisitorId": other.id}
    answer = admin.http.put("/api/v1/livechat/room.visitor", json=body)
    assert answer.status_code == 200, answer.text

    contact_id = room_of(admin, room["_id"])["contactId"]
    assert contact_id != room["contactId"]
    assert read(admin, contact_id)["channels"][0]["visitor"]["visitorId"] == other.id


def test_agents_take_only_contacts_that_the_workspace_wants(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    room, visitor = open_conversation(api)
    inquiry = inquiry_of(admin, room["_id"])
    assert inquiry is not None

    def taken() -> Any:
        return agent.api.post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]})

    with settings(admin, Livechat_Block_Unknown_Contacts=True):
        refused = taken()
        assert refusal(refused) == "[error-unknown-contact]"
        assert refused.json()["details"] == {"method": "livechat:takeInquiry"}
        body = {"contactId": room["contactId"], "name": "Ann"}
        admin.post("omnichannel/contacts.update", body)
        with settings(admin, Livechat_Block_Unverified_Contacts=True):
            assert refusal(taken()) == "[error-unverified-contact]"
        assert taken().status_code == 200
    assert visitor.id
    retire(admin, agent)


def test_who_must_be_verified_waits_out_of_sight(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_Require_Contact_Verification="once"):
        room, _ = open_conversation(api)
    inquiry = inquiry_of(admin, room["_id"])
    assert inquiry is not None
    assert inquiry["status"] == "verifying"
    assert "queuedAt" not in inquiry
    listed = admin.get("livechat/inquiries.list", {"count": 0}).json()["inquiries"]
    assert room["_id"] not in [each["rid"] for each in listed]
