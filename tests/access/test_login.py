"""Logging in and out over HTTP."""

import hashlib
from collections.abc import Callable

from tests.builders import PASSWORD, create_agent, create_user, retire, settings, unique
from tests.harness.client import ADMINISTRATOR, Api
from tests.harness.server import FrontdeskProcess

UNAUTHORIZED = {
    "success": False,
    "status": "error",
    "error": "Unauthorized",
    "message": "Unauthorized",
}
NOT_LOGGED_IN = {
    "success": False,
    "error": "You must be logged in to do this.",
    "status": "error",
    "message": "You must be logged in to do this.",
}


def digest(password: str = PASSWORD) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def test_a_user_name_and_a_password_give_a_token_and_oneself(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    answer = api.post("login", {"user": ann.username, "password": PASSWORD})
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "success" and body["success"] is True
    assert body["data"]["userId"] == ann.id
    assert len(body["data"]["authToken"]) == 43
    me = body["data"]["me"]
    assert me["username"] == ann.username
    assert me["email"] == f"{ann.username}@example.org"
    assert me["services"] == {"password": {"exists": True}}
    assert "success" not in me


def test_every_form_of_name_logs_in(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    email = f"{ann.username}@example.org"
    for form in (
        {"user": ann.username},
        {"user": email},
        {"username": ann.username},
        {"email": email},
        {"email": email.upper()},
        {"user": {"username": ann.username}},
        {"user": {"email": email}},
        {"user": {"id": ann.id}},
    ):
        answer = api.post("login", {**form, "password": PASSWORD})
        assert answer.status_code == 200, (form, answer.text)
        assert answer.json()["data"]["userId"] == ann.id


def test_a_form_body_logs_in(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    answer = api.post("login", data={"user": ann.username, "password": PASSWORD})
    assert answer.status_code == 200


def test_a_password_logs_in_plain_and_as_a_digest(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    hashed = {"digest": digest(), "algorithm": "sha-256"}
    assert api.post("login", {"user": ann.username, "password": hashed}).status_code == 200
    short = {"digest": digest()[:63], "algorithm": "sha-256"}
    answer = api.post("login", {"user": ann.username, "password": short})
    assert answer.status_code == 401
    assert answer.json() == UNAUTHORIZED


def test_a_wrong_password_and_an_unknown_user_are_answered_alike(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    wrong = api.post("login", {"user": ann.username, "password": "wrong"})
    unknown = api.post("login", {"user": unique("nobody"), "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert wrong.json() == UNAUTHORIZED


def test_whatever_is_of_no_use_is_unauthorized(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    for body in (
        {},
        {"user": "a@b.c"},
        {"user": ann.username, "password": ""},
        {"user": ann.username, "password": 5},
        {"user": ann.username, "password": "x" * 257},
        {"user": ann.username, "password": {"digest": digest()}},
        {"user": "", "password": PASSWORD},
        {"user": {"username": ann.username, "id": ann.id}, "password": PASSWORD},
        {"user": ann.username, "password": PASSWORD, "extra": 1},
        {"user": 5, "password": PASSWORD},
        {"resume": 5},
        {"resume": "no-such-token"},
    ):
        answer = api.post("login", body)
        assert answer.status_code == 401, (body, answer.text)
        assert answer.json() == UNAUTHORIZED


def test_a_user_name_in_another_case_logs_in(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    answer = api.post("login", {"username": ann.username.upper(), "password": PASSWORD})
    assert answer.status_code == 200


def test_a_token_logs_in_again_and_stays_the_same(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    answer = api.post("login", {"resume": ann.api.token})
    assert answer.status_code == 200
    assert answer.json()["data"]["authToken"] == ann.api.token


def test_a_personal_token_logs_in_too(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    made = ann.api.post("users.generatePersonalAccessToken", {"tokenName": "robot"})
    token = made.json()["token"]
    answer = api.post("login", {"resume": token})
    assert answer.status_code == 200
    assert answer.json()["data"]["authToken"] == token


def test_half_a_log_in_is_none(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    for headers in (
        {"X-Auth-Token": ann.api.token},
        {"X-User-Id": ann.id},
        {"X-Auth-Token": ann.api.token, "X-User-Id": admin.user_id},
    ):
        answer = api.get("me", headers=headers)
        assert answer.status_code == 401
        assert answer.json() == NOT_LOGGED_IN


def test_bad_headers_are_nobody_on_a_public_route(api: Api) -> None:
    answer = api.get("pw.getPolicy", headers={"X-Auth-Token": "bad", "X-User-Id": "bad"})
    assert answer.status_code == 200


def test_cookies_log_nobody_in(api: Api, admin: Api) -> None:
    answer = api.get("me", headers={"cookie": f"rc_uid={admin.user_id}; rc_token={admin.token}"})
    assert answer.status_code == 401


def test_log_out_ends_this_session_and_no_other(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    other = api.login(ann.username, PASSWORD)
    answer = ann.api.post("logout")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "success",
        "data": {"message": "You've been logged out!"},
    }
    assert ann.api.get("me").status_code == 401
    assert api.post("login", {"resume": ann.api.token}).status_code == 401
    assert other.get("me").status_code == 200
    assert other.get("logout").status_code == 200
    assert other.get("me").status_code == 401


def test_an_agent_takes_no_conversations_between_log_out_and_log_in(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    assert agent.api.get("me").json()["statusLivechat"] == "available"
    agent.api.post("logout")
    info = admin.get("users.info", {"userId": agent.id}).json()["user"]
    assert info["statusLivechat"] == "not-available"
    again = api.login(agent.username, PASSWORD)
    assert again.get("me").json()["statusLivechat"] == "available"
    retire(admin, agent)


def test_who_was_switched_off_learns_it_only_with_the_right_password(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    admin.post("users.setActiveStatus", {"userId": ann.id, "activeStatus": False})
    assert ann.api.get("me").status_code == 401
    wrong = api.post("login", {"user": ann.username, "password": "wrong"})
    assert wrong.json() == UNAUTHORIZED
    right = api.post("login", {"user": ann.username, "password": PASSWORD})
    assert right.status_code == 401
    assert right.json() == {
        "success": False,
        "status": "error",
        "error": "error-user-is-not-activated",
        "details": {"function": "Accounts.validateLoginAttempt"},
        "message": "User is not activated",
    }


def test_a_user_without_roles_is_told_so(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    admin.post("roles.removeUserFromRole", {"username": ann.username, "roleId": "user"})
    answer = api.post("login", {"user": ann.username, "password": PASSWORD})
    assert answer.status_code == 401
    assert answer.json()["error"] == "error-user-has-no-roles"


def test_verified_addresses_may_be_demanded(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    bob = create_user(admin)
    admin.post("users.update", {"userId": bob.id, "data": {"verified": False}})
    with settings(admin, Accounts_EmailVerification=True):
        assert api.post("login", {"user": ann.username, "password": PASSWORD}).is_success
        refused = api.post("login", {"user": bob.username, "password": PASSWORD})
        assert refused.json()["error"] == "error-invalid-email"
        assert refused.json()["message"] == "Invalid email __email__"
        assert api.login(ADMINISTRATOR, ADMINISTRATOR).get("me").status_code == 200


def test_eleven_failures_block_a_user_name_for_a_while(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    for _ in range(10):
        answer = api.post("login", {"user": ann.username, "password": "wrong"})
        assert answer.json() == UNAUTHORIZED
    # Another case is the same name.
    api.post("login", {"user": ann.username.upper(), "password": "wrong"})
    for password in (PASSWORD, "wrong"):
        blocked = api.post("login", {"user": ann.username, "password": password})
        assert blocked.status_code == 401
        assert blocked.json() == {
            "success": False,
            "status": "error",
            "error": "error-login-blocked-for-user",
            "details": {"function": "Accounts.validateLoginAttempt"},
            "message": "Login has been temporarily blocked For User",
        }
    by_email = {"email": f"{ann.username}@example.org", "password": PASSWORD}
    assert api.post("login", by_email).status_code == 200


def test_a_success_lets_the_count_begin_again(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    for _ in range(10):
        api.post("login", {"user": ann.username, "password": "wrong"})
    assert api.post("login", {"user": ann.username, "password": PASSWORD}).status_code == 200
    for _ in range(5):
        api.post("login", {"user": ann.username, "password": "wrong"})
    assert api.post("login", {"user": ann.username, "password": PASSWORD}).status_code == 200


def test_too_many_failures_block_an_address_unless_it_is_listed(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    rule = "Block_Multiple_Failed_Logins"
    server = private_server(
        environment={
            "HTTP_FORWARDED_COUNT": "1",
            f"OVERWRITE_SETTING_{rule}_Attempts_Until_Block_By_Ip": "2",
        }
    )
    with Api(server.url) as api:
        admin = api.login_as_administrator()
        right = {"user": ADMINISTRATOR, "password": ADMINISTRATOR}
        here, elsewhere = {"x-forwarded-for": "192.0.2.77"}, {"x-forwarded-for": "192.0.2.78"}
        for _ in range(3):
            answer = api.post("login", {"user": unique("u"), "password": "wrong"}, headers=here)
            assert answer.json() == UNAUTHORIZED
        blocked = api.post("login", right, headers=here)
        assert blocked.json()["error"] == "error-login-blocked-for-ip"
        assert blocked.json()["message"] == "Login has been temporarily blocked For IP"
        assert api.post("login", right, headers=elsewhere).status_code == 200
        listed = {"value": "192.0.2.1, 192.0.2.77"}
        assert admin.post(f"settings/{rule}_Ip_Whitelist", listed).is_success
        assert api.post("login", right, headers=here).status_code == 200


def test_a_user_keeps_no_more_tokens_than_the_server_was_told(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    server = private_server(environment={"MAX_RESUME_LOGIN_TOKENS": "3"})
    with Api(server.url) as api:
        clients = [api.login_as_administrator() for _ in range(4)]
        assert [client.get("me").status_code for client in clients] == [401, 200, 200, 200]


def test_me_holds_every_default_preference(admin: Api) -> None:
    me = admin.get("me").json()
    assert me["success"] is True
    defaults = admin.get(
        "settings.public",
        {"_id": "Accounts_Default_User_Preferences_idleTimeLimit"},
    ).json()["settings"]
    assert me["settings"]["preferences"]["idleTimeLimit"] == defaults[0]["value"]
    assert me["settings"]["profile"] == {} and me["settings"]["calendar"] == {}
    assert me["isOAuthUser"] is False
    assert me["avatarUrl"].endswith(f"/avatar/{ADMINISTRATOR}")


def test_sessions_survive_a_restart(private_server: Callable[..., FrontdeskProcess]) -> None:
    server = private_server()
    with Api(server.url) as api:
        client = api.login_as_administrator()
        server.kill()
        server.restart()
        assert client.get("me").status_code == 200
