"""A temporary PostgreSQL cluster (15 or newer), and the one that the test processes share."""

import fcntl
import json
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.harness.processes import free_port
from tests.harness.requirements import find_postgresql

ROLE = "frontdesk"
# Enough for several test processes with several servers each.
MAX_CONNECTIONS = 400
# A computer that loses power takes the tests with it: nothing needs to reach the disk.
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@dataclass
class Cluster:
    """One PostgreSQL server in a folder of its own, on a free port of 127.0.0.1.

    With `durable` it keeps PostgreSQL's own defaults about the disk. Texts sort as in English (the
    ICU rules), as they do in most real databases, not by their bytes.
    """

    directory: Path
    durable: bool = False
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=secrets.token_hex)

    def create(self) -> None:
        """Make the folder and the cluster's files in it."""
        self.directory.mkdir()
        password_file = self.directory / "password"
        password_file.write_text(self.password)
        account = _unprivileged_account()
        if account:
            for path in (self.directory, password_file):
                shutil.chown(path, account, pwd.getpwnam(account).pw_gid)
        password_file.chmod(0o600)
        self._run(
            "initdb",
            f"--pgdata={self._data}",
            f"--username={ROLE}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=icu",
            "--icu-locale=en",
            *([] if self.durable else ["--no-sync"]),
        )

    def start(self) -> None:
        """Start the server and return when it accepts connections."""
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": str(MAX_CONNECTIONS),
            **({} if self.durable else NOT_DURABLE),
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._control("start", f"--log={self.directory / 'server.log'}", f"--options={options}")

    def stop(self) -> None:
        """Stop the server in good order."""
        self._control("stop", "--mode=fast")

    def kill(self) -> None:
        """Stop the server as a crash would; `start` then recovers from its log."""
        self._control("stop", "--mode=immediate")

    def remove(self) -> None:
        """End the server when it runs, and delete the cluster."""
        if (self._data / "postmaster.pid").exists():
            self._control("stop", "--mode=immediate", check=False)
        shutil.rmtree(self.directory, ignore_errors=True)

    def new_database(self, template: str | None = None) -> str:
        """Create a database and return its URL.

        `template` is the URL of a database of this cluster to copy; nobody may be connected to it.
        """
        name = f"test_{uuid4().hex}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name),
            sql.Identifier(_database_name(template) if template else "template1"),
        )
        self._administer(statement)
        return self._url(name)

    def drop_database(self, url: str) -> None:
        """Delete the database behind the URL, even while somebody is connected to it."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._administer(statement.format(sql.Identifier(_database_name(url))))

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def _url(self, database: str) -> str:
        return f"postgresql://{ROLE}:{self.password}@127.0.0.1:{self.port}/{database}"

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _control(self, action: str, *arguments: str, check: bool = True) -> None:
        self._run("pg_ctl", action, f"--pgdata={self._data}", "--wait", *arguments, check=check)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        binaries = find_postgresql()
        assert binaries, "PostgreSQL is not installed; the test should require() it"
        options: dict[str, Any] = {}
        if account := _unprivileged_account():
            options = {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}
        # The server inherits the output of pg_ctl, so a pipe would never end: a file does.
        with tempfile.TemporaryFile() as output:
            result = subprocess.run(
                [binaries / program, *arguments],
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **options,
            )
            output.seek(0)
            if check and result.returncode:
                raise RuntimeError(f"{program} failed:\n{output.read().decode()}{self._log()}")

    def _log(self) -> str:
        log = self.directory / "server.log"
        return log.read_text() if log.exists() else ""


@contextmanager
def shared_cluster() -> Iterator[Cluster]:
    """Yield the running cluster that all test processes of this user share.

    The first process starts it and the last one removes it. Who is using it is told by shared
    locks on a file, which the kernel takes back however a process ends; a cluster that was left
    behind by processes that were killed is replaced by the next one to come.
    """
    folder = _shared_folder()
    with (folder / "gate.lock").open("w") as gate, (folder / "users.lock").open("w") as users:
        with _exclusively(gate):
            if _try_exclusive(users):
                _leftover(folder).remove()
                cluster = Cluster(folder / "cluster")
                try:
                    cluster.create()
                    cluster.start()
                except BaseException:
                    cluster.remove()
                    raise
                address = {"port": cluster.port, "password": cluster.password}
                (folder / "address.json").write_text(json.dumps(address))
            else:
                cluster = _leftover(folder)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield cluster
        finally:
            with _exclusively(gate):
                fcntl.flock(users, fcntl.LOCK_UN)
                if _try_exclusive(users):
                    cluster.remove()


def _leftover(folder: Path) -> Cluster:
    address = folder / "address.json"
    known = json.loads(address.read_text()) if address.exists() else {}
    return Cluster(folder / "cluster", **known)


def _shared_folder() -> Path:
    """Return the user's folder for the shared cluster, refusing one that somebody else made."""
    folder = Path(tempfile.gettempdir()) / f"frontdesk-tests-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or not stat.S_ISDIR(status.st_mode):
        raise PermissionError(f"{folder} belongs to somebody else")
    # The server's account must be able to pass through; the files themselves are private.
    folder.chmod(0o711)
    return folder


@contextmanager
def _exclusively(file: IO[str]) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _try_exclusive(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unprivileged_account() -> str | None:
    """Return the account that runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    accounts = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in accounts else "nobody"


def _database_name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")
