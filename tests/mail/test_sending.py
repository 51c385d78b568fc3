import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from frontdesk.config import Config
from frontdesk.db import Database, open_database
from frontdesk.db.migrate import driver_url
from frontdesk.files.store import FileStore
from frontdesk.jobs import GiveUp, JobRun, leases
from frontdesk.jobs.queue import list_jobs
from frontdesk.jobs.tables import jobs
from frontdesk.jobs.worker import Worker
from frontdesk.mail.jobs import job_handlers
from frontdesk.mail.message import Outgoing, Part
from frontdesk.mail.sending import SEND, send_later
from frontdesk.settings.workspace import Settings
from frontdesk.workspace import Workspace
from tests.harness.smtp import SmtpServer

MAIL = Outgoing(to=["ada@example.org"], subject="Your conversation", text="Hello Ada")


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """Return an open database with the table of jobs."""
    url = f"sqlite:///{tmp_path / 'frontdesk.db'}"
    engine = create_engine(driver_url(url))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    jobs.create(engine)
    engine.dispose()
    opened = open_database(url)
    yield opened
    await opened.close()


@pytest.fixture
def workspace(db: Database, smtp: SmtpServer, tmp_path: Path) -> Workspace:
    """Return a workspace whose mail goes to the test's SMTP server."""
    config = Config.from_options(data_dir=tmp_path, environment={})
    settings = Settings.initial("https://chat.example")
    settings = settings.with_value("SMTP_Host", smtp.host)
    settings = settings.with_value("SMTP_Port", str(smtp.port))
    return Workspace(config, db, settings, FileStore(None, tmp_path))


async def run_now(workspace: Workspace) -> None:
    """Do the only job, as a worker would."""
    (run,) = await workspace.db.write(lambda tx: leases.claim(tx, (SEND,), "test", 9, 60_000))
    await job_handlers(workspace)[SEND](run)


async def test_a_promised_mail_is_sent_by_the_worker(
    workspace: Workspace, smtp: SmtpServer
) -> None:
    worker = Worker(workspace.db, job_handlers(workspace))
    await worker.start()
    await workspace.db.write(lambda tx: send_later(tx, MAIL, "message 1"))
    (delivery,) = await asyncio.to_thread(smtp.inbox.wait_for, 1)
    await worker.stop()
    assert delivery.recipients == ("ada@example.org",)
    assert delivery.sender == "no-reply@chat.example"
    assert delivery.message.get_content().strip() == "Hello Ada"
    assert await workspace.db.read(list_jobs) == []


async def test_the_same_key_is_one_mail(workspace: Workspace) -> None:
    await workspace.db.write(lambda tx: send_later(tx, MAIL, "message 1"))
    await workspace.db.write(lambda tx: send_later(tx, MAIL, "message 1"))
    (job,) = await workspace.db.read(list_jobs)
    assert (job.kind, job.key) == ("mail.send", "mail.send:message 1")


async def test_a_repeated_sending_has_the_same_message_id(
    workspace: Workspace, smtp: SmtpServer
) -> None:
    await workspace.db.write(lambda tx: send_later(tx, MAIL, "message 1"))
    (run,) = await workspace.db.write(lambda tx: leases.claim(tx, (SEND,), "test", 1, 60_000))
    for _ in range(2):
        await job_handlers(workspace)[SEND](run)
    first, second = (delivery.message["Message-ID"] for delivery in smtp.inbox.deliveries)
    assert first == second


async def test_the_sender_in_the_settings_is_used(workspace: Workspace, smtp: SmtpServer) -> None:
    workspace.settings = workspace.settings.with_value("From_Email", "Desk <desk@example.com>")
    await workspace.db.write(lambda tx: send_later(tx, MAIL, "message 1"))
    await run_now(workspace)
    assert smtp.inbox.deliveries[0].message["From"] == "desk@example.com"


async def test_files_are_read_from_the_store_at_sending(
    workspace: Workspace, smtp: SmtpServer
) -> None:
    await workspace.files.put("transcript1", b"%PDF-1.7")
    part = Part(name="Transcript.pdf", content_type="application/pdf", file_id="transcript1")
    mail = Outgoing(to=MAIL.to, subject="", text="See attached", attachments=[part])
    await workspace.db.write(lambda tx: send_later(tx, mail, "message 1"))
    await run_now(workspace)
    (attachment,) = smtp.inbox.deliveries[0].message.iter_attachments()
    assert attachment.get_filename() == "Transcript.pdf"
    assert attachment.get_content() == b"%PDF-1.7"


@pytest.mark.parametrize(
    "mail",
    [
        Outgoing(to=["ada@example.org"], subject="two\nlines", text=""),
        Outgoing(to=["ada@example.org;eve@"], subject="", text=""),
        Outgoing(
            to=["ada@example.org"],
            subject="",
            text="",
            attachments=[Part(name="a", content_type="text/plain", file_id="missing")],
        ),
    ],
)
async def test_a_mail_that_can_never_be_sent_is_given_up(
    workspace: Workspace, mail: Outgoing
) -> None:
    await workspace.db.write(lambda tx: send_later(tx, mail, "message 1"))
    with pytest.raises(GiveUp, match="the mail cannot be"):
        await run_now(workspace)


async def test_a_payload_that_is_no_mail_is_given_up(workspace: Workspace) -> None:
    with pytest.raises(GiveUp, match="the mail cannot be read"):
        await job_handlers(workspace)[SEND](JobRun("id", SEND, None, {"to": 5}, 1, "lease"))
