"""Inboxes under hard conditions: several processes, and a process that dies."""

from collections.abc import Callable
from contextlib import ExitStack

from tests.builders import eventually
from tests.channels.email.post import Post, name_of, post_office, somebody
from tests.harness.client import Api
from tests.harness.dovecot import ImapServer
from tests.harness.server import FrontdeskProcess
from tests.harness.smtp import SmtpServer

MAILS = 30
PATIENT = {"OVERWRITE_SETTING_Livechat_accept_chats_with_no_agents": "true"}


def senders_of_all(admin: Api) -> list[str]:
    found = admin.get("livechat/rooms", {"count": 100}).json()["rooms"]
    return sorted(each["fname"] for each in found)


def everything_once(post: Post, senders: list[str]) -> None:
    """Wait until each mail has become a conversation, and see that none has become two."""
    wanted = sorted(map(name_of, senders))

    def look() -> list[str] | None:
        found = senders_of_all(post.admin)
        return found if len(found) >= len(wanted) else None

    assert eventually(look, within=60) == wanted
    for sender in senders[:3]:
        assert len(post.said(post.room(sender)["_id"])) == 1


def test_several_processes_take_each_mail_in_once(
    engine: str,
    private_server: Callable[..., FrontdeskProcess],
    imap: ImapServer,
    smtp: SmtpServer,
):
    running = private_server(environment=PATIENT)
    if engine == "postgresql":
        for _ in range(2):
            private_server(environment=PATIENT, database_url=running.database_url)
    with ExitStack() as stack:
        api = stack.enter_context(Api(running.url))
        admin = stack.enter_context(api.login_as_administrator())
        post = stack.enter_context(post_office(running, admin, imap, smtp))
        senders = [somebody() for _ in range(MAILS)]
        for sender in senders:
            post.write(sender)
        everything_once(post, senders)


def test_a_process_that_dies_loses_and_repeats_nothing(
    private_server: Callable[..., FrontdeskProcess], imap: ImapServer, smtp: SmtpServer
):
    running = private_server(environment=PATIENT)
    with ExitStack() as stack:
        api = stack.enter_context(Api(running.url))
        admin = stack.enter_context(api.login_as_administrator())
        post = stack.enter_context(post_office(running, admin, imap, smtp))
        senders = [somebody() for _ in range(MAILS)]
        for sender in senders[: MAILS // 2]:
            post.write(sender)
        eventually(lambda: senders_of_all(admin))
        running.kill()
        for sender in senders[MAILS // 2 :]:
            post.write(sender)
        running.restart()
        everything_once(post, senders)


def test_a_mail_that_cannot_be_stored_is_passed_over_after_three_tries(
    private_server: Callable[..., FrontdeskProcess], imap: ImapServer, smtp: SmtpServer
):
    running = private_server(environment=PATIENT)
    # Where files should lie, there is no folder.
    (running.directory / "data" / "files").write_text("in the way")
    with ExitStack() as stack:
        api = stack.enter_context(Api(running.url))
        admin = stack.enter_context(api.login_as_administrator())
        post = stack.enter_context(
            post_office(running, admin, imap, smtp, account={"maxRetries": 0})
        )
        unlucky, lucky = somebody(), somebody()
        mail = post.write(unlucky, deliver=False)
        mail.add_attachment(b"x", maintype="text", subtype="csv", filename="x.csv")
        post.imap.deliver(post.user, mail)
        post.write(lucky)
        post.room(lucky)
        assert senders_of_all(admin) == [name_of(lucky)]
        assert running.log.count("mail_given_up") == 1
        assert [b"\\Seen" in each for each in post.imap.flags(post.user)] == [False, True]
