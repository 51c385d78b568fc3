from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from tests.builders import (
    Person,
    create_agent,
    create_department,
    create_user,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    unique,
)
from tests.harness.client import Api

REQUIRED = {
    "name": "Sales",
    "email": "sales@example.org",
    "enabled": True,
    "showOnRegistration": False,
    "showOnOfflineForm": False,
}


@pytest.fixture
def monitor(admin: Api) -> Person:
    """Return a monitor of no unit."""
    return create_user(admin, "livechat-monitor")


@pytest.fixture(autouse=True)
def no_units_left(admin: Api) -> Iterator[None]:
    """Remove all units after each test: where there are some, monitors see less."""
    yield
    for each in admin.get("livechat/units", {"count": 0}).json()["units"]:
        admin.delete(f"livechat/units/{each['_id']}")


def save(
    api: Api,
    monitors: Sequence[Person] = (),
    departments: Sequence[str] = (),
    unit_id: str | None = None,
    name: str = "Unit",
) -> httpx.Response:
    """Save a unit."""
    body = {
        "unitData": {"name": name, "visibility": "public"},
        "unitMonitors": [{"monitorId": each.id, "username": each.username} for each in monitors],
        "unitDepartments": [{"departmentId": each} for each in departments],
    }
    return api.post(f"livechat/units/{unit_id}" if unit_id else "livechat/units", body)


def saved(admin: Api, *departments: str, monitors: Sequence[Person] = ()) -> str:
    """Make a unit and return its id."""
    answer = save(admin, monitors, departments)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["_id"])


def department(admin: Api, department_id: str) -> dict[str, Any]:
    """Return a department."""
    answer = admin.get(f"livechat/department/{department_id}")
    return dict(answer.json()["department"])


def put(api: Api, department_id: str, **body: Any) -> httpx.Response:
    """Save a department."""
    return api.put(f"livechat/department/{department_id}", {"department": REQUIRED, **body})


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


# Saving --------------------------------------------------------------------------------------


def test_a_unit_has_the_monitors_who_hold_that_role_and_departments(
    admin: Api, monitor: Person
) -> None:
    department_id = create_department(admin)

    answer = save(admin, [monitor, create_user(admin)], [department_id]).json()

    unit_id = answer["_id"]
    assert set(answer) == {
        *("_id", "name", "visibility", "type", "numMonitors", "numDepartments"),
        *("_updatedAt", "success"),
    }
    assert (answer["type"], answer["numMonitors"], answer["numDepartments"]) == ("u", 1, 1)
    assert admin.get(f"livechat/units/{unit_id}").json() == answer
    (watch,) = admin.get(f"livechat/units/{unit_id}/monitors").json()["monitors"]
    assert (watch["monitorId"], watch["username"]) == (monitor.id, monitor.username)
    assert watch["unitId"] == unit_id
    placed = department(admin, department_id)
    assert (placed["parentId"], placed["ancestors"]) == (unit_id, [unit_id])


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (None, "Expected object, got undefined"),
        ({"unitData": {"name": "a"}}, "Missing key 'visibility'"),
        (
            {"unitData": {"name": "a", "visibility": "b", "color": "c"}},
            "Unknown key in field color",
        ),
        ({"unitData": {"name": "a", "visibility": "b"}}, "Expected array, got undefined"),
        (
            {"unitData": {"name": "a", "visibility": "b"}, "unitMonitors": [{"username": "c"}]},
            "Missing key 'monitorId' in field [0]",
        ),
        (
            {
                "unitData": {"name": "a", "visibility": "b", "enabled": True, "email": ""},
                "unitMonitors": [],
                "unitDepartments": {},
            },
            "Expected array, got {}",
        ),
    ],
)
def test_a_unit_of_another_shape_is_refused(admin: Api, body: Any, text: str) -> None:
    for path in ("livechat/units", "livechat/units/nowhere"):
        assert error_of(admin.post(path, body)) == (400, f"Match error: {text}")


def test_unknown_units_are_told(admin: Api) -> None:
    assert error_of(save(admin, unit_id="nowhere")) == (
        400,
        "Unit not found [error-unit-not-found]",
    )
    gone = admin.delete("livechat/units/nowhere")
    assert error_of(gone) == (400, "Unit not found [unit-not-found]")
    assert error_of(admin.get("livechat/units/nowhere")) == (404, "Unit not found")
    assert admin.get("livechat/units/nowhere/monitors").json()["monitors"] == []
    assert admin.get("livechat/units/nowhere/departments").json()["total"] == 0


def test_unknown_departments_and_repeated_ones_do_not_count(admin: Api) -> None:
    department_id = create_department(admin)

    answer = save(admin, departments=[department_id, department_id, "nowhere"])

    assert answer.json()["numDepartments"] == 1


def test_a_department_moves_with_its_conversations_from_unit_to_unit(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    department_id = create_department(admin, [agent])
    first = saved(admin, department_id, create_department(admin))
    visitor = register_visitor(api, department=department_id)
    room, _ = open_conversation(api, visitor)
    assert room["departmentAncestors"] == [first]

    second = saved(admin, department_id)

    assert department(admin, department_id)["ancestors"] == [second]
    assert room_of(admin, room["_id"])["departmentAncestors"] == [second]
    listed = admin.get(f"livechat/units/{first}/departments").json()["departments"]
    assert department_id not in [each["_id"] for each in listed]
    assert admin.get(f"livechat/units/{first}").json()["numDepartments"] == 1
    retire(admin, agent)


def test_who_is_left_out_of_a_unit_is_out(api: Api, admin: Api, monitor: Person) -> None:
    agent = create_agent(admin)
    stays, leaves = create_department(admin), create_department(admin, [agent])
    unit_id = saved(admin, stays, leaves, monitors=[monitor])
    visitor = register_visitor(api, department=leaves)
    room, _ = open_conversation(api, visitor)

    answer = save(admin, [], [stays], unit_id, name="Renamed").json()

    assert (answer["name"], answer["numMonitors"], answer["numDepartments"]) == ("Renamed", 0, 1)
    assert {"parentId", "ancestors"}.isdisjoint(department(admin, leaves))
    assert "departmentAncestors" not in room_of(admin, room["_id"])
    retire(admin, agent)


def test_departments_and_conversations_outlive_their_unit(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    department_id = create_department(admin, [agent])
    unit_id = saved(admin, department_id)
    room, _ = open_conversation(api, register_visitor(api, department=department_id))

    assert admin.delete(f"livechat/units/{unit_id}").json() == {"success": True}

    assert {"parentId", "ancestors"}.isdisjoint(department(admin, department_id))
    assert "departmentAncestors" not in room_of(admin, room["_id"])
    assert admin.get(f"livechat/units/{unit_id}").status_code == 404
    retire(admin, agent)


# Lists ---------------------------------------------------------------------------------------


def test_who_does_not_manage_units_sees_those_he_monitors(admin: Api, monitor: Person) -> None:
    mine, other = saved(admin, monitors=[monitor]), saved(admin)
    agent = create_agent(admin)

    listed = monitor.api.get("livechat/units").json()
    assert [each["_id"] for each in listed["units"]] == [mine]
    assert agent.api.get("livechat/units").json()["units"] == []
    assert monitor.api.get(f"livechat/units/{mine}").status_code == 403
    everything = admin.get("livechat/units").json()
    assert {mine, other} <= {each["_id"] for each in everything["units"]}
    retire(admin, agent)


def test_units_are_found_by_a_part_of_their_name(admin: Api) -> None:
    text = unique("Unit")
    for name in ("b", "A.", "ax"):
        save(admin, name=f"{text} {name}")

    def found(**query: Any) -> list[str]:
        answer = admin.get("livechat/units", query).json()
        return [str(each["name"]).removeprefix(f"{text} ") for each in answer["units"]]

    assert found(text=text.upper(), count=2) == ["A.", "ax"]
    assert found(text=f"{text} a.") == ["A."]


def test_departments_that_a_unit_could_have_are_its_own_and_free_ones(admin: Api) -> None:
    text = unique("Team")
    mine, free, taken = (create_department(admin, name=f"{text} {each}") for each in "abc")
    create_department(admin, name=f"{text} d", enabled=False)
    unit_id = saved(admin, mine)
    saved(admin, taken)

    def available(unit: str, **query: Any) -> list[str]:
        path = f"livechat/units/{unit}/departments/available"
        answer = admin.get(path, {"text": text, **query}).json()
        return [str(each["name"])[-1] for each in answer["departments"]]

    assert available(unit_id) == ["a", "b", "d"]
    assert available("new") == ["b", "d"]
    assert available(unit_id, count=1, offset=1, sort='{"name": -1}') == ["b"]
    listed = admin.get(f"livechat/units/{unit_id}/departments").json()
    assert [each["_id"] for each in listed["departments"]] == [mine]
    assert free != mine


def test_units_are_managed_with_a_permission_only(admin: Api, monitor: Person) -> None:
    unit_id = saved(admin, monitors=[monitor])

    assert save(monitor.api).status_code == 403
    assert save(monitor.api, unit_id=unit_id).status_code == 403
    assert monitor.api.delete(f"livechat/units/{unit_id}").status_code == 403
    for path in ("monitors", "departments", "departments/available"):
        assert monitor.api.get(f"livechat/units/{unit_id}/{path}").status_code == 403
    manager = create_user(admin, "livechat-manager")
    assert manager.api.get(f"livechat/units/{unit_id}/monitors").status_code == 200


def test_a_monitor_who_may_manage_units_manages_his_own(admin: Api, monitor: Person) -> None:
    mine, other = saved(admin, monitors=[monitor]), saved(admin)
    granted = {"permissionId": "manage-livechat-units", "role": "livechat-monitor"}
    assert admin.post("permissions.addRole", granted).status_code == 200

    assert save(monitor.api, [monitor], unit_id=mine).status_code == 200
    assert error_of(save(monitor.api, unit_id=other))[1] == "Unit not found [error-unit-not-found]"
    assert monitor.api.get(f"livechat/units/{other}").status_code == 404
    listed = monitor.api.get("livechat/units").json()["units"]
    assert [each["_id"] for each in listed] == [mine]

    assert admin.post("permissions.removeRole", granted).status_code == 200


def test_the_widget_of_a_unit_shows_its_enabled_departments(api: Api, admin: Api) -> None:
    shown, disabled = create_department(admin), create_department(admin, enabled=False)
    create_department(admin)
    unit_id = saved(admin, shown, disabled)

    config = api.get("livechat/config", {"businessUnit": unit_id}).json()["config"]

    assert [each["_id"] for each in config["departments"]] == [shown]


# Departments that are saved ------------------------------------------------------------------


def test_a_department_is_made_in_a_unit(admin: Api) -> None:
    unit_id = saved(admin)
    body = {"department": REQUIRED, "departmentUnit": {"_id": unit_id}}

    made = admin.post("livechat/department", body).json()["department"]

    assert (made["parentId"], made["ancestors"]) == (unit_id, [unit_id])
    assert admin.get(f"livechat/units/{unit_id}").json()["numDepartments"] == 1


def test_an_unknown_unit_changes_nothing(admin: Api) -> None:
    unit_id = saved(admin, *(create_department(admin) for _ in range(2)))
    listed = admin.get(f"livechat/units/{unit_id}/departments").json()["departments"]

    answer = put(admin, listed[0]["_id"], departmentUnit={"_id": "nowhere"})

    assert answer.json()["department"]["parentId"] == unit_id


def test_a_department_is_moved_and_taken_out_by_saving_it(admin: Api) -> None:
    department_id = create_department(admin)
    first, second = saved(admin, department_id, create_department(admin)), saved(admin)

    moved = put(admin, department_id, departmentUnit={"_id": second}).json()["department"]
    assert moved["ancestors"] == [second]
    put(admin, department_id, departmentUnit={"_id": first})
    bodies: list[dict[str, Any]] = [{}, {"departmentUnit": {}}, {"departmentUnit": {"_id": None}}]
    for body in bodies:
        taken_out = put(admin, department_id, **body).json()["department"]
        assert {"parentId", "ancestors"}.isdisjoint(taken_out)
        put(admin, department_id, departmentUnit={"_id": first})
    counts = [
        admin.get(f"livechat/units/{each}").json()["numDepartments"] for each in (first, second)
    ]
    assert counts == [2, 0]


def test_the_last_department_of_a_unit_stays(admin: Api) -> None:
    department_id = create_department(admin)
    unit_id = saved(admin, department_id)

    refused = put(admin, department_id)

    assert error_of(refused) == (
        400,
        "The last department in a unit can't be removed [error-unit-cant-be-empty]",
    )
    assert refused.json()["details"] == {"method": "livechat:saveDepartment"}
    assert put(admin, department_id, departmentUnit={"_id": unit_id}).status_code == 200


def test_monitors_move_departments_between_their_own_units_only(
    admin: Api, monitor: Person
) -> None:
    department_id = create_department(admin)
    mine = saved(admin, department_id, create_department(admin), monitors=[monitor])
    also_mine, other = saved(admin, monitors=[monitor]), saved(admin)

    kept = put(monitor.api, department_id, departmentUnit={"_id": other})
    assert (kept.status_code, kept.json()["department"]["parentId"]) == (200, mine)
    moved = put(monitor.api, department_id, departmentUnit={"_id": also_mine})
    assert moved.json()["department"]["parentId"] == also_mine
    foreign = create_department(admin)
    save(admin, departments=[foreign, create_department(admin)], unit_id=other)
    stolen = put(monitor.api, foreign, departmentUnit={"_id": mine})
    assert stolen.json()["department"]["parentId"] == other
