"""A walk over every operation of the served document with values that mean no good.

Nothing of it makes the server fail, and nothing of it changes what is there.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from string import ascii_letters
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from frontdesk.webhooks.schemas import SETTINGS as WEBHOOK_SETTINGS
from tests.builders import (
    Person,
    Visitor,
    create_agent,
    create_department,
    create_user,
    inquiry_of,
    messages_of,
    open_conversation,
    register_visitor,
    room_of,
    say_as_user,
    say_as_visitor,
)
from tests.harness.client import Api
from tests.harness.postgres import Cluster
from tests.harness.server import FrontdeskProcess
from tests.harness.smtp import SmtpServer
from tests.http.operations import Served, places, replaced, served_operations

#: These end the log-in under which all others are called.
ENDS_THE_SESSION = {"POST logout", "GET logout", "POST users.logout"}
#: What may be answered. 200: the value is simply harmless. 307: the address of a picture.
#: What every agent may do to every conversation, by the rules of the API.
ANY_AGENT_MAY = {
    "POST livechat/inquiries.returnAsInquiry",
    "POST livechat/room/{rid}/priority",
    "DELETE livechat/room/{rid}/priority",
}
SECRET = "My card number is 4111"
ALLOWED = {200, 307, 400, 401, 403, 404, 405, 413}
INJECTED = "X-Injected"
HTML = "<img src=x onerror=alert(1)>\"'</script>"

#: JSON texts that take the place of a value. Some cannot even be spelled by JSON libraries.
VALUES = {
    "null": "null",
    "a truth value": "true",
    "nothing": '""',
    "a list": "[[], {}]",
    "an operator": '{"$ne": null, "$where": "1", "__proto__": {"x": 1}}',
    "infinity": "1e400",
    "minus infinity": "-1e400",
    "a huge number": str(2**70),
    "a fraction": "-0.1",
    "NUL": '"a\\u0000b"',
    "a lone surrogate": '"a\\ud800b"',
    "a header": json.dumps(f"a\r\n{INJECTED}: yes\r\n\r\n"),
    "HTML": json.dumps(HTML),
    "a path": '"../../../../etc/passwd"',
    "SQL": '"x\' OR 1=1; DROP TABLE users; --"',
    "another alphabet": json.dumps("\u202e\U0001f600\u0301" * 50, ensure_ascii=False),
    # Nothing that a database could compress, to fit it into an index all the same.
    "a very long text": json.dumps("".join(random.Random(1).choices(ascii_letters, k=50_000))),
    "depth": "[" * 500 + "]" * 500,
}
#: The same for paths and query strings, as they travel.
TEXTS = (
    "%00",
    "%FF%FE",
    "1e400",
    str(2**70),
    "-1",
    quote(HTML),
    quote(f"a\r\n{INJECTED}: yes\r\n\r\n"),
    quote('{"$ne": null}'),
    quote('{"start": "0000-00-00", "end": "99999-01-01"}'),
    quote("[" * 3000),
    quote("../../etc/passwd", safe=""),
    quote("' OR 1=1; --"),
    quote("\u202e\U0001f600\u0301"),
    "".join(random.Random(2).choices(ascii_letters, k=8000)),
)


@dataclass
class Desk:
    """A workspace with a conversation in progress, and people who have no business in it."""

    api: Api
    admin: Api
    operations: list[Served]
    agent: Person
    visitor: Visitor
    room_id: str
    message_id: str
    inquiry_id: str
    department: str

    def record(self) -> dict[str, Any]:
        """Return all that strangers could have changed."""
        lists = ("livechat/rooms", "users.list", "livechat/department", "roles.list")
        return {
            "room": room_of(self.admin, self.room_id),
            "messages": messages_of(self.api, self.room_id, self.visitor),
            "agent": self.admin.get("users.info", {"userId": self.agent.id}).json()["user"],
            "visitor": self.admin.get(
                "livechat/visitors.info", {"visitorId": self.visitor.id}
            ).json(),
            "department": self.admin.get(f"livechat/department/{self.department}").json(),
            "settings": self.admin.get("settings", {"count": 0}).json()["settings"],
            "permissions": self.admin.get("permissions.listAll").json()["update"],
            **{path: self.admin.get(path, {"count": 0}).json() for path in lists},
        }

    def counts(self) -> dict[str, Any]:
        """Return how much there is."""
        record = self.record()
        return {
            "rooms": record["livechat/rooms"]["total"],
            "users": record["users.list"]["total"],
            "messages": record["room"]["msgs"],
            "history": len(record["messages"]),
            # Those of the webhook take any text: an address is looked at when it is used.
            "settings": {
                each["_id"]: each["value"]
                for each in record["settings"]
                if each["_id"] not in WEBHOOK_SETTINGS.values()
            },
        }


@pytest.fixture(scope="module")
def desk(
    engine: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Desk]:
    """Return a desk on a server that no other test uses."""
    postgres: Cluster | None = None
    if engine == "postgresql":
        postgres = request.getfixturevalue("postgres")
    server = FrontdeskProcess(
        tmp_path_factory.mktemp("desk"),
        database_url=postgres.new_database() if postgres else None,
    )
    server.start()
    with Api(server.url) as api, api.login_as_administrator() as admin:
        # Given by routing: nobody else is there.
        agent = create_agent(admin)
        department = create_department(admin, [agent])
        room, visitor = open_conversation(api, register_visitor(api, department=department))
        say_as_visitor(api, room["_id"], visitor, SECRET)
        message = say_as_user(agent.api, room["_id"], "I keep it")
        # From now on nobody is there, so that nothing opens a conversation.
        agent.api.post("users.setStatus", {"status": "offline", "message": ""})
        yield Desk(
            api,
            admin,
            served_operations(api),
            agent,
            visitor,
            room["_id"],
            message["_id"],
            (inquiry_of(admin, room["_id"]) or {})["_id"],
            department,
        )
    server.stop()


def send(client: Api, served: Served, address: str, body: str | None) -> httpx.Response:
    """Send a request; an answer that does not come within the client's timeout is a failure."""
    content = None if body is None else body.encode("utf-8", "surrogatepass")
    headers = {} if body is None else {"content-type": "application/json"}
    url = f"{client.url}{address}"
    return client.http.request(served.method, url, content=content, headers=headers)


def check(answer: httpx.Response, what: str) -> None:
    """Fail unless an answer is one that input may have."""
    assert answer.status_code in ALLOWED, f"{what}: {answer.status_code} {answer.text[:500]}"
    assert INJECTED not in answer.headers, what
    if answer.status_code >= 400 and answer.headers["content-type"] == "application/json":
        assert answer.json().get("success") is not True, what


def walker(desk: Desk, served: Served) -> Api:
    """Return who walks: somebody who may do everything, or nobody where that ends the walk."""
    return desk.api if served.name in ENDS_THE_SESSION else desk.admin


# Values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", VALUES)
def test_no_value_in_a_body_makes_the_server_fail(desk: Desk, kind: str) -> None:
    before = desk.counts()

    for served in desk.operations:
        body = served.whole_body({})
        if body is None:
            continue
        for place in places(body):
            text = json.dumps(replaced(body, place, "@@")).replace('"@@"', VALUES[kind])
            answer = send(walker(desk, served), served, served.address({}), text)
            check(answer, f"{served.name} with {kind} at {place}")

    assert desk.counts() == before


def test_no_text_in_a_path_or_a_query_makes_the_server_fail(desk: Desk) -> None:
    before = desk.counts()

    for served in desk.operations:
        caller = walker(desk, served)
        body = None if served.body is None else json.dumps(served.whole_body({}))
        for text in TEXTS:
            for variable in served.variables:
                address = served.address({variable: text})
                check(send(caller, served, address, body), f"{served.name}: {variable}={text}")
            query = "&".join(f"{name}={text}" for name in served.parameters)
            if len(query) < 60_000 and query:
                address = f"{served.address({})}?{query}"
                check(send(caller, served, address, body), f"{served.name}: {text[:80]}")
        for name in served.parameters:
            for spelled in (
                f"{name}={{}}",
                f"{name}[]={{}}&{name}[x]=1",
                f"{name}[$ne][a][b]={{}}",
            ):
                for text in (*TEXTS[:2], ""):
                    address = f"{served.address({})}?{spelled.format(text)}"
                    check(send(caller, served, address, None), f"{served.name}?{spelled}={text}")

    assert desk.counts() == before


def test_no_body_that_is_none_makes_the_server_fail(desk: Desk) -> None:
    before = desk.counts()
    no_json = (b"", b"{", b"\xff\xfe", b"\x00", b"null", b"[]", b'"text"', b"1e400", b"[" * 50_000)
    bodies = [
        *((raw, "application/json") for raw in no_json),
        (b"\xff=%FF&[]&=", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "multipart/form-data; boundary=x"),
        (b"<text/>", "text/xml"),
    ]
    for served in (each for each in desk.operations if each.method != "GET"):
        caller = walker(desk, served)
        for raw, kind in bodies:
            answer = caller.http.request(
                served.method,
                f"{caller.url}{served.address({})}",
                content=raw,
                headers={"content-type": kind},
            )
            check(answer, f"{served.name} with {raw[:20]!r} as {kind}")

    assert desk.counts() == before


def test_no_form_makes_an_upload_fail(desk: Desk) -> None:
    before = desk.counts()
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename='
    kind = "multipart/form-data; boundary=x"
    forms = [
        (b"--x--\r\n", kind),
        (b"--y\r\n\r\n--y--\r\n", kind),
        (head + b'"../../x"\r\n\r\nabc\r\n--x--\r\n', kind),
        (head + b'"a\r\nX-Injected: yes"\r\n\r\nabc\r\n--x--\r\n', kind),
        (head + b'"' + b"n" * 70_000 + b'"\r\n\r\nabc\r\n--x--\r\n', kind),
        (head + b'"a\xff\x00"\r\nContent-Type: text/html\r\n\r\nabc\r\n--x--\r\n', kind),
        (head + b'"a"\r\n' + b"X-A: b\r\n" * 5000 + b"\r\nabc\r\n--x--\r\n", kind),
        ((head + b'"a"\r\n\r\nabc\r\n') * 50 + b"--x--\r\n", kind),
        (b"--x\r\n\r\nabc\r\n--x--\r\n", kind),
        (b"abc", "multipart/form-data"),
        (b"abc", "multipart/form-data; boundary=" + "b" * 5000),
        (b"abc", 'multipart/form-data; boundary=""'),
    ]
    stored = []
    for served in (each for each in desk.operations if each.takes_file):
        for room_id in (desk.room_id, "text"):
            for form, content_type in forms:
                answer = desk.admin.http.request(
                    served.method,
                    f"{desk.api.url}{served.address({'rid': room_id})}",
                    content=form,
                    headers={"content-type": content_type, "x-visitor-token": desk.visitor.token},
                )
                check(answer, f"{served.name} with {form[:80]!r}")
                if answer.status_code == 200:
                    stored.append(answer.json())

    # A path in a name is cut off; that file is like any other.
    messages = [each.get("message", each) for each in stored if "url" not in each.get("file", {})]
    assert [each["file"]["name"] for each in messages] == ["x"] * len(messages)
    added = {"messages": before["messages"] + len(messages)}
    assert desk.counts() == before | added | {"history": before["history"] + len(messages)}


def test_huge_message_texts_are_refused(desk: Desk) -> None:
    before = desk.counts()
    text = "x" * 10_000_000
    visitor = desk.visitor.token

    for path, body in (
        ("chat.sendMessage", {"message": {"rid": desk.room_id, "msg": text}}),
        ("chat.postMessage", {"roomId": desk.room_id, "text": text}),
        ("chat.update", {"roomId": desk.room_id, "msgId": desk.message_id, "text": text}),
        ("livechat/messages", {"visitor": {"token": visitor}, "messages": [{"msg": text}]}),
        ("livechat/room.closeByUser", {"rid": desk.room_id, "comment": text}),
    ):
        answer = desk.agent.api.post(path, body)
        assert answer.status_code in (400, 403), f"{path}: {answer.text[:200]}"
    public = {"token": visitor, "rid": desk.room_id, "msg": text}
    assert desk.api.post("livechat/message", public).status_code == 413
    assert desk.api.post("livechat/message", {**public, "msg": text[:200_000]}).status_code == 400

    assert desk.counts() == before


# Other people's rooms, tokens and messages ------------------------------------------------------


def test_strangers_with_the_right_ids_learn_and_change_nothing(desk: Desk) -> None:
    other_agent = create_agent(desk.admin, status="offline")
    somebody = create_user(desk.admin)
    stranger = register_visitor(desk.api)
    known = {
        **dict.fromkeys(("rid", "roomId", "room"), desk.room_id),
        **dict.fromkeys(("msgId", "messageId"), desk.message_id),
        **dict.fromkeys(("agentId", "userId"), desk.agent.id),
        **dict.fromkeys(("username", "user"), desk.agent.username),
        **dict.fromkeys(("department", "departmentId"), desk.department),
        **dict.fromkeys(("token", "visitorToken"), stranger.token),
        **dict.fromkeys(("email", "emailOrUsername"), "eve@example.org"),
        "visitorId": desk.visitor.id,
        "inquiryId": desk.inquiry_id,
        "type": "agent",
    }
    ids = (
        *(desk.room_id, desk.message_id, desk.inquiry_id),
        *(desk.visitor.id, desk.agent.id, desk.department),
    )
    before = desk.record()

    for served in desk.operations:
        for caller in (desk.api, somebody.api, other_agent.api):
            if served.name in ENDS_THE_SESSION:
                continue
            if caller is other_agent.api and served.name in ANY_AGENT_MAY:
                continue
            by_id = {"_id", "id"} & served.names()
            for each in ids if by_id else ids[:1]:
                names = {**known, "_id": each, "id": each}
                query = "&".join(f"{name}={names.get(name, '')}" for name in served.parameters)
                body = served.whole_body(names)
                answer = send(
                    caller,
                    served,
                    f"{served.address(names)}?{query}",
                    None if body is None else json.dumps(body),
                )
                check(answer, served.name)
                assert SECRET not in answer.text, served.name
                if caller is not other_agent.api:
                    assert desk.visitor.token not in answer.text, served.name

    assert desk.record() == before


# What names and subjects become -----------------------------------------------------------------


def test_html_and_header_lines_in_texts_stay_texts(
    private_server: Callable[..., FrontdeskProcess], smtp: SmtpServer
) -> None:
    process = private_server(
        environment={
            "OVERWRITE_SETTING_SMTP_Host": smtp.host,
            "OVERWRITE_SETTING_SMTP_Port": str(smtp.port),
            "OVERWRITE_SETTING_From_Email": "desk@example.org",
            "OVERWRITE_SETTING_Livechat_accept_chats_with_no_agents": "true",
        }
    )
    with Api(process.url) as api, api.login_as_administrator() as admin:
        hostile = {"token": "token-1", "name": HTML}
        refused = api.post("livechat/visitor", {"visitor": hostile})
        assert refused.json()["error"] == "Name contains invalid characters"
        smuggled = {"token": "token-1", "name": "Ann", "email": "a@b.example\r\nBcc: eve@b.example"}
        assert api.post("livechat/visitor", {"visitor": smuggled}).status_code == 400

        room, visitor = open_conversation(api, register_visitor(api, name="Ann & Bob"))
        say_as_visitor(api, room["_id"], visitor, HTML)
        wish = {"email": "ann@example.org", "subject": f"Your chat {HTML}"}
        closing = {
            "rid": room["_id"],
            "comment": HTML,
            "tags": [HTML],
            "transcriptEmail": {"sendToVisitor": True, "requestData": wish},
        }
        for member in ("email", "subject"):
            lines = {**wish, member: f"{wish[member]}\r\nBcc: eve@example.org\r\n\r\nGoodbye"}
            evil = {**closing, "transcriptEmail": {"sendToVisitor": True, "requestData": lines}}
            assert admin.post("livechat/room.closeByUser", evil).status_code == 400
        closed = admin.post("livechat/room.closeByUser", closing)
        assert closed.status_code == 200, closed.text
        assert room_of(admin, room["_id"])["tags"] == [HTML]

        (delivery,) = smtp.inbox.wait_for(1)
        assert delivery.recipients == ("ann@example.org",)
        message = delivery.message
        assert message["bcc"] is None
        assert message["subject"] == wish["subject"]
        page = message.get_body(("html",))
        assert page is not None
        assert "<img src=x" not in page.get_content()
        assert "&lt;img src=x" in page.get_content()
