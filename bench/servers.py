"""Starting what is measured: the trivial server, the floor, the usual way, and Frontdesk."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import httpx

from bench.machine import SERVER_CORE, on_core
from tests.harness import processes
from tests.harness.server import OUR_VARIABLES

ROOT = Path(__file__).parents[1]
#: The environment of the group `bench`, see the Makefile.
USUAL_PYTHON = Path(sys.prefix) / "bench" / "bin" / "python"
READY_WITHIN = 60.0
STOPPED_WITHIN = 20.0
# The same server with the same options that `frontdesk serve` runs on.
_UVICORN = ("-m", "uvicorn", "--loop=uvloop", "--http=httptools", "--no-access-log")


class ServerFailed(Exception):
    """A server did not start or did not stay; the text shows its log."""


class Server:
    """A server under test: its process and its port on 127.0.0.1."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port


@contextmanager
def trivial(folder: Path) -> Iterator[Server]:
    """Run the server that only says yes."""
    port = processes.free_port()
    with _running([sys.executable, "-m", "bench.trivial", str(port)], port, {}, folder) as server:
        yield server


@contextmanager
def floor(folder: Path, database: str) -> Iterator[Server]:
    """Run bare ASGI with hand-written sqlite3 calls on the SQLite database."""
    with _on_uvicorn(sys.executable, "bench.floor:app", folder, database) as server:
        yield server


@contextmanager
def usual(folder: Path, database: str) -> Iterator[Server]:
    """Run FastAPI with SQLAlchemy's ORM on the database."""
    if not USUAL_PYTHON.exists():
        raise ServerFailed("the environment of the references is missing: use `make bench`")
    with _on_uvicorn(str(USUAL_PYTHON), "bench.usual:app", folder, database) as server:
        yield server


@contextmanager
def frontdesk(
    folder: Path, database: str, settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Server]:
    """Run `frontdesk serve` on the database, as it is but for the rate limits and `settings`."""
    port = processes.free_port()
    command = [
        str(Path(sys.executable).with_name("frontdesk")),
        "serve",
        f"--port={port}",
        f"--data-dir={folder / 'data'}",
        f"--database-url={database}",
    ]
    wanted = {"API_Enable_Rate_Limiter": "false", **settings}
    overwritten = {f"OVERWRITE_SETTING_{name}": value for name, value in wanted.items()}
    with _running(command, port, overwritten, folder, ready="/readyz") as server:
        yield server


@contextmanager
def _on_uvicorn(python: str, app: str, folder: Path, database: str) -> Iterator[Server]:
    port = processes.free_port()
    command = [python, *_UVICORN, "--log-level=warning", f"--port={port}", app]
    with _running(command, port, {"BENCH_DATABASE": database}, folder) as server:
        yield server


@contextmanager
def _running(
    command: Sequence[str],
    port: int,
    environment: Mapping[str, str],
    folder: Path,
    ready: str = "/",
) -> Iterator[Server]:
    """Start a server on its core and yield it when it answers; its log is in the folder."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(OUR_VARIABLES)
    }
    log_file = folder / "server.log"
    with log_file.open("ab") as log, on_core(SERVER_CORE):
        process = processes.spawn(
            command,
            cwd=ROOT,
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(process, f"http://127.0.0.1:{port}{ready}", log_file)
        yield Server(process.pid, port)
        if process.poll() is not None:
            raise ServerFailed(f"{command!r} ended:\n{log_file.read_text()[-4000:]}")
    finally:
        processes.terminate(process, STOPPED_WITHIN)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log_file: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    with httpx.Client(trust_env=False, verify=False) as client:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if client.get(url).status_code < 500:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)  # readiness is only told to those who ask
    raise ServerFailed(f"{process.args!r} is not ready:\n{log_file.read_text()[-4000:]}")
