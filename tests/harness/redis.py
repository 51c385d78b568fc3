"""A real Redis server, empty and without files, on a free port of 127.0.0.1."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.harness import processes


@dataclass
class RedisServer:
    """A Redis server; it can be stopped and started again at the same address."""

    directory: Path
    port: int = field(default_factory=processes.free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address, as `--redis-url` takes it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and return when it accepts connections."""
        address = ["--bind", "127.0.0.1", "--port", str(self.port)]
        process = processes.spawn(
            ["redis-server", *address, "--dir", str(self.directory), "--save", ""],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._process = process
        assert process.stdout is not None
        said = b""
        # Redis does not mind that nobody reads what it says later.
        with process.stdout as output:
            for line in output:
                said += line
                if b"Ready to accept connections" in line:
                    return
        processes.kill(process)
        raise RuntimeError(f"redis-server did not start:\n{said.decode()}")

    def stop(self) -> None:
        """End the server; everything in it is lost."""
        if self._process:
            processes.kill(self._process)
            self._process = None
