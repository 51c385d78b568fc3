import smtplib
from email.message import EmailMessage

import pytest

from tests.harness.smtp import SmtpServer


def send(server: SmtpServer, subject: str) -> None:
    message = EmailMessage()
    message["From"] = "desk@example.com"
    message["To"] = "ada@example.com"
    message["Subject"] = subject
    message.set_content("Good day")
    with smtplib.SMTP(server.host, server.port) as client:
        client.send_message(message)


def test_a_message_arrives_with_its_envelope(smtp: SmtpServer):
    send(smtp, "Transcript: Ünïcödé")
    [delivery] = smtp.inbox.wait_for(1)
    assert delivery.sender == "desk@example.com"
    assert delivery.recipients == ("ada@example.com",)
    assert delivery.message["subject"] == "Transcript: Ünïcödé"
    assert delivery.message.get_content().strip() == "Good day"


def test_refused_messages_are_counted_but_not_kept(smtp: SmtpServer):
    smtp.inbox.refuse_next(2)
    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError, match="Greylisted"):
            send(smtp, "refused")
    send(smtp, "accepted")
    smtp.inbox.wait_for_attempts(3)
    [delivery] = smtp.inbox.wait_for(1)
    assert delivery.message["subject"] == "accepted"
    assert smtp.inbox.attempts == 3


def test_waiting_for_a_message_that_does_not_come_ends(smtp: SmtpServer):
    with pytest.raises(TimeoutError, match="0 of 1 messages"):
        smtp.inbox.wait_for(1, timeout=0.01)


def test_a_server_that_was_down_comes_back_with_its_inbox(smtp: SmtpServer):
    send(smtp, "before")
    smtp.stop()
    with pytest.raises(ConnectionRefusedError):
        send(smtp, "meanwhile")
    smtp.start()
    send(smtp, "after")
    assert [d.message["subject"] for d in smtp.inbox.wait_for(2)] == ["before", "after"]
