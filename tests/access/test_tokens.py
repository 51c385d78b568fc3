"""Personal access tokens, tokens for others, and ending sessions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.builders import PASSWORD, create_user
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

SECRET = "a-secret-of-the-operator"


def with_token(api: Api, user_id: str, token: str) -> Api:
    return Api(api.url, user_id=user_id, token=token)


def test_a_personal_token_works_until_it_is_removed(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    made = ann.api.post(
        "users.generatePersonalAccessToken", {"tokenName": "robot", "bypassTwoFactor": True}
    )
    token = made.json()["token"]
    robot = with_token(api, ann.id, token)
    assert robot.get("me").status_code == 200
    (listed,) = ann.api.get("users.getPersonalAccessTokens").json()["tokens"]
    assert listed["name"] == "robot"
    assert listed["lastTokenPart"] == token[-6:]
    assert listed["bypassTwoFactor"] is True
    assert token not in ann.api.get("users.getPersonalAccessTokens").text
    assert ann.api.post("users.removePersonalAccessToken", {"tokenName": "robot"}).is_success
    assert robot.get("me").status_code == 401


def test_a_name_is_used_for_one_token(admin: Api) -> None:
    ann = create_user(admin)

    def make(_: int) -> str:
        answer = ann.api.post("users.generatePersonalAccessToken", {"tokenName": "robot"})
        return str(answer.json().get("error"))

    with ThreadPoolExecutor(8) as pool:
        errors = list(pool.map(make, range(8)))
    refusal = "A token with this name already exists [error-token-already-exists]"
    assert sorted(errors) == sorted(["None"] + [refusal] * 7)


def test_a_renewed_token_replaces_the_old_one(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    old = ann.api.post("users.generatePersonalAccessToken", {"tokenName": "robot"}).json()["token"]
    new = ann.api.post("users.regeneratePersonalAccessToken", {"tokenName": "robot"})
    assert with_token(api, ann.id, old).get("me").status_code == 401
    assert with_token(api, ann.id, new.json()["token"]).get("me").status_code == 200


def test_what_is_no_token_is_refused(admin: Api) -> None:
    ann = create_user(admin)
    for endpoint in ("users.regeneratePersonalAccessToken", "users.removePersonalAccessToken"):
        answer = ann.api.post(endpoint, {"tokenName": "none"})
        assert answer.status_code == 400
        assert answer.json()["error"] == "Token does not exist [error-token-does-not-exists]"
    nameless = ann.api.post("users.generatePersonalAccessToken", {})
    assert nameless.json()["error"] == ("must have required property 'tokenName' [invalid-params]")


def test_personal_tokens_are_for_those_who_may(admin: Api) -> None:
    bot = create_user(admin, "bot")
    admin.post("roles.removeUserFromRole", {"username": bot.username, "roleId": "user"})
    answer = bot.api.post("users.generatePersonalAccessToken", {"tokenName": "robot"})
    assert answer.status_code == 400
    assert answer.json()["error"] == "Not Authorized [not-authorized]"
    assert bot.api.get("users.getPersonalAccessTokens").status_code == 403


def test_logging_out_other_clients_keeps_this_one_and_personal_tokens(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    other = api.login(ann.username, PASSWORD)
    made = ann.api.post("users.generatePersonalAccessToken", {"tokenName": "robot"})
    robot = with_token(api, ann.id, made.json()["token"])
    answer = ann.api.post("users.logoutOtherClients")
    assert answer.json()["token"] == ann.api.token
    assert answer.json()["tokenExpires"].endswith("Z")
    assert other.get("me").status_code == 401
    assert ann.api.get("me").status_code == robot.get("me").status_code == 200


def test_a_user_is_logged_out_everywhere(api: Api, admin: Api) -> None:
    ann, bob = create_user(admin), create_user(admin)
    refused = bob.api.post("users.logout", {"userId": ann.id})
    assert refused.status_code == 403
    assert refused.json()["error"] == "unauthorized"
    answer = admin.post("users.logout", {"userId": ann.id})
    assert answer.json()["message"] == f"User {ann.id} has been logged out!"
    assert ann.api.get("me").status_code == 401
    assert bob.api.post("users.logout", {}).is_success
    assert bob.api.get("me").status_code == 401
    unknown = admin.post("users.logout", {"userId": "nobody"})
    assert unknown.json()["error"] == "Invalid user id [error-invalid-user-id]"


def test_tokens_for_others_need_the_operators_secret(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    server = private_server(environment={"CREATE_TOKENS_FOR_USERS_SECRET": SECRET})
    with Api(server.url) as nobody:
        admin = nobody.login_as_administrator()
        ann, bob = create_user(admin), create_user(admin)
        body = {"userId": ann.id, "secret": SECRET}
        token = admin.post("users.createToken", body).json()["data"]["authToken"]
        assert with_token(nobody, ann.id, token).get("me").status_code == 200
        assert ann.api.post("users.createToken", body).is_success
        for client, wrong in (
            (admin, {**body, "secret": "guessed"}),
            (bob.api, body),
        ):
            answer = client.post("users.createToken", wrong)
            assert answer.status_code == 400
            assert answer.json()["error"] == "Not authorized [error-not-authorized]"
        missing = admin.post("users.createToken", {"secret": SECRET})
        assert missing.json()["error"] == "must have required property 'userId' [invalid-params]"


def test_without_a_secret_no_tokens_are_made_for_anybody(admin: Api) -> None:
    answer = admin.post("users.createToken", {"userId": admin.user_id, "secret": "x"})
    assert answer.json()["errorType"] == "error-not-authorized"
