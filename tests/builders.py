"""Test data, made through the public API as clients would make it."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

from frontdesk.db import Tx, open_database
from frontdesk.messages.records import Message
from frontdesk.messages.storing import messages_of_room
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

T = TypeVar("T")

PASSWORD = "correct horse battery staple"


@dataclass
class Visitor:
    """A registered visitor, with the token that is his proof."""

    id: str
    token: str
    username: str


@dataclass
class Person:
    """A user who is logged in."""

    id: str
    username: str
    api: Api


def unique(prefix: str) -> str:
    """Return a name that no other test uses."""
    return f"{prefix}-{uuid4().hex[:12]}"


def register_visitor(api: Api, **fields: Any) -> Visitor:
    """Register a visitor; `fields` are those of POST livechat/visitor."""
    body = {"token": unique("token"), "name": unique("Visitor"), **fields}
    answer = api.post("livechat/visitor", {"visitor": body})
    assert answer.status_code == 200, answer.text
    made = answer.json()["visitor"]
    return Visitor(made["_id"], made["token"], made["username"])


def create_user(admin: Api, *roles: str, **fields: Any) -> Person:
    """Create a user with roles besides `user`, and log in as that user."""
    username = unique("user")
    body = {
        "username": username,
        "name": username.title(),
        "email": f"{username}@example.org",
        "password": PASSWORD,
        "roles": ["user", *roles],
        "verified": True,
        **fields,
    }
    answer = admin.post("users.create", body)
    assert answer.status_code == 200, answer.text
    made = answer.json()["user"]
    return Person(made["_id"], username, admin.login(username, PASSWORD))


def create_agent(admin: Api, *roles: str, status: str = "online") -> Person:
    """Create an agent who is available for chats and has the given presence."""
    agent = create_user(admin, *roles)
    made = admin.post("livechat/users/agent", {"username": agent.username})
    assert made.status_code == 200, made.text
    present = agent.api.post("users.setStatus", {"status": status, "message": ""})
    assert present.status_code == 200, present.text
    return agent


def retire(admin: Api, *agents: Person) -> None:
    """Take agents out of service, so that later tests do not get their conversations."""
    for agent in agents:
        admin.http.request("DELETE", f"/api/v1/livechat/users/agent/{agent.id}")


def create_department(admin: Api, agents: Sequence[Person] = (), **fields: Any) -> str:
    """Create a department with the given agents and return its id."""
    body = {
        "department": {
            "name": unique("Department"),
            "email": "department@example.org",
            "enabled": True,
            "showOnRegistration": False,
            "showOnOfflineForm": False,
            **fields,
        },
        "agents": [{"agentId": each.id} for each in agents],
    }
    answer = admin.post("livechat/department", body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["department"]["_id"])


def open_conversation(api: Api, visitor: Visitor | None = None) -> tuple[dict[str, Any], Visitor]:
    """Open a conversation and return the room as the API shows it, with its visitor."""
    visitor = visitor or register_visitor(api)
    answer = api.get("livechat/room", {"token": visitor.token})
    assert answer.status_code == 200, answer.text
    return answer.json()["room"], visitor


def say_as_visitor(api: Api, room_id: str, visitor: Visitor, text: str) -> dict[str, Any]:
    """Send a message as the visitor."""
    body = {"token": visitor.token, "rid": room_id, "msg": text}
    answer = api.post("livechat/message", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["message"])


def say_as_user(api: Api, room_id: str, text: str) -> dict[str, Any]:
    """Send a message as the user of `api`."""
    answer = api.post("chat.sendMessage", {"message": {"rid": room_id, "msg": text}})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["message"])


def inquiry_of(admin: Api, room_id: str) -> dict[str, Any] | None:
    """Return the inquiry of a room, None when it has left the queue."""
    answer = admin.get("livechat/inquiries.getOne", {"roomId": room_id})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] | None = answer.json()["inquiry"]
    return found


def take(agent: Person, admin: Api, room_id: str) -> None:
    """Let an agent take a queued conversation."""
    inquiry = inquiry_of(admin, room_id)
    assert inquiry is not None
    answer = agent.api.post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]})
    assert answer.status_code == 200, answer.text


def room_of(admin: Api, room_id: str) -> dict[str, Any]:
    """Return a room as the administrator sees it."""
    answer = admin.get("rooms.info", {"roomId": room_id})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["room"])


def messages_of(api: Api, room_id: str, visitor: Visitor) -> list[dict[str, Any]]:
    """Return all messages of a room that the visitor can see, newest first."""
    answer = api.get(
        f"livechat/messages.history/{room_id}", {"token": visitor.token, "limit": 1000}
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["messages"])


@contextmanager
def settings(admin: Api, **values: Any) -> Iterator[None]:
    """Change settings for the length of a `with` block."""
    before = {}
    for setting_id, value in values.items():
        before[setting_id] = admin.get(f"settings/{setting_id}").json()["value"]
        answer = admin.post(f"settings/{setting_id}", {"value": value})
        assert answer.status_code == 200, answer.text
    try:
        yield
    finally:
        if before.get("Livechat_Routing_Method", "Manual_Selection") != "Manual_Selection":
            _empty_queue(admin)
        for setting_id, value in before.items():
            admin.post(f"settings/{setting_id}", {"value": value})


def _empty_queue(admin: Api) -> None:
    """Close what waits to be taken: otherwise it would be given to the agents of later tests."""
    waiting = admin.get("livechat/inquiries.list", {"count": 0}).json()["inquiries"]
    for each in waiting:
        admin.post("livechat/room.closeByUser", {"rid": each["rid"], "comment": "left over"})


def store_url(server: FrontdeskProcess) -> str:
    """Return the URL of the server's database."""
    return server.database_url or f"sqlite:///{server.directory / 'data' / 'frontdesk.db'}"


def stored(server: FrontdeskProcess, use_case: Callable[[Tx], T]) -> T:
    """Return what a reading use case finds in the server's database, at one moment."""

    async def read() -> T:
        database = open_database(store_url(server))
        try:
            return await database.read(use_case)
        finally:
            await database.close()

    return asyncio.run(read())


def stored_messages(server: FrontdeskProcess, room_id: str) -> list[Message]:
    """Return all messages of a room as they stand in the server's database, oldest first."""
    return stored(server, lambda tx: messages_of_room(tx, room_id))


def eventually(look: Callable[[], T | None], within: float = 20.0) -> T:
    """Return what `look` finds, as soon as it is something; for effects of background jobs."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"nothing came within {within} seconds, last: {found!r}")
        time.sleep(0.05)  # the API tells such effects only to those who ask
