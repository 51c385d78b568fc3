"""The same searches on a small and on a large workspace: what a million messages cost.

The two servers take turns, and the middle one of the turns counts, as in scale.py. What is looked
for fills a page in both where it is said often; what is said rarely is planted: so many messages
in both, among the oldest, where the index alone finds them.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import psycopg
from sqlalchemy import func, select, update

from bench import people, servers
from bench.load import Outcome, Plan, put_under_load
from bench.machine import LOAD_CORE, on_core
from bench.requests import LogIn, get_request
from bench.scale import Compared, middle
from bench.servers import Server
from bench.stores import Engine, empty_databases, first_start, look
from frontdesk.access.tables import login_tokens
from frontdesk.clock import now_ms
from frontdesk.conversations.tables import rooms
from frontdesk.demo_data import store
from frontdesk.demo_data.filling import Wanted, fill
from frontdesk.messages.indexing import index_batch
from frontdesk.messages.tables import message_texts, messages

SMALL = 10_000
LARGE = 1_000_000
#: The goal: at most so many times the small workspace's p99.
TIMES_SMALL = 2.0
#: Agents in both: an agent's own messages are the same part of all.
_AGENTS = 40
#: Messages of a conversation of the demo data, on average.
_EACH = 10.49
#: What is planted, and in how many messages.
_RARE = "zirconium chandelier"
_RARE_COUNT = 10
_BUSIEST = (
    select(rooms.c.agent_id)
    .where(rooms.c.agent_id.is_not(None))
    .group_by(rooms.c.agent_id)
    .order_by(func.count().desc(), rooms.c.agent_id)
    .limit(1)
)
_PLANT = (
    update(messages)
    .where(
        messages.c.id.in_(
            select(message_texts.c.message_id).where(message_texts.c.number <= _RARE_COUNT)
        )
    )
    .values(text=messages.c.text + f" {_RARE}")
)
_TURNS = 5
_SECONDS = 0.6
_WARM_UP = 0.2
_READERS = 2


class _Desk(msgspec.Struct):
    """A workspace with what the searches need to know of it."""

    server: Server
    manager: LogIn
    agent: LogIn
    room: str
    longest: str


def compare(engine: Engine, count: int = LARGE) -> Iterator[Compared]:
    """Yield one search after the other, in a small workspace and in one of so many messages."""
    with _desks(engine, count) as (few, many):
        for what in _searches(few):
            turns = [(_read(few, what), _read(many, what)) for _ in range(_TURNS)]
            small, large = (middle(each) for each in zip(*turns, strict=True))
            yield Compared(f"search: {what}", small, large)


def _searches(desk: _Desk) -> dict[str, tuple[str, LogIn]]:
    """Return paths and callers by what they look for."""

    def in_room(room: str, text: str) -> str:
        return f"livechat/{room}/messages?{urlencode({'count': 25, 'searchTerm': text})}"

    def by_chat(room: str, text: str) -> str:
        return f"chat.search?{urlencode({'count': 25, 'roomId': room, 'searchText': text})}"

    def everywhere(text: str) -> str:
        return f"livechat/messages.search?{urlencode({'count': 25, 'searchText': text})}"

    return {
        "in a conversation": (in_room(desk.room, "the"), desk.manager),
        "in a long conversation": (in_room(desk.longest, "o"), desk.manager),
        "in a conversation, by chat.search": (by_chat(desk.room, "the"), desk.manager),
        "everywhere, what is said often": (everywhere("parcel"), desk.manager),
        "everywhere, what is said rarely": (everywhere(_RARE), desk.manager),
        "everywhere, what nobody says": (everywhere("xylophone"), desk.manager),
        "everywhere, a piece of two words": (everywhere("cel fd"), desk.manager),
        "everywhere, two characters": (everywhere("fd"), desk.manager),
        "what an agent may read, said often": (everywhere("the"), desk.agent),
        "what an agent may read, said rarely": (everywhere(_RARE), desk.agent),
    }


def _read(desk: _Desk, what: str) -> Outcome:
    path, caller = _searches(desk)[what]
    return put_under_load(
        Plan(
            desk.server.port,
            desk.server.pid,
            [get_request(path, caller)],
            True,
            _WARM_UP,
            _SECONDS,
            _READERS,
        )
    )


@contextmanager
def _desks(engine: Engine, large: int) -> Iterator[tuple[_Desk, _Desk]]:
    with ExitStack() as running:
        place, urls = running.enter_context(empty_databases(engine, 2))
        desks = []
        for url, count in zip(urls, (SMALL, large), strict=True):
            own = place / str(count)
            own.mkdir()
            with on_core(LOAD_CORE):
                desk = _fill(own, url, count)
            desks.append((own, url, desk))
        os.sync()  # what was written is not to be written out while we measure
        for own, url, desk in desks:
            desk.server = running.enter_context(servers.frontdesk(own, url))
        yield desks[0][2], desks[1][2]


def _fill(place: Path, url: str, count: int) -> _Desk:
    manager = people.agent("bench.manager", *people.MANAGER_ROLES)
    manager_in, manager_token = people.logged_in(manager)
    db = first_start(place, url)
    wanted = Wanted(
        round(count / _EACH),
        served=40,
        held=20,
        queued=100,
        seed=1,
        until=now_ms(),
        agents=_AGENTS,
    )
    fill(db, wanted)
    busiest = db.write_now(lambda tx: tx.select(_BUSIEST, str))[0]
    agent_in, agent_token = people.logged_in(msgspec.structs.replace(manager, id=busiest))
    db.write_now(lambda tx: store.write(tx, [manager]))
    db.write_now(lambda tx: tx.insert_many(login_tokens, [manager_token, agent_token]))
    db.write_now(lambda tx: tx.execute(_PLANT))
    while db.write_now(index_batch):
        pass
    asyncio.run(db.close())
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")
    return _Desk(Server(0, 0), manager_in, agent_in, _room(url, 13), _room(url, 21))


def _room(url: str, length: int) -> str:
    """Return a closed conversation of so many messages."""
    found = look(
        url,
        f"SELECT id FROM rooms WHERE kind = 'l' AND NOT open AND message_count = {length}"
        " ORDER BY id LIMIT 1",
    )
    return str(found[0][0])
