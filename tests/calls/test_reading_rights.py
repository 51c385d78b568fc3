import pytest

from frontdesk.calls.reading_rights import may_read_call
from frontdesk.calls.records import CallRoom
from frontdesk.db import Database, open_database
from frontdesk.db.migrate import upgrade
from frontdesk.http.call import Principal
from frontdesk.workforce import queries as workforce
from frontdesk.workforce.records import DepartmentAgent

CLOSED_BY_ANOTHER = "view-livechat-room-closed-by-another-agent"
CLOSED_IN_DEPARTMENT = "view-livechat-room-closed-same-department"


@pytest.fixture
async def database(database_url: str):
    upgrade(database_url)
    database = open_database(database_url)
    yield database
    await database.close()


def room(*, open: bool, department_id: str | None = "sales") -> CallRoom:
    return CallRoom(
        id="room",
        name="Ann-room",
        display_name="Ann",
        opened_at=0,
        last_message_at=0,
        message_count=0,
        department_id=department_id,
        visitor_id="visitor",
        visitor_token="token",
        visitor_username="guest-1",
        visitor_status="online",
        visitor_phone=None,
        agent_id="tom",
        agent_username="tom",
        open=open,
        queue="default",
        call_id=None,
        direction="inbound",
    )


async def reads(database: Database, user: str, room: CallRoom, *permissions: str) -> bool:
    principal = Principal(user, user, None, frozenset(), frozenset(permissions), "")
    return await database.read(lambda tx: may_read_call(tx, principal, room))


async def test_who_serves_a_call_reads_it_open_or_closed(database: Database):
    assert await reads(database, "tom", room(open=True))
    assert await reads(database, "tom", room(open=False))
    assert not await reads(database, "eve", room(open=True))
    assert not await reads(database, "eve", room(open=False))


async def test_who_sees_all_conversations_reads_any_call(database: Database):
    assert await reads(database, "eve", room(open=True), "view-livechat-rooms")
    assert await reads(database, "rocket.cat", room(open=True))


async def test_the_closed_calls_of_others_have_a_permission_of_their_own(database: Database):
    assert await reads(database, "eve", room(open=False), CLOSED_BY_ANOTHER)
    assert not await reads(database, "eve", room(open=True), CLOSED_BY_ANOTHER)


async def test_members_of_the_department_may_read_its_closed_calls(database: Database):
    member = DepartmentAgent("link", "eve", "sales", "eve")
    await database.write(lambda tx: tx.insert(workforce.UPSERT_DEPARTMENT_AGENT, member))
    assert await reads(database, "eve", room(open=False), CLOSED_IN_DEPARTMENT)
    assert not await reads(database, "eve", room(open=False))
    assert not await reads(database, "eve", room(open=True), CLOSED_IN_DEPARTMENT)
    assert not await reads(database, "sue", room(open=False), CLOSED_IN_DEPARTMENT)
    elsewhere = room(open=False, department_id=None)
    assert not await reads(database, "eve", elsewhere, CLOSED_IN_DEPARTMENT)
