import asyncio
from pathlib import Path

from sqlalchemy import create_engine, text

from frontdesk.app import open_store
from frontdesk.config import Config
from frontdesk.db.migrate import driver_url
from frontdesk.demo_data.filling import Wanted, fill
from tests.invariants import broken_rules

_SERVED = "(SELECT MIN(room_id) FROM subscriptions WHERE kind = 'l' AND NOT on_hold)"
_CLOSED = "(SELECT MAX(id) FROM rooms WHERE kind = 'l' AND NOT open)"
#: What is done to a sound store, one after the other, and the rule that it breaks.
_DAMAGE = (
    (f"DELETE FROM inquiries WHERE room_id = {_SERVED}", "an open conversation has an inquiry"),
    (
        f"UPDATE inquiries SET room_id = {_CLOSED} WHERE room_id ="
        " (SELECT MAX(room_id) FROM inquiries)",
        "an inquiry belongs to an open conversation",
    ),
    (
        "UPDATE inquiries SET status = 'taken' WHERE status = 'queued'",
        "the inquiry of a conversation is taken when somebody serves it, and else waits",
    ),
    (
        "UPDATE inquiries SET department_id = 'another' WHERE department_id IS NOT NULL",
        "an inquiry knows the department of its conversation",
    ),
    (
        "UPDATE subscriptions SET on_hold = NOT on_hold",
        "a conversation is on hold for its members too",
    ),
    (
        "UPDATE subscriptions SET user_id = 'somebody else'",
        "the serving agent is a member",
    ),
    (
        f"UPDATE subscriptions SET room_id = {_CLOSED} WHERE room_id = {_SERVED}",
        "nobody is a member of a conversation that is closed",
    ),
    (
        "UPDATE subscriptions SET room_id = 'gone' WHERE room_id ="
        " (SELECT MIN(room_id) FROM subscriptions)",
        "nobody is a member of a room that is gone",
    ),
    (
        f"UPDATE rooms SET on_hold = NOT open WHERE id = {_CLOSED}",
        "what is on hold is open and served",
    ),
    (
        f"UPDATE rooms SET last_message_at = 1 WHERE id = {_CLOSED}",
        "the last message of a closed conversation is the one that closed it",
    ),
    (
        f"UPDATE rooms SET closed_at = NULL WHERE id = {_CLOSED}",
        "a conversation has a time of closing, and a closer, exactly when it is closed",
    ),
    (
        f"DELETE FROM room_texts WHERE room_id = {_CLOSED}",
        "a conversation can be found by its words",
    ),
    (
        f"UPDATE rooms SET message_count = 1 WHERE id = {_CLOSED}",
        "a conversation counts each of its messages, once or twice",
    ),
    (
        f"UPDATE rooms SET agent_messages = agent_messages + 1 WHERE id = {_CLOSED}",
        "a conversation counts the messages of its visitor and of agents",
    ),
    (
        f"UPDATE rooms SET responses = 1000 WHERE id = {_CLOSED}",
        "no more answers are measured than were given",
    ),
    (
        f"DELETE FROM messages WHERE room_id = {_CLOSED} AND kind = 'livechat-close'",
        "a conversation has one closing message when it is closed, and else none",
    ),
    (
        f"DELETE FROM messages WHERE room_id = {_CLOSED}",
        "the last message of a conversation is one of its messages",
    ),
    (
        "DELETE FROM visitors WHERE id = (SELECT MAX(visitor_id) FROM rooms)",
        "the visitor of a conversation is known",
    ),
    ("UPDATE departments SET agent_count = agent_count + 1", "a department counts its agents"),
    ("UPDATE users SET chat_limit = 0", "no agent is above the own limit"),
    ("UPDATE departments SET chat_limit = 0", "no agent is above the limit of a department"),
    (
        "INSERT INTO jobs (id, kind, payload, due_at, attempts, state, created_at, updated_at)"
        " VALUES ('j', 'mail.send', '{}', 0, 9, 'given_up', 0, 0)",
        "no job was given up",
    ),
)


def test_every_damage_is_found(database_url: str, tmp_path: Path) -> None:
    config = Config.from_options(
        data_dir=tmp_path, database_url=database_url, environment={"ADMIN_PASS": "irrelevant here"}
    )
    db, _ = open_store(config)
    fill(db, Wanted(60, served=10, held=4, queued=4, seed=1, until=1_772_463_600_000))
    asyncio.run(db.close())
    assert not broken_rules(database_url)

    engine = create_engine(driver_url(database_url))
    for damage, rule in _DAMAGE:
        with engine.begin() as connection:
            connection.execute(text(damage))
        found = [each.rule for each in broken_rules(database_url)]
        assert rule in found, damage
    engine.dispose()


def test_a_finding_names_the_first_offenders(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    config = Config.from_options(
        data_dir=tmp_path, database_url=url, environment={"ADMIN_PASS": "irrelevant here"}
    )
    db, _ = open_store(config)
    fill(db, Wanted(20, served=0, held=0, queued=8, seed=1, until=1_772_463_600_000))
    asyncio.run(db.close())
    engine = create_engine(driver_url(url))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM inquiries"))
    engine.dispose()

    (found,) = broken_rules(url)

    assert found.times == 8
    assert len(found.examples) == 5
    assert str(found).startswith("an open conversation has an inquiry: 8 (")
