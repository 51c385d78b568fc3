"""Closes and messages per second: Frontdesk, the usual way and the floor, on the same store."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias

import msgspec

from bench import servers
from bench.load import Outcome, Plan, put_under_load
from bench.machine import LOAD_CORE, Memory, on_core
from bench.requests import post_request
from bench.seed import Seeded, seed
from bench.servers import Server
from tests.harness.postgres import Cluster

Act: TypeAlias = Literal["closes", "messages"]
Way: TypeAlias = Literal["floor", "usual", "frontdesk"]
Starter: TypeAlias = Callable[[Path, str], AbstractContextManager[Server]]

STARTERS: dict[Way, Starter] = {
    "floor": servers.floor,
    "usual": servers.usual,
    "frontdesk": servers.frontdesk,
}
#: The servers take turns: so many short measurements of each, of which the middle one counts,
#: since whatever else the machine does then disturbs them all alike.
TURNS = 5
_WARM_UP = 0.3
#: After its start a server is left alone for so long (seconds), before its memory is looked at.
_SETTLE = 2.0
_COMMENT = "Solved: the parcel has arrived."
_TEXT = "And when will the parcel be here? I have been waiting since Tuesday."


class Measured(msgspec.Struct):
    """What one server did: an outcome for each act, and its memory idle and after the load."""

    outcomes: dict[Act, Outcome]
    idle: Memory
    loaded: Memory


def on_sqlite(ways: Sequence[Way], acts: Sequence[Act], seconds: float) -> dict[Way, Measured]:
    """Measure each way, `seconds` for each act, on a copy of its own of one seeded SQLite file."""
    with _folder() as folder:
        template = folder / "template.db"
        with on_core(LOAD_CORE):
            seeded = seed(f"sqlite:///{template}")

        def copy(way: Way) -> str:
            copied = folder / f"{way}.db"
            shutil.copyfile(template, copied)
            return f"sqlite:///{copied}"

        return _measure({way: copy(way) for way in ways}, seeded, acts, seconds)


def on_postgresql(ways: Sequence[Way], acts: Sequence[Act], seconds: float) -> dict[Way, Measured]:
    """Measure each way, `seconds` for each act, on a copy of its own of one seeded database of a
    durable cluster, whose processes share the load's core.
    """
    with _folder() as folder, on_core(LOAD_CORE):
        cluster = Cluster(folder / "cluster", durable=True)
        try:
            cluster.create()
            cluster.start()
            template = cluster.new_database()
            seeded = seed(template)
            databases = {way: cluster.new_database(template) for way in ways}
            return _measure(databases, seeded, acts, seconds)
        finally:
            cluster.remove()


def _measure(
    databases: dict[Way, str], seeded: Seeded, acts: Sequence[Act], seconds: float
) -> dict[Way, Measured]:
    os.sync()  # what was copied is not to be written out while we measure
    measured: dict[Way, Measured] = {}
    with ExitStack() as running:
        started: dict[Way, Server] = {}
        for way, database in databases.items():
            folder = running.enter_context(_folder())
            server = started[way] = running.enter_context(STARTERS[way](folder, database))
            time.sleep(_SETTLE)
            memory = Memory(server.pid)
            measured[way] = Measured({}, memory, memory)
        for act in acts:
            outcomes = _take_turns(started, act, seeded, seconds / TURNS)
            for way, of_way in outcomes.items():
                measured[way].outcomes[act] = sorted(of_way, key=attrgetter("rate"))[TURNS // 2]
        for way, server in started.items():
            measured[way].loaded = Memory(server.pid)
    return measured


def _take_turns(
    started: dict[Way, Server], act: Act, seeded: Seeded, seconds: float
) -> dict[Way, list[Outcome]]:
    outcomes: dict[Way, list[Outcome]] = {way: [] for way in started}
    requests = _REQUESTS[act](seeded)
    for turn in range(TURNS + 1):
        for way, server in started.items():
            plan = Plan(
                port=server.port,
                server=server.pid,
                # A room can be closed once only; there is always something more to say in it.
                requests=requests[turn :: TURNS + 1] if act == "closes" else requests,
                repeat=act == "messages",
                warm_up=_WARM_UP,
                seconds=seconds,
            )
            outcome = put_under_load(plan)
            if turn:  # the first turn is for warming up only
                outcomes[way].append(outcome)
    return outcomes


def _closes(seeded: Seeded) -> list[bytes]:
    """Return the requests by which the manager closes each room once."""
    return [
        post_request(
            "livechat/room.closeByUser", {"rid": room_id, "comment": _COMMENT}, seeded.caller
        )
        for room_id in seeded.to_close
    ]


def _messages(seeded: Seeded) -> list[bytes]:
    """Return the requests by which each visitor writes once."""
    return [
        post_request("livechat/message", {"token": token, "rid": room_id, "msg": _TEXT})
        for room_id, token in seeded.to_write_to
    ]


_REQUESTS: dict[Act, Callable[[Seeded], list[bytes]]] = {"closes": _closes, "messages": _messages}


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="frontdesk-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's account passes through
        yield folder
