"""Handing a message to the mail server, or to a folder where there is none."""

import asyncio
import os
import re
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
import structlog

from frontdesk.ids import random_id
from frontdesk.jobs import GiveUp

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

log = structlog.get_logger(__name__)

#: For connecting and for each answer of the server; seconds.
TIMEOUT = 30.0
#: Ports for the submission of mail (RFC 6409, RFC 8314).
SUBMISSION_PORT = 587
SUBMISSION_TLS_PORT = 465


def mail_status(settings: "Settings") -> Literal["smtp", "files"]:
    """Return where mail goes: to an SMTP server, or to files because none is configured."""
    return "smtp" if settings.text("SMTP_Host").strip() else "files"


async def deliver(message: EmailMessage, settings: "Settings", data_dir: Path) -> None:
    """Send a message to the recipients in its To header, or write it to `<data_dir>/mail`.

    Raises GiveUp when the server refuses the mail for good (5xx), and whatever else goes wrong,
    which may be different next time: no connection, wrong password, 4xx.
    """
    if mail_status(settings) == "smtp":
        await _send(message, settings)
        log.info("mail_sent", message_id=message["Message-ID"])
    else:
        path = await asyncio.to_thread(_write, message, data_dir / "mail")
        log.warning("mail_written_not_sent", path=str(path))


class SmtpServer(msgspec.Struct, frozen=True):
    """A mail server. With `tls` the connection is encrypted from its start; else, if it
    `may_upgrade`, as soon as the server offers it (None) or never (False).
    """

    host: str
    port: int
    username: str
    password: str
    tls: bool
    may_upgrade: Literal[False] | None = None
    #: Whether the server must prove its name.
    verified: bool = True


async def _send(message: EmailMessage, settings: "Settings") -> None:
    tls = settings.text("SMTP_Protocol") == "smtps"
    server = SmtpServer(
        host=settings.text("SMTP_Host").strip(),
        port=settings.number("SMTP_Port") or (SUBMISSION_TLS_PORT if tls else SUBMISSION_PORT),
        username=settings.text("SMTP_Username"),
        password=settings.text("SMTP_Password"),
        tls=tls,
        may_upgrade=False if settings.flag("SMTP_IgnoreTLS") else None,
    )
    await send_by(server, message)


async def send_by(server: SmtpServer, message: EmailMessage) -> None:
    """Hand a message to a mail server, for the recipients in its To header; raises as `deliver`."""
    import aiosmtplib

    try:
        refused, _ = await aiosmtplib.send(
            message,
            sender=message["From"].addresses[0].addr_spec,
            recipients=[mailbox.addr_spec for mailbox in message["To"].addresses],
            hostname=server.host,
            port=server.port,
            username=server.username or None,
            password=server.password or None,
            use_tls=server.tls,
            # None: encrypted as soon as the server offers it.
            start_tls=False if server.tls else server.may_upgrade,
            validate_certs=server.verified,
            timeout=TIMEOUT,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        if any(each.code < 500 for each in error.recipients):
            raise
        reasons = "; ".join(f"{each.code} {each.message}" for each in error.recipients)
        raise GiveUp(f"the mail server refuses the recipient: {reasons}") from error
    except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
        if error.code < 500:
            raise
        raise GiveUp(f"the mail server refuses the mail: {error.code} {error.message}") from error
    except aiosmtplib.SMTPNotSupported as error:
        raise GiveUp(f"the mail server cannot take the mail: {error}") from error
    if refused:
        # The others have it; sending again would reach them twice. Somebody has to look.
        raise GiveUp(f"the mail server refuses some of the recipients: {', '.join(refused)}")


def _write(message: EmailMessage, folder: Path) -> Path:
    """Write a message to a file named for its Message-ID; a repetition overwrites it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9@.-]", "_", str(message["Message-ID"]).strip("<> ")).lstrip(".")
    path = folder / f"{name[:150]}.eml"
    unfinished = folder / f".{random_id()}.tmp"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 (a descriptor, not a path)
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_folder(folder)
    return path


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
