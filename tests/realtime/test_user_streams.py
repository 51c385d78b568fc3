"""What clients hear of users, settings and permissions; presence."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import Person, create_agent, create_department, create_user, settings, unique
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.realtime.conftest import Connect
from tests.realtime.ddp import Ddp

Hired = Callable[[Person], Person]
ONLINE, AWAY, BUSY, OFFLINE = 1, 2, 3, 0


def presence_of(client: Ddp, person: Person) -> int:
    """Return the code of the next event about a user's presence."""
    while True:
        (told,) = client.event("notify-logged", "user-status")
        if told[0] == person.id:
            assert told[1] == person.username
            return int(told[2])


# Presence -------------------------------------------------------------------------------------


def test_a_user_is_there_while_any_client_is(connect: Connect, admin: Api) -> None:
    person = create_user(admin)
    watcher = connect(create_user(admin))
    watcher.listen("notify-logged", "user-status")
    first = connect(person)
    assert presence_of(watcher, person) == ONLINE
    second = connect(person)
    first.close()
    second.call("UserPresence:away")
    assert presence_of(watcher, person) == AWAY
    second.call("UserPresence:online")
    assert presence_of(watcher, person) == ONLINE
    second.close()
    assert presence_of(watcher, person) == OFFLINE


def test_one_client_at_the_keyboard_is_enough(connect: Connect, admin: Api) -> None:
    person = create_user(admin)
    first, second = connect(person), connect(person)
    first.call("UserPresence:away")
    presence = admin.get("users.getPresence", {"userId": person.id})
    assert presence.json()["presence"] == "online"
    second.call("UserPresence:away")
    presence = admin.get("users.getPresence", {"userId": person.id})
    assert presence.json()["presence"] == "away"


def test_a_chosen_status_stays_while_connected(connect: Connect, admin: Api) -> None:
    person = create_user(admin)
    watcher = connect(create_user(admin))
    watcher.listen("notify-logged", "user-status")
    client = connect(person)
    assert presence_of(watcher, person) == ONLINE
    client.call("UserPresence:setDefaultStatus", "busy")
    assert presence_of(watcher, person) == BUSY
    client.call("UserPresence:away")
    client.close()
    assert presence_of(watcher, person) == OFFLINE
    connect(person)
    assert presence_of(watcher, person) == BUSY


@pytest.mark.parametrize("status", ["asleep", ""])
def test_other_words_are_no_status(connect: Connect, admin: Api, status: str) -> None:
    error = connect(create_user(admin)).call("setUserStatus", status)["error"]

    assert error["error"] == "error-status-not-allowed"


def test_a_text_goes_with_a_status(connect: Connect, admin: Api) -> None:
    person = create_user(admin)
    client = connect(person)
    client.call("setUserStatus", "away", "at lunch")

    me = person.api.get("me").json()
    assert (me["status"], me["statusText"]) == ("away", "at lunch")


def test_presence_is_not_told_where_that_is_switched_off(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    process = private_server(environment={"OVERWRITE_SETTING_Presence_broadcast_disabled": "true"})
    with Api(process.url).login_as_administrator() as admin:
        person, other = create_user(admin), create_user(admin)
        with Ddp(process.url) as watcher, Ddp(process.url) as client:
            watcher.log_in(other)
            watcher.listen("notify-logged", "user-status")
            watcher.listen("notify-user", f"{other.id}/userData")
            client.log_in(person)
            client.call("setUserStatus", "busy")
            watcher.call("setUserStatus", "busy")
            watcher.event("notify-user", f"{other.id}/userData")
            assert not watcher.events("notify-logged", "user-status")


def test_whose_presence_is_watched_may_change(connect: Connect, admin: Api) -> None:
    first, second = create_user(admin), create_user(admin)
    watcher = connect(create_user(admin))

    def watch(sub_id: str, **change: Any) -> dict[str, Any]:
        watcher.send(
            {"msg": "sub", "id": sub_id, "name": "stream-user-presence", "params": ["", change]}
        )
        return watcher.expect(
            lambda frame: frame.get("subs") == [sub_id] or frame.get("id") == sub_id
        )

    assert watch("p1", added=[first.id])["msg"] == "ready"
    assert watch("p2", added=[second.id]) == {"msg": "nosub", "id": "p2"}
    connect(first)
    frame = watcher.expect(lambda frame: frame["msg"] == "changed")
    assert (frame["collection"], frame["id"]) == ("stream-user-presence", first.id)
    fields = frame["fields"]
    assert (fields["uid"], fields["eventName"]) == (first.id, first.id)
    assert fields["args"][0][:2] == [first.username, ONLINE]
    connect(second)
    assert watcher.expect(lambda frame: frame["msg"] == "changed")["id"] == second.id

    assert watch("p3", removed=[first.id])["msg"] == "nosub"
    connect(first).call("setUserStatus", "busy")
    connect(second).call("setUserStatus", "busy")
    assert watcher.expect(lambda frame: frame["msg"] == "changed")["id"] == second.id


def test_presence_is_for_those_who_are_logged_in(connect: Connect) -> None:
    client = connect()
    client.send({"msg": "sub", "id": "p", "name": "stream-user-presence", "params": ["", {}]})

    answer = client.expect(lambda frame: frame["msg"] == "nosub")
    assert answer["error"]["message"] == "[not-allowed]"


# Own data -------------------------------------------------------------------------------------


def test_a_user_hears_what_changes_about_him(connect: Connect, admin: Api, hired: Hired) -> None:
    agent = hired(create_agent(admin))
    client = connect(agent)
    client.listen("notify-user", f"{agent.id}/userData")
    agent.api.post("livechat/agent.status", {"status": "not-available"})

    while True:
        (told,) = client.event("notify-user", f"{agent.id}/userData")
        if "statusLivechat" in told["diff"]:
            break
    assert (told["type"], told["id"]) == ("updated", agent.id)
    assert told["diff"]["statusLivechat"] == "not-available"


def test_an_agent_hears_of_his_departments(connect: Connect, admin: Api, hired: Hired) -> None:
    agent = hired(create_agent(admin))
    client = connect(agent)
    client.listen("notify-user", f"{agent.id}/departmentAgentData")
    department = create_department(admin, [agent])
    (told,) = client.event("notify-user", f"{agent.id}/departmentAgentData")
    assert (told["action"], told["departmentId"]) == ("inserted", department)
    assert told["agentId"] == agent.id
    body = {"upsert": [], "remove": [{"agentId": agent.id, "username": agent.username}]}
    answer = admin.post(f"livechat/department/{department}/agents", body)
    assert answer.status_code == 200, answer.text
    (told,) = client.event("notify-user", f"{agent.id}/departmentAgentData")
    assert (told["action"], told["departmentId"]) == ("removed", department)


def test_a_new_name_is_told_to_all_who_are_logged_in(connect: Connect, admin: Api) -> None:
    person = create_user(admin)
    client = connect(create_user(admin))
    client.listen("notify-logged", "Users:NameChanged")
    client.listen("notify-logged", "Users:Deleted")
    name = unique("Ann")
    admin.post("users.update", {"userId": person.id, "data": {"name": name}})
    while True:
        (told,) = client.event("notify-logged", "Users:NameChanged")
        if told["_id"] == person.id:
            break
    assert (told["name"], told["username"]) == (name, person.username)
    admin.post("users.delete", {"userId": person.id})
    while True:
        (told,) = client.event("notify-logged", "Users:Deleted")
        if told["userId"] == person.id:
            break


# Settings and permissions ---------------------------------------------------------------------


def test_public_settings_are_told_to_everybody(connect: Connect, admin: Api) -> None:
    client = connect()
    client.listen("notify-all", "public-settings-changed")
    title = unique("Title")
    with settings(admin, Livechat_title=title):
        while True:
            act, told = client.event("notify-all", "public-settings-changed")
            if told["_id"] == "Livechat_title":
                break
    assert (act, told["value"]) == ("updated", title)


def test_other_settings_are_told_to_those_who_may_see_them(connect: Connect, admin: Api) -> None:
    private, public = ("notify-logged", "private-settings-changed"), "public-settings-changed"
    assert connect().sub(*private)["msg"] == "nosub"
    assert connect(create_user(admin)).sub(*private)["msg"] == "nosub"
    manager, anybody = connect(create_user(admin, "admin")), connect()
    manager.listen(*private)
    anybody.listen("notify-all", public)
    host = unique("host")
    with settings(admin, SMTP_Host=host):
        while True:
            act, told = manager.event(*private)
            if told["_id"] == "SMTP_Host":
                break
        assert (act, told["value"]) == ("updated", host)
    assert "SMTP_Host" not in [each[1]["_id"] for each in anybody.events("notify-all", public)]


def test_permissions_are_told_to_all_who_are_logged_in(connect: Connect, admin: Api) -> None:
    assert connect().sub("notify-logged", "permissions-changed")["msg"] == "nosub"
    client = connect(create_user(admin))
    client.listen("notify-logged", "permissions-changed")
    body = {"permissionId": "view-livechat-current-chats", "role": "bot"}
    assert admin.post("permissions.addRole", body).status_code == 200
    try:
        act, told = client.event("notify-logged", "permissions-changed")
        assert (act, told["_id"]) == ("updated", "view-livechat-current-chats")
        assert "bot" in told["roles"]
    finally:
        admin.post("permissions.removeRole", body)


def test_roles_are_told_to_all_who_are_logged_in(connect: Connect, admin: Api) -> None:
    assert connect().sub("roles", "roles")["msg"] == "nosub"
    client = connect(create_user(admin))
    client.listen("roles", "roles")
    body = {"name": unique("role"), "scope": "Users", "description": "", "mandatory2fa": False}
    made = admin.post("roles.create", body)
    assert made.status_code == 200, made.text
    (told,) = client.event("roles", "roles")
    assert (told["type"], told["name"]) == ("changed", body["name"])


def test_a_renamed_priority_is_told(connect: Connect, admin: Api) -> None:
    client = connect(create_user(admin))
    client.listen("notify-logged", "omnichannel.priority-changed")
    priority = admin.get("livechat/priorities").json()["priorities"][0]
    name = unique("Urgent")
    answer = admin.put(f"livechat/priorities/{priority['_id']}", {"name": name})
    assert answer.status_code == 200, answer.text

    (told,) = client.event("notify-logged", "omnichannel.priority-changed")
    assert told == {"id": priority["_id"], "clientAction": "updated", "name": name}
    admin.put(f"livechat/priorities/{priority['_id']}", {"reset": True})
