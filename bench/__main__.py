"""`python -m bench [names...]`: measure, and print one table in Markdown.

Names are closes, messages, postgresql, memory and pdf; without any, all of these are measured.
More must be named: day (a simulated working day), scale (a million rooms), queue (ten thousand
who wait), search (a million messages) and live (ten thousand connected visitors). With --strict a
goal that is not reached is a failure.
"""

import argparse
import os
import platform
import sqlite3
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter

from bench import day, live, scale, search, throughput, workspaces
from bench.load import LoadFailed, Plan, put_under_load
from bench.machine import LOAD_CORE, SERVER_CORE, NoCores
from bench.pdf import milliseconds_per_pdf
from bench.seed import ROOMS
from bench.servers import ServerFailed, trivial
from bench.stores import ENGINES
from bench.table import Row, markdown
from bench.throughput import Act, Measured, Way

PARTS = ("closes", "messages", "postgresql", "memory", "pdf")
ACTS: tuple[Act, ...] = ("closes", "messages")
WAYS: dict[Way, str] = {
    "floor": "the floor: bare ASGI, hand-written sqlite3, one commit for many",
    "usual": "the usual way: FastAPI, async SQLAlchemy ORM",
    "frontdesk": "**Frontdesk**",
}
# The goals: at least so many times the usual way, and less than so much.
TIMES_USUAL_ON_SQLITE = 5.0
TIMES_USUAL_ON_POSTGRESQL = 2.0
IDLE_MB = 90.0
PDF_MS = 25.0
#: What the load must be able to do, or it would measure itself; per second.
LOAD_AT_LEAST = 25_000.0


def main() -> int:
    """Measure what is asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure Frontdesk.")
    parser.add_argument(
        "names",
        nargs="*",
        help=f"any of: {', '.join(PARTS)} (default: these), {', '.join(workspaces.PARTS)}",
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="for each figure (default: 5)")
    parser.add_argument(
        "--conversations", type=int, default=day.CONVERSATIONS, help="of the day (default: 20,000)"
    )
    parser.add_argument(
        "--rooms", type=int, default=scale.LARGE, help="of the scale (default: 1,000,000)"
    )
    parser.add_argument(
        "--messages", type=int, default=search.LARGE, help="of the search (default: 1,000,000)"
    )
    parser.add_argument(
        "--visitors", type=int, default=live.VISITORS, help="who are live (default: 10,000)"
    )
    parser.add_argument("--strict", action="store_true", help="fail when a goal is not reached")
    options = parser.parse_args()
    parts = set(options.names or PARTS)
    known = (*PARTS, *workspaces.PARTS)
    if unknown := parts.difference(known):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    try:
        rows = _measure(parts, options.seconds)
        rows += _workspaces(parts, options, _rates_of_closes(rows))
    except (LoadFailed, NoCores, ServerFailed) as error:
        print(f"The measurement failed: {error}", file=sys.stderr)
        return 1
    print(f"\n{markdown(rows)}\n", flush=True)
    missed = [row.what for row in rows if row.reached is False]
    return 1 if missed and options.strict else 0


def _measure(parts: set[str], seconds: float) -> list[Row]:
    print(_conditions(), flush=True)
    rows: list[Row] = []
    acts = [act for act in ACTS if act in parts]
    if parts & {"closes", "messages", "postgresql"}:
        rows.append(_load_itself(seconds))
    if acts:
        _say("closes and messages on SQLite" if len(acts) == 2 else f"{acts[0]} on SQLite")
        measured = throughput.on_sqlite(list(WAYS), acts, seconds)
        rows += _compare(measured, "SQLite", TIMES_USUAL_ON_SQLITE)
    elif "memory" in parts:
        _say("memory")
        measured = throughput.on_sqlite(["frontdesk"], ["messages"], seconds)
    if "memory" in parts:
        rows += _memory(measured["frontdesk"])
    if "postgresql" in parts:
        _say("closes and messages on PostgreSQL")
        measured = throughput.on_postgresql(["usual", "frontdesk"], ACTS, seconds)
        rows += _compare(measured, "PostgreSQL", TIMES_USUAL_ON_POSTGRESQL)
    if "pdf" in parts:
        _say("PDF transcripts")
        rows += _pdf()
    return rows


def _workspaces(
    parts: set[str], options: argparse.Namespace, closes: dict[str, float]
) -> list[Row]:
    rows: list[Row] = []
    if "day" in parts:
        rows += workspaces.day_rows(options.conversations, closes, _tell)
    if "scale" in parts:
        rows += workspaces.scale_rows(options.rooms, _tell)
    if "search" in parts:
        rows += workspaces.search_rows(options.messages, _tell)
    if "queue" in parts:
        rows += workspaces.queue_rows(_tell)
    if "live" in parts:
        rows += workspaces.live_rows(options.visitors, options.seconds, _tell)
    return rows


def _rates_of_closes(rows: list[Row]) -> dict[str, float]:
    """Return how many closes per second were measured, by engines."""
    lines = {f"closes, {engine}: {WAYS['frontdesk']}": engine for engine in ENGINES}
    return {
        lines[row.what]: row.outcome.rate
        for row in rows
        if row.what in lines and row.outcome is not None
    }


def _conditions() -> str:
    with TemporaryFile() as file:
        times = []
        for _ in range(50):
            began = perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append(perf_counter() - began)
    others = os.getloadavg()[0]
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}; 4 KB and an fsync take {median(times) * 1000:.2f} ms; "
        f"load average before: {others:.1f}.\n"
        f"The server under test has core {SERVER_CORE}, the load has core {LOAD_CORE} and shares "
        f"it with PostgreSQL's own processes (fsync on). Each server has its own copy of one "
        f"store of {ROOMS:,} rooms.\n"
        f"The servers take turns, and the middle one of {throughput.TURNS} turns is shown. "
        "`core used` is the server's share of its core: much under 100 % means that it waited "
        "for the disk, for PostgreSQL, or for other programs on this machine."
    )


def _say(what: str) -> None:
    _tell(f"Measuring {what} ...")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _load_itself(seconds: float) -> Row:
    request = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
    with TemporaryDirectory() as folder, trivial(Path(folder)) as server:
        plan = Plan(server.port, server.pid, [request] * 1000, True, 0.5, min(seconds, 2.0))
        done = put_under_load(plan)
    return Row(
        "the load itself, on a server that only says yes",
        f"{done.rate:,.0f} /s",
        done,
        goal=f"> {LOAD_AT_LEAST:,.0f} /s",
        reached=done.rate > LOAD_AT_LEAST,
    )


def _compare(measured: dict[Way, Measured], engine: str, times_usual: float) -> list[Row]:
    rows = []
    for act in ACTS:
        if act not in measured["usual"].outcomes:
            continue
        rates = {way: done.outcomes[act].rate for way, done in measured.items()}
        for way, done in measured.items():
            to_usual = rates[way] / rates["usual"]
            judged = way == "frontdesk"
            rows.append(
                Row(
                    f"{act}, {engine}: {WAYS[way]}",
                    f"{rates[way]:,.0f} /s",
                    done.outcomes[act],
                    to_usual,
                    rates[way] / rates["floor"] if "floor" in rates else None,
                    f">= {times_usual:.0f} x usual" if judged else "",
                    to_usual >= times_usual if judged else None,
                )
            )
    return rows


def _memory(measured: Measured) -> list[Row]:
    idle, loaded = measured.idle, measured.loaded
    return [
        Row(
            "memory, idle after the start: **Frontdesk**",
            f"{_mb(idle.resident):.0f} MB resident, {_mb(idle.proportional):.0f} MB PSS",
            goal=f"< {IDLE_MB:.0f} MB resident",
            reached=_mb(idle.resident) < IDLE_MB,
        ),
        Row(
            "memory, after the load on SQLite: **Frontdesk**",
            f"{_mb(loaded.resident):.0f} MB resident, {_mb(loaded.proportional):.0f} MB PSS, "
            f"peak {_mb(loaded.peak):.0f} MB",
        ),
    ]


def _mb(size: int) -> float:
    return size / 1_000_000


def _pdf() -> list[Row]:
    chat, chat_processor = milliseconds_per_pdf(rich=False)
    rich, rich_processor = milliseconds_per_pdf(rich=True)
    return [
        Row(
            "PDF transcript of 200 messages of a chat: **Frontdesk**",
            f"{chat:.1f} ms, {chat_processor:.1f} ms of processor time",
            goal=f"< {PDF_MS:.0f} ms",
            reached=chat < PDF_MS,
        ),
        Row(
            "the same at length, with Markdown, links, lists and quotes",
            f"{rich:.1f} ms, {rich_processor:.1f} ms of processor time",
        ),
    ]


if __name__ == "__main__":
    sys.exit(main())
