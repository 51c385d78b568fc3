"""How long it takes until an agent who has become free has the next conversation, when ten wait
and when ten thousand do.
"""

import asyncio
from pathlib import Path
from time import perf_counter

import msgspec

from bench import people, servers
from bench.client import Client
from bench.load import Outcome
from bench.machine import LOAD_CORE, on_core, processor_seconds
from bench.requests import LogIn
from bench.servers import Server
from bench.stores import Engine, empty_database, first_start, look, settle
from frontdesk.access.tables import login_tokens
from frontdesk.clock import now_ms
from frontdesk.demo_data import store
from frontdesk.demo_data.filling import Wanted, fill
from frontdesk.ids import random_id
from frontdesk.workforce.records import DepartmentAgent

FEW = 10
MANY = 10_000
#: How often an agent becomes free.
TIMES = 200
#: The goal: at most so many times as long, at the median.
TIMES_FEW = 1.5
#: Conversations that are closed already.
_CLOSED = 1_000
#: Seconds after which something must be wrong.
_PATIENCE = 30.0
_SETTINGS = {"Livechat_waiting_queue": "true"}


class _Desk(msgspec.Struct):
    """Who works there: the only agent of a department, who takes one chat at a time."""

    agent: LogIn
    department: str


def assigning_on(engine: Engine, waiting: int) -> Outcome:
    """Return how long it takes, from the answer to a close until the next conversation is there."""
    with empty_database(engine) as (place, url), on_core(LOAD_CORE):
        desk = _fill(place, url, waiting)
        with servers.frontdesk(place, url, _SETTINGS) as server:
            return asyncio.run(_measure(desk, server))


def _fill(place: Path, url: str, waiting: int) -> _Desk:
    db = first_start(place, url)
    fill(db, Wanted(_CLOSED + waiting, 0, 0, waiting, seed=1, until=now_ms()))
    (department,) = look(
        url,
        "SELECT department_id FROM inquiries WHERE department_id IS NOT NULL"
        " GROUP BY department_id ORDER BY COUNT(*) DESC LIMIT 1",
    )[0]
    agent = people.agent("bench.agent", chat_limit=1)
    log_in, token = people.logged_in(agent)
    link = DepartmentAgent(random_id(), agent.id, department, agent.username, updated_at=now_ms())
    db.write_now(lambda tx: store.write(tx, [agent, link]))
    db.write_now(lambda tx: tx.insert_many(login_tokens, [token]))
    asyncio.run(db.close())
    settle(url)
    return _Desk(log_in, department)


async def _measure(desk: _Desk, server: Server) -> Outcome:
    client = Client(server.port)
    room = await _next(client, desk)
    durations: list[float] = []
    used_before, began = processor_seconds(server.pid), perf_counter()
    for number in range(TIMES):
        await _come(client, desk, number)  # so that as many wait as before
        await client.post("livechat/room.closeByUser", {"rid": room, "comment": "-"}, desk.agent)
        closed = perf_counter()
        room = await _next(client, desk)
        durations.append(perf_counter() - closed)
    seconds = perf_counter() - began
    used = processor_seconds(server.pid) - used_before
    client.close()
    durations.sort()
    return Outcome(
        answers=TIMES,
        seconds=seconds,
        p50=durations[TIMES // 2],
        p99=durations[TIMES * 99 // 100],
        core_use=used / seconds,
        failures=0,
        first_failure="",
    )


async def _next(client: Client, desk: _Desk) -> str:
    """Return the conversation that the agent has, as soon as there is one."""
    gives_up = perf_counter() + _PATIENCE
    while perf_counter() < gives_up:
        answer = await client.get("subscriptions.get", desk.agent)
        rooms = [each["rid"] for each in answer["update"] if each["t"] == "l"]
        if rooms:
            return str(rooms[0])
    raise TimeoutError(f"no conversation came within {_PATIENCE} s")


async def _come(client: Client, desk: _Desk, number: int) -> None:
    """Let one more visitor wait."""
    token = f"coming-{number}-{random_id()}"
    visitor = {"token": token, "name": f"Visitor {number}", "department": desk.department}
    await client.post("livechat/visitor", {"visitor": visitor})
    await client.get("livechat/room", token=token)
