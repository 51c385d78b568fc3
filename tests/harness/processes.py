"""Child processes that never outlive the tests.

Each child leads a process group of its own, so that its children are signalled with it. A reaper,
started with the first child, holds the reading end of a pipe; when the test process is gone, in
whatever way, the pipe ends and the reaper kills the groups that are left.
"""

import atexit
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

_groups: set[int] = set()


def spawn(command: Sequence[str | Path], **options: Any) -> subprocess.Popen[bytes]:
    """Start the command as the leader of a new process group; options are those of Popen."""
    process = subprocess.Popen(command, start_new_session=True, **options)
    _groups.add(process.pid)
    _tell_reaper(f"+{process.pid}")
    return process


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and all its children at once (SIGKILL), also when it has ended itself."""
    if process.pid in _groups:
        _kill_group(process.pid)
        _groups.remove(process.pid)
        _tell_reaper(f"-{process.pid}")
    process.wait()


def terminate(process: subprocess.Popen[bytes], timeout: float) -> int:
    """Ask the process to end (SIGTERM) and return its exit code; no child of it is left then.

    A process that has not ended after `timeout` seconds is killed, and TimeoutExpired is raised.
    """
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(timeout)
    finally:
        kill(process)


def free_port() -> int:
    """Return a port of 127.0.0.1 where nobody listens at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@cache
def _reaper() -> IO[bytes]:
    command = [sys.executable, "-I", "-S", __file__]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    assert process.stdin is not None

    def close(pipe: IO[bytes] = process.stdin) -> None:
        pipe.close()
        process.wait()

    atexit.register(close)
    return process.stdin


def _tell_reaper(order: str) -> None:
    pipe = _reaper()
    pipe.write(f"{order}\n".encode())
    pipe.flush()


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def reap(orders: IO[str]) -> None:
    """Read `+<group>` and `-<group>` lines to their end, then kill the groups that remain."""
    groups: set[int] = set()
    for order in orders:
        change = groups.add if order[0] == "+" else groups.discard
        change(int(order[1:]))
    for group in groups:
        _kill_group(group)


if __name__ == "__main__":
    reap(sys.stdin)
