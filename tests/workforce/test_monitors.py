from typing import Any

import httpx

from tests.builders import Person, create_agent, create_user, retire, unique
from tests.harness.client import Api


def appoint(admin: Api, **body: Any) -> httpx.Response:
    """Make a user a monitor."""
    return admin.post("livechat/monitors.create", body)


def dismiss(admin: Api, **body: Any) -> httpx.Response:
    """Take the role of a monitor away."""
    return admin.post("livechat/monitors.delete", body)


def unit_with(admin: Api, monitor: Person) -> str:
    """Make a unit that somebody monitors and return its id."""
    body = {
        "unitData": {"name": unique("Unit"), "visibility": "public"},
        "unitMonitors": [{"monitorId": monitor.id, "username": monitor.username}],
        "unitDepartments": [],
    }
    return str(admin.post("livechat/units", body).json()["_id"])


def monitors_of(admin: Api, unit_id: str) -> list[str]:
    """Return the user names of those who monitor a unit."""
    answer = admin.get(f"livechat/units/{unit_id}/monitors").json()
    return [str(each["username"]) for each in answer["monitors"]]


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


def test_a_user_becomes_a_monitor_and_the_answer_names_the_roles_before(admin: Api) -> None:
    user = create_user(admin)

    first = appoint(admin, username=user.username)
    second = appoint(admin, username=user.username)

    expected = {"_id": user.id, "username": user.username, "success": True}
    assert first.json() == {**expected, "roles": ["user"]}
    assert second.json() == {**expected, "roles": ["user", "livechat-monitor"]}
    read = admin.get(f"livechat/monitors/{user.username}").json()
    assert (read["_id"], read["emails"][0]["address"]) == (user.id, f"{user.username}@example.org")
    assert "statusLivechat" not in read


def test_whom_there_is_not_is_no_monitor(admin: Api) -> None:
    user = create_user(admin)

    unknown = appoint(admin, username="nobody")
    assert error_of(unknown) == (400, "Invalid user [error-invalid-user]")
    assert unknown.json()["details"] == {"method": "livechat:addMonitor"}
    assert appoint(admin, username=user.username.upper()).status_code == 400
    assert error_of(admin.get(f"livechat/monitors/{user.username}")) == (400, "invalid-user")
    gone = dismiss(admin, username="nobody")
    assert gone.json() == {"success": False, "error": "Invalid user"}
    for answer in (appoint(admin), dismiss(admin)):
        assert error_of(answer) == (400, "must have required property 'username'")
        assert answer.json()["errorType"] == "invalid-params"


def test_a_dismissed_monitor_monitors_no_unit(admin: Api) -> None:
    monitor = create_user(admin, "livechat-monitor")
    unit_id = unit_with(admin, monitor)

    assert dismiss(admin, username=monitor.username).json() == {"success": True}
    assert dismiss(admin, username=monitor.username).status_code == 200

    assert monitors_of(admin, unit_id) == []
    assert admin.get(f"livechat/units/{unit_id}").json()["numMonitors"] == 0
    assert admin.get(f"livechat/monitors/{monitor.username}").status_code == 400
    admin.delete(f"livechat/units/{unit_id}")


def test_a_monitor_who_loses_the_role_elsewhere_monitors_no_unit(admin: Api) -> None:
    one, other, gone = (create_user(admin, "livechat-monitor") for _ in range(3))
    units = [unit_with(admin, each) for each in (one, other, gone)]

    role = {"roleId": "livechat-monitor", "username": one.username}
    assert admin.post("roles.removeUserFromRole", role).status_code == 200
    body = {"userId": other.id, "data": {"roles": ["user"]}}
    assert admin.post("users.update", body).status_code == 200
    assert admin.post("users.delete", {"userId": gone.id}).status_code == 200

    assert [monitors_of(admin, each) for each in units] == [[], [], []]
    for unit_id in units:
        admin.delete(f"livechat/units/{unit_id}")


def test_a_renamed_monitor_is_listed_by_his_new_name(admin: Api) -> None:
    monitor = create_user(admin, "livechat-monitor")
    unit_id = unit_with(admin, monitor)
    name = unique("renamed")

    body = {"userId": monitor.id, "data": {"username": name}}
    assert admin.post("users.update", body).status_code == 200

    assert monitors_of(admin, unit_id) == [name]
    admin.delete(f"livechat/units/{unit_id}")


def test_monitors_are_listed_by_name_and_found_by_text(admin: Api) -> None:
    text = unique("Text")
    for name in ("b", "a"):
        create_user(admin, "livechat-monitor", name=f"{text} {name}")
    create_user(admin, name=f"{text} c")

    answer = admin.get("livechat/monitors", {"text": text.upper(), "count": 1}).json()

    assert [each["name"] for each in answer["monitors"]] == [f"{text} a"]
    assert (answer["count"], answer["offset"], answer["total"]) == (1, 0, 2)


def test_monitors_are_managed_with_a_permission_only(admin: Api) -> None:
    agent, monitor = create_agent(admin), create_user(admin, "livechat-monitor")

    for person in (agent, monitor):
        assert person.api.get("livechat/monitors").status_code == 403
        assert person.api.get(f"livechat/monitors/{monitor.username}").status_code == 403
        assert appoint(person.api, username=person.username).status_code == 403
        assert dismiss(person.api, username=person.username).status_code == 403
    retire(admin, agent)
