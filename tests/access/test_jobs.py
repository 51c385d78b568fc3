"""What the timers of access do when their time has come."""

from frontdesk.access import queries
from frontdesk.access.blocking import record_attempt, username_is_blocked
from frontdesk.access.first_start import TEST_ADMIN
from frontdesk.access.jobs import PURGE, purge, schedule
from frontdesk.access.records import LoginToken
from frontdesk.access.tokens import issue_token, lifetime, personal_tokens
from frontdesk.db import Database, Event, Tx
from frontdesk.jobs.queue import list_jobs
from frontdesk.settings.workspace import Settings

SETTINGS = Settings.initial("http://localhost:3000")


async def test_only_expired_tokens_are_purged(db: Database) -> None:
    def prepare(tx: Tx) -> int:
        issue_token(tx, TEST_ADMIN)
        old = tx.now - lifetime(SETTINGS) - 1
        tx.insert(queries.INSERT_TOKEN, LoginToken("expired", TEST_ADMIN, old))
        tx.insert(queries.INSERT_TOKEN, LoginToken("named", TEST_ADMIN, old, personal_name="robot"))
        return len(tx.all(queries.TOKENS_OF_USER, user_id=TEST_ADMIN))

    assert await db.write(prepare) == 3
    heard: list[Event] = []
    db.listeners.append(heard.extend)
    await db.write(lambda tx: purge(tx, SETTINGS))
    left = await db.read(lambda tx: tx.all(queries.TOKENS_OF_USER, user_id=TEST_ADMIN))
    assert {token.hashed_token for token in left} & {"expired", "named"} == {"named"}
    assert len(left) == 2
    assert [token.personal_name for token in await db.read(_personal)] == ["robot"]
    assert [(event.stream, event.key) for event in heard] == [("user", TEST_ADMIN)]


async def test_attempts_are_purged_when_no_rule_looks_at_them(db: Database) -> None:
    def fail(tx: Tx, ago_minutes: int) -> None:
        tx.now -= ago_minutes * 60_000
        for _ in range(11):
            record_attempt(tx, SETTINGS, "192.0.2.1", "Ann", False)

    await db.write(lambda tx: fail(tx, 6))
    assert await db.read(_ann_is_blocked) is False
    await db.write(lambda tx: fail(tx, 4))
    assert await db.read(_ann_is_blocked) is True
    await db.write(lambda tx: purge(tx, SETTINGS))
    assert await db.read(_ann_is_blocked) is True
    assert await db.write(lambda tx: tx.run(queries.DELETE_OLD_ATTEMPTS, before=tx.now)) == 11


async def test_there_is_one_next_purge_however_often_a_server_starts(db: Database) -> None:
    for _ in range(2):
        await db.write(schedule)
    assert [job.kind for job in await db.read(list_jobs)] == [PURGE]


def _personal(tx: Tx) -> list[LoginToken]:
    return personal_tokens(tx, TEST_ADMIN)


def _ann_is_blocked(tx: Tx) -> bool:
    return username_is_blocked(tx, SETTINGS, "ann")
