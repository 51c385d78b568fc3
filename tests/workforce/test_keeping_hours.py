"""Business hours as the clock goes on, on a database of the test's own."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest

from frontdesk.access import queries as access
from frontdesk.access.finding import find_user
from frontdesk.access.records import User
from frontdesk.clock import iso, parse_iso
from frontdesk.db import Database, Tx, open_database
from frontdesk.db.migrate import upgrade
from frontdesk.jobs.queue import list_jobs
from frontdesk.settings.workspace import Settings
from frontdesk.workforce import queries
from frontdesk.workforce.business_calendar import DAYS
from frontdesk.workforce.keeping_hours import KEEP_HOURS, keep_hours
from frontdesk.workforce.records import BusinessHour, WorkHours

T = TypeVar("T")

SETTINGS = Settings.initial("http://localhost").with_value("Livechat_enable_business_hours", True)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """Return a database with an agent, and a default business hour in Berlin from 8 to 20."""
    upgrade(database_url)
    database = open_database(database_url)

    def prepare(tx: Tx) -> None:
        work_hours = [WorkHours(day, True, "08:00", "20:00") for day in DAYS]
        tx.insert(
            queries.INSERT_BUSINESS_HOUR,
            BusinessHour("default", "default", "", True, "Europe/Berlin", work_hours, 0, 0),
        )
        tx.insert(
            access.INSERT_USER,
            User(
                id="ann",
                username="ann",
                username_lower="ann",
                roles=["livechat-agent"],
                agent=True,
                status="online",
                status_livechat="available",
            ),
        )

    database.write_now(prepare)
    yield database


def at(db: Database, time: str, use_case: Callable[[Tx], T]) -> T:
    """Run a use case at a time on the clock of UTC."""

    def run(tx: Tx) -> T:
        tx.now = parse_iso(time)
        return use_case(tx)

    return db.write_now(run)


def look(db: Database, time: str, settings: Settings = SETTINGS) -> tuple[Any, ...]:
    """Look at the business hours at a time; return how the agent is then, and the next look."""

    def keep(tx: Tx) -> tuple[Any, ...]:
        keep_hours(tx, settings)
        agent = find_user(tx, "ann")
        assert agent is not None
        due = [each.due_at for each in list_jobs(tx) if each.kind == KEEP_HOURS]
        planned = [iso(each)[5:16] for each in due]
        return agent.status_livechat, agent.open_business_hours, planned

    return at(db, time, keep)


async def test_an_agent_is_switched_at_every_opening_and_closing(db: Database) -> None:
    opened, closed = ("available", ["default"]), ("not-available", None)

    assert look(db, "2026-03-27T12:00") == (*opened, ["03-27T19:00"])
    assert look(db, "2026-03-27T19:00") == (*closed, ["03-28T07:00"])
    assert look(db, "2026-03-28T07:00") == (*opened, ["03-28T19:00"])
    assert look(db, "2026-03-28T19:00") == (*closed, ["03-29T06:00"])
    # Here the clocks of Berlin have gone forward.
    assert look(db, "2026-03-29T06:00") == (*opened, ["03-29T18:00"])
    await db.close()


async def test_looking_twice_changes_nothing(db: Database) -> None:
    assert look(db, "2026-03-27T12:00") == look(db, "2026-03-27T12:00:30")

    await db.close()


async def test_where_hours_are_not_kept_nothing_is_planned_and_nobody_has_any(
    db: Database,
) -> None:
    look(db, "2026-03-27T20:00")

    off = SETTINGS.with_value("Livechat_enable_business_hours", False)

    assert look(db, "2026-03-27T20:01", off) == ("not-available", None, [])
    await db.close()
