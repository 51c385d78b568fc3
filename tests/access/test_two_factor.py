"""The second factor: the password again, or a code by e-mail. These servers run without test mode,
which switches it off.
"""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest

from tests.builders import PASSWORD, Person, create_user
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.harness.smtp import SmtpServer

BOSS = "the-Boss-2000"
RULE = "Accounts_TwoFactorAuthentication"


@pytest.fixture
def start(
    private_server: Callable[..., FrontdeskProcess], smtp: SmtpServer
) -> Iterator[Callable[..., Api]]:
    """Return a function that starts a server with second factors, and logs its owner in."""
    clients: list[Api] = []

    def run(**values: object) -> Api:
        overwritten = {
            "API_Enable_Rate_Limiter": False,
            "SMTP_Host": smtp.host,
            "SMTP_Port": smtp.port,
            **values,
        }
        server = private_server(
            environment={
                "TEST_MODE": "false",
                "ADMIN_USERNAME": "boss",
                "ADMIN_PASS": BOSS,
                "ADMIN_EMAIL": "boss@example.org",
                **{
                    f"OVERWRITE_SETTING_{name}": str(value).lower()
                    if isinstance(value, bool)
                    else str(value)
                    for name, value in overwritten.items()
                },
            }
        )
        client = Api(server.url)
        boss = client.login("boss", BOSS)
        clients.extend((client, boss))
        return boss

    yield run
    for client in clients:
        client.http.close()


def digest(password: str) -> str:
    return sha256(password.encode()).hexdigest()


def code_in(smtp: SmtpServer, count: int) -> str:
    """Return the code in the newest of `count` mails, as it is shown."""
    delivery = smtp.inbox.wait_for(count)[-1]
    assert delivery.message["subject"] == "Authentication code"
    body = delivery.message.get_body(("plain",))
    assert body is not None
    found = re.search(r"\d{3}-\d{3}", body.get_content())
    assert found is not None
    return found[0]


def user_with_email_factor(boss: Api) -> Person:
    ann = create_user(boss)
    assert ann.api.post("users.2fa.enableEmail").is_success
    return ann


def test_an_older_account_gives_its_password_again(start: Callable[..., Api]) -> None:
    boss = start(**{f"{RULE}_RememberFor": 0})
    asked = boss.post("settings/Livechat_title", {"value": "Desk"})
    assert asked.status_code == 400
    assert asked.json() == {
        "success": False,
        "error": "TOTP Required [totp-required]",
        "errorType": "totp-required",
        "details": {"method": "password", "codeGenerated": False, "availableMethods": []},
    }
    wrong = boss.post(
        "settings/Livechat_title", {"value": "Desk"}, headers={"X-2fa-Code": digest("wrong")}
    )
    assert wrong.json()["error"] == "TOTP Invalid [totp-invalid]"
    right = {"X-2fa-Code": digest(BOSS).upper(), "X-2fa-Method": "password"}
    assert boss.post("settings/Livechat_title", {"value": "Desk"}, headers=right).is_success


def test_a_new_account_is_not_asked(start: Callable[..., Api]) -> None:
    boss = start()
    assert boss.post("settings/Livechat_title", {"value": "Desk"}).is_success


def test_nobody_is_asked_where_it_is_switched_off(start: Callable[..., Api]) -> None:
    boss = start(**{f"{RULE}_RememberFor": 0, f"{RULE}_Enabled": False})
    assert boss.post("settings/Livechat_title", {"value": "Desk"}).is_success


def test_without_the_fallback_a_password_is_not_asked_for(start: Callable[..., Api]) -> None:
    boss = start(**{f"{RULE}_RememberFor": 0, f"{RULE}_Enforce_Password_Fallback": False})
    assert boss.post("settings/Livechat_title", {"value": "Desk"}).is_success


def test_a_personal_token_may_pass_without(start: Callable[..., Api]) -> None:
    boss = start(**{f"{RULE}_RememberFor": 0})
    proof = {"X-2fa-Code": digest(BOSS)}

    def robot(name: str, bypass: bool) -> Api:
        body = {"tokenName": name, "bypassTwoFactor": bypass}
        made = boss.post("users.generatePersonalAccessToken", body, headers=proof)
        return Api(boss.url, user_id=boss.user_id, token=made.json()["token"])

    with robot("free", True) as free, robot("bound", False) as bound:
        assert free.post("settings/Livechat_title", {"value": "Desk"}).is_success
        assert bound.post("settings/Livechat_title", {"value": "Desk"}).status_code == 400


def test_log_in_asks_for_the_code_that_was_mailed(
    start: Callable[..., Api], smtp: SmtpServer
) -> None:
    boss = start()
    ann = user_with_email_factor(boss)
    body: dict[str, Any] = {"user": ann.username, "password": PASSWORD}
    with Api(boss.url) as nobody:
        asked = nobody.post("login", body)
        assert asked.status_code == 401
        answer = asked.json()
        assert answer["error"] == "totp-required"
        assert answer["message"] == "TOTP Required"
        assert answer["status"] == "error" and answer["success"] is False
        expires = answer["details"].pop("codeExpires")
        assert expires.endswith("Z")
        assert answer["details"] == {
            "method": "email",
            "codeGenerated": True,
            "emailOrUsername": ann.username,
            "availableMethods": ["email"],
        }
        code = code_in(smtp, 1)
        wrong = nobody.post("login", {**body, "code": "000000" if code != "000-000" else "1"})
        assert wrong.json()["error"] == "totp-invalid"
        assert wrong.json()["details"]["codeGenerated"] is False
        right = nobody.post("login", body, headers={"X-2fa-Code": code})
        assert right.status_code == 200
        assert right.json()["data"]["me"]["services"]["email2fa"] == {"enabled": True}
        again = nobody.post("login", {**body, "code": code})
        assert again.json()["error"] == "totp-invalid", "a code is good once"


def test_a_wrong_password_sends_no_code(start: Callable[..., Api], smtp: SmtpServer) -> None:
    boss = start()
    ann = user_with_email_factor(boss)
    with Api(boss.url) as nobody:
        wrong = nobody.post("login", {"user": ann.username, "password": "wrong"})
        assert wrong.json()["error"] == "Unauthorized"
        nobody.post("login", {"user": ann.username, "password": PASSWORD})
    assert len(smtp.inbox.wait_for(1)) == 1


def test_guesses_at_a_code_are_counted(start: Callable[..., Api], smtp: SmtpServer) -> None:
    boss = start()
    ann = user_with_email_factor(boss)
    body = {"user": ann.username, "password": PASSWORD}
    with Api(boss.url) as nobody:
        nobody.post("login", body)
        code = code_in(smtp, 1)
        guess = "111111" if code != "111-111" else "222222"
        for _ in range(4):
            assert nobody.post("login", {**body, "code": guess}).json()["error"] == "totp-invalid"
        # The fifth wrong one uses the code up, and another is sent.
        last = nobody.post("login", {**body, "code": guess})
        assert last.json()["error"] == "totp-invalid"
        assert last.json()["details"]["codeGenerated"] is True
        assert code_in(smtp, 2)
        assert nobody.post("login", {**body, "code": code}).json()["error"] == "totp-invalid"


def test_a_proof_is_remembered_for_this_client(start: Callable[..., Api], smtp: SmtpServer) -> None:
    boss = start()
    ann = user_with_email_factor(boss)
    name = {"tokenName": "robot"}
    asked = ann.api.post("users.generatePersonalAccessToken", name)
    assert asked.json()["details"]["method"] == "email"
    proof = {"X-2fa-Code": code_in(smtp, 1), "X-2fa-Method": "email"}
    assert ann.api.post("users.generatePersonalAccessToken", name, headers=proof).is_success
    assert ann.api.post("users.removePersonalAccessToken", name).is_success
    other = ann.api.post(
        "users.generatePersonalAccessToken", name, headers={"User-Agent": "another"}
    )
    assert other.json()["errorType"] == "totp-required"


def test_giving_the_factor_up_needs_a_code_each_time(
    start: Callable[..., Api], smtp: SmtpServer
) -> None:
    boss = start()
    ann = user_with_email_factor(boss)
    name = {"tokenName": "robot"}
    ann.api.post("users.generatePersonalAccessToken", name)
    proof = {"X-2fa-Code": code_in(smtp, 1)}
    assert ann.api.post("users.generatePersonalAccessToken", name, headers=proof).is_success
    asked = ann.api.post("users.2fa.disableEmail")
    assert asked.json()["errorType"] == "totp-required"
    proof = {"X-2fa-Code": code_in(smtp, 2)}
    assert ann.api.post("users.2fa.disableEmail", headers=proof).is_success
    with Api(boss.url) as nobody:
        assert nobody.post("login", {"user": ann.username, "password": PASSWORD}).is_success


def test_the_factor_needs_a_verified_address_and_ends_other_sessions(
    start: Callable[..., Api],
) -> None:
    boss = start()
    ann = create_user(boss)
    boss.post("users.update", {"userId": ann.id, "data": {"verified": False}})
    refused = ann.api.post("users.2fa.enableEmail")
    assert refused.json()["error"] == (
        "You need to verify your emails before setting up 2FA [error-invalid-user]"
    )
    boss.post("users.update", {"userId": ann.id, "data": {"verified": True}})
    with Api(boss.url) as nobody:
        other = nobody.login(ann.username, PASSWORD)
        assert ann.api.post("users.2fa.enableEmail").is_success
        assert other.get("me").status_code == 401
        assert ann.api.get("me").status_code == 200


def test_a_code_is_sent_on_demand_and_nobody_learns_to_whom(
    start: Callable[..., Api], smtp: SmtpServer
) -> None:
    boss = start()
    ann = user_with_email_factor(boss)
    with Api(boss.url) as nobody:
        for name in (ann.username, "nobody-at-all", "x@y.z"):
            answer = nobody.post("users.2fa.sendEmailCode", {"emailOrUsername": name})
            assert answer.json() == {"success": True}
        missing = nobody.post("users.2fa.sendEmailCode", {})
        assert missing.json()["error"] == (
            "must have required property 'emailOrUsername' [invalid-params]"
        )
        code = code_in(smtp, 1)
        body = {"user": ann.username, "password": PASSWORD, "code": code}
        assert nobody.post("login", body).is_success


def test_the_own_password_is_changed_with_the_old_one(start: Callable[..., Api]) -> None:
    boss = start(**{f"{RULE}_RememberFor": 0})
    ann = create_user(boss).api
    data = {"newPassword": "Another-Pa55word"}
    asked = ann.post("users.updateOwnBasicInfo", {"data": data})
    assert asked.json()["errorType"] == "totp-required"
    wrong = {**data, "currentPassword": digest("wrong")}
    refused = ann.post("users.updateOwnBasicInfo", {"data": wrong})
    assert refused.json()["errorType"] == "totp-invalid"
    right = {**data, "currentPassword": digest(PASSWORD)}
    assert ann.post("users.updateOwnBasicInfo", {"data": right}).is_success
    named = ann.post("users.updateOwnBasicInfo", {"data": {"name": "No proof needed"}})
    assert named.is_success


def test_whoever_is_added_gets_a_mail_with_the_password(
    start: Callable[..., Api], smtp: SmtpServer
) -> None:
    boss = start()
    body = {
        "username": "newcomer",
        "name": "New <Comer",
        "email": "newcomer@example.org",
        "password": PASSWORD,
        "sendWelcomeEmail": True,
    }
    refused = boss.post("users.create", body)
    assert refused.json()["error"] == "Name contains invalid characters"
    assert boss.post("users.create", {**body, "name": "New & Comer"}).is_success
    (delivery,) = smtp.inbox.wait_for(1)
    assert delivery.recipients == ("newcomer@example.org",)
    plain = delivery.message.get_body(("plain",))
    html = delivery.message.get_body(("html",))
    assert plain is not None and html is not None
    assert f"Password: {PASSWORD}" in plain.get_content()
    assert "New & Comer" in plain.get_content()
    assert "New &amp; Comer" in html.get_content()
