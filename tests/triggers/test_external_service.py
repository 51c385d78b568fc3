import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.builders import settings
from tests.harness.client import Api
from tests.triggers.test_triggers import ASK, SAY, saved

ANSWER = {"contents": [{"msg": "Welcome back!", "order": 0}, {"msg": "Hi", "order": 1.5}]}
WRONG = "error-invalid-external-service-response"
MISMATCH = "External service response does not match expected format"
TEST = "livechat/triggers/external-service/test"


@dataclass
class Service:
    """A service on loopback: what it answers, what it was asked, and whether it keeps waiting."""

    url: str = ""
    status: int = 200
    answer: Any = field(default_factory=lambda: ANSWER)
    asked: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    waits: threading.Event = field(default_factory=threading.Event)
    answers_now: bool = True


@contextmanager
def running_service() -> Iterator[Service]:
    """Yield a service that runs until the end of the `with` block."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.asked.append((headers, json.loads(body)))
            if not service.answers_now:
                service.waits.wait(60)
            said = service.answer
            text = (said if isinstance(said, str) else json.dumps(said)).encode()
            self.send_response(service.status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            with suppress(BrokenPipeError):  # who asked has not waited
                self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.url = f"http://127.0.0.1:{server.server_port}/greeting"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield service
        finally:
            service.waits.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def service() -> Iterator[Service]:
    """Return a service that answers."""
    with running_service() as running:
        yield running


@pytest.fixture
def secret(admin: Api) -> Iterator[str]:
    """Return the workspace's secret token, set for the length of a test."""
    with settings(admin, Livechat_secret_token="s3cret"):
        yield "s3cret"


def tried(admin: Api, service: Service, **more: Any) -> httpx.Response:
    """Try a service."""
    body = {"webhookUrl": service.url, "timeout": 5000, "fallbackMessage": "Welcome!", **more}
    return admin.post(TEST, body)


def test_a_service_is_tried_as_it_would_be_asked(admin: Api, service: Service, secret: str) -> None:
    extras = [{"key": "plan", "value": "premium"}]

    answer = tried(admin, service, extraData=extras, timeout="5000")

    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "triggerId": "test-trigger",
        "response": {"statusCode": 200, "contents": ANSWER["contents"]},
        "success": True,
    }
    ((headers, body),) = service.asked
    assert headers["x-rocketchat-livechat-token"] == secret
    assert headers["accept"] == headers["content-type"] == "application/json"
    assert body == {"metadata": extras, "visitorToken": "1234567890"}


def test_without_a_secret_token_nobody_is_asked(admin: Api, service: Service) -> None:
    with settings(admin, Livechat_secret_token=""):
        answer = tried(admin, service)

    assert answer.status_code == 400
    assert answer.json()["error"] == "Livechat secret token is not configured"
    assert service.asked == []


@pytest.mark.parametrize(
    ("status", "said", "response"),
    [
        (200, {"contents": []}, MISMATCH),
        (200, {"contents": [{"msg": "m"}]}, MISMATCH),
        (200, {"contents": [{"msg": 1, "order": 1}]}, MISMATCH),
        (200, "no json", MISMATCH),
        (201, ANSWER, json.dumps(ANSWER)),
        (500, "out of order", "out of order"),
    ],
)
def test_another_answer_is_refused(
    admin: Api, service: Service, secret: str, status: int, said: Any, response: str
) -> None:
    service.status, service.answer = status, said

    answer = tried(admin, service)

    assert answer.status_code == 400
    assert answer.json() == {
        "triggerId": "test-trigger",
        "error": WRONG,
        "response": response,
        "fallbackMessage": "Welcome!",
        "success": False,
    }
    assert service.asked[0][1] == {"visitorToken": "1234567890"}


def test_a_service_that_answers_too_late_times_out(
    admin: Api, service: Service, secret: str
) -> None:
    service.answers_now = False

    answer = tried(admin, service, timeout=50).json()

    assert (answer["error"], answer["fallbackMessage"]) == ("error-timeout", "Welcome!")


@pytest.mark.parametrize("url", ["", "no address", "ftp://example.org", "http://10.0.0.1/x"])
def test_what_cannot_be_asked_is_no_answer(admin: Api, secret: str, url: str) -> None:
    body = {"webhookUrl": url, "timeout": 100, "fallbackMessage": "f"}

    answer = admin.post(TEST, body)

    assert (answer.status_code, answer.json()["error"]) == (400, WRONG)


def test_the_widget_asks_the_service_of_a_trigger(
    api: Api, admin: Api, service: Service, secret: str
) -> None:
    action = {**ASK, "params": {**ASK["params"], "serviceUrl": service.url}}
    made = saved(admin, actions=[action])
    path = f"livechat/triggers/{made['_id']}/external-service/call"

    answer = api.post(path, {"token": "t", "extraData": []})

    assert answer.status_code == 200, answer.text
    assert answer.json()["triggerId"] == made["_id"]
    assert answer.json()["response"]["contents"] == ANSWER["contents"]
    assert service.asked[0][1] == {"metadata": [], "visitorToken": "t"}

    service.status, service.answer = 500, "at /srv/app.js:12"
    refused = api.post(path, {"token": "t"}).json()
    assert (refused["error"], refused["response"]) == (WRONG, MISMATCH)
    assert refused["fallbackMessage"] == "Welcome!"


def test_only_triggers_with_a_service_can_ask_one(api: Api, admin: Api, secret: str) -> None:
    without_address = {"name": "use-external-service", "params": None}
    both, nowhere = saved(admin, actions=[ASK, SAY]), saved(admin, actions=[without_address])

    def error(trigger_id: str, **body: Any) -> str:
        answer = api.post(f"livechat/triggers/{trigger_id}/external-service/call", body)
        assert answer.status_code == 400
        return str(answer.json()["error"])

    assert error("nowhere", token="t") == "Invalid trigger"
    assert error(both["_id"], token="t") == "Trigger is not configured to use an external service"
    assert error(nowhere["_id"], token="t") == "Invalid service URL"
    assert error("nowhere") == "must have required property 'token' [invalid-params]"
    with settings(admin, Livechat_secret_token=""):
        elsewhere = saved(admin, actions=[ASK])
        assert error(elsewhere["_id"], token="t") == "Livechat secret token is not configured"
