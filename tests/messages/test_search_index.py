"""The index behind searches, on a store of its own: what is found does not depend on how far the
index is.
"""

import asyncio
from collections.abc import Iterator

import pytest

from frontdesk.db import Database, Query, Tx, open_database
from frontdesk.db.migrate import upgrade
from frontdesk.demo_data import store
from frontdesk.ids import random_id
from frontdesk.messages import queries
from frontdesk.messages.indexing import BATCH, index_batch
from frontdesk.messages.records import Message
from frontdesk.messages.search_index import NEWEST, NEWEST_FOR_SHORT, newest_with
from frontdesk.messages.storing import change_message, find_message, remove_messages
from frontdesk.messages.tables import message_index, message_texts
from tests.harness.engines import on_sqlite


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    upgrade(database_url)
    opened = open_database(database_url)
    yield opened
    asyncio.run(opened.close())


def message(number: int, text: str, room_id: str = "room", kind: str | None = None) -> Message:
    return Message(
        id=random_id(),
        room_id=room_id,
        sent_at=1_700_000_000_000 + number,
        kind=kind,
        text=text,
        author_id="author",
        author_username="author",
        updated_at=1_700_000_000_000 + number,
    )


def say(database: Database, *messages: Message) -> None:
    database.write_now(lambda tx: store.write(tx, messages))


def index_all(database: Database) -> None:
    while database.write_now(index_batch):
        pass


def found(database: Database, text: str, count: int = 100) -> list[str]:
    return database.write_now(lambda tx: [e.message_id for e in newest_with(tx, text, count)])


@pytest.fixture(params=[False, True], ids=["not indexed", "indexed"])
def indexed(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_text_is_found_as_it_is_in_any_case(database: Database, indexed: bool):
    texts = ["Where is my Parcel?", "100% sure_of it", "a.b", "Größe ÄNDERN", "wo ist PARCELLE"]
    said = [message(number, text) for number, text in enumerate(texts)]
    # More than the newest, which are read without the index.
    filling = [message(number + 10, "nothing to see") for number in range(NEWEST + 1)]
    say(database, *said, *filling)
    if indexed:
        index_all(database)

    ids = [each.id for each in said]
    assert found(database, "parcel") == [ids[4], ids[0]]
    assert found(database, "% sure_") == [ids[1]]
    assert found(database, "a.b") == [ids[2]]
    assert found(database, "Größe") == [ids[3]]
    assert found(database, "ändern") == [ids[3]]
    assert found(database, "axb") == []
    assert found(database, '"') == []
    assert found(database, 'see" OR "parcel') == []
    assert len(found(database, "nothing", 5)) == 5


def test_what_is_said_after_the_index_was_filled_is_found(database: Database):
    say(database, message(1, "the first parcel"))
    index_all(database)
    late = message(2, "the second parcel")
    say(database, late)

    assert found(database, "second parcel") == [late.id]
    assert len(found(database, "parcel")) == 2


def test_the_index_follows_changes_and_deletions(database: Database, indexed: bool):
    changed, hidden, gone = (message(number, "an odd parcel") for number in range(3))
    empty = message(4, "")
    say(database, changed, hidden, gone, empty)
    if indexed:
        index_all(database)

    def change(tx: Tx) -> None:
        for each, changes in (
            (changed, {"text": "an even letter"}),
            (hidden, {"hidden": True}),
            (empty, {"text": "words at last"}),
        ):
            now = find_message(tx, each.id)
            assert now is not None
            change_message(tx, now, **changes)
        tx.run(queries.DELETE_MESSAGE, message_id=gone.id)

    database.write_now(change)
    index_all(database)

    assert found(database, "odd parcel") == []
    assert found(database, "even letter") == [changed.id]
    assert found(database, "words at last") == [empty.id]
    database.write_now(lambda tx: remove_messages(tx, "room"))
    assert found(database, "even letter") == []
    assert database.write_now(lambda tx: tx.select(message_texts.select(), lambda *row: row)) == []


def test_what_was_not_said_by_anybody_is_not_found(database: Database):
    say(
        database,
        message(1, "a page - https://example.org", kind="livechat_navigation_history"),
        message(2, "Thank you, page", kind="livechat-close"),
    )
    index_all(database)

    assert len(found(database, "page")) == 1


def test_a_text_that_is_too_short_for_the_index_is_looked_for_among_the_newest(
    database: Database,
):
    old = message(0, "qz is old")
    say(database, old, *(message(number + 1, "filling") for number in range(NEWEST_FOR_SHORT)))
    new = message(NEWEST_FOR_SHORT + 2, "qz is new")
    say(database, new)
    index_all(database)

    assert found(database, "qz") == [new.id]
    assert found(database, "qz is") == [new.id, old.id]


def test_a_number_is_never_given_twice(database: Database):
    say(database, message(1, "first"), message(2, "second"))
    index_all(database)
    database.write_now(lambda tx: remove_messages(tx, "room"))
    last = message(3, "third time")
    say(database, last)
    index_all(database)

    assert found(database, "third time") == [last.id]


@on_sqlite  # PostgreSQL keeps its index itself
def test_texts_come_into_the_index_in_batches(database: Database):
    say(database, *(message(number, f"text {number}") for number in range(BATCH + 1)))
    progress = Query(message_index.select().with_only_columns(message_index.c.indexed_to), int)

    database.write_now(index_batch)
    assert database.write_now(lambda tx: tx.one(progress)) == BATCH
    database.write_now(index_batch)
    assert database.write_now(lambda tx: tx.one(progress)) == BATCH + 1
    assert database.write_now(index_batch) is False
