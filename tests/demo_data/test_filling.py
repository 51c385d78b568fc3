import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from frontdesk.app import open_store
from frontdesk.config import Config
from frontdesk.db import Database
from frontdesk.db.migrate import driver_url
from frontdesk.demo_data.filling import NotEmpty, Wanted, fill, usual_mix
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.invariants import broken_rules

ROOMS = 300
#: Some afternoon; 2026-03-02T15:00:00Z.
UNTIL = 1_772_463_600_000
HOUR = 3_600_000
PASSWORD = "lantern under the stairs"


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """Return the store behind `database_url`, as a first start leaves it."""
    config = Config.from_options(
        data_dir=tmp_path / "data",
        database_url=database_url,
        environment={"ADMIN_PASS": "irrelevant here"},
    )
    db, _ = open_store(config)
    yield db
    asyncio.run(db.close())


def ask(database_url: str, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    engine = create_engine(driver_url(database_url))
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]
    finally:
        engine.dispose()


def test_what_is_written_breaks_no_rule(store: Database, database_url: str) -> None:
    done = fill(store, usual_mix(ROOMS, 1, UNTIL))

    assert not broken_rules(database_url)
    assert ask(database_url, "SELECT COUNT(*) FROM rooms WHERE kind = 'l'") == [(ROOMS,)]
    assert ask(database_url, "SELECT COUNT(*) FROM messages") == [(done.messages,)]


def test_there_are_conversations_in_every_state(store: Database, database_url: str) -> None:
    fill(store, Wanted(ROOMS, served=9, held=7, queued=5, seed=1, until=UNTIL))

    count = "SELECT COUNT(*) FROM rooms WHERE kind = 'l' AND "
    assert ask(database_url, count + "NOT open") == [(ROOMS - 21,)]
    assert ask(database_url, count + "open AND on_hold") == [(7,)]
    assert ask(database_url, count + "open AND agent_id IS NULL") == [(5,)]
    assert ask(database_url, "SELECT COUNT(*) FROM inquiries WHERE status = 'queued'") == [(5,)]
    assert ask(database_url, "SELECT COUNT(*) FROM subscriptions") == [(16,)]


def test_conversations_lie_within_the_last_twelve_months(
    store: Database, database_url: str
) -> None:
    fill(store, usual_mix(ROOMS, 1, UNTIL))

    ((first, last, latest),) = ask(
        database_url,
        "SELECT MIN(opened_at), MAX(opened_at), (SELECT MAX(sent_at) FROM messages) FROM rooms"
        " WHERE kind = 'l'",
    )
    year = 365 * 24 * HOUR
    assert UNTIL - year <= first < UNTIL - year + 14 * 24 * HOUR
    assert UNTIL - 2 * HOUR < last <= latest < UNTIL


def test_nights_and_sundays_are_quiet(store: Database, database_url: str) -> None:
    fill(store, usual_mix(2000, 1, UNTIL))

    times = [at for (at,) in ask(database_url, "SELECT opened_at FROM rooms WHERE NOT open")]
    by_hour = [sum(at // HOUR % 24 == hour for at in times) for hour in range(24)]
    # 1970-01-01 was a Thursday.
    by_day = [sum((at // HOUR // 24 + 3) % 7 == day for at in times) for day in range(7)]
    assert sum(by_hour[0:6]) < by_hour[10]
    assert by_day[6] < by_day[5] < by_day[1] < by_day[0]


def test_the_same_seed_gives_the_same_rows(tmp_path: Path) -> None:
    found = []
    for number, seed in enumerate((1, 1, 2)):
        url = f"sqlite:///{tmp_path / f'{number}.db'}"
        config = Config.from_options(
            data_dir=tmp_path, database_url=url, environment={"ADMIN_PASS": "irrelevant here"}
        )
        db, _ = open_store(config)
        fill(db, usual_mix(50, seed, UNTIL))
        asyncio.run(db.close())
        found.append(ask(url, "SELECT * FROM messages ORDER BY sent_at, id"))
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_a_store_with_conversations_is_left_alone(store: Database, database_url: str) -> None:
    fill(store, usual_mix(20, 1, UNTIL))

    with pytest.raises(NotEmpty):
        fill(store, usual_mix(20, 2, UNTIL))

    assert ask(database_url, "SELECT COUNT(*) FROM rooms WHERE kind = 'l'") == [(20,)]


def test_more_are_added_for_the_same_staff(store: Database, database_url: str) -> None:
    fill(store, usual_mix(100, 1, UNTIL))
    staff = ask(database_url, "SELECT id FROM users ORDER BY id")

    fill(store, usual_mix(100, 1, UNTIL), more=True)

    assert ask(database_url, "SELECT COUNT(*) FROM rooms WHERE kind = 'l'") == [(200,)]
    assert ask(database_url, "SELECT id FROM users ORDER BY id") == staff
    assert not broken_rules(database_url)


def test_chats_are_counted_for_the_routing(store: Database, database_url: str) -> None:
    fill(store, usual_mix(ROOMS, 1, UNTIL))

    ((in_departments,),) = ask(database_url, "SELECT SUM(chats_given) FROM department_agents")
    ((elsewhere,),) = ask(database_url, "SELECT SUM(livechat_count) FROM users")
    ((taken,),) = ask(database_url, "SELECT COUNT(*) FROM messages WHERE kind = 'uj'")
    assert in_departments + elsewhere == taken
    assert in_departments > elsewhere > 0


def test_agents_log_in_with_the_password_only(
    private_server: Callable[..., FrontdeskProcess], tmp_path: Path
) -> None:
    server = private_server()
    url = server.database_url or f"sqlite:///{server.directory / 'data' / 'frontdesk.db'}"
    config = Config.from_options(data_dir=tmp_path, database_url=url)
    db, _ = open_store(config)
    fill(db, usual_mix(40, 1), password=PASSWORD)
    asyncio.run(db.close())

    with Api(server.url) as api:
        agent = api.login("demo.maya.lindqvist", PASSWORD)
        refused = api.post("login", {"user": "demo.tom.becker", "password": "something else"})
        shown = api.login_as_administrator().get("livechat/rooms", {"count": 100}).json()
    assert refused.status_code == 401
    assert agent.get("me").json()["roles"] == ["user", "livechat-agent"]
    assert shown["total"] == len(shown["rooms"]) == 40
    assert all(room["lastMessage"]["rid"] == room["_id"] for room in shown["rooms"])


def test_without_a_password_nobody_can_log_in(store: Database, database_url: str) -> None:
    fill(store, usual_mix(20, 1, UNTIL))

    hashes = "SELECT COUNT(*) FROM users WHERE username LIKE 'demo.%' AND password_hash IS NOT NULL"
    assert ask(database_url, hashes) == [(0,)]


def test_every_visitor_who_wrote_is_a_contact(store: Database, database_url: str) -> None:
    fill(store, usual_mix(ROOMS, 1, UNTIL))

    without = "SELECT COUNT(*) FROM rooms r WHERE kind = 'l' AND NOT EXISTS (SELECT 1 FROM {})"
    of_contact = "contacts c WHERE c.id = r.contact_id AND c.name = r.display_name"
    on_channel = (
        "contact_channels ch WHERE ch.contact_id = r.contact_id AND ch.visitor_id = r.visitor_id"
    )
    for there in (of_contact, on_channel):
        assert ask(database_url, without.format(there)) == [(0,)]
    ((contacts, visitors),) = ask(
        database_url, "SELECT (SELECT COUNT(*) FROM contacts), (SELECT COUNT(*) FROM visitors)"
    )
    assert contacts == visitors
    ((known, managed),) = ask(
        database_url,
        "SELECT COUNT(*), COUNT(manager_id) FROM contacts WHERE NOT unknown",
    )
    assert 0 < managed < known < contacts
