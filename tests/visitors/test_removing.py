"""DELETE livechat/visitor/{token}: everything that is known of a visitor goes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from frontdesk.calls.finding import find_call
from frontdesk.channels import forgetting as channels_forgetting
from frontdesk.channels import queries as channel_queries
from frontdesk.channels.records import Remembered, Sender, Waiting
from frontdesk.conversations.finding import find_room
from frontdesk.db import Tx, open_database
from frontdesk.db.migrate import upgrade
from frontdesk.files.keeping import files_of_room
from frontdesk.jobs.queue import list_jobs
from frontdesk.messages.storing import messages_of_room
from frontdesk.settings.workspace import Settings
from frontdesk.visitors import registering, removing
from frontdesk.visitors.finding import find_visitor
from frontdesk.visitors.removing import Removed, remove_by_token
from frontdesk.visitors.schemas import Registration
from frontdesk.webhooks import forgetting as webhooks_forgetting
from frontdesk.webhooks import queries as webhook_queries
from frontdesk.webhooks.announcing import promise
from tests.builders import (
    Person,
    Visitor,
    create_agent,
    inquiry_of,
    open_conversation,
    register_visitor,
    retire,
    say_as_user,
    say_as_visitor,
    settings,
    stored,
    take,
    unique,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

COLLECTS = "Livechat_Allow_collect_and_store_HTTP_header_informations"


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent; conversations are taken by hand."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        person = create_agent(admin)
        yield person
        retire(admin, person)


def page_visited(api: Api, token: str, **more: Any) -> None:
    """Tell of a page."""
    page = {"change": "url", "title": "Prices", "location": {"href": "https://example.com"}}
    answer = api.post("livechat/page.visited", {"token": token, "pageInfo": page, **more})
    assert answer.status_code == 200, answer.text


def what_is_left(server: FrontdeskProcess, visitor: Visitor, *room_ids: str) -> dict[str, Any]:
    """Return all that the store still has of a visitor."""

    def look(tx: Tx) -> dict[str, Any]:
        record = find_visitor(tx, visitor.id)
        assert record is not None
        known = {
            name: getattr(record, name)
            for name in record.__struct_fields__
            if getattr(record, name) is not None and name not in ("id", "updated_at")
        }
        places = [*room_ids, f"visit:{visitor.token}"]
        return {
            "visitor": known,
            "rooms": [each for each in room_ids if find_room(tx, each) or find_call(tx, each)],
            "messages": [each for place in places for each in messages_of_room(tx, place)],
            "files": [each for room_id in room_ids for each in files_of_room(tx, room_id)],
            "jobs": [
                job.kind
                for job in list_jobs(tx, limit=100_000)
                if any(each in str(job.payload) for each in (*places, visitor.id, visitor.token))
            ],
        }

    return stored(server, look)


NOTHING = {"visitor": {"disabled": True}, "rooms": [], "messages": [], "files": [], "jobs": []}


def test_nothing_is_left_of_a_visitor(
    api: Api, admin: Api, server: FrontdeskProcess, agent: Person
) -> None:
    visitor = register_visitor(api, email=f"{unique('ann')}@example.org", phone="+1555")
    first, _ = open_conversation(api, visitor)
    take(agent, admin, first["_id"])
    say_as_visitor(api, first["_id"], visitor, "Hello")
    say_as_user(agent.api, first["_id"], "Good day")
    upload = api.post(
        f"livechat/upload/{first['_id']}",
        files={"file": ("note.txt", b"my address", "text/plain")},
        headers={"x-visitor-token": visitor.token},
    )
    assert upload.status_code == 200, upload.text
    closed = agent.api.post("livechat/room.closeByUser", {"rid": first["_id"], "comment": "bye"})
    assert closed.status_code == 200, closed.text
    page_visited(api, visitor.token)
    second, _ = open_conversation(api, visitor)
    page_visited(api, visitor.token)
    rooms = [first["_id"], second["_id"]]
    assert what_is_left(server, visitor, *rooms)["rooms"] == rooms

    with settings(admin, **{COLLECTS: True}):
        answer = api.delete(f"livechat/visitor/{visitor.token}")

    assert answer.status_code == 200, answer.text
    gone = answer.json()
    assert gone["visitor"]["_id"] == visitor.id
    assert gone["visitor"]["ts"].endswith("Z")
    assert gone["removed"]["rooms"] == 2
    assert gone["removed"]["visitors"] == 1
    assert gone["removed"]["files"] == 1
    assert gone["removed"]["messages"] >= 6
    assert what_is_left(server, visitor, *rooms) == NOTHING
    assert inquiry_of(admin, second["_id"]) is None
    for path in (f"livechat/visitor/{visitor.token}", f"livechat/visitor/{visitor.id}"):
        assert api.get(path).json()["errorType"] == "invalid-token"
    info = admin.get("livechat/visitors.info", {"visitorId": visitor.id})
    assert info.json()["error"] == "visitor-not-found"


def test_promised_transcripts_go_too(
    api: Api, admin: Api, server: FrontdeskProcess, agent: Person
) -> None:
    room, visitor = open_conversation(api, register_visitor(api, email="ann@example.org"))
    with settings(admin, Livechat_max_queue_wait_time=60, **{COLLECTS: True}):
        other, waiting = open_conversation(api)
        assert what_is_left(server, waiting, other["_id"])["jobs"]
        assert api.delete(f"livechat/visitor/{waiting.token}").status_code == 200
        assert what_is_left(server, waiting, other["_id"]) == NOTHING
        take(agent, admin, room["_id"])
        pdf = agent.api.post(f"omnichannel/{room['_id']}/request-transcript")
        assert pdf.status_code == 400  # the conversation is open
        assert api.delete(f"livechat/visitor/{visitor.token}").status_code == 200
        assert what_is_left(server, visitor, room["_id"]) == NOTHING


def test_an_open_conversation_prevents_it(
    api: Api, admin: Api, server: FrontdeskProcess, agent: Person
) -> None:
    room, visitor = open_conversation(api)

    answer = api.delete(f"livechat/visitor/{visitor.token}")

    assert answer.status_code == 400
    text = "Cannot remove visitors with opened rooms [visitor-has-open-rooms]"
    assert answer.json()["error"] == text
    assert answer.json()["errorType"] == "visitor-has-open-rooms"
    assert what_is_left(server, visitor, room["_id"])["rooms"] == [room["_id"]]
    take(agent, admin, room["_id"])
    agent.api.post("livechat/room.closeByUser", {"rid": room["_id"], "comment": "bye"})
    assert api.delete(f"livechat/visitor/{visitor.token}").status_code == 200
    assert what_is_left(server, visitor, room["_id"]) == NOTHING


def test_an_unknown_token_removes_nobody(api: Api) -> None:
    answer = api.delete("livechat/visitor/nobody")

    assert answer.status_code == 400
    assert (answer.json()["error"], answer.json()["errorType"]) == (
        "[invalid-token]",
        "invalid-token",
    )


def test_who_was_removed_can_begin_anew_as_somebody_else(api: Api) -> None:
    visitor = register_visitor(api, name="Ann")
    api.delete(f"livechat/visitor/{visitor.token}")
    assert api.delete(f"livechat/visitor/{visitor.token}").json()["error"] == "[invalid-token]"

    again = register_visitor(api, token=visitor.token, name="Eve")

    assert again.id != visitor.id
    assert again.username != visitor.username


def test_a_conversation_that_is_opened_at_the_same_moment_stays_whole_or_goes_too(
    api: Api, admin: Api, server: FrontdeskProcess, agent: Person
) -> None:
    with settings(admin, **{COLLECTS: True}), ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            visitor = register_visitor(api)
            opening = pool.submit(api.get, "livechat/room", {"token": visitor.token})
            removing = pool.submit(api.delete, f"livechat/visitor/{visitor.token}")
            opened, removed = opening.result(), removing.result()

            assert removed.status_code == 200, removed.text
            if opened.status_code == 200:
                room_id = opened.json()["room"]["_id"]
                assert what_is_left(server, visitor, room_id) == NOTHING
            else:
                assert opened.json()["error"] == "invalid-token"
                assert what_is_left(server, visitor) == NOTHING


def test_others_keep_what_is_theirs(api: Api, server: FrontdeskProcess, agent: Person) -> None:
    room, other = open_conversation(api)
    say_as_visitor(api, room["_id"], other, "Mine")
    before = what_is_left(server, other, room["_id"])

    visitor = register_visitor(api)
    assert api.delete(f"livechat/visitor/{visitor.token}").status_code == 200

    assert what_is_left(server, other, room["_id"]) == before


def test_the_contact_of_a_removed_visitor_is_no_more(api: Api, admin: Api, agent: Person) -> None:
    room, visitor = open_conversation(api)
    contact = {"contactId": room["contactId"]}
    assert admin.get("omnichannel/contacts.get", contact).status_code == 200

    with settings(admin, **{COLLECTS: True}):
        assert api.delete(f"livechat/visitor/{visitor.token}").status_code == 200

    assert admin.get("omnichannel/contacts.get", contact).status_code == 404


async def test_visitors_who_are_the_same_person_go_together(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(database_url)
    database = open_database(database_url)
    workspace = Settings.initial("http://localhost:3000")
    person = {"a": ["b", "a"], "b": ["a", "c"], "c": []}

    def remove(tx: Tx) -> Removed:
        for each in ("a", "b", "c", "d"):
            registration = Registration(token=each, id=each, name="Ann", username=each)
            connection = registering.Connection("127.0.0.1")
            registering.register_visitor(tx, workspace, registration, connection)
        return remove_by_token(tx, workspace, "a")[1]

    monkeypatch.setattr(removing, "on_visitor_removed", [lambda tx, each: person[each]])
    removed = await database.write(remove)

    assert removed.visitors == 3
    left = await database.read(lambda tx: [find_visitor(tx, each) for each in "abcd"])
    assert [each.disabled for each in left if each] == [True, True, True, False]
    await database.close()


async def test_channels_and_webhooks_keep_nothing_of_removed_conversations(
    database_url: str,
) -> None:
    upgrade(database_url)
    database = open_database(database_url)

    def fill(tx: Tx) -> None:
        for each in ("one", "other"):
            tx.insert(channel_queries.KEEP_SENDER, Sender("sms", f"+1 {each}", each))
            tx.insert(channel_queries.ADD_WAITING, Waiting(f"m {each}", each, tx.now, 0))
            remembered = Remembered(inbox_id="i", mail_id=each, room_id=each, seen_at=tx.now)
            tx.insert(channel_queries.REMEMBER, remembered)
            promise(tx, "Message", {"text": each}, room_id=each)

    def forget(tx: Tx) -> None:
        channels_forgetting.forget_rooms(tx, ["one"])
        webhooks_forgetting.forget_rooms(tx, ["one"])
        assert channels_forgetting.forget_senders(tx, "one") == []

    def leads_to(tx: Tx, mail_id: str) -> str | None:
        mail = tx.one(channel_queries.REMEMBERED, inbox_id="i", mail_id=mail_id)
        assert mail is not None, "a mail that was taken in is never taken in again"
        return mail.room_id

    def left(tx: Tx) -> list[bool]:
        return [
            found
            for each in ("one", "other")
            for found in (
                tx.one(channel_queries.SENDER, channel="sms", address=f"+1 {each}") is not None,
                tx.one(channel_queries.NEXT_WAITING, room_id=each) is not None,
                leads_to(tx, each) == each,
                each in {room_id for _, room_id in tx.all(webhook_queries.LANES)},
            )
        ]

    await database.write(fill)
    assert await database.read(left) == [True] * 8
    await database.write(forget)
    assert await database.read(left) == [False] * 4 + [True] * 4
    await database.close()
