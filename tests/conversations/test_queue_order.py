"""The order of the queue is total, and its first is found by an index."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete

from frontdesk.conversations import queue_order
from frontdesk.conversations.queries import INSERT_INQUIRY
from frontdesk.conversations.queue_order import (
    Waiting,
    first_in_queues,
    place_in_queue,
    whole_queue,
)
from frontdesk.conversations.records import Inquiry
from frontdesk.conversations.tables import inquiries
from frontdesk.db import Query, Tx
from tests.conversations.desk import Desk, open_desk

MECHANISMS = ("Timestamp", "Priority", "SLAs")


class Place(NamedTuple):
    """What the order looks at; small numbers, so that many are equal."""

    department: str | None
    created: int
    updated: int
    weight: int
    wait: int
    queued: bool


places = st.lists(
    st.builds(
        Place,
        st.sampled_from([None, "a", "b"]),
        st.integers(0, 2),
        st.integers(0, 2),
        st.sampled_from([1, 5, 99]),
        st.sampled_from([10, 9_999_999]),
        st.booleans(),
    ),
    max_size=25,
)


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """Return a desk where nobody gives anything away, so that what waits stays."""
    async with open_desk(database_url, tmp_path) as opened:
        opened.set(Livechat_Routing_Method="Manual_Selection")
        yield opened


def inquiry(number: int, place: Place) -> Inquiry:
    """Return an inquiry at a place; ids are in no order of the numbers."""
    name = f"{(number * 7919) % 100_003:06}"
    return Inquiry(
        id=f"i{name}",
        room_id=f"r{name}",
        name="Ann",
        message="",
        created_at=1_000 + place.created,
        status="queued" if place.queued else "taken",
        department_id=place.department,
        visitor_id="v",
        visitor_token="t",
        visitor_username="guest",
        visitor_status="online",
        priority_weight=place.weight,
        estimated_wait=place.wait,
        updated_at=2_000 + place.updated,
    )


def sort_key(mechanism: str, each: Inquiry) -> tuple[Any, ...]:
    """Return what the order says, in other words than the code's."""
    by_time = (each.created_at, -each.updated_at, each.id)
    match mechanism:
        case "Priority":
            return (each.priority_weight, *by_time)
        case "SLAs":
            return (each.estimated_wait, *by_time)
    return by_time


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=places, mechanism=st.sampled_from(MECHANISMS))
async def test_the_order_is_total(desk: Desk, wanted: list[Place], mechanism: str) -> None:
    desk.set(Omnichannel_sorting_mechanism=mechanism)
    stored = [inquiry(number, place) for number, place in enumerate(wanted)]

    def look(tx: Tx, settings: Any) -> None:
        tx.execute(delete(inquiries))
        for each in stored:
            tx.insert(INSERT_INQUIRY, each)
        waiting = sorted(
            (each for each in stored if each.status == "queued"),
            key=lambda each: sort_key(mechanism, each),
        )
        queues = {
            department: [each for each in waiting if each.department_id == department]
            for department in (None, "a", "b")
        }
        assert [each.room_id for each in whole_queue(tx, settings, None)] == [
            each.room_id for each in waiting
        ]
        for department in ("a", "b"):
            found = whole_queue(tx, settings, department)
            assert [each.room_id for each in found] == [each.room_id for each in queues[department]]
        assert first_in_queues(tx, settings) == [
            Waiting(queue[0].room_id, department) for department, queue in queues.items() if queue
        ]
        for each in waiting:
            among = waiting if each.department_id is None else queues[each.department_id]
            assert place_in_queue(tx, settings, each) == among.index(each) + 1

    await desk.write(look)


@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_the_first_of_many_is_found_without_looking_at_the_others(
    desk: Desk, engine: str, mechanism: str
) -> None:
    statements = queue_order._STATEMENTS[mechanism]

    def fill(tx: Tx, _: Any) -> None:
        for number in range(2_000):
            department = None if number % 2 else "a"
            place = Place(department, number // 3, 0, 99 - number % 2, number % 5, True)
            tx.insert(INSERT_INQUIRY, inquiry(number, place))
        tx._cursor.execute("ANALYZE inquiries")

    def plan(tx: Tx, _: Any, query: Query[Waiting]) -> str:
        compiled = query.compiled(tx._dialect)
        explain = "EXPLAIN QUERY PLAN" if engine == "sqlite" else "EXPLAIN"
        tx._cursor.execute(f"{explain} {compiled.sql}", compiled.parameters({"department_id": "a"}))
        return "\n".join(str(row[-1]) for row in tx._cursor.fetchall())

    await desk.write(fill)
    index = {
        "Timestamp": "ix_inquiries_queue",
        "Priority": "ix_inquiries_queue_by_priority",
        "SLAs": "ix_inquiries_queue_by_sla",
    }[mechanism]
    for query in (statements.first, statements.first_of_department):
        told = await desk.write(plan, query)
        # What the index does not hold is sorted among equals only.
        assert f"{index} " in told
        if engine == "sqlite":
            assert "RIGHT PART OF ORDER BY" in told
        else:
            assert "Incremental Sort" in told


async def test_an_unknown_mechanism_means_the_time(desk: Desk) -> None:
    desk.set(Omnichannel_sorting_mechanism="Weather")
    assert queue_order.queue_order(desk.workspace.settings) == (("ts", 1), ("_updatedAt", -1))
