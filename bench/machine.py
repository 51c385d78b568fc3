"""The machine under the measurements: cores, processor time and memory of processes (Linux)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SERVER_CORE = 0
LOAD_CORE = 1
_ALLOWED = os.sched_getaffinity(0)
#: A child may end while we look at it.
_GONE = (FileNotFoundError, ProcessLookupError, KeyError)
_TICK = os.sysconf("SC_CLK_TCK")


class NoCores(Exception):
    """The machine has no second core for the load."""


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Let this thread, and the processes that it starts meanwhile, run on one core only.

    Raises NoCores if this process may not use it.
    """
    if core not in _ALLOWED:
        raise NoCores(f"core {core} is not among those that this process may use: {_ALLOWED}")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process and its children have used."""
    ticks = 0
    for each in family(pid):
        with suppress(*_GONE):
            # The name in parentheses may hold blanks: count from behind it.
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICK


class Memory:
    """The memory of a process and its children in bytes: `resident` (VmRSS, shared pages once
    for each process), `proportional` (PSS, shared pages divided) and the `peak` of VmRSS.
    """

    def __init__(self, pid: int) -> None:
        self.resident = self.proportional = self.peak = 0
        for each in family(pid):
            with suppress(*_GONE):
                status = _kilobytes(Path(f"/proc/{each}/status"))
                shares = _kilobytes(Path(f"/proc/{each}/smaps_rollup"))
                self.resident += status["VmRSS"] * 1024
                self.peak += status["VmHWM"] * 1024
                self.proportional += shares["Pss"] * 1024


def _kilobytes(file: Path) -> dict[str, int]:
    lines = [line.split() for line in file.read_text().splitlines() if line.endswith(" kB")]
    return {words[0].rstrip(":"): int(words[1]) for words in lines}


def family(pid: int) -> list[int]:
    """Return the ids of a process and of all that descend from it."""
    found = [pid]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            with suppress(*_GONE):
                found.extend(map(int, children.read_text().split()))
    return found
