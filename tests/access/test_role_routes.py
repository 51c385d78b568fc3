"""Roles over HTTP: making them, giving them, taking them away."""

from typing import Any

from frontdesk.clock import iso, now_ms
from tests.builders import create_user, unique
from tests.harness.client import Api


def role_made(admin: Api, **fields: Any) -> dict[str, Any]:
    answer = admin.post("roles.create", {"name": unique("role"), **fields})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["role"])


def test_all_roles_are_listed(admin: Api) -> None:
    roles = {role["_id"]: role for role in admin.get("roles.list").json()["roles"]}
    assert roles["livechat-agent"]["protected"] is True
    assert roles["livechat-agent"]["scope"] == "Users"
    assert roles["livechat-agent"]["name"] == "livechat-agent"
    assert roles["admin"]["mandatory2fa"] is False


def test_a_role_counts_from_the_next_request_on(admin: Api) -> None:
    ann = create_user(admin)
    assert ann.api.get("roles.getUsersInRole", {"role": "admin"}).status_code == 403
    body = {"username": ann.username, "roleId": "admin"}
    given = admin.post("roles.addUserToRole", body)
    assert given.json()["role"]["_id"] == "admin"
    assert ann.api.get("roles.getUsersInRole", {"role": "admin"}).status_code == 200
    assert admin.post("roles.removeUserFromRole", body).is_success
    assert ann.api.get("roles.getUsersInRole", {"role": "admin"}).status_code == 403


def test_the_agents_role_alone_makes_nobody_take_conversations(admin: Api) -> None:
    ann = create_user(admin)
    admin.post("roles.addUserToRole", {"username": ann.username, "roleId": "livechat-agent"})
    me = ann.api.get("me").json()
    assert "livechat-agent" in me["roles"]
    assert "statusLivechat" not in me


def test_a_role_that_cannot_be_given_is_refused(admin: Api) -> None:
    ann, bob = create_user(admin), create_user(admin)

    def refusal(client: Api, **body: Any) -> tuple[str, str | None]:
        answer = client.post("roles.addUserToRole", body)
        assert answer.status_code == 400, answer.text
        return answer.json()["error"], answer.json().get("errorType")

    code = "error-invalid-role-properties"
    assert refusal(admin) == (f"must have required property 'username' [{code}]", code)
    assert refusal(admin, username="nobody", roleId="bot") == (
        'The required "userId" or "username" param provided does not match any users '
        "[error-invalid-user]",
        "error-invalid-user",
    )
    assert refusal(admin, username=ann.username) == (code, None)
    assert refusal(admin, username=ann.username, roleId="none") == (
        "error-role-not-found",
        "Role not found",
    )
    assert refusal(admin, username=ann.username, roleId="user") == (
        "User already in role [error-user-already-in-role]",
        "error-user-already-in-role",
    )
    assert refusal(bob.api, username=ann.username, roleId="bot") == (
        "Accessing permissions is not allowed [error-action-not-allowed]",
        "error-action-not-allowed",
    )
    assert refusal(admin, username=ann.username, roleId="owner", roomId="GENERAL") == (
        "User is not part of given room [error-invalid-user]",
        "error-invalid-user",
    )


def test_a_role_is_given_by_its_name_too(admin: Api) -> None:
    ann = create_user(admin)
    role = role_made(admin)
    given = admin.post("roles.addUserToRole", {"username": ann.username, "roleName": role["name"]})
    assert given.json()["role"]["_id"] == role["_id"]


def test_only_some_may_make_administrators(admin: Api) -> None:
    role = role_made(admin)
    body = {"permissionId": "access-permissions", "role": role["_id"]}
    admin.post("permissions.addRole", body)
    keeper, ann = create_user(admin, role["_id"]), create_user(admin)
    answer = keeper.api.post("roles.addUserToRole", {"username": ann.username, "roleId": "admin"})
    assert answer.json()["error"] == "Assigning admin is not allowed [error-action-not-allowed]"
    given = keeper.api.post("roles.addUserToRole", {"username": ann.username, "roleId": "bot"})
    assert given.status_code == 200
    admin.post("permissions.removeRole", body)


def test_what_somebody_does_not_hold_cannot_be_taken(admin: Api) -> None:
    ann = create_user(admin)

    def refusal(**body: Any) -> str:
        answer = admin.post("roles.removeUserFromRole", body)
        assert answer.status_code == 400, answer.text
        return str(answer.json()["error"])

    assert refusal(username=ann.username) == (
        "The role properties are invalid. [error-invalid-role-properties]"
    )
    assert refusal(username="nobody", roleId="bot") == (
        "There is no user with this username [error-invalid-user]"
    )
    assert refusal(username=ann.username, roleId="none") == (
        "This role does not exist [error-invalid-roleId]"
    )
    assert refusal(username=ann.username, roleId="bot") == (
        "User is not in this role [error-user-not-in-role]"
    )


def test_the_holders_of_a_role_are_listed_by_name(admin: Api) -> None:
    role = role_made(admin)
    people = [create_user(admin, role["_id"]) for _ in range(3)]
    answer = admin.get("roles.getUsersInRole", {"role": role["_id"]}).json()
    assert answer["total"] == 3
    names = [user["username"] for user in answer["users"]]
    assert names == sorted(person.username for person in people)
    one = admin.get("roles.getUsersInRole", {"role": role["_id"], "count": 1}).json()
    assert (len(one["users"]), one["total"]) == (1, 3)
    for parameters, text in (
        ({}, 'Query param "role" is required [error-param-not-provided]'),
        ({"role": "none"}, "[error-invalid-roleId]"),
    ):
        refused = admin.get("roles.getUsersInRole", parameters)
        assert refused.status_code == 400
        assert refused.json()["error"] == text
    public = admin.get("roles.getUsersInPublicRoles").json()["users"]
    assert {"_id": people[0].id, "username": people[0].username, "roles": [role["_id"]]} in public


def test_a_role_is_made_changed_and_removed(admin: Api) -> None:
    before = iso(now_ms() - 1)
    role = role_made(admin, description="first tier")
    assert role["protected"] is False and role["scope"] == "Users"
    changed = admin.post(
        "roles.update",
        {"roleId": role["_id"], "name": role["name"], "description": "tier 1"},
    )
    assert changed.json()["role"]["description"] == "tier 1"
    twice = admin.post("roles.create", {"name": role["name"]})
    assert twice.json()["error"] == (
        "Role name already exists [error-duplicate-role-names-not-allowed]"
    )
    ann = create_user(admin, role["_id"])
    used = admin.post("roles.delete", {"roleId": role["_id"]})
    assert used.json()["error"] == "Cannot delete role because it's in use [error-role-in-use]"
    admin.post("roles.removeUserFromRole", {"username": ann.username, "roleId": role["_id"]})
    assert admin.post("roles.delete", {"roleId": role["_id"]}).json() == {"success": True}
    listed = admin.get("roles.list").json()["roles"]
    assert role["_id"] not in {each["_id"] for each in listed}
    news = admin.get("roles.sync", {"updatedSince": before}).json()["roles"]
    assert role["_id"] in {each["_id"] for each in news["remove"]}
    assert role["_id"] not in {each["_id"] for each in news["update"]}


def test_built_in_roles_stay(admin: Api) -> None:
    answer = admin.post("roles.delete", {"roleId": "livechat-agent"})
    assert answer.json()["error"] == "Cannot delete a protected role [error-role-protected]"
    renamed = admin.post("roles.update", {"roleId": "livechat-agent", "name": "other"})
    assert renamed.json()["errorType"] == "error-role-protected"


def test_properties_that_no_role_can_have_are_refused(admin: Api) -> None:
    for body in ({}, {"name": " "}, {"name": "x", "scope": "World"}, {"name": 5}):
        answer = admin.post("roles.create", body)
        assert answer.status_code == 400
        assert answer.json()["errorType"] == "error-invalid-role-properties"


def test_changes_are_asked_for_since_a_date(admin: Api) -> None:
    missing = admin.get("roles.sync")
    assert missing.json()["error"] == "Match error: Missing key 'updatedSince'"
    later = admin.get("roles.sync", {"updatedSince": "2999-01-01T00:00:00Z"}).json()
    assert later["roles"] == {"update": [], "remove": []}
    assert admin.get("roles.sync", {"updatedSince": "never"}).status_code == 400
