"""A real IMAP server (Dovecot 2.3) on a free port of 127.0.0.1, with users of its own."""

import contextlib
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from imapclient import IMAPClient  # type: ignore[import-untyped]

from tests.harness import processes
from tests.harness.requirements import find_dovecot

PASSWORD = "open-sesame"
READY_WITHIN = 30.0

_CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = {uid}
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class ImapServer:
    """An IMAP server; it can be stopped and started again with its mails. Any user name will do."""

    folder: Path
    port: int = field(default_factory=processes.free_port)
    host: str = "127.0.0.1"
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and return when it takes connections."""
        program = find_dovecot()
        assert program is not None
        configuration = self.folder / "dovecot.conf"
        configuration.write_text(_CONFIGURATION.format(**self._values()))
        self._process = processes.spawn(
            [str(program), "-F", "-c", str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), 5):
                return
            time.sleep(0.05)  # a server tells that it is ready only to those who ask
        processes.kill(self._process)
        log = self.folder / "log"
        raise RuntimeError(f"dovecot did not start:\n{log.read_text() if log.exists() else ''}")

    def stop(self) -> None:
        """End the server and all connections; the mails stay."""
        if self._process is not None:
            processes.terminate(self._process, 20)
            self._process = None

    def account(self, user: str) -> dict[str, object]:
        """Return a user's account as the API describes it."""
        return {
            "server": self.host,
            "port": self.port,
            "username": user,
            "password": PASSWORD,
            "secure": False,
        }

    @contextmanager
    def logged_in(self, user: str) -> Iterator[IMAPClient]:
        """Yield a client that has the user's INBOX open."""
        with IMAPClient(self.host, port=self.port, ssl=False, timeout=30) as client:
            client.login(user, PASSWORD)
            client.select_folder("INBOX")
            yield client

    def deliver(self, user: str, mail: EmailMessage | bytes) -> None:
        """Put a mail into a user's INBOX."""
        content = mail if isinstance(mail, bytes) else mail.as_bytes()
        with self.logged_in(user) as client:
            client.append("INBOX", content)

    def flags(self, user: str) -> list[tuple[bytes, ...]]:
        """Return the flags of all mails in a user's INBOX, the oldest first."""
        with self.logged_in(user) as client:
            found = client.get_flags(client.search("ALL"))
        return [found[uid] for uid in sorted(found)]

    def number_anew(self, user: str) -> None:
        """Give all mails of a user other UIDs, and the INBOX another UIDVALIDITY. The server must
        be stopped.
        """
        assert self._process is None
        for name in ("dovecot-uidlist", "dovecot.index*"):
            for path in (self.folder / "mail" / user).glob(name):
                path.unlink()

    def _values(self) -> dict[str, object]:
        uid, gid = _mail_user()
        me = pwd.getpwuid(uid)
        root = os.getuid() == 0
        return {
            "folder": self.folder,
            "port": self.port,
            "password": PASSWORD,
            "uid": uid,
            "gid": gid,
            "internal": "dovecot" if root else me.pw_name,
            "internal_group": "dovecot" if root else _group(gid),
            "login": "dovenull" if root else me.pw_name,
        }


@contextmanager
def dovecot() -> Iterator[ImapServer]:
    """Yield a running server with empty mailboxes."""
    # Not among pytest's folders: the paths of sockets are short, and the server's users, which are
    # not root, cannot go there.
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)
    uid, gid = _mail_user()
    for name in ("run", "state", "mail", "home"):
        (folder / name).mkdir(mode=0o755)
    for name in ("mail", "home"):
        os.chown(folder / name, uid, gid)
    server = ImapServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _mail_user() -> tuple[int, int]:
    """Return who owns the mails: mail is not read as root."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    user = pwd.getpwnam("dovecot")
    return user.pw_uid, user.pw_gid


def _group(gid: int) -> str:
    return grp.getgrgid(gid).gr_name
