"""What every endpoint has in common: the order of checks, envelopes, headers and bodies."""

import http.client
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.builders import Person, create_user, unique
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

NOT_LOGGED_IN = {
    "success": False,
    "error": "You must be logged in to do this.",
    "status": "error",
    "message": "You must be logged in to do this.",
}
NOT_PERMITTED = {
    "success": False,
    "error": "User does not have the permissions required for this action [error-unauthorized]",
}
CLOSE = "livechat/room.closeByUser"
PUBLIC_LIMIT = 1024 * 1024
LIMIT = 50 * 1024 * 1024
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def nobody_special(admin: Api) -> Person:
    """Return a user without any role of the desk."""
    return create_user(admin)


@pytest.fixture
def connection(server: FrontdeskProcess) -> Iterator[http.client.HTTPConnection]:
    """Return a connection on which a request may be sent in pieces, or in part only."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    yield connection
    connection.close()


# Who is it, may they, is it well-formed: in this order -----------------------------------------


def test_what_is_not_there_is_found_out_first(api: Api) -> None:
    unknown = api.post("livechat/no.such.thing", {"rid": 1})

    assert (unknown.status_code, unknown.text) == (404, "404 Not Found")
    assert unknown.headers["content-type"] == "text/plain"
    for path in ("/api", "/api/v1", "/api/v1/", "/api/v1//me", "/api/v2/me", "/API/v1/me"):
        assert api.get(path).status_code == 404, path
    assert api.get("livechat/Room.close").status_code == 404, "paths are case-sensitive"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PATCH", "me", "GET, OPTIONS"),
        ("GET", "livechat/room.close", "POST, OPTIONS"),
        ("POST", "livechat/message/some-id", "GET, PUT, DELETE, OPTIONS"),
        ("TRACE", "logout", "POST, GET, OPTIONS"),
        ("HEAD", "login", "POST, OPTIONS"),
    ],
)
def test_a_method_that_is_not_offered_is_405_and_names_those_that_are(
    api: Api, method: str, path: str, allow: str
) -> None:
    answer = api.http.request(method, f"/api/v1/{path}")

    assert answer.status_code == 405
    assert answer.headers["allow"] == allow
    if method != "HEAD":
        assert answer.json() == {"status": "error", "message": "API endpoint does not exist"}


def test_head_is_answered_like_get_without_a_body(api: Api, admin: Api) -> None:
    for client, path in ((api, "/livez"), (api, "/api/v1/me"), (api, "/nowhere"), (admin, "/")):
        got, head = client.get(path), client.http.head(path)
        assert head.content == b""
        assert head.status_code == got.status_code
        assert head.headers["content-length"] == str(len(got.content))
        assert head.headers["content-type"] == got.headers["content-type"]


def test_without_a_log_in_it_is_401_whatever_is_sent(api: Api) -> None:
    bodies: tuple[object, ...] = ({}, {"rid": "x"}, [], None)
    for body in bodies:
        answer = api.post(CLOSE, body)
        assert (answer.status_code, answer.json()) == (401, NOT_LOGGED_IN)


def test_a_missing_permission_is_403_before_the_input_is_looked_at(nobody_special: Person) -> None:
    for body in ({}, {"rid": "x"}, "nonsense"):
        answer = nobody_special.api.post(CLOSE, body)
        assert (answer.status_code, answer.json()) == (403, NOT_PERMITTED)


def test_input_is_judged_before_the_endpoint_looks(admin: Api) -> None:
    malformed = admin.post(CLOSE, {})
    assert (malformed.status_code, malformed.json()["errorType"]) == (400, "invalid-params")
    refused = admin.post(CLOSE, {"rid": "unknown", "comment": "x"})
    assert (refused.status_code, refused.json()["error"]) == (400, "error-invalid-room")


def test_query_parameters_are_judged_before_the_body(admin: Api) -> None:
    both = admin.post("livechat/agents.saveInfo", {"nonsense": 1}, params={"x": "\x01"})
    assert both.json()["error"] == "must NOT contain control characters [invalid-params]"
    body_alone = admin.post("livechat/agents.saveInfo", {"nonsense": 1}, params={"x": "1"})
    assert body_alone.json()["error"].startswith("must have required property")


def test_of_several_permissions_one_may_be_enough(admin: Api) -> None:
    agent = create_user(admin, "livechat-agent")
    assert agent.api.get("livechat/department").status_code == 200


def test_a_route_without_permissions_is_for_everybody_who_is_logged_in(
    nobody_special: Person, api: Api
) -> None:
    assert nobody_special.api.get("subscriptions.get").status_code == 200
    assert api.get("subscriptions.get").status_code == 401


# Who is it ------------------------------------------------------------------------------------


def credentials(user: object, token: object) -> dict[str, str]:
    """Return the headers of a log-in, without those that are None."""
    given = {"X-User-Id": user, "X-Auth-Token": token}
    return {name: str(value) for name, value in given.items() if value is not None}


def test_only_a_pair_that_belongs_together_is_a_log_in(
    api: Api, admin: Api, nobody_special: Person
) -> None:
    other = nobody_special.api
    for headers in (
        credentials(None, admin.token),
        credentials(admin.user_id, None),
        credentials(admin.user_id, ""),
        credentials("", admin.token),
        credentials(other.user_id, admin.token),
        credentials(admin.user_id, other.token),
        credentials(admin.user_id, admin.token[:-1]),
        credentials(admin.user_id, admin.token + "x"),
        credentials(admin.user_id.upper(), admin.token),
        credentials(admin.user_id, "x" * 8000),
    ):
        answer = api.get("me", headers=headers)
        assert (answer.status_code, answer.json()) == (401, NOT_LOGGED_IN), headers
        public = api.get("livechat/config", headers=headers)
        assert public.status_code == 200, "on a public route a bad pair is simply nobody"
    assert api.get("me", headers=credentials(admin.user_id, admin.token)).status_code == 200


def test_bytes_that_are_no_text_are_no_log_in(api: Api) -> None:
    headers = [(b"X-User-Id", b"\xff\xfe"), (b"X-Auth-Token", "\N{SNOWMAN}".encode())]
    assert api.http.get("/api/v1/me", headers=headers).status_code == 401


def test_cookies_and_query_parameters_are_no_log_in(api: Api, admin: Api) -> None:
    given = {"rc_uid": admin.user_id, "rc_token": admin.token}
    cookie = "; ".join(f"{name}={value}" for name, value in given.items())

    assert api.get("me", headers={"cookie": cookie}).status_code == 401
    assert api.get("me", given).status_code == 401
    assert (
        api.get("me", {"X-User-Id": admin.user_id, "X-Auth-Token": admin.token}).status_code == 401
    )


def test_of_a_header_that_is_sent_twice_the_last_counts(api: Api, admin: Api) -> None:
    user, good, bad = (
        ("X-User-Id", admin.user_id),
        ("X-Auth-Token", admin.token),
        ("X-Auth-Token", "someone else's"),
    )
    assert api.http.get("/api/v1/me", headers=[user, good, bad]).status_code == 401
    assert api.http.get("/api/v1/me", headers=[user, bad, good]).status_code == 200


# Headers of the answers -----------------------------------------------------------------------


def kinds_of_answer(api: Api, admin: Api, user: Api) -> dict[str, httpx.Response]:
    """Return an answer of each kind that the frame knows."""
    return {
        "200": admin.get("me"),
        "200 public": api.get("livechat/config"),
        "200 root": api.get("/api/info"),
        "400 classic": admin.post(CLOSE, {}),
        "400 typed": admin.post("permissions.addRole", {}),
        "400 plain": admin.post(CLOSE, {"rid": "unknown", "comment": "x"}),
        "401": api.get("me"),
        "403": user.post(CLOSE, {}),
        "404": admin.get("nothing.here"),
        "405": admin.put("me", {}),
        "413": api.post("livechat/visitor", content=b" " * (PUBLIC_LIMIT + 1), headers=JSON),
        "openapi": api.get("/schema/openapi.json"),
        "page": api.get("/schema"),
        "metrics": api.get("/metrics"),
    }


def test_every_answer_carries_the_headers_of_the_api_once(
    api: Api, admin: Api, nobody_special: Person
) -> None:
    for kind, answer in kinds_of_answer(api, admin, nobody_special.api).items():
        assert kind.startswith(str(answer.status_code)) or answer.status_code == 200
        headers = answer.headers
        assert headers.get_list("access-control-allow-origin") == ["*"], kind
        assert headers.get_list("access-control-allow-headers") == [
            "Origin, X-Requested-With, Content-Type, Accept, X-User-Id, X-Auth-Token, "
            "x-visitor-token, Authorization"
        ], kind
        assert headers.get_list("cache-control") == ["no-store"], kind
        assert headers.get_list("pragma") == ["no-cache"], kind
        assert headers.get_list("x-content-type-options") == ["nosniff"], kind
        assert len(headers.get_list("x-request-id")) == 1, kind
        assert "server" not in headers, kind
        if kind not in ("404", "page", "metrics"):
            assert headers.get_list("content-type") == ["application/json"], kind
            answer.json()


def test_the_callers_request_id_comes_back_if_it_is_a_plain_word(api: Api) -> None:
    for plain in ("a", "job-42.attempt_3", "x" * 64):
        for path in ("/livez", "/api/v1/me", "/nowhere"):
            answer = api.get(path, headers={"X-Request-Id": plain})
            assert answer.headers["x-request-id"] == plain
    for odd in (b"", b"a b", b"x" * 65, b"<b>", b"\xe4", b'a"b', b"a,b", b"a;b"):
        answer = api.http.get("/livez", headers=[(b"X-Request-Id", odd)])
        assert answer.headers["x-request-id"].encode("latin-1") != odd
        assert re.fullmatch(r"[\w-]+", answer.headers["x-request-id"], re.ASCII)
    first, second = api.get("/livez"), api.get("/livez")
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


# Envelopes ------------------------------------------------------------------------------------


def test_refusals_have_the_envelopes_of_the_api(admin: Api) -> None:
    classic = admin.post(CLOSE, {})
    assert classic.json() == {
        "success": False,
        "error": "must have required property 'rid' [invalid-params]",
        "errorType": "invalid-params",
    }
    typed = admin.post("permissions.addRole", {})
    assert typed.json() == {
        "success": False,
        "errorType": "invalid-params",
        "error": "must have required property 'permissionId'",
    }
    alternatives = admin.post("subscriptions.read", {})
    assert alternatives.json()["error"] == (
        "must have required property 'rid'\n must have required property 'roomId'\n "
        "must match a schema in anyOf [invalid-params]"
    )
    plain = admin.post(CLOSE, {"rid": "unknown", "comment": "x"})
    assert plain.json() == {"success": False, "error": "error-invalid-room"}
    silent = admin.get("settings/no_such_setting")
    assert (silent.status_code, silent.json()) == (400, {"success": False})


def test_input_is_coerced_and_refused_as_clients_know_it(admin: Api) -> None:
    def create(**fields: Any) -> dict[str, Any]:
        name = unique("coerced")
        body = {
            "email": f"{name}@example.org",
            "name": name,
            "username": name,
            "password": "correct horse battery staple",
            **fields,
        }
        return dict(admin.post("users.create", body).json())

    assert create(name=5)["user"]["name"] == "5"
    assert create(active="true")["user"]["active"] is True
    assert create(active=0)["user"]["active"] is False
    assert create(active="yes")["error"] == "must be boolean [invalid-params]"
    assert create(name=None, roles="user")["error"] == "must be array [invalid-params]"
    assert create(extra=1)["error"] == "must NOT have additional properties [invalid-params]"
    missing = admin.post("users.create", {"email": "a@b.example", "extra": 1}).json()
    assert missing["error"] == "must have required property 'name' [invalid-params]"


# Bodies ---------------------------------------------------------------------------------------


def post_raw(api: Api, path: str, body: bytes, content_type: str | None) -> tuple[int, Any]:
    """Send bytes as a body of a type, or of none; return the status and the answer."""
    headers = {} if content_type is None else {"content-type": content_type}
    answer = api.http.post(f"/api/v1/{path}", content=body, headers=headers)
    return answer.status_code, answer.json().get("error")


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (b'{"rid": "r", "comment": "c"}', "application/json", "error-invalid-room"),
        (b'{"rid": "r", "comment": "c"}', "application/json; charset=utf-8", "error-invalid-room"),
        (b"rid=r&comment=c", "application/x-www-form-urlencoded", "error-invalid-room"),
        (b"rid=r&rid=%FF&x", "application/x-www-form-urlencoded", "must NOT have additional"),
        (b'{"rid": "r"}', "text/plain", "property 'rid'"),
        (b'{"rid": "r"}', None, "property 'rid'"),
        (b'{"rid": "r"}', "multipart/form-data; boundary=x", "property 'rid'"),
        (b'{"rid": "r"', "application/json", "property 'rid'"),
        (b"", "application/json", "property 'rid'"),
        (
            '{"rid": "\N{LATIN SMALL LETTER A WITH DIAERESIS}"}'.encode("latin-1"),
            "application/json",
            "property 'rid'",
        ),
        (b"[]", "application/json", "must be object"),
        (b'"rid"', "application/json", "must be object"),
        (b"null", "application/json", "must be object"),
        (b"1", "application/json", "must be object"),
        (b'{"rid": "r", "rid": 5, "comment": "c"}', "application/json", "error-invalid-room"),
    ],
)
def test_bodies_are_read_by_their_type(
    admin: Api, body: bytes, content_type: str | None, error: str
) -> None:
    status, text = post_raw(admin, CLOSE, body, content_type)

    assert status == 400
    assert error in text


def test_a_body_of_get_is_not_looked_at(admin: Api) -> None:
    answer = admin.http.request("GET", "/api/v1/me", content=b"{", headers=JSON)
    assert answer.status_code == 200


def test_characters_that_only_deceive_are_refused_wherever_they_stand(api: Api) -> None:
    refused = "must NOT contain control characters [invalid-params]"
    for raw in (b'{"visitor": {"token": "a\\u0000b"}}', b'{"x\\u001b": 1}', b'{"a": ["\x7f"]}'):
        assert post_raw(api, "livechat/visitor", raw, "application/json") == (400, refused)
    form = b"rid=%00&token=x"
    kind = "application/x-www-form-urlencoded"
    assert post_raw(api, "livechat/room.close", form, kind) == (400, refused)
    assert api.get("livechat/agent.next/%1b%5b2J").json()["error"] == refused
    assert api.get("settings.public", {"_id": "\0"}).json()["error"] == refused


def test_public_routes_take_bodies_up_to_one_mebibyte(api: Api) -> None:
    def sized(size: int) -> httpx.Response:
        body = b'{"visitor": "' + b"x" * (size - 15) + b'"}'
        return api.post("livechat/visitor", content=body, headers=JSON)

    assert sized(PUBLIC_LIMIT).status_code == 400
    refused = sized(PUBLIC_LIMIT + 1)
    assert refused.status_code == 413
    assert refused.json() == {
        "success": False,
        "error": "The request is larger than 1048576 bytes",
    }
    assert refused.headers["connection"] == "close"


def test_a_body_without_a_length_has_the_same_limit(
    connection: http.client.HTTPConnection,
) -> None:
    connection.putrequest("POST", "/api/v1/livechat/visitor")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    for _ in range(16):
        connection.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
    connection.send(b"1\r\nx\r\n")

    assert connection.getresponse().status == 413


@pytest.mark.parametrize("size", [LIMIT + 1, 10**15, 10**17])
def test_what_is_announced_too_large_is_not_waited_for(
    connection: http.client.HTTPConnection, admin: Api, size: int
) -> None:
    connection.putrequest("POST", f"/api/v1/{CLOSE}")
    for name, value in credentials(admin.user_id, admin.token).items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(size))
    connection.endheaders()

    assert connection.getresponse().status == 413


def test_nobodys_body_is_waited_for_where_a_log_in_is_needed(
    connection: http.client.HTTPConnection,
) -> None:
    connection.putrequest("POST", f"/api/v1/{CLOSE}")
    connection.putheader("Content-Length", str(LIMIT))
    connection.endheaders()

    assert connection.getresponse().status == 401


def test_two_lengths_are_no_request(connection: http.client.HTTPConnection) -> None:
    connection.putrequest("POST", "/api/v1/livechat/visitor")
    connection.putheader("Content-Length", "5")
    connection.putheader("Content-Length", "6")
    connection.endheaders(b"abcdef")

    assert connection.getresponse().status == 400


# The second factor comes last ------------------------------------------------------------------


def test_input_is_judged_before_a_second_factor_is_asked_for(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    process = private_server(
        environment={
            "TEST_MODE": "false",
            "ADMIN_PASS": "a pass phrase of some length",
            "OVERWRITE_SETTING_Accounts_TwoFactorAuthentication_RememberFor": "0",
        }
    )
    with Api(process.url) as api, api.login("admin", "a pass phrase of some length") as admin:
        malformed = admin.post("settings", {})
        assert malformed.json()["errorType"] == "invalid-params"
        wanted = admin.post("settings", {"settings": [{"_id": "Site_Name", "value": "Desk"}]})
        assert wanted.json()["errorType"] == "totp-required"
        assert api.post("settings", {}).status_code == 401
