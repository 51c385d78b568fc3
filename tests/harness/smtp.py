"""A real SMTP server that keeps what it is given."""

import threading
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.harness.processes import free_port

GREYLISTED = "451 4.7.1 Greylisted, please try again later"


@dataclass(frozen=True)
class Delivery:
    """One accepted message with the envelope it came in."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class Inbox:
    """The messages a server has accepted, in the order in which they came."""

    def __init__(self) -> None:
        """Start empty, accepting everything."""
        self._changed = threading.Condition()
        self._deliveries: list[Delivery] = []
        self._attempts = 0
        self._refusals: list[str] = []

    @property
    def deliveries(self) -> list[Delivery]:
        """What has been accepted so far."""
        with self._changed:
            return list(self._deliveries)

    @property
    def attempts(self) -> int:
        """How many messages were offered so far, accepted or refused."""
        with self._changed:
            return self._attempts

    def refuse_next(self, count: int, reply: str = GREYLISTED) -> None:
        """Answer the next `count` messages with `reply`, an SMTP status line (4xx or 5xx)."""
        with self._changed:
            self._refusals += [reply] * count

    def wait_for(self, count: int, timeout: float = 30) -> list[Delivery]:
        """Return all deliveries as soon as there are at least `count` of them.

        Raises TimeoutError when they have not come within `timeout` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._deliveries) >= count, timeout):
                subjects = [delivery.message["subject"] for delivery in self._deliveries]
                raise TimeoutError(
                    f"{len(subjects)} of {count} messages came within {timeout} s "
                    f"({self._attempts} were offered): {subjects}"
                )
            return list(self._deliveries)

    def wait_for_attempts(self, count: int, timeout: float = 30) -> None:
        """Return as soon as at least `count` messages were offered, accepted or refused.

        Raises TimeoutError when that has not happened within `timeout` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._attempts >= count, timeout):
                raise TimeoutError(f"{self._attempts} of {count} attempts within {timeout} s")

    async def handle_DATA(  # noqa: N802 (the name is aiosmtpd's)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take one message; aiosmtpd calls this in the server's thread."""
        content = envelope.original_content or b""
        delivery = Delivery(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            message=message_from_bytes(content, policy=policy.default),
        )
        with self._changed:
            self._attempts += 1
            self._changed.notify_all()
            if self._refusals:
                return self._refusals.pop(0)
            self._deliveries.append(delivery)
            return "250 OK"


class SmtpServer:
    """The server in a thread; stopped and started again it keeps its port and its inbox."""

    def __init__(self) -> None:
        """Choose a port; `start` opens it."""
        self.host = "127.0.0.1"
        self.port = free_port()
        self.inbox = Inbox()
        self._controller: Controller | None = None

    def start(self) -> None:
        """Open the port."""
        self._controller = Controller(self.inbox, hostname=self.host, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Close the port, as a mail server that is down."""
        if self._controller:
            self._controller.stop()
            self._controller = None
