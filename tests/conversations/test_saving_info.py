"""POST livechat/room.saveInfo."""

from collections.abc import Iterator
from typing import Any

import pytest

from frontdesk.visitors.finding import visitor_by_token
from frontdesk.visitors.records import Visitor as VisitorRecord
from tests.builders import (
    Person,
    Visitor,
    create_agent,
    inquiry_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    settings,
    stored,
    stored_messages,
    take,
    unique,
)
from tests.custom_fields.fields import fields
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

SAVE = "livechat/room.saveInfo"


class Served:
    """A conversation with its agent and visitor."""

    def __init__(self, agent: Person, room_id: str, visitor: Visitor) -> None:
        self.agent = agent
        self.room_id = room_id
        self.visitor = visitor

    def body(self, guest: dict[str, Any] | None = None, **room: Any) -> dict[str, Any]:
        """Return a request with further members."""
        return {
            "guestData": {"_id": self.visitor.id, **(guest or {})},
            "roomData": {"_id": self.room_id, **room},
        }

    def save(self, guest: dict[str, Any] | None = None, **room: Any) -> dict[str, Any]:
        """Save as the serving agent; return the answer."""
        answer = self.agent.api.post(SAVE, self.body(guest, **room))
        assert answer.status_code in (200, 400), answer.text
        return dict(answer.json())


@pytest.fixture
def served(api: Api, admin: Api) -> Iterator[Served]:
    """Return a conversation that an agent serves."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        agent = create_agent(admin)
        room, visitor = open_conversation(api, register_visitor(api, name="Ann"))
        take(agent, admin, room["_id"])
    yield Served(agent, room["_id"], visitor)
    retire(admin, agent)


def record_of(server: FrontdeskProcess, visitor: Visitor) -> VisitorRecord:
    """Return a visitor as he is stored."""
    return stored(server, lambda tx: visitor_by_token(tx, visitor.token))


def test_the_agent_corrects_the_visitors_data(
    admin: Api, server: FrontdeskProcess, served: Served
) -> None:
    email = f"{unique('ann')}@example.org"
    before = room_of(admin, served.room_id)

    answer = served.save({"name": "Ann Smith", "email": email, "phone": "+123"})

    assert answer == {"success": True}
    visitor = record_of(server, served.visitor)
    assert (visitor.name, visitor.email, visitor.phone) == ("Ann Smith", email, "+123")
    assert visitor.emails == [{"address": email}]
    assert visitor.phones == [{"phoneNumber": "+123"}]
    assert room_of(admin, served.room_id)["fname"] == before["fname"]
    served.save({"name": "", "email": "", "phone": ""})
    assert record_of(server, served.visitor).name == "Ann Smith"


def test_the_topic_stays_unless_it_is_given(admin: Api, served: Served) -> None:
    served.save(topic="  Parcel  ")
    assert room_of(admin, served.room_id)["topic"] == "Parcel"
    served.save()
    assert room_of(admin, served.room_id)["topic"] == "Parcel"
    served.save(topic="")
    assert "topic" not in room_of(admin, served.room_id)


def test_tags_go_unless_they_are_given(admin: Api, served: Served) -> None:
    served.save(tags=["a", "b"])
    assert room_of(admin, served.room_id)["tags"] == ["a", "b"]
    served.save(tags=["c"])
    assert room_of(admin, served.room_id)["tags"] == ["c"]
    served.save(topic="x")
    assert "tags" not in room_of(admin, served.room_id)


def test_a_priority_is_set_kept_and_removed(
    admin: Api, server: FrontdeskProcess, served: Served
) -> None:
    (highest,) = [
        each
        for each in admin.get("livechat/priorities").json()["priorities"]
        if each["i18n"] == "Highest"
    ]

    assert served.save(priorityId=highest["_id"]) == {"success": True}
    served.save(topic="stays")
    served.save(priorityId=highest["_id"])

    for found in (room_of(admin, served.room_id), inquiry_of(admin, served.room_id) or {}):
        assert (found["priorityId"], found["priorityWeight"]) == (highest["_id"], 1)
    served.save(priorityId="")
    for found in (room_of(admin, served.room_id), inquiry_of(admin, served.room_id) or {}):
        assert ("priorityId" in found, found["priorityWeight"]) == (False, 99)
    told = [
        each
        for each in stored_messages(server, served.room_id)
        if each.kind == "omnichannel_priority_change_history"
    ]
    assert len(told) == 2, "only a change is told"
    assert told[0].author_id == served.agent.id
    data = [(each.extras or {})["priorityData"] for each in told]
    assert data[0]["definedBy"] == {"_id": served.agent.id, "username": served.agent.username}
    assert (data[0]["priority"]["_id"], "priority" in data[1]) == (highest["_id"], False)


def test_an_sla_policy_is_set_and_removed(admin: Api, served: Served) -> None:
    made = admin.post("livechat/sla", {"name": unique("Soon"), "dueTimeInMinutes": 41_007}).json()
    sla_id = made["sla"]["_id"]

    assert served.save(slaId=sla_id) == {"success": True}

    room = room_of(admin, served.room_id)
    assert (room["slaId"], room["estimatedWaitingTimeQueue"]) == (sla_id, 41_007)
    served.save(slaId=None)
    room = room_of(admin, served.room_id)
    assert ("slaId" in room, room["estimatedWaitingTimeQueue"]) == (False, 9_999_999)


@pytest.mark.parametrize(
    ("guest", "room", "error"),
    [
        ({}, {"priorityId": "nope"}, "error-invalid-priority"),
        ({}, {"slaId": "nope"}, "SLA not found with id: nope"),
        ({"name": "<b>"}, {}, "Name contains invalid characters"),
        ({"_id": "nobody"}, {}, "error-invalid-visitor"),
    ],
)
def test_either_all_is_stored_or_nothing(
    admin: Api,
    server: FrontdeskProcess,
    served: Served,
    guest: dict[str, Any],
    room: dict[str, Any],
    error: str,
) -> None:
    named = {"name": "Changed", **guest}

    answer = served.save(named, topic="Changed", tags=["changed"], **room)

    assert answer == {"success": False, "error": error}
    kept = room_of(admin, served.room_id)
    assert ("topic" in kept, "tags" in kept) == (False, False)
    assert record_of(server, served.visitor).name == "Ann"


def test_nobody_but_the_conversations_own_visitor_is_corrected(
    api: Api, server: FrontdeskProcess, served: Served
) -> None:
    other = register_visitor(api, name="Bob")

    answer = served.save({"_id": other.id, "name": "Changed"})

    assert answer["error"] == "error-invalid-visitor"
    assert record_of(server, other).name == "Bob"


def test_only_the_serving_agent_and_managers_may(admin: Api, served: Served) -> None:
    other = create_agent(admin)

    refused = other.api.post(SAVE, served.body(topic="Mine"))

    assert (refused.status_code, refused.json()["error"]) == (403, "unauthorized")
    assert admin.post(SAVE, served.body(topic="Ours")).json() == {"success": True}
    unknown = admin.post(SAVE, {**served.body(), "roomData": {"_id": "nope"}})
    assert unknown.json()["error"] == "error-invalid-room"
    retire(admin, other)


def test_undefined_custom_fields_are_left_out(admin: Api, served: Served) -> None:
    answer = served.save({"livechatData": {"size": "L"}}, livechatData={"colour": "red"})

    assert answer == {"success": True}
    assert "livechatData" not in room_of(admin, served.room_id)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "must have required property 'guestData'"),
        ({"guestData": {"_id": "v"}}, "must have required property 'roomData'"),
        ({"guestData": {}, "roomData": {"_id": "r"}}, "must have required property '_id'"),
        (
            {"guestData": {"_id": "v"}, "roomData": {"_id": "r", "fname": "x"}},
            "must NOT have additional properties",
        ),
    ],
)
def test_bad_requests_are_explained(admin: Api, body: dict[str, Any], error: str) -> None:
    answer = admin.post(SAVE, body)

    assert (answer.status_code, answer.json()["error"]) == (400, f"{error} [invalid-params]")


def test_values_of_custom_fields_are_set_and_removed(
    admin: Api, server: FrontdeskProcess, served: Served
) -> None:
    kinds: tuple[dict[str, Any], ...] = ({"visibility": "hidden"}, {"regexp": "^[a-z]+$"})
    with (
        fields(admin, *kinds) as (name, strict),
        fields(admin, {"scope": "room", "regexp": "^[0-9]+$", "label": "Number"}) as (number,),
    ):
        guest = {"livechatData": {name: " gold ", strict: "abc", "nowhere": "x", number: "1"}}
        room = {"livechatData": {number: "7", name: "x", "nowhere": "y"}}

        served.save(guest, **room)

        assert record_of(server, served.visitor).livechat_data == {name: "gold", strict: "abc"}
        assert room_of(admin, served.room_id)["livechatData"] == {number: "7"}
        served.save({"livechatData": {name: "  "}}, livechatData={number: ""})
        assert record_of(server, served.visitor).livechat_data == {strict: "abc"}
        assert "livechatData" not in room_of(admin, served.room_id)
        wrong = served.save({"livechatData": {strict: "1"}})
        assert wrong["error"] == f"Invalid value for Label of {strict} field"
        wrong = served.save(
            {"name": "Eve", "livechatData": {name: "x"}}, livechatData={number: "a"}
        )
        assert wrong["error"] == "Invalid value for Number field"
        assert record_of(server, served.visitor).livechat_data == {strict: "abc"}
        assert record_of(server, served.visitor).name == "Ann"


def test_who_may_not_edit_custom_fields_leaves_them_as_they_are(
    admin: Api, server: FrontdeskProcess, served: Served
) -> None:
    right = "edit-livechat-room-customfields"
    granted = next(
        each["roles"]
        for each in admin.get("permissions.listAll").json()["update"]
        if each["_id"] == right
    )

    def grant(roles: list[str]) -> None:
        body = {"permissions": [{"_id": right, "roles": roles}]}
        assert admin.post("permissions.update", body).status_code == 200

    with fields(admin, {}, {"scope": "room"}) as (name, number):
        grant(["admin"])
        try:
            answer = served.save(
                {"name": "Anna", "livechatData": {name: "x"}}, livechatData={number: "1"}
            )
        finally:
            grant(granted)
        assert answer == {"success": True}
        record = record_of(server, served.visitor)
        assert (record.name, record.livechat_data) == ("Anna", None)
        assert "livechatData" not in room_of(admin, served.room_id)
