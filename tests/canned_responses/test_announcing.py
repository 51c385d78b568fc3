"""What clients that keep canned responses at hand are told."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from frontdesk.canned_responses import queries
from frontdesk.canned_responses.announcing import NEWS, follow_members
from frontdesk.canned_responses.records import CannedResponse
from frontdesk.canned_responses.saving import forget_tag, remove_response, save_response
from frontdesk.canned_responses.schemas import SaveResponse
from frontdesk.canned_responses.visibility import is_for
from frontdesk.db import Database, Event, open_database
from frontdesk.db.migrate import upgrade_if_needed
from frontdesk.http.call import Principal

PERMISSIONS = frozenset(("view-all-canned-responses", "save-all-canned-responses"))
MANAGER = Principal("m", "maria", None, frozenset(), PERMISSIONS, "")
OTHER = Principal("o", "otto", None, frozenset(), frozenset(), "")


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """Return a database of the test's own."""
    upgrade_if_needed(database_url)
    opened = open_database(database_url)
    yield opened
    await opened.close()


def told(database: Database) -> list[Event]:
    """Return a list that grows with what clients are told."""
    events: list[Event] = []
    database.listeners.append(
        lambda found: events.extend(each for each in found if each.stream == NEWS)
    )
    return events


async def saved(database: Database, scope: str, **more: Any) -> None:
    """Save a response as the manager."""
    given = SaveResponse("cut", "text", scope, **more)
    await database.write(lambda tx: save_response(tx, MANAGER, given))


async def test_saving_and_removing_is_told_to_those_it_is_for(database: Database) -> None:
    events = told(database)

    await saved(database, "user", tags=["a"])
    ((first,), *audience) = events[0].arguments
    assert (events[0].key, first["type"], first["scope"]) == (first["_id"], "changed", "user")
    assert "_createdAt" in first
    assert "_updatedAt" not in first
    assert await database.read(lambda tx: is_for(tx, MANAGER, *audience))
    assert not await database.read(lambda tx: is_for(tx, OTHER, *audience))

    await saved(database, "user", response_id=first["_id"])
    ((second,), *_) = events[1].arguments
    assert "_createdAt" not in second

    await database.write(lambda tx: remove_response(tx, MANAGER, first["_id"]))
    assert events[2].arguments[0] == [{"type": "removed", "_id": first["_id"]}]
    assert len(events) == 3


async def test_those_who_lose_sight_of_a_response_are_told_first(database: Database) -> None:
    events = told(database)
    await saved(database, "user")
    response_id = events[0].key

    await saved(database, "global", response_id=response_id)

    lost, gained = (each.arguments for each in events[1:])
    assert lost == ([{"type": "removed", "_id": response_id}], "user", MANAGER.id)
    assert (gained[0][0]["type"], *gained[1:]) == ("changed", "global", None)


async def test_agents_who_come_and_go_are_named(database: Database) -> None:
    row = CannedResponse(
        *("id", "of-d", "text", "department", [], None, "d", "m", "maria"),
        created_at=1,
        updated_at=1,
    )
    await database.write(lambda tx: tx.insert(queries.INSERT_RESPONSE, row))
    await saved(database, "global")
    events = told(database)

    await database.write(lambda tx: follow_members(tx, "d", ["b", "a"], ["c"]))

    come, gone = (each.arguments[0] for each in events)
    assert (come[0]["type"], come[0]["_id"], come[1]) == ("changed", "id", {"agentsId": ["a", "b"]})
    assert gone == [{"type": "removed", "_id": "id"}, {"agentsId": ["c"]}]


async def test_a_tag_that_goes_is_not_told(database: Database) -> None:
    await saved(database, "global", tags=["a"])
    events = told(database)

    await database.write(lambda tx: forget_tag(tx, "a"))

    assert events == []
