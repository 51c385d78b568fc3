"""Preflight requests: the table of the API's settings, over HTTP."""

import httpx
import pytest

from tests.builders import settings
from tests.harness.client import Api

ORIGIN = "https://shop.example"
METHODS = "GET, POST, PUT, DELETE, HEAD, PATCH"
HEADERS = (
    "Origin, X-Requested-With, Content-Type, Accept, X-User-Id, X-Auth-Token, "
    "x-visitor-token, Authorization"
)
NOT_ENABLED = 'CORS not enabled. Go to "Admin > General > REST Api" to enable it.'


def options(api: Api, path: str = "livechat/message", **headers: str) -> httpx.Response:
    """Send an OPTIONS request."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.http.options(f"/api/v1/{path}", headers=named)


def allowed_origins(answer: httpx.Response) -> list[str]:
    """Return all that an answer says about origins; browsers refuse more than one."""
    return answer.headers.get_list("access-control-allow-origin")


def test_options_of_no_browser_is_answered_ok(api: Api) -> None:
    for path in ("livechat/message", "me", "livechat/message/some-id"):
        answer = options(api, path)
        assert (answer.status_code, answer.text) == (200, "OK")


@pytest.mark.parametrize("headers", [{"Origin": ORIGIN}, {"Access_Control_Request_Method": "POST"}])
def test_while_cors_is_off_a_preflight_is_refused(api: Api, headers: dict[str, str]) -> None:
    answer = options(api, **headers)

    assert (answer.status_code, answer.text) == (405, NOT_ENABLED)
    assert answer.headers["content-type"].startswith("text/plain")
    assert allowed_origins(answer) == []
    assert allowed_origins(api.get("livechat/config", headers={"Origin": ORIGIN})) == ["*"]


def test_with_a_star_any_origin_may_go_on(api: Api, admin: Api) -> None:
    with settings(admin, API_Enable_CORS=True):
        answer = options(api, Origin=ORIGIN, Access_Control_Request_Method="POST")

    assert answer.status_code == 200
    assert allowed_origins(answer) == ["*"]
    assert answer.headers.get_list("access-control-allow-methods") == [METHODS]
    assert answer.headers.get_list("access-control-allow-headers") == [HEADERS]


def test_with_a_list_only_those_origins_may_go_on(api: Api, admin: Api) -> None:
    with settings(
        admin, API_Enable_CORS=True, API_CORS_Origin=f"http://first.example , {ORIGIN.upper()},"
    ):
        answer = options(api, Origin=ORIGIN, Access_Control_Request_Method="POST")
        assert answer.status_code == 200
        assert allowed_origins(answer) == [ORIGIN]
        assert answer.headers["vary"] == "Origin"
        assert answer.headers.get_list("access-control-allow-methods") == [METHODS]
        assert answer.headers.get_list("access-control-allow-headers") == [HEADERS]

        for other in (
            "https://shop.example.evil",
            "https://SHOP.example",
            "http://shop.example",
            "null",
            "*",
        ):
            refused = options(api, Origin=other, Access_Control_Request_Method="POST")
            assert (refused.status_code, refused.text) == ((403, "Invalid origin")), other
            assert allowed_origins(refused) == []
        assert options(api, Access_Control_Request_Method="POST").status_code == 403
        got = api.get("livechat/config", headers={"Origin": "https://else.example"})
        assert allowed_origins(got) == ["*"], "other answers do not depend on these settings"


def test_a_path_that_is_not_there_has_no_options(api: Api) -> None:
    assert options(api, "no/such/path", Origin=ORIGIN).status_code == 404
