"""Mail to users."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.builders import Person, create_user, settings, unique
from tests.harness.client import Api
from tests.harness.smtp import SmtpServer


@pytest.fixture
def outgoing(admin: Api, smtp: SmtpServer) -> Iterator[SmtpServer]:
    """Return the workspace's own mail server."""
    with settings(admin, SMTP_Host=smtp.host, SMTP_Port=str(smtp.port)):
        yield smtp


@pytest.fixture
def person(admin: Api) -> Person:
    return create_user(admin, name="Ann & van Example")


def send(admin: Api, **fields: Any) -> httpx.Response:
    body = {
        "from": "News <news@example.org>",
        "subject": "For [fname]\nBcc: x@example.org",
        "body": "<p>[name] at [email]</p><a href='[unsubscribe]'>no more</a>",
        **fields,
    }
    return admin.post("mailer", body)


def only(person: Person) -> str:
    return f'{{"username": "{person.username}"}}'


def test_each_user_gets_a_mail_of_his_own(outgoing: SmtpServer, admin: Api, person: Person):
    assert send(admin, query=only(person)).json() == {"success": True}
    [delivery] = outgoing.inbox.wait_for(1)
    assert delivery.sender == "news@example.org"
    assert delivery.recipients == (f"{person.username}@example.org",)
    assert delivery.message["Subject"] == "For Ann Bcc: x@example.org"
    assert delivery.message["Bcc"] is None
    html = delivery.message.get_body(("html",))
    assert html is not None
    assert "Ann &amp; van Example at" in html.get_content()


def test_who_unsubscribes_by_the_link_gets_no_more(
    outgoing: SmtpServer, admin: Api, person: Person, api: Api
):
    other = create_user(admin)
    send(admin, query=only(person), body="[unsubscribe]")
    [delivery] = outgoing.inbox.wait_for(1)
    text = delivery.message.get_body(("plain",))
    assert text is not None
    link = text.get_content().strip()
    page = api.http.get(link)
    assert page.status_code == 200
    assert "<form" in page.text
    assert api.http.post(link).status_code == 200

    both = f'{{"username": {{"$in": ["{person.username}", "{other.username}"]}}}}'
    send(admin, query=both)
    send(admin, query=only(other), subject="end")
    found = {each.recipients[0] for each in outgoing.inbox.wait_for(3)}
    assert f"{other.username}@example.org" in found
    assert (
        len([each for each in outgoing.inbox.deliveries if person.username in each.recipients[0]])
        == 1
    )


def test_a_dry_run_goes_to_the_sender(outgoing: SmtpServer, admin: Api, person: Person):
    address = f"{person.username}@example.org"
    assert send(admin, dryrun=True, **{"from": address}).status_code == 200
    [delivery] = outgoing.inbox.wait_for(1)
    assert delivery.recipients == (address,)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"from": "nobody"}, "Invalid from address [error-invalid-from-address]"),
        (
            {"body": "no link"},
            "You must provide the [unsubscribe] link. [error-missing-unsubscribe-link]",
        ),
        ({"dryrun": True, "from": "who@example.org"}, "Invalid user [error-invalid-user]"),
        ({"query": "{"}, "Invalid query [error-invalid-query]"),
        ({"query": '{"$where": "1"}'}, "Invalid query [error-invalid-query]"),
        ({"query": '{"name": {"$regex": "a"}}'}, "Invalid query [error-invalid-query]"),
    ],
)
def test_what_cannot_be_sent_is_refused(admin: Api, fields: dict[str, Any], error: str):
    answer = send(admin, **fields)
    assert answer.status_code == 400
    assert answer.json()["error"] == error


def test_a_bad_sender_is_told_where_it_was_seen(admin: Api):
    answer = send(admin, **{"from": "nobody"}).json()
    assert answer["errorType"] == "error-invalid-from-address"
    assert answer["details"] == {"function": "Mailer.sendMail"}


def test_only_who_may_sends_mail(admin: Api):
    assert send(create_user(admin, "livechat-manager").api).status_code == 403


def test_unsubscribing_tells_nothing(person: Person):
    answer = person.api.post("mailer.unsubscribe", {"_id": unique("x"), "createdAt": "1"})
    assert answer.json() == {"success": True}
