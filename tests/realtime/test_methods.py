"""Real-time methods over REST."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.builders import create_user
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

ROUTING = "livechat:getRoutingConfig"


def call(caller: Api, method: str, *params: Any, path: str = "method.call") -> httpx.Response:
    """Call a method."""
    frame = {"msg": "method", "id": "7", "method": method, "params": params}
    return caller.post(f"{path}/{method.replace('/', ':')}", {"message": json.dumps(frame)})


def said(answer: httpx.Response) -> dict[str, Any]:
    """Return the frame in an answer."""
    return dict(json.loads(answer.json()["message"]))


def test_a_result_comes_as_text_within_the_answer(admin: Api) -> None:
    answer = call(admin, ROUTING)

    assert (answer.status_code, set(answer.json())) == (200, {"message", "success"})
    assert answer.json()["success"] is True
    frame = said(answer)
    assert (frame["msg"], frame["id"], "error" in frame) == ("result", "7", False)
    assert frame["result"] == {
        "previewRoom": False,
        "showConnecting": False,
        "showQueue": False,
        "showQueueLink": True,
        "returnQueue": False,
        "enableTriggerAction": True,
        "autoAssignAgent": True,
    }


def test_the_path_is_decoration(admin: Api) -> None:
    frame = {"msg": "method", "id": "1", "method": ROUTING, "params": []}
    for path in ("livechat%3AgetRoutingConfig", "livechat:getRoutingConfig", "something-else"):
        answer = admin.post(f"method.call/{path}", {"message": json.dumps(frame)})
        assert said(answer)["result"]["autoAssignAgent"] is True


def test_an_error_has_status_400_and_stands_in_the_message(admin: Api) -> None:
    answer = call(admin, "livechat:removeRoom", "nope")

    assert (answer.status_code, answer.json()["success"]) == (400, False)
    assert set(answer.json()) == {"message", "success"}
    assert said(answer) == {
        "msg": "result",
        "id": "7",
        "error": {
            "isClientSafe": True,
            "error": "error-invalid-room",
            "reason": "Invalid room",
            "details": {"method": "livechat:removeRoom"},
            "message": "Invalid room [error-invalid-room]",
            "errorType": "Meteor.Error",
        },
    }


def test_an_unknown_method_is_named(admin: Api) -> None:
    answer = call(admin, "no/such")

    assert answer.status_code == 400
    assert said(answer)["error"] == {
        "isClientSafe": True,
        "error": 404,
        "reason": "Method 'no/such' not found",
        "message": "Method 'no/such' not found [404]",
        "errorType": "Meteor.Error",
    }


@pytest.mark.parametrize("arguments", [(), (5,), ({"rid": "x"},), (None,)])
def test_arguments_that_do_not_fit_are_refused(admin: Api, arguments: tuple[Any, ...]) -> None:
    error = said(call(admin, "livechat:removeRoom", *arguments))["error"]

    assert (error["error"], error["message"]) == (400, "Match failed [400]")


def test_more_arguments_than_there_are_parameters_do_no_harm(admin: Api) -> None:
    assert said(call(admin, ROUTING, "more"))["result"]


def test_methods_that_need_a_log_in_are_not_for_anybody(api: Api, admin: Api) -> None:
    assert call(api, ROUTING).status_code == 401
    assert said(call(api, ROUTING, path="method.callAnon"))["result"]
    anon = call(api, "livechat:takeInquiry", "x", path="method.callAnon")
    assert said(anon)["error"]["message"] == "Not allowed [error-not-allowed]"
    user = create_user(admin)
    refused = call(user.api, "livechat:takeInquiry", "x")
    assert said(refused)["error"]["details"] == {"method": "livechat:takeInquiry"}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "must have required property 'message' [invalid-params]"),
        ({"message": "{}", "more": 1}, "must NOT have additional properties [invalid-params]"),
        ({"message": "{}"}, "Invalid method call"),
        (
            {"message": '{"msg":"method","id":"1","method":"a","params":[],"x":1}'},
            "Invalid method call",
        ),
        ({"message": '{"msg":"sub","id":"1","method":"a","params":[]}'}, "Invalid method call"),
        ({"message": '{"msg":"method","id":"1","method":"a"}'}, "Invalid method call"),
    ],
)
def test_what_is_no_call_is_refused(admin: Api, body: dict[str, Any], error: str) -> None:
    answer = admin.post("method.call/a", body)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_text_that_cannot_be_read_is_refused_with_the_readers_words(admin: Api) -> None:
    answer = admin.post("method.call/a", {"message": "{"})

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Input data was truncated")


def test_calls_of_a_method_are_limited(private_server: Callable[..., FrontdeskProcess]) -> None:
    process = private_server(environment={"TEST_MODE": "false"})
    with Api(process.url) as api:
        answers = [call(api, ROUTING, path="method.callAnon") for _ in range(11)]

        assert [each.status_code for each in answers] == [200] * 10 + [400]
        error = said(answers[-1])["error"]
        assert error["error"] == "too-many-requests"
        assert 0 < error["details"]["timeToReset"] <= 10_000
        assert error["reason"].startswith("Error, too many requests. Please slow down. You must")
        other = call(api, "livechat:getNextAgent", {"token": "x"}, path="method.callAnon")
        assert other.status_code == 200, "each method has its own count"
        made_up = [call(api, f"no/such{number}", path="method.callAnon") for number in range(11)]
        codes = [said(each)["error"]["error"] for each in made_up]
        assert codes == [404] * 10 + ["too-many-requests"], "what is none has one for all"
