"""What the server tells about itself."""

from tests.builders import create_user, settings
from tests.harness.client import Api


def test_clients_learn_the_version_they_ask_for(api: Api, admin: Api) -> None:
    answer = api.get("/api/info").json()
    assert answer == {
        "version": "8.8",
        "minimumClientVersions": {"desktop": "3.9.6", "mobile": "4.39.0"},
        "success": True,
    }
    full = admin.get("/api/info").json()
    assert full["version"] == full["info"]["version"] == "8.8.0"
    assert api.get("info").json()["info"] == {"version": "8.8.0"}


def test_nothing_is_locked(admin: Api) -> None:
    ann = create_user(admin)
    seen = ann.api.get("licenses.info").json()["license"]
    assert "livechat-enterprise" in seen["activeModules"]
    assert seen["limits"] == {}
    assert not any(seen["preventedActions"].values())
    full = admin.get("licenses.info", {"loadValues": "true"}).json()["license"]["limits"]
    assert full["activeUsers"]["max"] == -1
    assert full["activeUsers"]["value"] >= 1
    assert admin.get("licenses.isEnterprise").json()["isEnterprise"] is True
    users = admin.get("licenses.maxActiveUsers").json()
    assert users["maxActiveUsers"] is None and users["activeUsers"] >= 1
    odd = admin.get("licenses.info", {"odd": 1})
    assert odd.json()["error"] == "must NOT have additional properties [invalid-params]"


def test_the_password_policy_is_public(api: Api, admin: Api) -> None:
    policy = api.get("pw.getPolicy").json()
    assert policy["enabled"] is True
    assert policy["policy"][0] == ["get-password-policy-minLength", {"minLength": 14}]
    assert ["get-password-policy-mustContainAtLeastOneSpecialCharacter"] in policy["policy"]
    with settings(admin, Accounts_Password_Policy_Enabled=False):
        assert api.get("pw.getPolicy").json() == {"enabled": False, "policy": [], "success": True}


def test_whether_mail_can_be_sent_is_told(admin: Api) -> None:
    assert admin.get("smtp.check").json()["isSMTPConfigured"] is False
    with settings(admin, SMTP_Host="mail.example.org"):
        assert admin.get("smtp.check").json()["isSMTPConfigured"] is True
