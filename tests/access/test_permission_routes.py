"""Permissions over HTTP, and what the frame makes of them."""

from typing import Any

from frontdesk.clock import iso, now_ms
from tests.builders import create_user, unique
from tests.harness.client import Api


def roles_of(admin: Api, permission_id: str) -> list[str]:
    permissions = admin.get("permissions.listAll").json()["update"]
    return next(each["roles"] for each in permissions if each["_id"] == permission_id)


def test_anybody_who_is_logged_in_may_read_permissions(admin: Api) -> None:
    ann = create_user(admin)
    answer = ann.api.get("permissions.listAll").json()
    assert answer["remove"] == []
    found = {each["_id"]: each for each in answer["update"]}
    assert "livechat-agent" in found["close-livechat-room"]["roles"]
    about = found["change-setting-Livechat_enabled"]
    assert (about["level"], about["settingId"]) == ("settings", "Livechat_enabled")


def test_changes_are_asked_for_since_a_date(admin: Api) -> None:
    before = iso(now_ms() - 1)
    held = roles_of(admin, "manage-sounds")
    admin.post("permissions.update", {"permissions": [{"_id": "manage-sounds", "roles": []}]})
    news = admin.get("permissions.listAll", {"updatedSince": before}).json()["update"]
    assert "manage-sounds" in {each["_id"] for each in news}
    admin.post("permissions.update", {"permissions": [{"_id": "manage-sounds", "roles": held}]})
    bad = admin.get("permissions.listAll", {"updatedSince": "never"})
    assert bad.json()["error"] == (
        'The "updatedSince" query parameter must be a valid date. [error-roomId-param-invalid]'
    )


def test_the_roles_of_permissions_are_replaced(admin: Api) -> None:
    held = roles_of(admin, "manage-emoji")
    body = {"permissions": [{"_id": "manage-emoji", "roles": ["admin", "bot"]}]}
    answer = admin.post("permissions.update", body)
    assert answer.status_code == 200
    changed = {each["_id"]: each["roles"] for each in answer.json()["permissions"]}
    assert changed["manage-emoji"] == ["admin", "bot"]
    assert len(changed) > 200
    admin.post("permissions.update", {"permissions": [{"_id": "manage-emoji", "roles": held}]})


def test_of_a_bad_change_nothing_is_stored(admin: Api) -> None:
    held = roles_of(admin, "manage-assets")
    wanted = {"_id": "manage-assets", "roles": []}

    def refusal(*permissions: dict[str, Any]) -> tuple[str, str]:
        answer = admin.post("permissions.update", {"permissions": list(permissions)})
        assert answer.status_code == 400
        return answer.json()["error"], answer.json()["errorType"]

    invalid = ("Invalid permission", "error-invalid-permission")
    assert refusal(wanted, wanted) == invalid
    assert refusal(wanted, {"_id": "none", "roles": []}) == invalid
    assert refusal(wanted, {"_id": "manage-emoji", "roles": ["none"]}) == (
        "Invalid role",
        "error-invalid-role",
    )
    assert refusal({"_id": "manage-assets", "roles": ["bot", "bot"]})[1] == "invalid-params"
    assert roles_of(admin, "manage-assets") == held


def test_a_permission_is_given_and_taken_and_counts_at_once(admin: Api) -> None:
    role = admin.post("roles.create", {"name": unique("role")}).json()["role"]["_id"]
    ann = create_user(admin, role)
    body = {"permissionId": "manage-user-status", "role": role}
    assert ann.api.get("presence.getConnections").status_code == 403
    assert admin.post("permissions.addRole", body).json() == {"success": True}
    connections = ann.api.get("presence.getConnections").json()
    assert connections["current"] >= 0 and connections["max"] == -1
    assert admin.post("permissions.removeRole", body).json() == {"success": True}
    assert ann.api.get("presence.getConnections").status_code == 403


def test_single_changes_are_refused_in_their_own_words(admin: Api) -> None:
    for act, body, error in (
        ("addRole", {"permissionId": "x"}, "must have required property 'role'"),
        (
            "addRole",
            {"permissionId": "none", "role": "admin"},
            "Permission does not exist [error-invalid-permission]",
        ),
        (
            "addRole",
            {"permissionId": "manage-emoji", "role": "none"},
            "Role does not exist [error-invalid-role]",
        ),
        (
            "removeRole",
            {"permissionId": "none", "role": "admin"},
            "Permission not found [error-permission-not-found]",
        ),
    ):
        answer = admin.post(f"permissions.{act}", body)
        assert answer.status_code == 400
        assert answer.json()["error"] == error


def test_permissions_about_settings_need_another_one(admin: Api) -> None:
    role = admin.post("roles.create", {"name": unique("role")}).json()["role"]["_id"]
    access = {"permissionId": "access-permissions", "role": role}
    admin.post("permissions.addRole", access)
    keeper = create_user(admin, role)
    body = {"permissionId": "change-setting-Livechat_enabled", "role": role}
    refused = keeper.api.post("permissions.addRole", body)
    assert refused.json()["error"] == "Adding permission is not allowed [error-action-not-allowed]"
    assert admin.post("permissions.addRole", body).is_success
    refused = keeper.api.post("permissions.removeRole", body)
    assert refused.json()["error"] == (
        "Accessing permissions is not allowed [error-action-not-allowed]"
    )
    admin.post("permissions.removeRole", body)
    admin.post("permissions.removeRole", access)


def test_who_may_not_is_told_so_before_the_input_is_judged(admin: Api) -> None:
    ann = create_user(admin)
    answer = ann.api.post("permissions.update", {})
    assert answer.status_code == 403
    assert answer.json() == {
        "success": False,
        "error": "User does not have the permissions required for this action [error-unauthorized]",
    }


def test_one_of_several_permissions_is_enough_where_any_will_do(admin: Api) -> None:
    ann = create_user(admin)
    body = {"userId": "nobody", "activeStatus": True}
    assert ann.api.post("users.setActiveStatus", body).status_code == 403
    role = admin.post("roles.create", {"name": unique("role")}).json()["role"]["_id"]
    permission = {"permissionId": "edit-other-user-active-status", "role": role}
    admin.post("permissions.addRole", permission)
    admin.post("roles.addUserToRole", {"username": ann.username, "roleId": role})
    assert ann.api.post("users.setActiveStatus", body).json()["error"] == "User not found"
    admin.post("permissions.removeRole", permission)
