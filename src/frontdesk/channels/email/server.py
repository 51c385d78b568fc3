"""The servers of an inbox as its row describes them."""

from frontdesk.channels.records import Inbox
from frontdesk.mail.delivery import SmtpServer

#: Attempts at a connection before an inbox is switched off, where the inbox names no number.
RETRIES = 5


def smtp_server(inbox: Inbox) -> SmtpServer:
    """Return the server that sends an inbox's mail. `secure` means encrypted from the start; else
    the connection is encrypted if the server can, whoever it says it is.
    """
    secure = bool(inbox.smtp["secure"])
    return SmtpServer(
        host=inbox.smtp["server"],
        port=int(inbox.smtp["port"]),
        username=inbox.smtp["username"],
        password=inbox.smtp["password"],
        tls=secure,
        verified=secure,
    )


def retries(inbox: Inbox) -> int:
    """Return how many attempts at a connection are made before the inbox is switched off."""
    return int(inbox.imap.get("maxRetries", RETRIES))
