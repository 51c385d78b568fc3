from collections.abc import AsyncIterator
from typing import Any

import pytest

from frontdesk.db import Database, Tx, open_database
from frontdesk.db.migrate import upgrade
from frontdesk.jobs.queue import list_jobs
from frontdesk.messages import navigating
from frontdesk.messages.navigating import KEPT, adopt_page_visits, forget_old_visits
from frontdesk.messages.queries import MOST_WAITING
from frontdesk.messages.records import Message
from frontdesk.messages.schemas import PageInfo, PageLocation, PageVisited
from frontdesk.messages.storing import messages_of_room
from frontdesk.settings.workspace import Settings

SETTINGS = Settings.initial("http://localhost:3000")


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    upgrade(database_url)
    database = open_database(database_url)
    yield database
    await database.close()


def visit(token: str, title: str) -> PageVisited:
    place = PageLocation(f"https://example.com/{title}")
    return PageVisited(token=token, pageInfo=PageInfo(title, "url", place))


def note(tx: Tx, token: str, title: str) -> dict[str, Any] | None:
    return navigating.note_page_visit(tx, SETTINGS, visit(token, title))


def adopted(tx: Tx, token: str, room_id: str) -> list[Message]:
    adopt_page_visits(tx, token, room_id)
    return messages_of_room(tx, room_id)


async def test_pages_visited_before_move_into_the_new_conversation(db: Database):
    await db.write(lambda tx: note(tx, "ann", "prices"))
    await db.write(lambda tx: note(tx, "ben", "jobs"))

    moved = await db.write(lambda tx: adopted(tx, "ann", "room1"))

    assert [each.text for each in moved] == ["prices - https://example.com/prices"]
    assert "expireAt" not in (moved[0].extras or {})
    assert await db.write(lambda tx: adopted(tx, "ann", "room2")) == []


async def test_pages_whose_conversation_never_comes_are_forgotten(db: Database):
    def age(tx: Tx) -> None:
        tx.now -= KEPT + 1
        note(tx, "ann", "prices")

    await db.write(age)
    await db.write(lambda tx: note(tx, "ben", "jobs"))

    await db.write(forget_old_visits)

    assert await db.write(lambda tx: adopted(tx, "ann", "room1")) == []
    assert len(await db.write(lambda tx: adopted(tx, "ben", "room2"))) == 1


async def test_of_very_many_pages_the_newest_wait(db: Database):
    def note_many(tx: Tx) -> None:
        for number in range(MOST_WAITING + 3):
            note(tx, "ann", str(number))
        note(tx, "ben", "jobs")

    await db.write(note_many)

    moved = await db.write(lambda tx: adopted(tx, "ann", "room1"))
    assert len(moved) == MOST_WAITING
    assert moved[0].text.startswith("3 - ")
    assert len(await db.write(lambda tx: adopted(tx, "ben", "room2"))) == 1


async def test_one_job_is_promised_for_all_waiting_pages(db: Database):
    def note_three(tx: Tx) -> None:
        for token in ("ann", "ben", "cai"):
            note(tx, token, "prices")

    await db.write(note_three)
    jobs = await db.read(list_jobs)
    assert [each.kind for each in jobs] == [navigating.FORGET_VISITS]
