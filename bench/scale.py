"""The same calls on a small and on a large workspace: what a million conversations cost.

Both hold the same number of open conversations; the large one has more that are closed. The two
servers take turns, and the middle one of the turns counts. What is asked for fills a page in both,
where that can be: a small workspace is asked about more days, and about a shorter text.
"""

import asyncio
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec

from bench import people, servers
from bench.load import Outcome, Plan, put_under_load
from bench.machine import LOAD_CORE, on_core
from bench.requests import LogIn, get_request, post_request
from bench.servers import Server
from bench.stores import Engine, empty_databases, first_start, look, settle
from frontdesk.access.tables import login_tokens
from frontdesk.clock import iso, now_ms
from frontdesk.demo_data import store
from frontdesk.demo_data.filling import Wanted, fill
from frontdesk.ids import hex_id, random_token
from frontdesk.messages.indexing import index_batch
from frontdesk.visitors.records import Visitor

SMALL = 1_000
LARGE = 1_000_000
#: Open conversations in both: served, on hold, and waiting to be taken and closed.
SERVED, HELD, WAITING = 40, 20, 600
#: Visitors who come while it is measured.
COMING = 600
#: The goal: at most so many times the small workspace's p99.
TIMES_SMALL = 1.5
#: Sorted by one of these, all that fits is looked at: no index keeps the order of what changes with
#: each message or is rarely asked for. Measured without a goal.
_UNINDEXED_SORTS = ("fname", "servedBy.username", "priorityWeight", "msgs")
#: A list is asked for so many times in turn, each time for so long.
_TURNS = 5
_SECONDS = 1.0
_WARM_UP = 0.2
#: Connections for lists, and for what changes something.
_READERS, _WRITERS = 2, 8
_DAY = 24 * 3600 * 1000
_SETTINGS = {
    "Livechat_Routing_Method": "Manual_Selection",
    "Livechat_accept_chats_with_no_agents": "true",
}


class Compared(msgspec.Struct):
    """One call on both workspaces; `first` is how long the very first one took on the large
    one, in seconds, where that is something else. Some have no goal.
    """

    what: str
    small: Outcome
    large: Outcome
    first: float | None = None
    has_goal: bool = True

    @property
    def ratio(self) -> float:
        """How many times the small workspace's p99."""
        return self.large.p99 / self.small.p99


class _Desk(msgspec.Struct):
    """A workspace with what the calls need to know of it."""

    server: Server
    caller: LogIn
    visitors: list[str]
    rooms: list[str]
    inquiries: list[str]
    agent: str
    department: str
    name: str
    order: str
    days: int


def compare(engine: Engine, rooms: int = LARGE) -> Iterator[Compared]:
    """Yield one call after the other, made to a small workspace and to one of so many rooms."""
    with _desks(engine, rooms) as (few, many):
        for what in _lists(few):
            first = _first(many, _lists(many)[what])
            turns = [(_read(few, what), _read(many, what)) for _ in range(_TURNS)]
            small, large = (middle(each) for each in zip(*turns, strict=True))
            has_goal = what not in map(_by, _UNINDEXED_SORTS)
            yield Compared(f"list: {what}", small, large, first, has_goal)
        for what in ("open", "take", "close"):
            small = _write(few, _changes(few, what))
            yield Compared(what, small, _write(many, _changes(many, what)))


def middle(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the outcome of the turns that has as many better ones as worse ones."""
    return sorted(outcomes, key=attrgetter("p99"))[len(outcomes) // 2]


def _lists(desk: _Desk) -> dict[str, dict[str, Any]]:
    """Return the queries of GET livechat/rooms by what they ask for."""
    now = now_ms()
    start = now - 90 * _DAY
    span = json.dumps({"start": iso(start), "end": iso(start + desk.days * _DAY)})
    filters: dict[str, dict[str, Any]] = {
        "all": {},
        "of an agent": {"agents[]": desk.agent},
        "of a department": {"departmentId[]": desk.department},
        "open": {"open": "true"},
        "closed": {"open": "false"},
        "on hold": {"onhold": "true"},
        "queued": {"queued": "true"},
        "named like many": {"roomName": "art"},
        "named exactly": {"roomName": f'"{desk.name}"', "count": 5},  # as many as both have
        "named like nobody": {"roomName": "nobody"},
        "with a usual tag": {"tags[]": "delivery"},
        "with a tag that nothing has": {"tags[]": "nothing"},
        "with a custom field": {"customFields": json.dumps({"order": desk.order})},
        "of a unit that has nothing": {"units[]": "none"},
        "opened on some day": {"createdAt": span},
        "closed on some day": {"closedAt": span},
        "of an agent, closed": {"agents[]": desk.agent, "open": "false"},
        "of a department, with a tag": {"departmentId[]": desk.department, "tags[]": "delivery"},
    }
    sorts = ("lm", "closedAt", "departmentId", *_UNINDEXED_SORTS)
    return filters | {_by(name): {"sort": json.dumps({name: -1})} for name in sorts}


def _by(name: str) -> str:
    return f"by {name}"


def _path(query: dict[str, Any]) -> str:
    return f"livechat/rooms?{urlencode({'count': 25, **query})}"


def _changes(desk: _Desk, what: str) -> list[bytes]:
    """Return the requests that open, take or close conversations, each once."""
    if what == "open":
        return [get_request(f"livechat/room?token={token}") for token in desk.visitors]
    if what == "take":
        path = "livechat/inquiries.take"
        return [post_request(path, {"inquiryId": each}, desk.caller) for each in desk.inquiries]
    path = "livechat/room.closeByUser"
    return [
        post_request(path, {"rid": each, "comment": "Solved", "tags": ["delivery"]}, desk.caller)
        for each in desk.rooms
    ]


def _first(desk: _Desk, query: dict[str, Any]) -> float:
    url = f"http://127.0.0.1:{desk.server.port}/api/v1/{_path(query)}"
    headers = {"x-user-id": desk.caller.user_id, "x-auth-token": desk.caller.token}
    with httpx.Client(trust_env=False, verify=False, timeout=120, headers=headers) as client:
        client.get(f"http://127.0.0.1:{desk.server.port}/livez")  # connected
        began = time.perf_counter()
        client.get(url).raise_for_status()
        return time.perf_counter() - began


def _read(desk: _Desk, what: str) -> Outcome:
    request = get_request(_path(_lists(desk)[what]), desk.caller)
    return put_under_load(
        Plan(desk.server.port, desk.server.pid, [request], True, _WARM_UP, _SECONDS, _READERS)
    )


def _write(desk: _Desk, requests: list[bytes]) -> Outcome:
    return put_under_load(
        Plan(desk.server.port, desk.server.pid, requests, False, 0.0, 120.0, _WRITERS)
    )


@contextmanager
def _desks(engine: Engine, large: int) -> Iterator[tuple[_Desk, _Desk]]:
    with ExitStack() as running:
        place, urls = running.enter_context(empty_databases(engine, 2))
        desks = []
        for url, rooms in zip(urls, (SMALL, large), strict=True):
            own = place / str(rooms)
            own.mkdir()
            with on_core(LOAD_CORE):
                desk = _fill(own, url, rooms)
            desks.append((own, url, desk))
        os.sync()  # what was written is not to be written out while we measure
        for own, url, desk in desks:
            desk.server = running.enter_context(servers.frontdesk(own, url, _SETTINGS))
        yield desks[0][2], desks[1][2]


def _fill(place: Path, url: str, rooms: int) -> _Desk:
    caller = people.agent("bench.manager", *people.MANAGER_ROLES)
    log_in, token = people.logged_in(caller)
    coming = [_visitor(number) for number in range(COMING)]
    db = first_start(place, url)
    wanted = Wanted(rooms, served=SERVED, held=HELD, queued=WAITING, seed=1, until=now_ms())
    fill(db, wanted)
    db.write_now(lambda tx: store.write(tx, [caller, *coming]))
    db.write_now(lambda tx: tx.insert_many(login_tokens, [token]))
    while db.write_now(index_batch):
        pass  # otherwise the server would do it while we measure
    asyncio.run(db.close())
    settle(url)
    queued = look(url, "SELECT room_id, id FROM inquiries WHERE status = 'queued' ORDER BY id")
    busiest = "SELECT {0} FROM rooms WHERE {0} IS NOT NULL GROUP BY {0} ORDER BY COUNT(*) DESC"
    return _Desk(
        server=Server(0, 0),
        caller=log_in,
        visitors=[each.token or "" for each in coming],
        rooms=[row[0] for row in queued],
        inquiries=[row[1] for row in queued],
        agent=look(url, busiest.format("agent_id"))[0][0],
        department=look(url, busiest.format("department_id"))[0][0],
        name=look(url, busiest.format("display_name"))[0][0],
        order="FD-2041" if rooms > SMALL else "FD-2",
        days=1 if rooms > SMALL else 40,
    )


def _visitor(number: int) -> Visitor:
    return Visitor(
        id=hex_id(),
        token=random_token(),
        username=f"coming-{number}",
        name=f"Visitor {number}",
        created_at=now_ms(),
        updated_at=now_ms(),
    )
