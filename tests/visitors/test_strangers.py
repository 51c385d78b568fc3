"""A walk over everything that visitors may call, with tokens that are not theirs.

The endpoints and methods are found in the program's own declarations, so that a new one is walked
over as well. Somebody knows all ids of a conversation and all about its visitor but the token:
nothing opens, and nothing changes.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
import pytest

from frontdesk.features import FEATURES, METHODS
from tests.builders import (
    Person,
    Visitor,
    create_agent,
    inquiry_of,
    messages_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_user,
    say_as_visitor,
    settings,
    take,
    unique,
)
from tests.custom_fields.fields import fields
from tests.harness.client import Api
from tests.http.operations import Served, served_operations

SECRET = "My card number is 4111"
EMAIL = f"{unique('ann')}@example.org"
#: Whose token is meant.
TOKENS = ("token", "visitorToken", "visitor_token")
#: What may be answered; 307 is the address of a picture, 429 a method that is called too often.
ALLOWED = {200, 307, 400, 401, 403, 404, 405, 413, 429}


@dataclass
class Theirs:
    """A conversation in progress, and what strangers know of it."""

    admin: Api
    agent: Person
    visitor: Visitor
    room_id: str
    message_id: str
    file_id: str
    field: str

    def known(self, token: str) -> dict[str, str]:
        """Return values for all names that parameters have, with somebody else's token."""
        return {
            **dict.fromkeys(TOKENS, token),
            **dict.fromkeys(("rid", "roomId", "room_id", "room", "ridOrToken"), self.room_id),
            **dict.fromkeys(("_id", "msgId", "messageId", "callId"), self.message_id),
            **dict.fromkeys(("id", "visitorId", "oldVisitorId"), self.visitor.id),
            **dict.fromkeys(("fileId", "file_id"), self.file_id),
            **dict.fromkeys(("agentId", "userId"), self.agent.id),
            "username": self.visitor.username,
            "email": EMAIL,
            "key": self.field,
            "value": "intruder",
            "status": "intruder",
            "callStatus": "ended",
            "msg": "intruder",
            "change": "url",
        }

    def record(self, api: Api) -> dict[str, Any]:
        """Return all that strangers could have changed."""
        return {
            "room": room_of(self.admin, self.room_id),
            "inquiry": inquiry_of(self.admin, self.room_id),
            "messages": messages_of(api, self.room_id, self.visitor),
            "visitor": api.get(f"livechat/visitor/{self.visitor.token}").json()["visitor"],
            "pages": self.admin.get(f"livechat/visitors.pagesVisited/{self.room_id}").json(),
        }

    def opens(self, text: str) -> bool:
        """Tell whether an answer says what strangers do not know."""
        return any(each in text for each in (SECRET, EMAIL, self.visitor.token))


@pytest.fixture
def theirs(api: Api, admin: Api) -> Iterator[Theirs]:
    """Return a conversation that an agent serves, with a message, a file and a value."""
    with (
        settings(admin, Livechat_Routing_Method="Manual_Selection"),
        fields(admin, {}, {"scope": "room"}) as (field, _),
    ):
        agent = create_agent(admin)
        room, visitor = open_conversation(api, register_visitor(api, email=EMAIL))
        take(agent, admin, room["_id"])
        message = say_as_visitor(api, room["_id"], visitor, SECRET)
        say_as_user(agent.api, room["_id"], SECRET)
        upload = api.post(
            f"livechat/upload/{room['_id']}",
            files={"file": ("note.txt", SECRET.encode(), "text/plain")},
            headers={"x-visitor-token": visitor.token},
        )
        file_id = upload.json()["file"]["_id"]
        yield Theirs(admin, agent, visitor, room["_id"], message["_id"], file_id, field)
        retire(admin, agent)


def public_operations(api: Api) -> list[Served]:
    """Return the operations that need no log-in, of those that the server documents."""
    public = {
        (each.method, each.path)
        for routes in FEATURES
        for each in routes.operations
        if each.auth == "optional"
    }
    return [each for each in served_operations(api) if (each.method, each.path) in public]


def send(api: Api, served: Served, names: dict[str, str], leave_out: bool) -> httpx.Response:
    """Send a request made from its schema; `leave_out`: without any token."""
    body = served.whole_body(names)
    headers = {} if leave_out else {"x-visitor-token": names["token"]}
    if leave_out:
        body = without_tokens(body)
    wanted = [each for each in served.parameters if not (leave_out and each in TOKENS)]
    query = {name: names[name] for name in wanted if name in names}
    content: dict[str, Any] = {} if body is None else {"json": body}
    if served.takes_file:
        content = {"files": {"file": ("x.txt", b"intruder", "text/plain")}}
    url = f"{api.url}{served.address(names)}"
    return api.http.request(served.method, url, params=query, headers=headers, **content)


def without_tokens(body: Any) -> Any:
    """Return a body without the members that are tokens."""
    if isinstance(body, dict):
        return {name: without_tokens(each) for name, each in body.items() if name not in TOKENS}
    return [without_tokens(each) for each in body] if isinstance(body, list) else body


STRANGERS: dict[str, Callable[[Api], str]] = {
    "another visitor": lambda api: register_visitor(api).token,
    "nobody": lambda api: unique("nobody"),
    "an empty text": lambda api: "",
    "a pattern": lambda api: "%",
}


@pytest.mark.parametrize("stranger", [*STRANGERS, "none"])
def test_nothing_opens_for_strangers(api: Api, theirs: Theirs, stranger: str) -> None:
    before = theirs.record(api)
    operations = public_operations(api)
    assert len(operations) > 25
    assert {"GET livechat/visitor/{token}", "POST livechat/custom.field"} <= {
        each.name for each in operations
    }

    for served in operations:
        # A new one for each: some of what they may do ends them.
        token = STRANGERS[stranger](api) if stranger != "none" else "none"
        answer = send(api, served, theirs.known(token), leave_out=stranger == "none")
        assert answer.status_code in ALLOWED, f"{served.name}: {answer.text[:500]}"
        assert not theirs.opens(answer.text), f"{served.name}: {answer.text[:500]}"

    assert theirs.record(api) == before


def test_the_walk_would_open_what_is_ones_own(api: Api, theirs: Theirs) -> None:
    opened = set()
    for served in public_operations(api):
        if served.method == "GET":
            answer = send(api, served, theirs.known(theirs.visitor.token), leave_out=False)
            if theirs.opens(answer.text):
                opened.add(served.name.removeprefix("GET "))

    assert opened >= {
        "livechat/visitor/{token}",
        "livechat/messages.history/{rid}",
        "livechat/message/{_id}",
        "livechat/config",
    }


def public_methods() -> Iterator[tuple[str, Served]]:
    """Return the methods that need no log-in, each with its arguments as the members of a body."""
    for name, method in METHODS._methods.items():
        if method.public and method.parameters is not None:
            (schema,), definitions = msgspec.json.schema_components([method.parameters])
            whole = definitions[schema["$ref"].rpartition("/")[2]]
            arguments = zip(method.parameters.__struct_fields__, whole["prefixItems"], strict=True)
            body = {"type": "object", "properties": dict(arguments)}
            yield name, Served("POST", name, (), (), body, False, definitions)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_method_opens_anything_for_strangers(api: Api, theirs: Theirs, stranger: str) -> None:
    before = theirs.record(api)

    methods = dict(public_methods())
    assert {"livechat:loadHistory", "livechat:setCustomField"} <= set(methods)
    for name, arguments in methods.items():
        values = arguments.whole_body(theirs.known(STRANGERS[stranger](api)))
        frame = {"msg": "method", "id": "1", "method": name, "params": list(values.values())}
        answer = api.post(f"method.callAnon/{name}", {"message": json.dumps(frame)})
        assert answer.status_code in ALLOWED, f"{name}: {answer.text[:500]}"
        assert "Match failed" not in answer.text, f"{name}: {frame}"
        assert not theirs.opens(answer.text), f"{name}: {answer.text[:500]}"

    assert theirs.record(api) == before
