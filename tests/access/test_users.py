"""Reading and writing users over HTTP."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from frontdesk.clock import iso, now_ms
from frontdesk.texts import text
from tests.builders import (
    PASSWORD,
    create_agent,
    create_user,
    eventually,
    open_conversation,
    register_visitor,
    room_of,
    settings,
    take,
    unique,
)
from tests.harness.client import ADMINISTRATOR, Api

SECRETS = ("password_hash", "argon2", "hashedToken", "bcrypt")


def new_user(**changes: Any) -> dict[str, Any]:
    username = unique("user")
    return {
        "username": username,
        "email": f"{username}@example.org",
        "name": "New User",
        "password": PASSWORD,
        **changes,
    }


def info_of(admin: Api, user_id: str) -> dict[str, Any]:
    answer = admin.get("users.info", {"userId": user_id})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["user"])


# Creating ------------------------------------------------------------------------------------


def test_a_created_user_is_shown_without_secrets(admin: Api) -> None:
    answer = admin.post("users.create", new_user(bio="Hi", nickname="Nick", statusText="here"))
    assert answer.status_code == 200
    user = answer.json()["user"]
    assert user["type"] == "user"
    assert user["roles"] == ["user"]
    assert user["status"] == "offline"
    assert user["active"] is True
    assert user["settings"] == {}
    assert user["bio"] == "Hi"
    assert user["emails"][0]["verified"] is False
    assert not any(secret in answer.text for secret in SECRETS)


def test_whoever_creates_users_without_seeing_all_of_them_sees_less(admin: Api) -> None:
    role = admin.post("roles.create", {"name": unique("creators")}).json()["role"]["_id"]
    creator = create_user(admin, role)
    for permission in ("create-user",):
        added = admin.post("permissions.addRole", {"permissionId": permission, "role": role})
        assert added.status_code == 200, added.text
    user = creator.api.post("users.create", new_user()).json()["user"]
    assert "username" in user
    assert not {"emails", "roles", "createdAt", "settings", "_updatedAt"} & user.keys()
    admin.post("permissions.removeRole", {"permissionId": "create-user", "role": role})


@pytest.mark.parametrize(
    ("body", "error", "code"),
    [
        (new_user(name="a<b"), "Name contains invalid characters", None),
        (new_user(name="a%2Fb"), "Name contains invalid characters", None),
        (
            new_user(roles=["user", "no-such-role"]),
            "The field Roles consist invalid role id [error-action-not-allowed]",
            "error-action-not-allowed",
        ),
        (
            new_user(name="  "),
            "The field Name is required [error-the-field-is-required]",
            "error-the-field-is-required",
        ),
        (
            new_user(username=" "),
            "The field Username is required [error-the-field-is-required]",
            "error-the-field-is-required",
        ),
        (
            new_user(username="with space"),
            "with space is not a valid username [error-input-is-not-a-valid-field]",
            "error-input-is-not-a-valid-field",
        ),
        (
            new_user(password=""),
            "The field Password is required [error-the-field-is-required]",
            "error-the-field-is-required",
        ),
        (
            new_user(username="all"),
            "all is blocked and can't be used! [error-blocked-username]",
            "error-blocked-username",
        ),
        (
            new_user(username="System"),
            "System is blocked and can't be used! [error-blocked-username]",
            "error-blocked-username",
        ),
        (
            new_user(username=ADMINISTRATOR.upper()),
            f"{ADMINISTRATOR.upper()} is already in use :( [error-field-unavailable]",
            "error-field-unavailable",
        ),
        (
            new_user(email="nonsense"),
            "Invalid email nonsense [error-invalid-email]",
            "error-invalid-email",
        ),
        (
            new_user(bio="x" * 261),
            "Bio size exceeds 260 characters [error-bio-size-exceeded]",
            "error-bio-size-exceeded",
        ),
    ],
)
def test_what_no_user_can_have_is_refused(
    admin: Api, body: dict[str, Any], error: str, code: str | None
) -> None:
    answer = admin.post("users.create", body)
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert answer.json().get("errorType") == code


def test_an_address_belongs_to_one_user_in_any_case(admin: Api) -> None:
    first = new_user()
    admin.post("users.create", first)
    answer = admin.post("users.create", new_user(email=first["email"].upper()))
    assert answer.status_code == 400
    assert answer.json()["errorType"] == "error-field-unavailable"
    assert answer.json()["details"] == {
        "method": "insertOrUpdateUser",
        "field": first["email"].upper(),
    }


def test_of_many_who_want_one_name_at_once_one_gets_it(admin: Api) -> None:
    username = unique("wanted")
    names = [username, username.upper(), username.title(), username] * 2

    def create(name: str) -> int:
        return admin.post("users.create", new_user(username=name)).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(create, names))
    assert sorted(answers) == [200] + [400] * 7


def test_creating_users_is_for_those_who_may(admin: Api) -> None:
    ann = create_user(admin)
    answer = ann.api.post("users.create", new_user())
    assert answer.status_code == 400
    assert answer.json() == {
        "success": False,
        "error": "Adding user is not allowed [error-action-not-allowed]",
        "errorType": "error-action-not-allowed",
        "details": {"method": "insertOrUpdateUser", "action": "Adding_user"},
    }


def test_input_is_judged_in_the_order_of_the_schema(admin: Api) -> None:
    missing = new_user(extra=1)
    del missing["email"]
    answer = admin.post("users.create", missing)
    assert answer.json() == {
        "success": False,
        "error": "must have required property 'email' [invalid-params]",
        "errorType": "invalid-params",
    }
    bad_flag = admin.post("users.create", new_user(active="yes"))
    assert bad_flag.json()["error"] == "must be boolean [invalid-params]"
    assert admin.post("users.create", new_user(active="true")).status_code == 200
    assert admin.post("users.create", new_user(name=5)).json()["user"]["name"] == "5"
    listed = admin.post("users.create", [])
    assert listed.json()["error"] == "must be object [invalid-params]"


def test_a_made_up_password_must_be_changed(api: Api, admin: Api) -> None:
    body = new_user(setRandomPassword=True)
    user = admin.post("users.create", body).json()["user"]
    assert user["requirePasswordChange"] is True
    login = api.post("login", {"user": body["username"], "password": PASSWORD})
    assert login.status_code == 401


def test_a_user_may_be_created_switched_off(api: Api, admin: Api) -> None:
    body = new_user(active=False)
    assert admin.post("users.create", body).json()["user"]["active"] is False
    login = api.post("login", {"user": body["username"], "password": PASSWORD})
    assert login.json()["error"] == "error-user-is-not-activated"


def test_custom_fields_are_those_of_the_workspace(admin: Api) -> None:
    fields = (
        '{"team": {"type": "select", "required": true, "options": ["red", "blue"], "public": true},'
        ' "desk": {"maxLength": 3, "minLength": 2}}'
    )
    with settings(admin, Accounts_CustomFields=fields):
        for given, error in (
            ({}, "Field team is required"),
            ({"team": "green"}, "Value for field team is invalid"),
            ({"team": "red", "desk": "1234"}, "Max length of field desk 3"),
            ({"team": "red", "desk": "1"}, "Min length of field desk 2"),
        ):
            answer = admin.post("users.create", new_user(customFields=given))
            assert answer.json()["error"] == f"{error} [error-user-registration-custom-field]"
        made = admin.post(
            "users.create", new_user(customFields={"team": "red", "desk": "12", "odd": "x"})
        ).json()["user"]
        assert made["customFields"] == {"team": "red", "desk": "12"}
        ann = create_user(admin)
        seen = ann.api.get("users.info", {"userId": made["_id"]}).json()["user"]
        assert seen["customFields"] == {"team": "red"}
    with settings(admin, Accounts_CustomFields="{"):
        answer = admin.post("users.create", new_user(customFields={"team": "red"}))
        assert answer.json()["error"] == (
            "Invalid JSON for Custom Fields [error-invalid-customfield-json]"
        )


# Updating ------------------------------------------------------------------------------------


def test_a_user_is_changed_and_old_names_are_free_again(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    renamed = unique("renamed")
    data = {
        "username": renamed,
        "name": "Renamed",
        "email": f"{renamed}@example.org",
        "password": "Another-Pa55word",
        "bio": "about",
        "requirePasswordChange": True,
    }
    answer = admin.post("users.update", {"userId": ann.id, "data": data})
    assert answer.status_code == 200, answer.text
    user = answer.json()["user"]
    assert user["username"] == renamed
    assert user["emails"] == [{"address": f"{renamed}@example.org", "verified": False}]
    assert user["requirePasswordChange"] is True
    assert not any(secret in answer.text for secret in SECRETS)
    assert api.login(renamed, "Another-Pa55word").get("me").json()["name"] == "Renamed"
    again = new_user(username=ann.username, email=f"{ann.username}@example.org")
    assert admin.post("users.create", again).status_code == 200


def test_a_missing_bio_is_cleared_and_a_missing_name_stays(admin: Api) -> None:
    made = admin.post("users.create", new_user(bio="about", nickname="Nick")).json()["user"]
    user = admin.post("users.update", {"userId": made["_id"], "data": {}}).json()["user"]
    assert "bio" not in user and "nickname" not in user
    assert user["name"] == "New User"


def test_changes_that_are_not_allowed_say_why(admin: Api) -> None:
    ann, bob = create_user(admin), create_user(admin)

    def refusal(client: Api, user_id: str, **data: Any) -> str:
        answer = client.post("users.update", {"userId": user_id, "data": data})
        assert answer.status_code == 400, answer.text
        return str(answer.json()["error"])

    code = "[error-action-not-allowed]"
    assert refusal(ann.api, ann.id, verified=True) == (
        f"Editing email verification is not allowed {code}"
    )
    assert refusal(ann.api, bob.id, name="x") == f"Editing user is not allowed {code}"
    assert refusal(ann.api, ann.id, roles=["user", "admin"]) == (
        f"Assigning admin is not allowed {code}"
    )
    assert refusal(ann.api, ann.id, roles=["user", "bot"]) == (
        f"Assign roles is not allowed {code}"
    )
    assert refusal(admin, "nobody", name="x") == "User not found [error-user-not-found]"
    assert refusal(admin, ann.id, username=bob.username.upper()) == (
        f"{bob.username.upper()} is already in use :( [error-field-unavailable]"
    )
    assert refusal(admin, ann.id, email=f"{bob.username}@example.org") == (
        f"{bob.username}@example.org is already in use :( [error-field-unavailable]"
    )
    assert refusal(admin, ann.id, name="a/b") == "Name contains invalid characters"
    assert refusal(admin, ann.id, nickname="n" * 121) == (
        "Nickname size exceeds 120 characters [error-nickname-size-exceeded]"
    )
    with settings(admin, Accounts_AllowRealNameChange=False, Accounts_AllowEmailChange=False):
        assert refusal(ann.api, ann.id, name="x") == f"Edit user real name is not allowed {code}"
        assert refusal(ann.api, ann.id, email="x@example.org") == (
            f"Edit user email is not allowed {code}"
        )
        changed = admin.post("users.update", {"userId": ann.id, "data": {"name": "by admin"}})
        assert changed.status_code == 200
    with settings(admin, Accounts_AllowUserProfileChange=False):
        assert refusal(ann.api, ann.id, name="x") == f"Edit user profile is not allowed {code}"


def test_a_new_password_passes_the_policy(admin: Api) -> None:
    ann = create_user(admin)
    answer = admin.post("users.update", {"userId": ann.id, "data": {"password": "aaaa"}})
    assert answer.status_code == 400
    body = answer.json()
    assert body["error"] == "The password provided does not meet the server's password policy."
    assert body["errorType"] == "error-password-policy-not-met"
    assert [each["error"] for each in body["details"]] == [
        "error-password-policy-not-met-minLength",
        "error-password-policy-not-met-repeatingCharacters",
        "error-password-policy-not-met-oneUppercase",
        "error-password-policy-not-met-oneNumber",
        "error-password-policy-not-met-oneSpecial",
    ]


def test_a_password_is_not_changed_without_the_permission(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    data = {"password": "Another-Pa55word", "name": "Still Ann"}
    answer = ann.api.post("users.update", {"userId": ann.id, "data": data})
    assert answer.status_code == 200
    assert api.login(ann.username, PASSWORD).get("me").json()["name"] == "Still Ann"


def test_users_change_their_own_profile(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    renamed = unique("own")
    data = {
        "username": renamed,
        "name": "Own Name",
        "bio": "mine",
        "statusType": "busy",
        "statusText": "writing",
        "newPassword": "Another-Pa55word",
    }
    answer = ann.api.post("users.updateOwnBasicInfo", {"data": data})
    assert answer.status_code == 200, answer.text
    me = api.login(renamed, "Another-Pa55word").get("me").json()
    assert me["name"] == "Own Name"
    assert me["bio"] == "mine"
    assert (me["status"], me["statusText"]) == ("busy", "writing")
    stays = ann.api.post("users.updateOwnBasicInfo", {"data": {"nickname": "N"}}).json()["user"]
    assert stays["bio"] == "mine"
    bad = ann.api.post("users.updateOwnBasicInfo", {"data": {"name": "a>b"}})
    assert bad.json()["error"] == "Name contains invalid characters"


# Switching off and deleting ------------------------------------------------------------------


def test_conversations_of_an_agent_who_is_switched_off_are_closed(api: Api, admin: Api) -> None:
    with settings(
        admin,
        Livechat_Routing_Method="Manual_Selection",
        Livechat_request_comment_when_closing_conversation=False,
    ):
        agent = create_agent(admin)
        rooms = []
        for _ in range(2):
            room, _ = open_conversation(api, register_visitor(api))
            take(agent, admin, room["_id"])
            rooms.append(room["_id"])
        answer = admin.post("users.setActiveStatus", {"userId": agent.id, "activeStatus": False})
        assert answer.json()["user"] == {"_id": agent.id, "active": False}
        for room_id in rooms:
            room = room_of(admin, room_id)
            assert "open" not in room
            assert room["closedBy"]["_id"] == agent.id
            assert room["lastMessage"]["msg"] == text("Agent_deactivated")
        assert agent.api.get("me").status_code == 401
        assert info_of(admin, agent.id)["statusLivechat"] == "not-available"


def test_only_those_who_may_switch_accounts(admin: Api) -> None:
    ann, bob = create_user(admin), create_user(admin)
    body = {"userId": bob.id, "activeStatus": False}
    assert ann.api.post("users.setActiveStatus", body).status_code == 403
    role = admin.post("roles.create", {"name": unique("moderators")}).json()["role"]["_id"]
    permission = {"permissionId": "manage-moderation-actions", "role": role}
    admin.post("permissions.addRole", permission)
    moderator = create_user(admin, role)
    answer = moderator.api.post("users.setActiveStatus", body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "Not allowed [error-not-allowed]"
    admin.post("permissions.removeRole", permission)
    unknown = admin.post("users.setActiveStatus", {"userId": "nobody", "activeStatus": True})
    assert unknown.status_code == 400
    assert unknown.json() == {"success": False, "error": "User not found"}


def test_a_switched_off_account_works_again(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    for active in (False, True):
        admin.post("users.setActiveStatus", {"userId": ann.id, "activeStatus": active})
    assert ann.api.get("me").status_code == 401
    assert api.login(ann.username, PASSWORD).get("me").status_code == 200


def test_the_last_administrator_stays(private_server: Any) -> None:
    server = private_server()
    with Api(server.url) as nobody:
        admin = nobody.login_as_administrator()
        for answer, error in (
            (
                admin.post(
                    "users.setActiveStatus", {"userId": admin.user_id, "activeStatus": False}
                ),
                "Leaving the app without an active admin is not allowed",
            ),
            (
                admin.post("users.delete", {"userId": admin.user_id}),
                "Leaving the app without admins is not allowed",
            ),
        ):
            assert answer.status_code == 400
            assert answer.json()["error"] == f"{error} [error-action-not-allowed]"
            assert answer.json()["details"]["action"] == "Remove_last_admin"
        left = admin.post(
            "roles.removeUserFromRole", {"username": ADMINISTRATOR, "roleId": "admin"}
        )
        assert left.json()["error"] == "You need to have at least one admin [error-admin-required]"
        second = create_user(admin, "admin")
        assert second.api.post("users.delete", {"userId": admin.user_id}).status_code == 200


def test_of_two_administrators_who_remove_each_other_one_stays(private_server: Any) -> None:
    server = private_server()
    with Api(server.url) as nobody:
        first = nobody.login_as_administrator()
        second = create_user(first, "admin")
        pairs = [(first, second.id), (second.api, first.user_id)] * 4

        def remove(pair: tuple[Api, str]) -> int:
            client, user_id = pair
            return client.post("users.delete", {"userId": user_id}).status_code

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(remove, pairs))
        assert answers.count(200) == 1
        alive = [client for client in (first, second.api) if client.get("me").is_success]
        assert len(alive) == 1
        assert "admin" in alive[0].get("me").json()["roles"]


def test_a_deleted_user_is_gone_with_his_tokens(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    answer = admin.post("users.delete", {"username": ann.username})
    assert answer.status_code == 200
    assert answer.json() == {"deletedRooms": [], "success": True}
    assert ann.api.get("me").status_code == 401
    gone = admin.get("users.info", {"userId": ann.id})
    assert gone.status_code == 400
    assert gone.json()["error"] == "User not found."
    again = new_user(username=ann.username, email=f"{ann.username}@example.org")
    assert admin.post("users.create", again).status_code == 200


def test_some_users_cannot_be_deleted(admin: Api) -> None:
    cat = admin.post("users.delete", {"userId": "rocket.cat"})
    assert cat.json()["error"] == (
        "Deleting the rocket.cat user is not allowed [error-action-not-allowed]"
    )
    none = admin.post("users.delete", {})
    assert none.json()["error"] == (
        'The required "userId" or "username" param was not provided [error-user-param-not-provided]'
    )
    unknown = admin.post("users.delete", {"userId": "nobody"})
    assert unknown.json()["errorType"] == "error-invalid-user"
    ann = create_user(admin)
    assert ann.api.post("users.delete", {"userId": ann.id}).status_code == 403


# Reading -------------------------------------------------------------------------------------


def test_others_see_less_of_a_user(admin: Api) -> None:
    ann, bob = create_user(admin), create_user(admin)
    seen = bob.api.get("users.info", {"username": ann.username}).json()["user"]
    assert seen["_id"] == ann.id
    assert seen["canViewAllInfo"] is False
    assert not {"emails", "roles", "lastLogin", "createdAt", "services"} & seen.keys()
    full = info_of(admin, ann.id)
    assert full["canViewAllInfo"] is True
    assert full["roles"] == ["user"]
    assert "services" not in full
    own = ann.api.get("users.info", {"userId": ann.id}).json()["user"]
    assert own["services"] == {"password": True}


def test_users_info_finds_by_id_name_or_address(admin: Api) -> None:
    ann, bob = create_user(admin), create_user(admin)
    assert admin.get("users.info", {"userId": ann.username}).json()["user"]["_id"] == ann.id
    assert admin.get("users.info", {"username": ann.id}).json()["user"]["_id"] == ann.id
    email = {"email": f"{ann.username}@example.org"}
    assert admin.get("users.info", email).json()["user"]["_id"] == ann.id
    assert bob.api.get("users.info", email).json()["error"] == "User not found."
    assert admin.get("users.info", {"userId": " "}).json()["error"] == "Invalid search query."
    none = admin.get("users.info").json()["error"]
    assert none.startswith("must have required property 'userId'\n must have required property")
    assert none.endswith("must match a schema in anyOf [invalid-params]")


def test_users_list_shows_addresses_to_those_who_may(admin: Api) -> None:
    ann = create_user(admin)
    one = admin.get("users.list", {"email": f"{ann.username}@EXAMPLE.org"}).json()
    assert (one["count"], one["total"], one["offset"]) == (1, 1, 0)
    assert one["users"][0]["nameInsensitive"] == ann.username
    assert one["users"][0]["emails"][0]["address"] == f"{ann.username}@example.org"
    assert ann.api.get("users.list", {"email": "x@y.z"}).status_code == 403
    page = ann.api.get("users.list", {"count": 2}).json()
    assert page["count"] == 2
    assert "emails" not in page["users"][0]
    bot = create_user(admin, "bot")
    admin.post("roles.removeUserFromRole", {"username": bot.username, "roleId": "user"})
    assert bot.api.get("users.list").status_code == 200
    with settings(admin, **{"API_Apply_permission_view-outside-room_on_users-list": True}):
        assert ann.api.get("users.list").status_code == 200
        assert bot.api.get("users.list").status_code == 403


def test_users_list_is_sorted_and_paged(admin: Api) -> None:
    for name in (unique("Upper"), unique("lower"), unique("middle-dash"), unique("middledash")):
        assert admin.post("users.create", new_user(username=name)).is_success
    names = [user["username"] for user in admin.get("users.list", {"count": 0}).json()["users"]]
    assert names == sorted(names)
    descending = admin.get("users.list", {"count": 0, "sort": '{"username":-1}'}).json()["users"]
    assert [user["username"] for user in descending] == names[::-1]
    second = admin.get("users.list", {"count": 1, "offset": 1}).json()
    assert [user["username"] for user in second["users"]] == names[1:2]
    assert second["total"] == len(names)
    bad = admin.get("users.list", {"sort": '{"name":2}'})
    assert bad.json()["errorType"] == "error-invalid-sort"


def test_users_are_listed_by_their_state(admin: Api) -> None:
    never = admin.post("users.create", new_user()).json()["user"]
    ann = create_user(admin, "livechat-agent")

    def found(**filters: Any) -> set[str]:
        answer = admin.get("users.listByStatus", {"count": 0, **filters})
        assert answer.status_code == 200, answer.text
        return {user["_id"] for user in answer.json()["users"]}

    assert never["_id"] in found(hasLoggedIn="false")
    assert never["_id"] not in found(hasLoggedIn="true")
    assert ann.id in found(**{"roles[]": "livechat-agent"})
    assert never["_id"] not in found(**{"roles[]": "livechat-agent"})
    assert never["_id"] in found(**{"roles[]": "all"})
    assert found(searchTerm=ann.username.upper()) == {ann.id}
    admin.post("users.setActiveStatus", {"userId": never["_id"], "activeStatus": False})
    assert never["_id"] in found(status="deactivated")
    assert never["_id"] not in found(status="active")
    assert never["_id"] in found(**{"inactiveReason[]": "deactivated"})
    assert found(**{"inactiveReason[]": "pending_approval"}) == set()


def test_the_own_presence_tells_more_than_that_of_others(admin: Api) -> None:
    ann, bob = create_user(admin), create_user(admin)
    own = ann.api.get("users.getPresence").json()
    assert own["presence"] == "offline"
    assert own["connectionStatus"] == "offline"
    assert "lastLogin" in own
    other = bob.api.get("users.getPresence", {"userId": ann.id}).json()
    assert other == {"presence": "offline", "success": True}
    unknown = bob.api.get("users.getPresence", {"userId": "nobody"})
    assert unknown.json()["errorType"] == "error-invalid-user"


def test_presence_lists_those_who_are_not_offline(admin: Api) -> None:
    ann, bob = create_user(admin), create_user(admin)
    ann.api.post("users.setStatus", {"status": "busy"})
    everybody = admin.get("users.presence").json()
    assert everybody["full"] is True
    present = {user["_id"]: user for user in everybody["users"]}
    assert present[ann.id]["status"] == "busy"
    assert bob.id not in present
    for ids in (f"{ann.id},{bob.id}", [ann.id, bob.id]):
        asked = admin.get("users.presence", {"ids": ids}).json()
        assert asked["full"] is False
        assert [user["_id"] for user in asked["users"]] == [ann.id]
    assert admin.get("users.presence", {"from": "1999-01-01T00:00:00Z"}).json()["full"] is True
    recent = admin.get("users.presence", {"from": iso(now_ms() - 300_000)}).json()
    assert recent["full"] is False
    assert ann.id in {user["_id"] for user in recent["users"]}
    assert admin.get("users.presence", {"from": "long ago"}).status_code == 400


def test_a_name_is_completed_from_its_beginning(admin: Api) -> None:
    ann = create_user(admin)
    selector = f'{{"term": "{ann.username[:-1].upper()}"}}'
    items = admin.get("users.autocomplete", {"selector": selector}).json()["items"]
    assert [item["username"] for item in items] == [ann.username]
    without = f'{{"term": "{ann.username[:-1]}", "exceptions": ["{ann.username}"]}}'
    assert admin.get("users.autocomplete", {"selector": without}).json()["items"] == []
    missing = admin.get("users.autocomplete")
    assert missing.json()["error"] == "must have required property 'selector' [invalid-params]"
    assert admin.get("users.autocomplete", {"selector": "{"}).status_code == 400


def test_a_free_name_is_available(admin: Api) -> None:
    ann, bob = create_user(admin), create_user(admin)

    def check(name: str) -> Any:
        return ann.api.get("users.checkUsernameAvailability", {"username": name}).json()

    assert check(unique("free"))["result"] is True
    assert check(ann.username.upper())["result"] is True
    assert check(bob.username.upper())["result"] is False
    assert check("system")["error"] == (
        "system is blocked and can't be used! [error-blocked-username]"
    )


def test_a_picture_is_elsewhere(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    answer = api.get("users.getAvatar", {"userId": ann.id})
    assert answer.status_code == 307
    assert answer.headers["location"].endswith(f"/avatar/{ann.username}")
    assert api.get("users.getAvatar").json()["errorType"] == "error-user-param-not-provided"


# Status and preferences ----------------------------------------------------------------------


def test_a_status_is_set_and_cleared(admin: Api) -> None:
    ann = create_user(admin)
    assert ann.api.post("users.setStatus", {"status": "away", "message": "lunch"}).is_success
    me = ann.api.get("me").json()
    assert (me["status"], me["statusDefault"], me["statusText"]) == ("away", "away", "lunch")
    assert ann.api.post("users.setStatus", {"message": ""}).json() == {"success": True}
    me = ann.api.get("me").json()
    assert (me["status"], me["statusText"]) == ("away", "")


def test_a_status_that_cannot_be_is_refused(admin: Api) -> None:
    ann, bob = create_user(admin), create_user(admin)

    def refusal(**body: Any) -> str:
        answer = ann.api.post("users.setStatus", body)
        assert answer.status_code == 400, answer.text
        return str(answer.json()["error"])

    assert refusal() == "Match error: Failed Match.OneOf, Match.Maybe or Match.Optional validation"
    assert refusal(status="sleeping") == (
        "must be equal to one of the allowed values [invalid-params]"
    )
    assert refusal(status="busy", expiresAt="soon") == (
        "Invalid expiresAt date string [error-invalid-date]"
    )
    assert refusal(status="busy", expiresAt="2020-01-01T00:00:00Z") == (
        "expiresAt must be a future date [error-invalid-date]"
    )
    other = ann.api.post("users.setStatus", {"status": "busy", "userId": bob.id})
    assert other.status_code == 403
    assert other.json() == {"success": False, "error": "unauthorized"}
    assert admin.post("users.setStatus", {"status": "busy", "userId": bob.id}).is_success
    assert bob.api.get("me").json()["status"] == "busy"
    with settings(
        admin,
        Accounts_AllowUserStatusMessageChange=False,
        Accounts_AllowInvisibleStatusOption=False,
    ):
        assert refusal(message="x") == "Change status is not allowed [error-not-allowed]"
        assert (
            refusal(status="offline") == "Invisible status is disabled [error-status-not-allowed]"
        )
        assert ann.api.post("users.setStatus", {"status": "online"}).is_success


def test_a_status_with_an_end_gives_way_to_the_one_before(admin: Api) -> None:
    ann = create_user(admin)
    ann.api.post("users.setStatus", {"status": "online", "message": "at work"})
    later = {"status": "busy", "message": "call", "expiresAt": iso(now_ms() + 3_600_000)}
    assert ann.api.post("users.setStatus", later).is_success
    status = ann.api.get("users.getStatus").json()
    assert status["status"] == "busy"
    assert status["statusExpiresAt"] == later["expiresAt"]
    assert status["statusSource"] == "manual"
    assert status["connectionStatus"] == "offline"
    seen = admin.get("users.getStatus", {"userId": ann.id}).json()
    assert "connectionStatus" not in seen
    soon = {"status": "away", "message": "call", "expiresAt": iso(now_ms() + 500)}
    assert ann.api.post("users.setStatus", soon).is_success
    eventually(lambda: ann.api.get("me").json()["status"] == "online")
    assert ann.api.get("me").json()["statusText"] == "at work"
    assert "statusExpiresAt" not in ann.api.get("users.getStatus").json()


def test_preferences_are_kept_one_by_one(admin: Api) -> None:
    ann = create_user(admin)
    assert ann.api.get("users.getPreferences").json()["preferences"] == {}
    data = {"omnichannelTranscriptEmail": True, "language": "de", "emailNotificationMode": "all"}
    answer = ann.api.post("users.setPreferences", {"data": data})
    assert answer.status_code == 200, answer.text
    wanted = {
        "omnichannelTranscriptEmail": True,
        "emailNotificationMode": "mentions",
        "language": "de",
    }
    assert answer.json()["user"] == {"_id": ann.id, "settings": {"preferences": wanted}}
    ann.api.post("users.setPreferences", {"data": {"hideRoles": True}})
    kept = ann.api.get("users.getPreferences").json()["preferences"]
    assert kept == {**wanted, "hideRoles": True}
    me = ann.api.get("me").json()
    assert me["language"] == "de"
    assert me["settings"]["preferences"]["omnichannelTranscriptEmail"] is True
    assert me["settings"]["preferences"]["idleTimeLimit"] == 300


def test_preferences_are_a_closed_list(admin: Api) -> None:
    ann, bob = create_user(admin), create_user(admin)

    def refusal(**body: Any) -> str:
        answer = ann.api.post("users.setPreferences", body)
        assert answer.status_code == 400, answer.text
        return str(answer.json()["error"])

    assert refusal() == "must have required property 'data' [invalid-params]"
    assert refusal(data={"odd": 1}) == "must NOT have additional properties [invalid-params]"
    assert refusal(data={"idleTimeLimit": 59}) == (
        "Invalid idleTimeLimit [invalid-idle-time-limit-value]"
    )
    assert refusal(data={}, userId=bob.id) == (
        "Editing user is not allowed [error-action-not-allowed]"
    )
    unknown = admin.post("users.setPreferences", {"data": {}, "userId": "nobody"})
    assert unknown.json()["error"] == (
        'The optional "userId" param provided does not match any users [error-invalid-user]'
    )


def test_who_never_had_settings_has_no_preferences(private_server: Any) -> None:
    server = private_server()
    with Api(server.url) as nobody:
        answer = nobody.login_as_administrator().get("users.getPreferences")
        assert answer.status_code == 400
        assert answer.json()["error"] == (
            "FAILED TO RETRIEVE USER PREFERENCES BECAUSE THEY HAVEN'T BEEN SET UP BY THE USER YET"
        )
