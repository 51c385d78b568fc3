import shutil
import ssl
import subprocess
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from structlog.testing import capture_logs

from frontdesk.jobs import GiveUp
from frontdesk.mail.delivery import deliver, mail_status
from frontdesk.mail.message import Outgoing, compose
from frontdesk.settings.workspace import Settings
from tests.harness.processes import free_port
from tests.harness.smtp import SmtpServer


def settings(**values: Any) -> Settings:
    result = Settings.initial("http://chat.example")
    for setting_id, value in values.items():
        result = result.with_value(setting_id, value)
    return result


def settings_for(smtp: SmtpServer, **values: Any) -> Settings:
    return settings(SMTP_Host=smtp.host, SMTP_Port=str(smtp.port), **values)


def outgoing(**changes: Any) -> Outgoing:
    fields: dict[str, Any] = {
        "to": ["ada@example.org"],
        "subject": "Grüße",
        "text": "Hello Ada",
        "from_address": "desk@example.com",
        "from_name": "The desk",
        "message_id": "<one@example.com>",
        "date": 1_740_830_400_000,
    }
    return Outgoing(**{**fields, **changes})


async def test_a_mail_arrives_at_the_server_with_its_envelope(
    smtp: SmtpServer, tmp_path: Path
) -> None:
    mail = compose(outgoing(to=["ada@example.org", '"odd"one@bücher.example']))
    await deliver(mail, settings_for(smtp), tmp_path)
    (delivery,) = smtp.inbox.deliveries
    assert delivery.sender == "desk@example.com"
    assert delivery.recipients == ("ada@example.org", r'"\"odd\"one"@xn--bcher-kva.example')
    assert delivery.message["Subject"] == "Grüße"
    assert delivery.message["Message-ID"] == "<one@example.com>"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("reply", ["550 5.1.1 No such user", "554 5.7.1 Spam"])
async def test_a_refusal_for_good_is_given_up(smtp: SmtpServer, tmp_path: Path, reply: str) -> None:
    smtp.inbox.refuse_next(1, reply)
    with pytest.raises(GiveUp, match=reply[4:]):
        await deliver(compose(outgoing()), settings_for(smtp), tmp_path)
    assert smtp.inbox.attempts == 1


async def test_a_refusal_for_now_is_left_to_the_next_attempt(
    smtp: SmtpServer, tmp_path: Path
) -> None:
    smtp.inbox.refuse_next(1)
    with pytest.raises(aiosmtplib.SMTPDataError, match="Greylisted"):
        await deliver(compose(outgoing()), settings_for(smtp), tmp_path)
    await deliver(compose(outgoing()), settings_for(smtp), tmp_path)
    assert len(smtp.inbox.deliveries) == 1


async def test_a_server_that_is_down_is_left_to_the_next_attempt(
    smtp: SmtpServer, tmp_path: Path
) -> None:
    smtp.stop()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await deliver(compose(outgoing()), settings_for(smtp), tmp_path)


async def test_a_wrong_password_is_left_to_the_next_attempt(
    smtp: SmtpServer, tmp_path: Path
) -> None:
    with pytest.raises(aiosmtplib.SMTPException):
        await deliver(
            compose(outgoing()),
            settings_for(smtp, SMTP_Username="desk", SMTP_Password="wrong"),
            tmp_path,
        )
    assert smtp.inbox.attempts == 0


async def test_smtps_speaks_tls_from_the_first_byte(smtp: SmtpServer, tmp_path: Path) -> None:
    with pytest.raises((aiosmtplib.SMTPException, OSError)):
        await deliver(compose(outgoing()), settings_for(smtp, SMTP_Protocol="smtps"), tmp_path)
    assert smtp.inbox.attempts == 0


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a file with a key and a certificate for 127.0.0.1 that nobody trusts yet."""
    if not shutil.which("openssl"):
        pytest.skip("this machine has no openssl")
    path = tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    command += " -addext subjectAltName=IP:127.0.0.1 -keyout certificate.pem -out public.pem"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (tmp_path / "public.pem").read_bytes())
    return path


class EncryptedServer:
    """A server that offers STARTTLS; `encrypted` says of each mail whether it came so."""

    def __init__(self, certificate: Path) -> None:
        self.encrypted: list[bool] = []
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        self.port = free_port()
        self.controller = Controller(
            self, hostname="127.0.0.1", port=self.port, tls_context=context
        )

    async def handle_DATA(  # noqa: N802 (the name is aiosmtpd's)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Note one mail."""
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def settings(self, **values: Any) -> Settings:
        """Return settings that name this server."""
        return settings(SMTP_Host="127.0.0.1", SMTP_Port=str(self.port), **values)


@pytest.fixture
def encrypted(certificate: Path) -> Iterator[EncryptedServer]:
    """Return a running server that offers STARTTLS, and says of each mail how it came."""
    server = EncryptedServer(certificate)
    server.controller.start()
    yield server
    server.controller.stop()


async def test_encryption_is_used_where_it_is_offered_unless_it_is_ignored(
    encrypted: EncryptedServer, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    for ignore in (True, False):
        await deliver(compose(outgoing()), encrypted.settings(SMTP_IgnoreTLS=ignore), tmp_path)
    assert encrypted.encrypted == [False, True]


async def test_a_server_nobody_vouches_for_gets_no_mail_and_is_tried_again(
    encrypted: EncryptedServer, tmp_path: Path
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await deliver(compose(outgoing()), encrypted.settings(SMTP_IgnoreTLS=False), tmp_path)
    assert encrypted.encrypted == []


async def test_without_a_server_the_mail_is_a_file_and_a_repetition_overwrites_it(
    tmp_path: Path,
) -> None:
    with capture_logs() as logs:
        await deliver(compose(outgoing(text="first")), settings(), tmp_path)
        await deliver(compose(outgoing(text="second")), settings(), tmp_path)
    path = tmp_path / "mail" / "one@example.com.eml"
    assert list(path.parent.iterdir()) == [path]
    assert [(log["event"], log["path"]) for log in logs] == [
        ("mail_written_not_sent", str(path))
    ] * 2
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["Subject"] == "Grüße"
    assert message.get_content().strip() == "second"
    assert path.stat().st_mode & 0o077 == 0, "mail is nobody else's business"


async def test_a_message_id_names_no_file_outside_of_the_folder(tmp_path: Path) -> None:
    mail = compose(outgoing(message_id="<../../x/.y@example.com>"))
    await deliver(mail, settings(), tmp_path / "data")
    (path,) = (tmp_path / "data" / "mail").iterdir()
    assert path.suffix == ".eml"
    assert [entry.name for entry in tmp_path.iterdir()] == ["data"]


def test_the_status_says_where_mail_goes() -> None:
    assert mail_status(settings()) == "files"
    assert mail_status(settings(SMTP_Host=" ")) == "files"
    assert mail_status(settings(SMTP_Host="127.0.0.1", SMTP_Port=str(free_port()))) == "smtp"
