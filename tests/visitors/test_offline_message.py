"""Messages that visitors leave while nobody is there."""

import json
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from tests.builders import create_department, settings, unique
from tests.harness.client import Api
from tests.harness.smtp import SmtpServer
from tests.webhooks.conftest import receiver as receiver
from tests.webhooks.conftest import telling
from tests.webhooks.receiver import Receiver

REFUSED = {"success": False, "error": "Error sending Omnichannel offline message"}
SENT = {"message": "Livechat offline message sent", "success": True}


@pytest.fixture
def desk(admin: Api, smtp: SmtpServer) -> Iterator[SmtpServer]:
    """Let mail go to the test's server, and offline messages to one address."""
    with settings(
        admin,
        SMTP_Host=smtp.host,
        SMTP_Port=smtp.port,
        From_Email="desk@example.org",
        Livechat_offline_email="team@example.org",
        Livechat_validate_offline_email=False,
    ):
        yield smtp


def leave(api: Api, **fields: Any) -> tuple[int, dict[str, Any]]:
    """Leave a message."""
    body = {"name": "Ann", "email": "ann@example.org", "message": "Are you open?", **fields}
    answer = api.post("livechat/offline.message", body)
    return answer.status_code, answer.json()


def mail_to(smtp: SmtpServer, address: str) -> EmailMessage:
    """Return the first mail that came."""
    (delivery,) = smtp.inbox.wait_for(1)
    assert delivery.recipients == (address,)
    return delivery.message


def body_of(message: EmailMessage, kind: str) -> str:
    """Return the plain text or the HTML of a mail."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_message_goes_to_the_workspace_by_mail(api: Api, desk: SmtpServer) -> None:
    host = "https://www.example.org/prices"
    said = "Are you open on Sundays?\nAnd on Mondays?"
    assert leave(api, message=said, host=host, department=None) == (200, SENT)

    message = mail_to(desk, "team@example.org")
    assert message["from"] == '"Ann - ann@example.org" <desk@example.org>'
    assert message["reply-to"] == "Ann <ann@example.org>"
    assert message["subject"] == "Livechat offline message from Ann: Are you open on Sund"
    for expected in (host, "Ann", "ann@example.org", said):
        assert expected in body_of(message, "plain")
    assert "Are you open on Sundays?<br>And on Mondays?" in body_of(message, "html")


def test_what_the_visitor_writes_is_escaped(api: Api, desk: SmtpServer) -> None:
    evil = '<script>alert("1")</script>'
    assert leave(api, name=f"{evil}\r\nBcc: x@example.org", message=evil, host=evil)[0] == 200

    message = mail_to(desk, "team@example.org")
    assert "<script" not in body_of(message, "html")
    assert "&lt;script&gt;" in body_of(message, "html")
    assert message["bcc"] is None


@pytest.mark.parametrize("by", ["id", "name"])
def test_a_department_gets_its_own_messages(
    api: Api, admin: Api, desk: SmtpServer, by: str
) -> None:
    name = unique("Sales")
    department = create_department(admin, name=name, email="sales@example.org")
    assert leave(api, department=department if by == "id" else name) == (200, SENT)
    mail_to(desk, "sales@example.org")


def test_an_unknown_department_leaves_the_message_to_the_workspace(
    api: Api, desk: SmtpServer
) -> None:
    assert leave(api, department="nobody") == (200, SENT)
    mail_to(desk, "team@example.org")


@pytest.mark.parametrize(
    "fields",
    [
        {"email": ""},
        {"email": "nobody"},
        {"email": "a@b, c@d"},
        {"email": "ann@example.org\r\nBcc: x@example.org"},
        {"email": "a" * 400 + "@example.org"},
        {"name": "x" * 501},
        {"message": "x" * 50_001},
        {"host": "x" * 2_001},
    ],
)
def test_what_cannot_be_answered_or_is_too_long_is_refused(
    api: Api, desk: SmtpServer, fields: dict[str, Any]
) -> None:
    assert leave(api, **fields) == (400, REFUSED)
    assert not desk.inbox.deliveries


def test_without_the_form_or_an_address_nothing_is_sent(
    api: Api, admin: Api, desk: SmtpServer, receiver: Receiver
) -> None:
    with telling(admin, receiver, "LivechatOfflineMessage"):
        with settings(admin, Livechat_display_offline_form=False):
            assert leave(api) == (400, REFUSED)
        with settings(admin, Livechat_offline_email=""):
            assert leave(api) == (400, REFUSED)
        marker = unique("marker")
        assert leave(api, message=marker)[0] == 200
        receiver.wait_until(lambda: receiver.received)
    assert [each.event["message"] for each in receiver.received] == [marker]
    assert len(desk.inbox.wait_for(1)) == 1


def test_a_domain_that_there_cannot_be_is_refused_where_that_is_checked(
    api: Api, admin: Api, desk: SmtpServer
) -> None:
    impossible = f"ann@{'x' * 64}.example"  # the name system has labels of 63 characters
    with settings(admin, Livechat_validate_offline_email=True):
        assert leave(api, email=impossible) == (400, REFUSED)
    assert leave(api, email=impossible)[0] == 200


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "must have required property 'name' [invalid-params]"),
        ({"name": "Ann"}, "must have required property 'email' [invalid-params]"),
        ({"name": "Ann", "email": "a@b"}, "must have required property 'message' [invalid-params]"),
        (
            {"name": "Ann", "email": "a@b", "message": "Hi", "more": 1},
            "must NOT have additional properties [invalid-params]",
        ),
    ],
)
def test_a_form_that_is_not_filled_in_is_refused(
    api: Api, body: dict[str, Any], error: str
) -> None:
    answer = api.post("livechat/offline.message", body)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_another_server_is_told(api: Api, admin: Api, desk: SmtpServer, receiver: Receiver) -> None:
    marker = unique("marker")
    with telling(admin, receiver, "LivechatOfflineMessage"):
        assert leave(api, message=marker, host="https://example.org") == (200, SENT)
        receiver.wait_until(lambda: receiver.received)
    (came,) = [each for each in receiver.received if each.event["message"] == marker]
    assert came.event.keys() == {"type", "sentAt", "visitor", "message"}
    assert came.kind == "LivechatOfflineMessage"
    assert came.event["visitor"] == {"name": "Ann", "email": "ann@example.org"}


def test_the_message_is_posted_in_a_channel(api: Api, admin: Api, desk: SmtpServer) -> None:
    marker = unique("marker")
    channel = {
        "Livechat_OfflineMessageToChannel_enabled": True,
        "Livechat_OfflineMessageToChannel_channel_name": "general",
    }
    department = create_department(admin, name=unique("Sales"))
    with settings(admin, **channel):
        assert leave(api, message=marker, department=department)[0] == 200
    shown = admin.get("rooms.info", {"roomId": "GENERAL"}).json()["room"]["lastMessage"]
    assert marker in shown["msg"] and "ann@example.org" in shown["msg"]
    assert shown["u"]["username"] == "rocket.cat"


def test_a_channel_that_there_is_not_gets_nothing(api: Api, admin: Api, desk: SmtpServer) -> None:
    channel = {
        "Livechat_OfflineMessageToChannel_enabled": True,
        "Livechat_OfflineMessageToChannel_channel_name": "nowhere",
    }
    with settings(admin, **channel):
        assert leave(api) == (200, SENT)


def test_old_widgets_leave_messages_by_a_method(api: Api, desk: SmtpServer) -> None:
    def call(**given: str) -> dict[str, Any]:
        method = "livechat:sendOfflineMessage"
        message = {"msg": "method", "id": "1", "method": method, "params": [given]}
        answer = api.post(f"method.callAnon/{method}", {"message": json.dumps(message)})
        frame: dict[str, Any] = json.loads(answer.json()["message"])
        return frame

    assert "error" not in call(name="Ann", email="ann@example.org", message="Hello")
    mail_to(desk, "team@example.org")
    refused = call(name="Ann", email="", message="Hello")
    assert refused["error"]["error"] == REFUSED["error"]
    assert call(name="Ann")["error"]["reason"] == "Match failed"
