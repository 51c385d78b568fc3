from imapclient import IMAPClient  # type: ignore[import-untyped]

from tests.harness.dovecot import ImapServer


def validity(client: IMAPClient) -> int:
    return int(client.folder_status("INBOX", "UIDVALIDITY")[b"UIDVALIDITY"])


def test_a_mail_lies_in_the_inbox_of_its_user(imap: ImapServer):
    imap.deliver("ann", b"Subject: Good day\r\n\r\nHello")
    assert imap.flags("ann") == [()]
    assert imap.flags("bob") == []


def test_a_server_that_was_down_comes_back_with_its_mails(imap: ImapServer):
    imap.deliver("ann", b"Subject: one\r\n\r\nHello")
    imap.stop()
    imap.start()
    assert len(imap.flags("ann")) == 1


def test_mails_can_be_numbered_anew(imap: ImapServer):
    imap.deliver("ann", b"Subject: one\r\n\r\nHello")
    with imap.logged_in("ann") as client:
        before = validity(client)
    imap.stop()
    imap.number_anew("ann")
    imap.start()
    with imap.logged_in("ann") as client:
        assert validity(client) != before
    assert len(imap.flags("ann")) == 1
