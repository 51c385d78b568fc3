"""How long agents were available: over HTTP, and over midnight on a clock of the test's own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from frontdesk.access import queries as access
from frontdesk.access.records import User
from frontdesk.clock import iso, parse_iso
from frontdesk.db import Database, Tx, open_database
from frontdesk.db.migrate import upgrade
from frontdesk.jobs.queue import list_jobs
from frontdesk.settings.workspace import Settings
from frontdesk.workforce.activity import (
    activity_of_days,
    day_number,
    divide_at_midnight,
    last_moment,
    next_midnight,
    note_activity,
)
from frontdesk.workforce.records import AgentActivity
from tests.builders import Person, create_agent, create_user, retire, settings, stored
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

SETTINGS = Settings.initial("http://localhost")


def activity_of(server: FrontdeskProcess, agent: Person) -> list[AgentActivity]:
    """Return the stretches of time in which an agent was available."""
    found = stored(server, lambda tx: activity_of_days(tx, 0, 99_991_231))
    return [each for each in found if each.agent_id == agent.id]


def test_time_counts_from_being_available_until_not_being_so(
    admin: Api, server: FrontdeskProcess
) -> None:
    agent = create_agent(admin, status="online")
    (running,) = activity_of(server, agent)
    assert running.stopped_at is None

    agent.api.post("users.setStatus", {"status": "busy"})
    agent.api.post("livechat/agent.status", {"status": "available"})
    assert activity_of(server, agent) == [running]  # started twice, counted once
    agent.api.post("livechat/agent.status", {"status": "not-available"})
    agent.api.post("users.setStatus", {"status": "offline"})

    (ended,) = activity_of(server, agent)
    assert ended.started_at == running.started_at
    assert ended.stopped_at is not None
    agent.api.post("users.setStatus", {"status": "online"})
    agent.api.post("livechat/agent.status", {"status": "available"})
    assert [each.stopped_at is None for each in activity_of(server, agent)] == [False, True]
    retire(admin, agent)
    assert [each.stopped_at is None for each in activity_of(server, agent)] == [False, False]


@pytest.mark.parametrize("leave", ["logout", "deactivate", "delete"])
def test_time_ends_when_an_agent_leaves(admin: Api, server: FrontdeskProcess, leave: str) -> None:
    agent = create_agent(admin)

    if leave == "logout":
        answer = agent.api.post("logout")
    elif leave == "deactivate":
        body: dict[str, Any] = {"userId": agent.id, "activeStatus": False}
        answer = admin.post("users.setActiveStatus", body)
    else:
        answer = admin.post("users.delete", {"userId": agent.id})
    assert answer.status_code == 200, answer.text

    (ended,) = activity_of(server, agent)
    assert ended.stopped_at is not None
    retire(admin, agent)


def test_nobody_elses_time_counts_and_none_where_it_is_not_watched(
    admin: Api, server: FrontdeskProcess
) -> None:
    user = create_user(admin)
    user.api.post("users.setStatus", {"status": "online"})
    with settings(admin, Troubleshoot_Disable_Livechat_Activity_Monitor=True):
        agent = create_agent(admin)

    assert activity_of(server, user) == activity_of(server, agent) == []
    retire(admin, agent)


def test_the_turn_of_the_day_is_planned(server: FrontdeskProcess) -> None:
    kinds = [each.kind for each in stored(server, list_jobs)]

    assert kinds.count("workforce.divide_activity") == 1


# Over midnight -------------------------------------------------------------------------------


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """Return a database with an agent who is available."""
    upgrade(database_url)
    database = open_database(database_url)
    database.write_now(lambda tx: _insert_agent(tx, "ann"))
    yield database


def _insert_agent(tx: Tx, user_id: str) -> None:
    tx.insert(
        access.INSERT_USER,
        User(
            id=user_id,
            username=user_id,
            username_lower=user_id,
            roles=["livechat-agent"],
            agent=True,
            status="online",
            status_livechat="available",
        ),
    )


def at(db: Database, time: str, use_case: Callable[[Tx], object]) -> None:
    """Run a use case at a time on the clock of UTC."""

    def run(tx: Tx) -> None:
        tx.now = parse_iso(time)
        use_case(tx)

    db.write_now(run)


def note(tx: Tx) -> None:
    """Note what the agent does."""
    note_activity(tx, SETTINGS, "ann")


def switch_off(tx: Tx) -> None:
    """Switch the agent off and note it."""
    tx.patch(access.PATCH_USER, "ann", status_livechat="not-available")
    note(tx)


def stretches(db: Database) -> list[tuple[int, str, str | None]]:
    """Return day, beginning and end of all stretches."""
    found = db.write_now(lambda tx: activity_of_days(tx, 0, 99_991_231))
    return [
        (
            each.day,
            iso(each.started_at)[5:19],
            None if each.stopped_at is None else iso(each.stopped_at)[5:19],
        )
        for each in found
    ]


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server's clock be that of UTC."""
    monkeypatch.setattr("frontdesk.workforce.activity.server_zone", lambda: "UTC")


async def test_time_is_divided_at_midnight(db: Database) -> None:
    at(db, "2026-03-01T22:00", note)
    at(db, "2026-03-02T00:00:01", lambda tx: divide_at_midnight(tx, SETTINGS))
    at(db, "2026-03-02T00:00:02", lambda tx: divide_at_midnight(tx, SETTINGS))
    at(db, "2026-03-02T09:30", switch_off)

    assert stretches(db) == [
        (20260301, "03-01T22:00:00", "03-01T23:59:59"),
        (20260302, "03-02T00:00:00", "03-02T09:30:00"),
    ]
    await db.close()


async def test_what_ends_before_midnight_was_looked_at_is_divided_too(db: Database) -> None:
    at(db, "2026-03-01T22:00", note)
    at(db, "2026-03-02T00:10", switch_off)
    at(db, "2026-03-02T00:11", lambda tx: divide_at_midnight(tx, SETTINGS))

    assert stretches(db) == [
        (20260301, "03-01T22:00:00", "03-01T23:59:59"),
        (20260302, "03-02T00:00:00", "03-02T00:10:00"),
    ]
    await db.close()


async def test_days_on_which_nobody_looked_are_not_made_up(db: Database) -> None:
    at(db, "2026-03-01T22:00", note)
    at(db, "2026-03-05T12:00", lambda tx: divide_at_midnight(tx, SETTINGS))

    assert stretches(db) == [
        (20260301, "03-01T22:00:00", "03-01T23:59:59"),
        (20260305, "03-05T00:00:00", None),
    ]
    await db.close()


async def test_who_is_gone_at_midnight_does_not_go_on(db: Database) -> None:
    at(db, "2026-03-01T23:59:59.500", note)
    at(db, "2026-03-01T23:59:59.600", lambda tx: tx.patch(access.PATCH_USER, "ann", active=False))
    at(db, "2026-03-02T00:00", lambda tx: divide_at_midnight(tx, SETTINGS))

    assert stretches(db) == [(20260301, "03-01T23:59:59", "03-01T23:59:59")]
    await db.close()


def test_days_are_those_of_the_zone() -> None:
    evening = parse_iso("2026-03-28T23:30")

    assert day_number(evening, "UTC") == 20260328
    assert day_number(evening, "Europe/Berlin") == 20260329
    assert iso(next_midnight(evening, "Europe/Berlin")) == "2026-03-29T22:00:00.000Z"
    # A day of 23 hours: the clocks of Berlin go forward.
    assert iso(last_moment(20260329, "Europe/Berlin")) == "2026-03-29T21:59:59.000Z"
