"""Lists of conversations, compared with what a reading of all rows says, on both engines."""

import asyncio
import json
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, TypeVar

import msgspec
import pytest
from sqlalchemy import delete, update

from frontdesk.app import open_store
from frontdesk.clock import now_ms
from frontdesk.config import Config
from frontdesk.conversations import room_pages
from frontdesk.conversations.queries import INSERT_ROOM
from frontdesk.conversations.records import Room
from frontdesk.conversations.room_counts import RECENT, count_rooms
from frontdesk.conversations.room_filters import RoomFilter, room_filter
from frontdesk.conversations.room_pages import rooms_of_page
from frontdesk.conversations.schemas import RoomListQuery
from frontdesk.conversations.tables import inquiries, rooms
from frontdesk.db import Database, Tx, columns_of
from frontdesk.demo_data.filling import Wanted, fill
from frontdesk.http.call import Principal
from frontdesk.http.date_range import date_range
from frontdesk.http.paging import Page, parse_sort
from frontdesk.ids import random_id
from tests.harness.postgres import Cluster

T = TypeVar("T")

UNTIL = 1_772_463_600_000
MANAGER = Principal("m", "manager", "Manager", frozenset({"livechat-manager"}), frozenset(), "")
PAGE = 7


@pytest.fixture(scope="module")
def store(
    engine: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """Return a store with conversations in all states."""
    folder = tmp_path_factory.mktemp("lists")
    url = f"sqlite:///{folder / 'lists.db'}"
    if engine == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres")
        url = cluster.new_database()
    config = Config.from_options(
        data_dir=folder, database_url=url, environment={"ADMIN_PASS": "irrelevant here"}
    )
    db, _ = open_store(config)
    fill(db, Wanted(160, served=20, held=8, queued=9, seed=3, until=UNTIL))
    db.write_now(_vary)
    yield db
    asyncio.run(db.close())


def _vary(tx: Tx) -> None:
    """Give some conversations what demo data has not: odd names, fields, units."""
    found = all_rooms(tx)
    for number, name in enumerate(('100% "sure"', "under_score", "a/b", "ÄÖ ü", "Ä", "x\\y")):
        changes = {"display_name": name, "livechat_data": {"note": name, "vip": number}}
        tx.execute(update(rooms).where(rooms.c.id == found[number * 9].id).values(**changes))
    department = next(each.department_id for each in found if each.department_id)
    tx.execute(
        update(rooms)
        .where(rooms.c.department_id == department)
        .values(department_ancestors=["unit1"])
    )


def all_rooms(tx: Tx) -> list[Room]:
    """Return all conversations."""
    found = tx.select(columns_of(rooms, Room).where(rooms.c.kind == "l"), Room)
    return sorted(found, key=lambda room: room.id)


def run(db: Database, use_case: Callable[[Tx], T]) -> T:
    """Run a reading use case."""
    return asyncio.run(db.read(use_case))


def filter_of(tx: Tx, query: RoomListQuery) -> RoomFilter:
    """Return the filter of a query, as a manager sees it."""
    created = date_range("createdAt", query.createdAt)
    closed = date_range("closedAt", query.closedAt)
    return room_filter(tx, MANAGER, query, created, closed)


def listed(tx: Tx, query: RoomListQuery) -> list[Room]:
    """Return all conversations that fit, page by page."""
    wanted = filter_of(tx, query)
    total = count_rooms(tx, wanted)
    found: list[Room] = []
    while len(found) < total:
        page = Page(len(found), PAGE, parse_sort(query.sort))
        part = rooms_of_page(tx, wanted, page, total)
        assert len(part) == min(PAGE, total - len(found))
        found += part
    assert not rooms_of_page(tx, wanted, Page(total, PAGE, parse_sort(query.sort)), total)
    whole = rooms_of_page(tx, wanted, Page(0, None, parse_sort(query.sort)), total)
    assert [each.id for each in whole] == [each.id for each in found]
    return found


SPAN = json.dumps({"start": "2025-09-01T00:00:00.000Z", "end": "2026-01-15T00:00:00.000Z"})
START, END = 1_756_684_800_000, 1_768_435_200_000
#: A query, and what it says of a conversation.
FILTERS: dict[str, tuple[dict[str, Any], Callable[[Room], bool]]] = {
    "all": ({}, lambda _: True),
    "open": ({"open": "true"}, lambda r: r.open and r.agent_id is not None and not r.on_hold),
    "closed": ({"open": "false"}, lambda r: not r.open),
    "held": ({"onhold": "true"}, lambda r: r.on_hold),
    "held and open": ({"onhold": "t", "open": "true"}, lambda r: r.on_hold),
    "held and closed": ({"onhold": "1", "open": "false"}, lambda _: False),
    "queued": ({"queued": "true"}, lambda r: r.open and r.agent_id is None),
    "created": ({"createdAt": SPAN}, lambda r: START <= r.opened_at <= END),
    "closed in": ({"closedAt": SPAN}, lambda r: START <= (r.closed_at or 0) <= END),
    "named": ({"roomName": "AR"}, lambda r: "ar" in name_of(r)),
    "named longer": ({"roomName": "artin"}, lambda r: "artin" in name_of(r)),
    "named and closed": (
        {"roomName": "ann", "open": "false"},
        lambda r: "ann" in name_of(r) and not r.open,
    ),
    "named with signs": ({"roomName": '0% "s'}, lambda r: '0% "s' in name_of(r)),
    "named with a line": ({"roomName": "r_s"}, lambda r: "r_s" in name_of(r)),
    "named with a slash": ({"roomName": "a/b"}, lambda r: "a/b" in name_of(r)),
    "named exactly": ({"roomName": '"under_score"'}, lambda r: name_of(r) == "under_score"),
    "named by nobody": ({"roomName": "nobody at all"}, lambda _: False),
    "tagged": ({"tags": ["delivery"]}, lambda r: "delivery" in (r.tags or ())),
    "tagged one or the other": (
        {"tags": ["return", "nothing", "login"]},
        lambda r: not {"return", "login"}.isdisjoint(r.tags or ()),
    ),
    "tagged in part": ({"tags": ["deliver"]}, lambda _: False),
    "with a field": (
        {"customFields": '{"order": "FD-2"}'},
        lambda r: "FD-2" in str((r.livechat_data or {}).get("order", "")),
    ),
    "with a field with signs": (
        {"customFields": json.dumps({"note": '0% "SU'})},
        lambda r: '0% "su' in str((r.livechat_data or {}).get("note", "")),
    ),
    "with a backslash": (
        {"customFields": json.dumps({"note": "x\\y"})},
        lambda r: (r.livechat_data or {}).get("note") == "x\\y",
    ),
    "with more of a field": (
        {"customFields": '{"order": "FD-23"}'},
        lambda r: "FD-23" in str((r.livechat_data or {}).get("order", "")),
    ),
    "with another field": ({"customFields": '{"other": "FD-2"}'}, lambda _: False),
    "in a unit": ({"units": ["unit1"]}, lambda r: r.department_ancestors == ["unit1"]),
}  # fmt: skip


def name_of(room: Room) -> str:
    """Return a conversation's name in small letters."""
    return (room.display_name or "").lower()


@pytest.fixture(params=[0, 10_000], ids=["walking", "gathering"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_pages, "FEW", request.param)
    monkeypatch.setattr(room_pages, "FEW_BY_NAME", request.param)


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_finds_what_fits_and_nothing_else(store: Database, name: str) -> None:
    query, fits = FILTERS[name]
    found = run(store, lambda tx: listed(tx, RoomListQuery(**query)))

    wanted = [each for each in run(store, all_rooms) if fits(each)]
    assert {each.id for each in found} == {each.id for each in wanted}
    times = [each.opened_at for each in found]
    assert times == sorted(times, reverse=True)


@pytest.mark.usefixtures("_either_way")
def test_agents_and_departments_are_filters_too(store: Database) -> None:
    everything = run(store, all_rooms)
    agents = sorted({each.agent_id for each in everything if each.agent_id})[:2]
    departments = sorted({each.department_id for each in everything if each.department_id})[:2]
    for query, fits in (
        ({"agents": agents[:1]}, lambda r: r.agent_id == agents[0]),
        ({"agents": agents}, lambda r: r.agent_id in agents),
        ({"departmentId": departments[:1]}, lambda r: r.department_id == departments[0]),
        ({"departmentId": [*departments, "undefined"]}, lambda r: r.department_id in departments),
        (
            {"agents": agents, "departmentId": departments, "open": "false"},
            lambda r: r.agent_id in agents and r.department_id in departments and not r.open,
        ),
    ):
        made = RoomListQuery(**query)
        found = run(store, lambda tx, made=made: listed(tx, made))  # type: ignore[misc]
        assert {each.id for each in found} == {each.id for each in everything if fits(each)}


#: By the names of the API, what conversations are ordered by; what is missing comes first.
ORDERS: dict[str, Callable[[Room], Any]] = {
    "ts": lambda r: r.opened_at,
    "lm": lambda r: r.last_message_at or 0,
    "fname": lambda r: r.display_name or "",
    "closedAt": lambda r: r.closed_at or 0,
    "servedBy.username": lambda r: r.agent_username or "",
    "priorityWeight": lambda r: r.priority_weight,
    "queuedAt": lambda r: r.queued_at or 0,
    "msgs": lambda r: r.message_count,
    "_updatedAt": lambda r: r.updated_at,
}


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize("state", ["", "true", "false"])
@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("order", ORDERS)
def test_a_list_stands_in_the_order_that_is_asked_for(
    store: Database, order: str, way: int, state: str
) -> None:
    query = RoomListQuery(sort=json.dumps({order: way}), open=state)
    found = run(store, lambda tx: listed(tx, query))

    keys = [ORDERS[order](each) for each in found]
    assert keys == sorted(keys, reverse=way == -1)
    assert len({each.id for each in found}) == len(found)


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("order", ["departmentId", "servedBy._id"])
def test_what_belongs_together_stands_together(store: Database, order: str, way: int) -> None:
    found = run(store, lambda tx: listed(tx, RoomListQuery(sort=json.dumps({order: way}))))

    column = "department_id" if order == "departmentId" else "agent_id"
    groups = [key for key, _ in groupby(getattr(each, column) for each in found)]
    assert len(groups) == len(set(groups)) > 2
    assert groups.index(None) == (0 if way == 1 else len(groups) - 1)
    assert len({each.id for each in found}) == len(found) == 160


def test_totals_follow_what_happens_to_conversations(store: Database) -> None:
    queries = [RoomListQuery(**query) for query, _ in FILTERS.values()]

    def totals(tx: Tx) -> list[int]:
        return [count_rooms(tx, filter_of(tx, each)) for each in queries]

    def expected(tx: Tx) -> list[int]:
        return [sum(map(fits, all_rooms(tx))) for _, fits in FILTERS.values()]

    now = now_ms()
    found = run(store, all_rooms)
    closed = [each for each in found if not each.open]
    served = [each for each in found if each.open and each.agent_id and not each.on_hold]
    copy = msgspec.structs.replace(closed[5], id=random_id(), tags=["delivery"])
    for change in (
        lambda tx: tx.execute(
            update(rooms).where(rooms.c.id == closed[0].id).values(tags=["delivery", "login"])
        ),
        lambda tx: tx.execute(
            update(rooms).where(rooms.c.id == closed[1].id).values(display_name="Artinna")
        ),
        lambda tx: tx.execute(
            update(rooms).where(rooms.c.id == closed[2].id).values(livechat_data={"order": "FD-2"})
        ),
        lambda tx: tx.execute(
            update(rooms).where(rooms.c.id == closed[3].id).values(department_ancestors=["unit1"])
        ),
        lambda tx: tx.execute(delete(rooms).where(rooms.c.id == closed[4].id)),
        lambda tx: tx.insert(INSERT_ROOM, copy),
        lambda tx: _close(tx, served[0].id),
        # Again, as a forced close does.
        lambda tx: _close(tx, closed[6].id),
        lambda tx: _close(tx, served[1].id),
        lambda tx: _close(tx, served[2].id),
    ):
        before = run(store, at(now, totals))
        assert before == run(store, expected)
        store.write_now(at(now, change))
        after = run(store, at(now, totals))
        assert after == run(store, expected)
        now += 3 * RECENT  # what was closed then is not recent any more
        assert after == run(store, at(now, totals))


def at(now: int, use_case: Callable[[Tx], T]) -> Callable[[Tx], T]:
    """Return a use case that takes place at a time."""

    def then(tx: Tx) -> T:
        tx.now = now
        return use_case(tx)

    return then


def _close(tx: Tx, room_id: str) -> None:
    changes = {"open": False, "closed_at": tx.now, "tags": ["delivery"]}
    tx.execute(update(rooms).where(rooms.c.id == room_id).values(**changes))
    tx.execute(delete(inquiries).where(inquiries.c.room_id == room_id))
