"""Rate limits, on servers that are not in test mode."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import httpx

from tests.builders import create_user, settings
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

PASSWORD = "a pass phrase of some length"
Start = Callable[..., FrontdeskProcess]
TOO_MANY = re.compile(
    r"Error, too many requests\. Please slow down\. You must wait (\d+) seconds before trying "
    r"this endpoint again\. \[error-too-many-requests\]"
)
PUBLIC = "livechat/config"


@contextmanager
def limited(private_server: Start, **environment: str) -> Iterator[tuple[Api, Api]]:
    """Yield clients of a server with limits: one of nobody, one of its administrator."""
    process = private_server(
        environment={"TEST_MODE": "false", "ADMIN_PASS": PASSWORD, **environment}
    )
    with Api(process.url) as api, api.login("admin", PASSWORD) as admin:
        yield api, admin


def calls(api: Api, path: str, times: int, **headers: str) -> list[int]:
    """Call an endpoint some times; return the statuses."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return [api.get(path, headers=named).status_code for _ in range(times)]


def limit_headers(answer: httpx.Response) -> Mapping[str, int]:
    """Return the headers of the limiter as numbers."""
    found = ("limit", "remaining", "reset")
    return {
        name: int(answer.headers[f"x-ratelimit-{name}"])
        for name in found
        if f"x-ratelimit-{name}" in answer.headers
    }


def test_the_eleventh_call_in_a_minute_is_refused(private_server: Start) -> None:
    with limited(private_server) as (api, admin):
        begun = time.time_ns() // 1_000_000
        answers = [api.get(PUBLIC) for _ in range(11)]
        ended = time.time_ns() // 1_000_000

        assert [each.status_code for each in answers] == [200] * 10 + [429]
        told = [limit_headers(each) for each in answers]
        assert [each["limit"] for each in told] == [10] * 11
        assert [each["remaining"] for each in told] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]
        assert len({each["reset"] for each in told}) == 1, "the window is fixed"
        assert begun + 60_000 <= told[0]["reset"] <= ended + 60_000, "milliseconds"

        refused = answers[-1]
        assert refused.headers["content-type"] == "application/json"
        assert set(refused.json()) == {"success", "error"}
        found = TOO_MANY.fullmatch(refused.json()["error"])
        assert found is not None, refused.text
        assert 0 < int(found[1]) <= 60

        # Counters are kept by route and method, not by what a path or query holds.
        assert calls(api, "livechat/config?token=another", 1) == [429]
        assert calls(api, "pw.getPolicy", 1) == [200]
        assert calls(api, "settings/Site_Name", 11) == [401] * 11, "not counted: nobody came in"
        assert api.http.options("/api/v1/livechat/config").status_code == 200
        assert calls(api, "/api/info", 12) == [200] * 12, "this one is not limited"
        assert calls(api, "/readyz", 12) == [200] * 12
        # Who may bypass the limits is never limited, at the same address.
        assert calls(admin, PUBLIC, 12) == [200] * 12
        assert limit_headers(admin.get(PUBLIC)) == {}


def test_users_share_the_counter_of_their_address(private_server: Start) -> None:
    with limited(private_server) as (_, admin):
        ann, bob = create_user(admin), create_user(admin)
        assert calls(ann.api, "me", 6) == [200] * 6
        assert calls(bob.api, "me", 5) == [200] * 4 + [429]
        assert calls(ann.api, "me", 1) == [429]


def test_a_route_may_have_a_limit_of_its_own(private_server: Start) -> None:
    with limited(private_server) as (api, _):
        answers = [api.post("livechat/visitor", {}) for _ in range(6)]
        assert [each.status_code for each in answers] == [429 if n == 5 else 400 for n in range(6)]
        assert limit_headers(answers[0])["limit"] == 5
        assert limit_headers(answers[0])["remaining"] == 4


def test_what_is_malformed_is_counted_on_classic_routes_only(private_server: Start) -> None:
    with limited(private_server) as (api, admin):
        classic = [api.get("settings.public", {"count": "x"}) for _ in range(11)]
        assert [each.status_code for each in classic] == [400] * 10 + [429]
        assert limit_headers(classic[0])["remaining"] == 9

        manager = create_user(admin, "livechat-manager")
        typed = [manager.api.post("livechat/agents.saveInfo", {}) for _ in range(11)]
        assert [each.status_code for each in typed] == [400] * 11
        assert limit_headers(typed[0]) == {}, "typed input is judged before the limit"
        forbidden = [manager.api.post("settings", {}) for _ in range(11)]
        assert [each.status_code for each in forbidden] == [400] * 10 + [429]


def test_settings_change_the_limit_at_once(private_server: Start) -> None:
    with limited(private_server) as (api, admin):
        with settings(admin, API_Enable_Rate_Limiter_Limit_Calls_Default=2):
            assert calls(api, PUBLIC, 3) == [200, 200, 429]
        assert calls(api, PUBLIC, 1) == [200], "three of ten"
        for off in (
            {"API_Enable_Rate_Limiter": False},
            {"API_Enable_Rate_Limiter_Limit_Calls_Default": 0},
            {"API_Enable_Rate_Limiter_Limit_Time_Default": 0},
        ):
            with settings(admin, **off):
                assert calls(api, PUBLIC, 12) == [200] * 12
                assert limit_headers(api.get(PUBLIC)) == {}


def test_the_first_call_after_a_window_opens_a_new_one(private_server: Start) -> None:
    with (
        limited(private_server) as (api, admin),
        settings(
            admin,
            API_Enable_Rate_Limiter_Limit_Calls_Default=1,
            API_Enable_Rate_Limiter_Limit_Time_Default=400,
        ),
    ):
        first = limit_headers(api.get(PUBLIC))["reset"]
        answer = api.get(PUBLIC)
        while answer.status_code == 429:
            answer = api.get(PUBLIC)
        assert limit_headers(answer)["reset"] >= first + 400
        assert limit_headers(answer)["remaining"] == 0


def test_forwarded_addresses_do_not_lift_a_limit(private_server: Start) -> None:
    with limited(
        private_server, OVERWRITE_SETTING_API_Enable_Rate_Limiter_Limit_Calls_Default="2"
    ) as (
        api,
        _,
    ):
        statuses = [
            calls(api, PUBLIC, 1, x_forwarded_for=f"198.51.100.{n}", x_real_ip=f"198.51.100.{n}")
            for n in range(4)
        ]
        assert statuses == [[200], [200], [429], [429]]


def test_behind_a_proxy_each_client_is_counted_alone(private_server: Start) -> None:
    with limited(
        private_server,
        HTTP_FORWARDED_COUNT="1",
        OVERWRITE_SETTING_API_Enable_Rate_Limiter_Limit_Calls_Default="2",
    ) as (api, _):
        assert calls(api, PUBLIC, 3, x_forwarded_for="198.51.100.1") == [200, 200, 429]
        assert calls(api, PUBLIC, 3, x_forwarded_for="198.51.100.2") == [200, 200, 429]
        spoofed = "198.51.100.3, 198.51.100.1"
        assert calls(api, PUBLIC, 1, x_forwarded_for=spoofed) == [429]
        assert calls(api, PUBLIC, 3, x_real_ip="198.51.100.4") == [200, 200, 429]
        assert calls(api, PUBLIC, 3) == [200, 200, 429]


def test_in_test_mode_nothing_is_limited(api: Api) -> None:
    assert calls(api, PUBLIC, 15) == [200] * 15
    assert limit_headers(api.get(PUBLIC)) == {}
