"""Mail to and from an inbox, as customers send and get it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from frontdesk.messages.records import Message
from tests.builders import eventually, room_of, stored_messages, unique
from tests.harness.client import Api
from tests.harness.dovecot import ImapServer
from tests.harness.server import FrontdeskProcess
from tests.harness.smtp import SmtpServer


@dataclass
class Post:
    """An inbox of the desk; `user` owns its mailbox."""

    server: FrontdeskProcess
    admin: Api
    imap: ImapServer
    smtp: SmtpServer
    id: str
    address: str
    user: str

    def write(
        self, sender: str, text: str = "Hello", *, deliver: bool = True, **headers: str
    ) -> EmailMessage:
        """Send a plain mail to the desk; headers are named with `_` for `-`."""
        mail = EmailMessage()
        mail["From"] = f"{name_of(sender)} <{sender}>"
        mail["To"] = self.address
        mail["Subject"] = headers.pop("Subject", "My bike")
        mail["Message-ID"] = headers.pop("Message_ID", f"<{unique('mail')}@example.org>")
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        if deliver:
            self.imap.deliver(self.user, mail)
        return mail

    def rooms(self, sender: str) -> list[dict[str, Any]]:
        """Return the conversations of a sender, the newest first."""
        found = self.admin.get("livechat/rooms", {"roomName": name_of(sender), "count": 100}).json()
        listed = [each for each in found["rooms"] if each.get("source", {}).get("type") == "email"]
        return [room_of(self.admin, each["_id"]) for each in listed]

    def room(self, sender: str) -> dict[str, Any]:
        """Return the one conversation of a sender, as soon as it is there."""
        [room] = eventually(lambda: self.rooms(sender))
        return room

    def said(self, room_id: str, count: int = 1) -> list[Message]:
        """Return what was said in a conversation, as soon as there is so much."""

        def look() -> list[Message] | None:
            found = [each for each in stored_messages(self.server, room_id) if each.kind is None]
            return found if len(found) >= count else None

        return eventually(look)


def name_of(sender: str) -> str:
    """Return what somebody is called."""
    return sender.partition("@")[0]


def somebody() -> str:
    """Return the address of somebody who never wrote before."""
    return f"{unique('ann')}@example.org"


@contextmanager
def post_office(
    server: FrontdeskProcess, admin: Api, imap: ImapServer, smtp: SmtpServer, **fields: Any
) -> Iterator[Post]:
    """Yield an inbox, which is removed afterwards."""
    user = unique("desk")
    address = f"{user}@desk.example.org"
    imap_account = {**imap.account(user), **fields.pop("account", {})}
    body = inbox_body(address, imap_account, smtp) | fields
    answer = admin.post("email-inbox", body)
    assert answer.status_code == 200, answer.text
    post = Post(server, admin, imap, smtp, answer.json()["_id"], address, user)
    try:
        yield post
    finally:
        admin.delete(f"email-inbox/{post.id}")


def inbox_body(address: str, imap_account: dict[str, Any], smtp: SmtpServer) -> dict[str, Any]:
    """Return the body that makes an inbox."""
    return {
        "name": unique("Inbox"),
        "email": address,
        "active": True,
        "imap": imap_account,
        "smtp": {
            "server": smtp.host,
            "port": smtp.port,
            "username": "",
            "password": "",
            "secure": False,
        },
    }
