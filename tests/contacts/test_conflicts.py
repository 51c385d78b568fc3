"""Deciding what is right where data of a contact differ."""

from typing import Any

from frontdesk.settings.store import read_settings
from tests.builders import (
    create_agent,
    open_conversation,
    register_visitor,
    retire,
    stored,
    unique,
)
from tests.contacts.desk import create_contact, field, read, refusal
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

COUNTER = "Resolved_Conflicts_Count"


def counted(server: FrontdeskProcess) -> int:
    """Return how many conflicts were resolved, ever."""
    return stored(server, lambda tx: read_settings(tx).number(COUNTER))


def resolve(admin: Api, contact_id: str, **given: Any) -> dict[str, Any]:
    """Resolve conflicts of a contact; return it."""
    answer = admin.post("omnichannel/contacts.conflicts", {"contactId": contact_id, **given})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["result"])


def contested(api: Api, admin: Api, key: str, *names: str) -> str:
    """Make a contact with conflicts about its name and a custom field; return its id."""
    visitor = register_visitor(api, name="Ann")
    room, _ = open_conversation(api, visitor)
    contact_id = str(room["contactId"])
    body = {"contactId": contact_id, "name": "Ann Lee", "customFields": {key: "gold"}}
    assert admin.post("omnichannel/contacts.update", body).status_code == 200
    for name in names:
        register_visitor(api, token=visitor.token, name=name)
    put = {"token": visitor.token, "key": key, "value": "basic", "overwrite": False}
    assert api.post("livechat/custom.field", put).status_code == 200
    return contact_id


def test_what_is_given_settles_its_own_conflicts(
    api: Api, admin: Api, server: FrontdeskProcess
) -> None:
    agent = create_agent(admin)
    with field(admin) as tier:
        contact_id = contested(api, admin, tier, "Nan", "Anna")
        about_tier = {"field": f"customFields.{tier}", "value": "basic"}
        assert read(admin, contact_id)["conflictingFields"] == [
            {"field": "name", "value": "Nan"},
            {"field": "name", "value": "Anna"},
            about_tier,
        ]
        before = counted(server)

        contact = resolve(admin, contact_id, name="Anna Lee")
        assert contact["name"] == "Anna Lee"
        assert contact["conflictingFields"] == [about_tier]
        # Nothing is held against the definitions here.
        contact = resolve(
            admin, contact_id, customFields={tier: "silver", "x": 5}, contactManager=agent.id
        )
        assert contact["customFields"] == {tier: "silver", "x": 5}
        assert contact["contactManager"] == agent.id
        assert contact["conflictingFields"] == []
        assert counted(server) == before
        assert read(admin, contact_id) == contact
    retire(admin, agent)


def test_all_conflicts_can_be_wiped_and_are_counted(
    api: Api, admin: Api, server: FrontdeskProcess
) -> None:
    with field(admin) as tier:
        wiped, updated = (contested(api, admin, tier, "Nan") for _ in range(2))
        before = counted(server)

        contact = resolve(admin, wiped, wipeConflicts=True)
        assert contact["conflictingFields"] == []
        assert contact["name"] == "Ann Lee"
        assert counted(server) == before + 2
        body = {"contactId": updated, "wipeConflicts": True}
        contact = admin.post("omnichannel/contacts.update", body).json()["contact"]
        assert contact["conflictingFields"] == []
        assert counted(server) == before + 4


def test_without_conflicts_there_is_nothing_to_decide(admin: Api) -> None:
    contact_id = create_contact(admin)
    answer = admin.post("omnichannel/contacts.conflicts", {"contactId": contact_id, "name": "A"})
    assert refusal(answer) == "error-contact-has-no-conflicts"


def test_only_an_agent_can_be_decided_to_be_the_manager(api: Api, admin: Api) -> None:
    with field(admin) as tier:
        contact_id = contested(api, admin, tier, unique("Nan"))
        body = {"contactId": contact_id, "contactManager": "nobody"}
        answer = admin.post("omnichannel/contacts.conflicts", body)
        assert refusal(answer) == "error-contact-manager-not-found"
        too_long = {"contactId": contact_id, "customFields": {tier: "x" * 5_001}}
        answer = admin.post("omnichannel/contacts.conflicts", too_long)
        assert refusal(answer) == f"Invalid value for {tier} field"


def test_visitors_cannot_make_conflicts_without_end(api: Api, admin: Api) -> None:
    with field(admin) as tier:
        contact_id = contested(api, admin, tier)
        room_token = unique("token")
        visitor = register_visitor(api, token=room_token)
        room, _ = open_conversation(api, visitor)
        admin.post(
            "omnichannel/contacts.update",
            {"contactId": room["contactId"], "customFields": {tier: "gold"}},
        )
        fields = [{"key": tier, "value": str(n), "overwrite": False} for n in range(120)]
        body = {"token": visitor.token, "customFields": fields}
        assert api.post("livechat/custom.fields", body).status_code == 200
        assert len(read(admin, room["contactId"])["conflictingFields"]) == 100
        assert len(read(admin, contact_id)["conflictingFields"]) == 1
