"""Removing closed conversations, and what lists and removals show to whom."""

from collections.abc import Callable
from typing import Any

from frontdesk.conversations.removing import BATCH
from frontdesk.files.keeping import files_of_room
from tests.builders import (
    Visitor,
    create_agent,
    create_department,
    create_user,
    inquiry_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_visitor,
    settings,
    stored,
    stored_messages,
    take,
    unique,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

DELETE = "livechat/rooms.delete"
DELETE_ALL = "livechat/rooms.removeAllClosedRooms"
MANUAL = {
    "Livechat_Routing_Method": "Manual_Selection",
    "Livechat_accept_chats_with_no_agents": True,
}


def closed_room(api: Api, department: str | None = None) -> tuple[str, Visitor]:
    """Open a conversation, say something, and close it."""
    fields = {} if department is None else {"department": department}
    room, visitor = open_conversation(api, register_visitor(api, **fields))
    say_as_visitor(api, room["_id"], visitor, "Hello")
    answer = api.post("livechat/room.close", {"rid": room["_id"], "token": visitor.token})
    assert answer.status_code == 200, answer.text
    return room["_id"], visitor


def exists(admin: Api, room_id: str) -> bool:
    """Tell whether there is such a room."""
    return admin.get("rooms.info", {"roomId": room_id}).status_code == 200


def listed(caller: Api, **params: Any) -> set[str]:
    """Return the ids of the conversations in a list."""
    answer = caller.get("livechat/rooms", {"count": 0, **params})
    assert answer.status_code == 200, answer.text
    return {each["_id"] for each in answer.json()["rooms"]}


def test_a_removed_conversation_leaves_nothing_behind(
    api: Api, admin: Api, server: FrontdeskProcess
) -> None:
    with settings(admin, **MANUAL):
        room, visitor = open_conversation(api)
        sent = api.post(
            f"livechat/upload/{room['_id']}",
            headers={"x-visitor-token": visitor.token},
            files={"file": ("note.txt", b"remember", "text/plain")},
        )
        assert sent.status_code == 200, sent.text
        (file,) = stored(server, lambda tx: files_of_room(tx, room["_id"]))
        api.post("livechat/room.close", {"rid": room["_id"], "token": visitor.token})

        assert admin.post(DELETE, {"roomId": room["_id"]}).json() == {"success": True}

        assert not exists(admin, room["_id"])
        assert stored_messages(server, room["_id"]) == []
        assert stored(server, lambda tx: files_of_room(tx, room["_id"])) == []
        link = f"/file-upload/{file.id}/{file.name}"
        assert admin.get(link).status_code == 404
        again = admin.post(DELETE, {"roomId": room["_id"]})
        assert (again.status_code, again.json()) == (
            400,
            {"success": False, "error": "Invalid room"},
        )
        # The visitor can begin anew.
        assert api.get("livechat/room", {"token": visitor.token}).json()["newRoom"] is True


def test_an_open_conversation_is_not_removed(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        room, visitor = open_conversation(api)
        say_as_visitor(api, room["_id"], visitor, "Hello")

        answer = admin.post(DELETE, {"roomId": room["_id"]})

        refused = {"success": False, "error": "error-room-is-not-closed"}
        assert (answer.status_code, answer.json()) == (400, refused)
        assert room_of(admin, room["_id"])["open"] is True
        assert inquiry_of(admin, room["_id"]) is not None


def test_bad_removals_are_explained(api: Api, admin: Api) -> None:
    missing = admin.post(DELETE, {})
    assert missing.json() == {
        "success": False,
        "errorType": "invalid-params",
        "error": "must have required property 'roomId'",
    }
    agent = create_user(admin, "livechat-agent", "livechat-monitor")
    assert agent.api.post(DELETE, {"roomId": "x"}).status_code == 403
    assert create_user(admin, "livechat-agent").api.post(DELETE_ALL, {}).status_code == 403


def test_all_closed_conversations_of_some_departments_are_removed(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        one, two = create_department(admin), create_department(admin)
        kept, _ = closed_room(api)
        removed = [closed_room(api, department)[0] for department in (one, two, one)]
        still_open, _ = open_conversation(api, register_visitor(api, department=one))

        answer = admin.post(DELETE_ALL, {"departmentIds": [one, two]})

        assert answer.json() == {"removedRooms": 3, "success": True}
        assert not any(exists(admin, each) for each in removed)
        assert exists(admin, kept)
        assert exists(admin, still_open["_id"])
        again = admin.post(DELETE_ALL, {"departmentIds": [one]})
        assert again.json() == {"removedRooms": 0, "success": True}


def test_more_than_one_transaction_holds_are_removed(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    many = BATCH * 2 + 1
    process = private_server(
        environment={f"OVERWRITE_SETTING_{name}": str(value) for name, value in MANUAL.items()}
    )
    with Api(process.url) as api, api.login_as_administrator() as admin:
        for _ in range(many):
            room, visitor = open_conversation(api)
            api.post("livechat/room.close", {"rid": room["_id"], "token": visitor.token})
        open_conversation(api)

        assert admin.post(DELETE_ALL).json() == {"removedRooms": many, "success": True}

        assert len(listed(admin)) == 1


def test_sources_are_listed_once_each(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        open_conversation(api)
        widget = {"Cookie": "rc_is_widget=t; rc_room_type=l"}
        for host in ("one.example", "two.example"):
            visitor = register_visitor(api)
            api.get("livechat/room", {"token": visitor.token}, headers={**widget, "Host": host})

        filters = admin.get("livechat/rooms/filters").json()["filters"]

        ours = ({"type": "api"}, {"type": "widget"})  # others have come by SMS and e-mail
        assert sorted(each["type"] for each in filters if each in ours) == ["api", "widget"]


def test_without_conversations_there_are_no_sources(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    process = private_server()
    with Api(process.url) as api, api.login_as_administrator() as admin:
        answer = admin.get("livechat/rooms/filters")
        assert answer.json() == {"filters": [], "success": True}


def test_monitors_see_and_remove_what_belongs_to_their_units(api: Api, admin: Api) -> None:
    monitor = create_user(admin, "livechat-monitor")
    ours, own, theirs = (create_department(admin) for _ in range(3))
    units = [create_unit(admin, [monitor.id], [ours]), create_unit(admin, [], [theirs])]
    admin.post("livechat/users/agent", {"username": monitor.username})
    admin.post(
        f"livechat/department/{own}/agents",
        {"upsert": [{"agentId": monitor.id, "username": monitor.username}], "remove": []},
    )
    with settings(admin, **MANUAL):
        rooms = {each: closed_room(api, each)[0] for each in (ours, own, theirs)}
        free, _ = closed_room(api)
        seen, hidden = {rooms[ours], rooms[own], free}, rooms[theirs]

        found = listed(monitor.api)
        assert seen <= found
        assert hidden not in found
        assert listed(monitor.api, units=units) & {*rooms.values(), free} == {rooms[ours], free}
        foreign = listed(monitor.api, units=[units[1]])
        assert foreign & {*rooms.values(), free} == {free}
        assert listed(admin, units=[units[1]]) == {hidden}
        manager = create_user(admin, "livechat-monitor", "livechat-manager")
        assert hidden in listed(manager.api)

        asked = [ours, own, theirs]
        answer = monitor.api.post(DELETE_ALL, {"departmentIds": asked})
        assert answer.json()["removedRooms"] == 2
        assert exists(admin, hidden)
    for unit in units:
        admin.delete(f"livechat/units/{unit}")


def test_what_somebody_serves_himself_he_sees_in_any_unit(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    department = create_department(admin)
    unit = create_unit(admin, [], [department])
    with settings(admin, **MANUAL):
        visitor = register_visitor(api, department=department)
        room, _ = open_conversation(api, visitor)
        take(agent, admin, room["_id"])

        assert room["_id"] in listed(agent.api, agents=[agent.id])
    admin.delete(f"livechat/units/{unit}")
    retire(admin, agent)


def create_unit(admin: Api, monitors: list[str], departments: list[str]) -> str:
    """Create a unit and return its id."""
    answer = admin.post(
        "livechat/units",
        {
            "unitData": {"name": unique("Unit"), "visibility": "public"},
            "unitMonitors": [{"monitorId": each, "username": each} for each in monitors],
            "unitDepartments": [{"departmentId": each} for each in departments],
        },
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["_id"])
