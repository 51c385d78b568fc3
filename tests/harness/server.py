"""The real `frontdesk serve`, as a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.harness import processes

READY_WITHIN = 60.0  # seconds; a loaded machine may need many for migrations
STOPPED_WITHIN = 20.0  # seconds from SIGTERM to the end
# What would reach the server from the shell that runs the tests.
OUR_VARIABLES = ("FRONTDESK_", "OVERWRITE_SETTING_", "ADMIN_", "ROOT_URL", "PORT", "TEST_MODE")


class FrontdeskProcess:
    """A Frontdesk server with a data folder, which survives `kill` and `restart`."""

    def __init__(
        self,
        directory: Path,
        *,
        database_url: str | None = None,
        redis_url: str | None = None,
        workers: int = 1,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Describe the server; `start` starts it.

        directory: an empty or used folder, for the data and the log. Without a `database_url` the
        data is an SQLite file in it. `environment` is added to the server's environment, in which
        TEST_MODE is true unless it is given here.
        """
        self.directory = directory
        self.port = processes.free_port()
        self.log_file = directory / "server.log"
        self.database_url = database_url
        self._redis_url = redis_url
        self._workers = workers
        self._environment = {"TEST_MODE": "true", **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> str:
        """All that the server has written, over all its starts."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def start(self) -> None:
        """Start the server and return when it is ready.

        Raises RuntimeError, with the log, when it ends early or is not ready in a minute.
        """
        assert not self.is_running
        self.directory.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self._process = processes.spawn(
                self._command(),
                cwd=self.directory,
                env=self._variables(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_ready()

    def stop(self) -> int:
        """Ask the server to end, and return its exit code.

        A server that has ended already gives the code it ended with. Raises TimeoutExpired when
        it does not end within STOPPED_WITHIN seconds; it is killed then.
        """
        assert self._process
        return processes.terminate(self._process, STOPPED_WITHIN)

    def kill(self) -> None:
        """End the server and its workers at this instant, as a power cut would."""
        assert self._process
        processes.kill(self._process)

    def restart(self) -> None:
        """Start the server again at the same address with the same data, stopping it if it runs."""
        if self.is_running:
            self.stop()
        self.start()

    def _command(self) -> list[str]:
        return [
            str(Path(sys.executable).with_name("frontdesk")),
            "serve",
            "--host=127.0.0.1",
            f"--port={self.port}",
            f"--data-dir={self.directory / 'data'}",
            f"--workers={self._workers}",
            *([f"--database-url={self.database_url}"] if self.database_url else []),
            *([f"--redis-url={self._redis_url}"] if self._redis_url else []),
        ]

    def _variables(self) -> dict[str, str]:
        ours = {
            name: value for name, value in os.environ.items() if not name.startswith(OUR_VARIABLES)
        }
        return {**ours, "PYTHONUNBUFFERED": "1", **self._environment}

    def _wait_until_ready(self) -> None:
        assert self._process
        deadline = time.monotonic() + READY_WITHIN
        with httpx.Client(base_url=self.url, trust_env=False, verify=False) as client:
            while time.monotonic() < deadline:
                if self._process.poll() is not None:
                    processes.kill(self._process)
                    raise RuntimeError(
                        f"frontdesk serve ended with {self._process.returncode}:\n{self.log}"
                    )
                try:
                    if client.get("/readyz").is_success:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.05)  # readiness is only told to those who ask
        processes.kill(self._process)
        raise RuntimeError(f"frontdesk serve was not ready within {READY_WITHIN} s:\n{self.log}")
