import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from frontdesk.db import open_database
from frontdesk.visitors.finding import visitor_by_token
from frontdesk.visitors.records import Visitor
from tests.builders import (
    create_agent,
    create_department,
    create_user,
    inquiry_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    settings,
    take,
    unique,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess


def register(api: Api, **fields: Any) -> httpx.Response:
    """Send a registration; a token is added unless one is given."""
    return api.post("livechat/visitor", {"visitor": {"token": unique("token"), **fields}})


def registered(api: Api, **fields: Any) -> dict[str, Any]:
    """Return the visitor of a registration that succeeds."""
    answer = register(api, **fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["visitor"])


def refusal(answer: httpx.Response) -> tuple[int, Any, Any]:
    """Return status, text and type of a refused request."""
    body = answer.json()
    assert body["success"] is False
    return answer.status_code, body["error"], body.get("errorType")


def stored_visitor(server: FrontdeskProcess, token: str) -> Visitor:
    """Return a visitor as it stands in the server's database."""
    url = server.database_url or f"sqlite:///{server.directory / 'data' / 'frontdesk.db'}"

    async def read() -> Visitor:
        database = open_database(url)
        try:
            return await database.read(lambda tx: visitor_by_token(tx, token))
        finally:
            await database.close()

    return asyncio.run(read())


def test_a_new_visitor_is_answered_as_it_was_stored(api: Api) -> None:
    token = unique("token")

    visitor = registered(
        api, token=token, name="Ann", email="  Ann@X.ORG ", phone="+15550100", extra={"any": 1}
    )

    assert visitor["token"] == token
    assert visitor["name"] == "Ann"
    assert visitor["visitorEmails"] == [{"address": "ann@x.org"}]
    assert visitor["phone"] == [{"phoneNumber": "+15550100"}]
    assert visitor["status"] == "online"
    assert visitor["username"].startswith("guest-")
    assert len(visitor["_id"]) == 24
    assert visitor["ts"].endswith("Z")
    assert "extra" not in visitor


def test_visitors_who_register_at_once_get_different_names(api: Api) -> None:
    with ThreadPoolExecutor(8) as pool:
        visitors = list(pool.map(lambda _: registered(api), range(24)))

    assert len({each["username"] for each in visitors}) == 24


def test_registrations_with_one_token_at_once_make_one_visitor(api: Api) -> None:
    token = unique("token")

    with ThreadPoolExecutor(8) as pool:
        visitors = list(pool.map(lambda _: registered(api, token=token), range(16)))

    assert len({each["_id"] for each in visitors}) == 1


def test_the_same_token_is_the_same_visitor(api: Api) -> None:
    first = registered(api, name="Ann", email="ann@x.org")

    second = registered(api, token=first["token"], name="Anna", username="x", id="y")

    assert second["name"] == "Anna"
    for member in ("_id", "username", "ts", "visitorEmails"):
        assert second[member] == first[member]


@pytest.mark.parametrize("contact", ["email", "phone"])
def test_somebody_elses_address_does_not_make_one_that_visitor(api: Api, contact: str) -> None:
    known = f"{unique('ann')}@x.org" if contact == "email" else unique("+1")[:40]
    with_conversation = registered(api, **{contact: known})

    stranger = registered(api, **{contact: known})

    assert stranger["_id"] != with_conversation["_id"]
    assert stranger["token"] != with_conversation["token"]
    again = registered(api, token=with_conversation["token"])
    assert again["_id"] == with_conversation["_id"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "Missing key 'visitor'"),
        ([], "Expected plain object"),
        ({"visitor": {}}, "Missing key 'token' in field visitor"),
        ({"visitor": "Ann"}, "Expected object, got string in field visitor"),
        ({"visitor": {"token": 7}}, "Expected string, got number in field visitor.token"),
        ({"visitor": {"token": "t"}, "x": 1}, "Unknown key in field x"),
        (
            {"visitor": {"token": "t", "name": 7}},
            "Failed Match.OneOf, Match.Maybe or Match.Optional validation in field visitor.name",
        ),
        (
            {"visitor": {"token": "t", "customFields": [{"key": "a"}]}},
            "Failed Match.OneOf, Match.Maybe or Match.Optional validation "
            "in field visitor.customFields",
        ),
    ],
)
def test_a_body_of_another_shape_is_refused(api: Api, body: Any, text: str) -> None:
    answer = api.post("livechat/visitor", body)

    assert refusal(answer) == (400, f"Match error: {text}", None)


@pytest.mark.parametrize(
    ("token", "reason"),
    [("   ", "Token cannot be empty"), ("t" * 513, "Token is too long")],
)
def test_a_token_that_is_none_is_refused(api: Api, token: str, reason: str) -> None:
    answer = register(api, token=token)

    assert refusal(answer) == (400, f"{reason} [error-invalid-token]", "error-invalid-token")
    assert answer.json()["details"] == {"method": "livechat/visitor"}


@pytest.mark.parametrize("name", ["<b>Ann</b>", "a>b", "Ann\nSmith", "Ann\u2028Smith"])
@pytest.mark.parametrize("member", ["name", "username"])
def test_names_that_could_deceive_are_refused(api: Api, member: str, name: str) -> None:
    answer = register(api, **{member: name})

    assert refusal(answer) == (400, "Name contains invalid characters", None)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"name": "n" * 256}, "Name is too long"),
        ({"email": "a\nb@x.org"}, "Invalid email a\nb@x.org [error-invalid-email]"),
        ({"email": "e" * 300}, f"Invalid email {'e' * 254} [error-invalid-email]"),
        ({"phone": "1" * 65}, "Invalid phone number [error-invalid-phone]"),
        ({"department": "nowhere"}, "error-invalid-department"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nobody_is_registered(
    api: Api, admin: Api, fields: dict[str, str], text: str
) -> None:
    token = unique("token")

    answer = register(api, token=token, **fields)

    assert answer.status_code == 400
    assert answer.json()["error"] == text
    assert "guest" not in api.get("livechat/config", {"token": token}).json()["config"]


def test_a_visitor_may_choose_id_and_user_name(api: Api) -> None:
    visitor_id = unique("id")

    visitor = registered(api, id=visitor_id, username="from-the-shop")

    assert (visitor["_id"], visitor["username"]) == (visitor_id, "from-the-shop")


def test_nobody_can_register_under_the_id_of_another_visitor(api: Api) -> None:
    known = registered(api, name="Ann")

    answer = register(api, id=known["_id"], name="Eve")

    assert refusal(answer)[2] == "error-livechat-visitor-registration"
    assert registered(api, token=known["token"])["name"] == "Ann"


def test_nobody_can_register_as_a_user(api: Api, admin: Api) -> None:
    user = create_user(admin)

    for fields in (
        {"id": user.id},
        {"id": "rocket.cat"},
        {"username": user.username.upper()},
        {"username": "rocket.cat"},
    ):
        assert refusal(register(api, **fields))[2] == "error-livechat-visitor-registration"


def test_a_department_is_kept_by_its_id_until_another_is_given(api: Api, admin: Api) -> None:
    name = unique("Sales")
    department_id = create_department(admin, name=name)

    visitor = registered(api, department=name)

    assert visitor["department"] == department_id
    assert registered(api, token=visitor["token"])["department"] == department_id


def test_values_of_unknown_custom_fields_are_skipped(api: Api) -> None:
    field = {"key": "nothing", "value": "x", "overwrite": True, "more": 1}

    assert "livechatData" not in registered(api, customFields=[field])


def test_where_a_visitor_comes_from_is_kept_only_where_that_is_allowed(
    api: Api, admin: Api
) -> None:
    assert "userAgent" not in registered(api)

    with settings(admin, Livechat_Allow_collect_and_store_HTTP_header_informations=True):
        visitor = registered(api)

    assert visitor["userAgent"].startswith("python-httpx")
    assert visitor["host"] == api.url.removeprefix("http://")
    assert visitor["ip"] == "127.0.0.1"


def test_the_language_of_the_browser_is_remembered(api: Api, server: FrontdeskProcess) -> None:
    token = unique("token")
    body = {"visitor": {"token": token}}
    api.post("livechat/visitor", body, headers={"Accept-Language": "pt-BR,pt;q=0.9"})
    api.post("livechat/visitor", body, headers={"Accept-Language": "*"})

    assert stored_visitor(server, token).language == "pt-BR"


def test_an_open_conversation_follows_the_visitors_name(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        agent = create_agent(admin)
        room, visitor = open_conversation(api, register_visitor(api, name="Ann"))

        registered(api, token=visitor.token, name="Anna")
        assert room_of(admin, room["_id"])["fname"] == "Anna"
        inquiry = inquiry_of(admin, room["_id"])
        assert inquiry is not None
        assert inquiry["name"] == "Anna"

        take(agent, admin, room["_id"])
        registered(api, token=visitor.token, name="Annie")
        mine = agent.api.get("subscriptions.getOne", {"roomId": room["_id"]}).json()
        assert mine["subscription"]["fname"] == "Annie"
        assert room_of(admin, room["_id"])["v"]["name"] == "Annie"
        retire(admin, agent)


@pytest.mark.parametrize("path", ["livechat/visitor.status", "livechat/visitors.status"])
def test_a_conversation_shows_whether_its_visitor_is_there(api: Api, admin: Api, path: str) -> None:
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        agent = create_agent(admin)
        room, visitor = open_conversation(api)

        answer = api.post(path, {"token": visitor.token, "status": "xyz"})

        assert answer.json() == {"token": visitor.token, "status": "xyz", "success": True}
        assert room_of(admin, room["_id"])["v"]["status"] == "xyz"
        inquiry = inquiry_of(admin, room["_id"])
        assert inquiry is not None
        assert inquiry["v"]["status"] == "xyz"
        info = admin.get("livechat/visitors.info", {"visitorId": visitor.id}).json()
        assert info["visitor"]["status"] == "online"
        retire(admin, agent)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "Match error: Missing key 'token'", None)),
        ({"token": "t"}, (400, "Match error: Missing key 'status'", None)),
        (
            {"token": "t", "status": "away", "rid": "r"},
            (400, "Match error: Unknown key in field rid", None),
        ),
        ({"token": "nobody", "status": "away"}, (400, "[invalid-token]", "invalid-token")),
        ({"token": "t", "status": "x" * 65}, (400, "error-invalid-status", None)),
    ],
)
def test_a_status_that_is_none_is_refused(api: Api, body: Any, expected: Any) -> None:
    assert refusal(api.post("livechat/visitor.status", body)) == expected


def test_agents_read_visitors_without_their_token(api: Api, admin: Api) -> None:
    agent = create_agent(admin)
    visitor = register_visitor(api, name="Ann")

    answer = agent.api.get("livechat/visitors.info", {"visitorId": visitor.id})

    assert answer.json()["visitor"]["name"] == "Ann"
    assert visitor.token not in answer.text
    retire(admin, agent)


def test_reading_visitors_needs_a_permission_and_an_id(api: Api, admin: Api) -> None:
    assert api.get("livechat/visitors.info", {"visitorId": "x"}).status_code == 401
    stranger = create_user(admin)
    assert stranger.api.get("livechat/visitors.info", {"visitorId": "x"}).status_code == 403
    assert refusal(admin.get("livechat/visitors.info")) == (
        400,
        "must have required property 'visitorId' [invalid-params]",
        "invalid-params",
    )
    unknown = admin.get("livechat/visitors.info", {"visitorId": "nobody"})
    assert refusal(unknown) == (400, "visitor-not-found", None)


def test_the_sixth_registration_in_a_minute_is_refused(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    server = private_server(environment={"TEST_MODE": "false"})
    with Api(server.url) as api:
        answers = [register(api) for _ in range(6)]

    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert answers[0].json()["visitor"]["username"] == "guest-2"
    assert answers[5].json()["error"].endswith("[error-too-many-requests]")
