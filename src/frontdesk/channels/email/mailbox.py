"""A mailbox on an IMAP server, in the words of this feature. Everything here blocks.

The protocol is spoken by IMAPClient; what is fetched at once is bounded, whatever lies there.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.channels.email.reading import BEGINNING, LARGEST

if TYPE_CHECKING:
    from imapclient import IMAPClient  # type: ignore[import-untyped]

#: Seconds for the connection and for each answer.
TIMEOUT = 60
#: A clock of a mail server may be off by this much.
_CLOCK = timedelta(minutes=5)


class Fetched(msgspec.Struct, frozen=True):
    """A mail as it lies on the server; not `complete`, it is only the beginning of a large one."""

    content: bytes
    complete: bool


class Mailbox:
    """The INBOX of an account. Each object is for one connection and one thread; only `abort` may
    be called from another one. Methods raise whatever the connection brings.
    """

    def __init__(self, server: Mapping[str, Any]) -> None:
        """Describe the account as the API does: server, port, username, password, secure."""
        self._server = server
        self._client: IMAPClient | None = None
        self._aborted = threading.Event()
        self._idles = False

    def open(self) -> int:
        """Connect, log in, and open the INBOX; return its UIDVALIDITY."""
        from imapclient import IMAPClient

        secure = bool(self._server["secure"])
        client = IMAPClient(
            self._server["server"],
            port=int(self._server["port"]),
            ssl=secure,
            ssl_context=ssl.create_default_context() if secure else None,
            timeout=TIMEOUT,
        )
        self._client = client
        self._require_wanted()
        if not secure and client.has_capability("STARTTLS"):
            # Not asked for, so nobody is refused for a certificate; still better than nothing.
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            client.starttls(context)
        client.login(self._server["username"], self._server["password"])
        client.normalise_times = False
        self._idles = bool(client.has_capability("IDLE"))
        folder = client.select_folder("INBOX")
        return int(folder[b"UIDVALIDITY"])

    def mails_after(self, uid: int) -> list[int]:
        """Return the UIDs of the mails that came after that one, in the order of their coming."""
        found = self._connected().search(["UID", f"{uid + 1}:*", "UNDELETED", "UNDRAFT"])
        # The last mail is always in the answer (RFC 3501, 6.4.8).
        return sorted(each for each in found if each > uid)

    def mails_since(self, moment: int, *, unseen: bool) -> list[int]:
        """Return the UIDs of the mails that arrived since a moment (ms); perhaps only unseen."""
        start = datetime.fromtimestamp(moment / 1000, UTC) - _CLOCK
        client = self._connected()
        # The server counts whole days, of its own time zone.
        criteria: list[Any] = ["SINCE", (start - timedelta(days=1)).date(), "UNDELETED", "UNDRAFT"]
        found = client.search([*criteria, "UNSEEN"] if unseen else criteria)
        times = client.fetch(found, ["INTERNALDATE"]) if found else {}
        return sorted(
            uid
            for uid, about in times.items()
            if b"INTERNALDATE" not in about or about[b"INTERNALDATE"].astimezone(UTC) >= start
        )

    def fetch(self, uid: int) -> Fetched | None:
        """Return a mail, or None if it is gone. It stays unseen."""
        client = self._connected()
        about = client.fetch([uid], ["RFC822.SIZE"]).get(uid)
        if about is None:
            return None
        complete = int(about.get(b"RFC822.SIZE", 0)) <= LARGEST
        largest = LARGEST if complete else BEGINNING
        found = client.fetch([uid], [f"BODY.PEEK[]<0.{largest}>"]).get(uid)
        if found is None:
            return None
        content = next((each for name, each in found.items() if name.startswith(b"BODY[]")), b"")
        return Fetched(content or b"", complete)

    def mark_seen(self, uid: int) -> None:
        """Mark a mail as seen."""
        self._connected().add_flags([uid], [b"\\Seen"], silent=True)

    def wait(self, seconds: float) -> None:
        """Return when something may have come, after some seconds at the latest."""
        client = self._connected()
        if not self._idles:
            self._aborted.wait(seconds)
            self._require_wanted()
            client.noop()
            return
        client.idle()
        client.idle_check(timeout=seconds)
        self._require_wanted()
        client.idle_done()

    def abort(self) -> None:
        """End the connection, and with it whatever waits for it."""
        self._aborted.set()
        client = self._client
        if client is not None:
            with contextlib.suppress(OSError, AttributeError, ValueError):
                client.socket().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let the connection go."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.shutdown()

    def _connected(self) -> "IMAPClient":
        self._require_wanted()
        if self._client is None:
            raise ConnectionError("the mailbox is not open")
        return self._client

    def _require_wanted(self) -> None:
        if self._aborted.is_set():
            raise ConnectionAbortedError("nobody wants this mailbox any more")
