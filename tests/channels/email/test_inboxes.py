"""Inboxes over HTTP."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.builders import create_department, create_user, unique
from tests.channels.email.post import Post, inbox_body
from tests.harness.client import Api
from tests.harness.smtp import SmtpServer


@pytest.fixture
def body(smtp: SmtpServer) -> dict[str, Any]:
    """Return the body that makes an inbox which is switched off."""
    account = {
        "server": "imap.example.org",
        "port": 993,
        "username": "desk",
        "password": "secret",
        "secure": True,
    }
    address = f"{unique('desk')}@example.org"
    made = inbox_body(address, account, smtp)
    return {**made, "active": False, "smtp": {**made["smtp"], "password": "secret too"}}


@pytest.fixture
def inbox(admin: Api, body: dict[str, Any]) -> Iterator[str]:
    """Return the id of an inbox that is switched off."""
    answer = admin.post("email-inbox", body)
    assert answer.status_code == 200, answer.text
    yield answer.json()["_id"]
    admin.delete(f"email-inbox/{answer.json()['_id']}")


def test_an_inbox_is_read_back_without_its_passwords(admin: Api, body: dict[str, Any], inbox: str):
    answer = admin.get(f"email-inbox/{inbox}")
    found = answer.json()
    assert found["success"] is True
    assert found["imap"] == {**body["imap"], "password": "", "maxRetries": 5}
    assert found["smtp"] == {**body["smtp"], "password": ""}
    assert found["name"] == body["name"]
    assert found["_createdBy"]["username"] == "rocketchat.internal.admin.test"
    assert "secret" not in answer.text


def test_inboxes_are_listed_by_name_and_found_by_address(
    admin: Api, body: dict[str, Any], inbox: str
):
    listed = admin.get("email-inbox.list", {"count": 0}).json()
    names = [each["name"] for each in listed["emailInboxes"]]
    assert body["name"] in names
    assert names == sorted(names)
    assert listed["total"] == len(names)
    found = admin.get("email-inbox.search", {"email": body["email"]}).json()
    assert found["emailInbox"]["_id"] == inbox
    assert admin.get("email-inbox.search", {"email": "no@no"}).json()["emailInbox"] is None


def test_an_inbox_is_changed(admin: Api, body: dict[str, Any], inbox: str):
    changed = {**body, "_id": inbox, "name": unique("Renamed"), "description": "for all"}
    assert admin.post("email-inbox", changed).json() == {"_id": inbox, "success": True}
    found = admin.get(f"email-inbox/{inbox}").json()
    assert found["name"] == changed["name"]
    assert found["description"] == "for all"


def test_an_address_belongs_to_one_inbox(admin: Api, body: dict[str, Any], inbox: str):
    answer = admin.post("email-inbox", body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("E11000 duplicate key error")
    other = admin.post("email-inbox", {**body, "email": f"{unique('x')}@example.org"}).json()
    moved = admin.post("email-inbox", {**body, "_id": other["_id"]})
    assert moved.json()["error"].startswith("E11000 duplicate key error")
    assert admin.get(f"email-inbox/{other['_id']}").status_code == 200
    admin.delete(f"email-inbox/{other['_id']}")


def test_an_unknown_inbox_is_not_changed(admin: Api, body: dict[str, Any]):
    answer = admin.post("email-inbox", {**body, "_id": "unknown"})
    assert answer.status_code == 400
    assert answer.json() == {"success": False, "error": "error-invalid-email-inbox"}


@pytest.mark.parametrize("method", ["get", "delete"])
def test_an_unknown_inbox_is_not_found(admin: Api, method: str):
    answer = getattr(admin, method)("email-inbox/unknown")
    assert answer.status_code == 404
    assert answer.json() == {"success": False, "error": "Resource not found"}


def test_an_inbox_is_removed(admin: Api, body: dict[str, Any]):
    made = admin.post("email-inbox", body).json()["_id"]
    assert admin.delete(f"email-inbox/{made}").json() == {"_id": made, "success": True}
    assert admin.get(f"email-inbox/{made}").status_code == 404


def test_the_department_is_taken_away_with_all(admin: Api, body: dict[str, Any], inbox: str):
    department = create_department(admin)
    admin.post("email-inbox", {**body, "_id": inbox, "department": department})
    assert admin.get(f"email-inbox/{inbox}").json()["department"] == department
    admin.post("email-inbox", {**body, "_id": inbox, "department": "All"})
    assert "department" not in admin.get(f"email-inbox/{inbox}").json()
    unknown = admin.post("email-inbox", {**body, "_id": inbox, "department": "nowhere"})
    assert unknown.json()["error"] == "error-invalid-department"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": {}}, "must be string"),
        ({"active": "perhaps"}, "must be boolean"),
        ({"extra": 1}, "must NOT have additional properties"),
        ({"smtp": {}}, "must have required property 'server'"),
        ({"email": "nobody"}, "Invalid email nobody [error-invalid-email]"),
        ({"email": "a@b\nBcc: c@d"}, "error-invalid-email"),
    ],
)
def test_what_is_no_inbox_is_refused(
    admin: Api, body: dict[str, Any], change: dict[str, Any], error: str
):
    answer = admin.post("email-inbox", {**body, **change})
    assert answer.status_code == 400
    assert error in answer.text


def test_without_the_permission_nothing_is_told(admin: Api, body: dict[str, Any], inbox: str):
    user = create_user(admin, "livechat-manager").api
    for answer in (
        user.get("email-inbox.list"),
        user.get(f"email-inbox/{inbox}"),
        user.get("email-inbox.search", {"email": body["email"]}),
        user.post("email-inbox", body),
        user.delete(f"email-inbox/{inbox}"),
        user.post(f"email-inbox.send-test/{inbox}"),
    ):
        assert answer.status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_test_mail_goes_to_the_caller(new_post: Callable[..., Post], admin: Api, method: str):
    post = new_post()
    caller = create_user(admin, "admin")
    answer = getattr(caller.api, method)(f"email-inbox.send-test/{post.id}")
    assert answer.json() == {"_id": post.id, "success": True}
    [delivery] = post.smtp.inbox.wait_for(1)
    assert delivery.recipients == (f"{caller.username}@example.org",)
    assert delivery.sender == post.address


def test_a_test_mail_needs_an_active_inbox_and_a_verified_address(
    new_post: Callable[..., Post], admin: Api, inbox: str
):
    assert admin.post("email-inbox.send-test/unknown").status_code == 404
    assert admin.post(f"email-inbox.send-test/{inbox}").json()["error"] == "inbox-not-found"
    post = new_post()
    caller = create_user(admin, "admin", verified=False)
    answer = caller.api.post(f"email-inbox.send-test/{post.id}")
    assert answer.json()["error"] == "user-without-verified-email"


def test_a_stored_password_is_not_handed_to_another_server(
    new_post: Callable[..., Post], admin: Api
):
    post = new_post()
    found = admin.get(f"email-inbox/{post.id}").json()
    body = {name: found[name] for name in ("_id", "name", "email", "active", "smtp", "imap")}
    body["smtp"] = {**body["smtp"], "username": "somebody else"}
    assert admin.post("email-inbox", body).status_code == 200
