"""The settings of the webhook, its test and its log, over HTTP and as methods."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import Person, create_user, open_conversation, settings
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.webhooks.conftest import telling
from tests.webhooks.receiver import Receiver

IDS = [
    *("Livechat_webhookUrl", "Livechat_secret_token", "Livechat_http_timeout"),
    *("Livechat_webhook_on_start", "Livechat_webhook_on_close", "Livechat_webhook_on_chat_taken"),
    *("Livechat_webhook_on_chat_queued", "Livechat_webhook_on_forward"),
    *("Livechat_webhook_on_offline_msg", "Livechat_webhook_on_visitor_message"),
    "Livechat_webhook_on_agent_message",
]


@pytest.fixture
def untouched(admin: Api) -> Any:
    """Put the settings back afterwards."""
    with settings(admin, **{each: value_of(admin, each) for each in IDS}):
        yield


def value_of(admin: Api, setting_id: str) -> Any:
    """Return the value of a setting."""
    return admin.get(f"settings/{setting_id}").json()["value"]


def call_method(api: Api, name: str, *parameters: Any) -> dict[str, Any]:
    """Call a method over REST and return its frame."""
    message = {"msg": "method", "id": "1", "method": name, "params": list(parameters)}
    answer = api.post(f"method.call/{name}", {"message": json.dumps(message)})
    found: dict[str, Any] = json.loads(answer.json()["message"])
    return found


def test_what_is_given_is_saved_and_the_rest_stays(admin: Api, untouched: None) -> None:
    body = {
        "LivechatWebhookUrl": "  https://crm.example/in ",
        "LivechatSecretToken": " s3cret ",
        "LivechatHttpTimeout": 3000,
        "LivechatWebhookOnStart": True,
        "LivechatWebhookOnAgentMessage": "true",
    }
    saved = admin.post("omnichannel/integrations", body)
    assert (saved.status_code, saved.json()) == (200, {"success": True})

    answer = admin.get("livechat/integrations.settings")
    documents = answer.json()["settings"]
    assert answer.status_code == 200 and [each["_id"] for each in documents] == IDS
    values = {each["_id"]: each["value"] for each in documents}
    assert values["Livechat_webhookUrl"] == "https://crm.example/in"
    assert values["Livechat_secret_token"] == "s3cret"
    assert values["Livechat_http_timeout"] == 3000
    assert (values["Livechat_webhook_on_start"], values["Livechat_webhook_on_close"]) == (
        True,
        False,
    )
    assert values["Livechat_webhook_on_agent_message"] is True


def test_null_empties_and_nothing_changes_nothing(admin: Api, untouched: None) -> None:
    admin.post("omnichannel/integrations", {"LivechatWebhookUrl": "https://crm.example"})
    assert admin.post("omnichannel/integrations", {}).json() == {"success": True}
    assert value_of(admin, "Livechat_webhookUrl") == "https://crm.example"
    nothing = {
        "LivechatWebhookUrl": None,
        "LivechatHttpTimeout": None,
        "LivechatWebhookOnStart": None,
    }
    assert admin.post("omnichannel/integrations", nothing).status_code == 200
    assert value_of(admin, "Livechat_webhookUrl") == ""
    assert value_of(admin, "Livechat_http_timeout") == 0
    assert value_of(admin, "Livechat_webhook_on_start") is False


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"LivechatWebhookOnStart": "maybe"}, "must be boolean [invalid-params]"),
        ({"LivechatHttpTimeout": "soon"}, "must be number [invalid-params]"),
        ({"LivechatWebhookUrl": ["x"]}, "must be string [invalid-params]"),
        ({"Livechat_webhookUrl": "x"}, "must NOT have additional properties [invalid-params]"),
    ],
)
def test_what_does_not_fit_is_refused(
    admin: Api, untouched: None, body: dict[str, Any], error: str
) -> None:
    answer = admin.post("omnichannel/integrations", {"LivechatSecretToken": "new", **body})
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert value_of(admin, "Livechat_secret_token") != "new"


def test_a_secret_that_is_too_long_is_refused(admin: Api) -> None:
    answer = admin.post("omnichannel/integrations", {"LivechatSecretToken": "x" * 5_000})
    assert answer.status_code == 400


def test_who_may_not_is_refused(api: Api, admin: Api, agent: Person) -> None:
    calls: list[Callable[[Api], Any]] = [
        lambda who: who.post("omnichannel/integrations", {}),
        lambda who: who.get("livechat/integrations.settings"),
        lambda who: who.post("livechat/webhook.test"),
        lambda who: who.get("livechat/webhook.log"),
    ]
    for call in calls:
        assert call(api).status_code == 401
        assert call(agent.api).status_code == 403
    manager = create_user(admin, "livechat-manager")
    for call in (calls[0], calls[1], calls[3]):
        assert call(manager.api).status_code == 200


def test_the_test_needs_an_address(admin: Api) -> None:
    answer = admin.post("livechat/webhook.test")
    assert (answer.status_code, answer.json()) == (
        400,
        {"success": False, "error": "Webhook_URL_not_set"},
    )


def test_the_test_sends_a_sample_with_the_secret(admin: Api, receiver: Receiver) -> None:
    with telling(admin, receiver, Livechat_secret_token=""):
        answer = admin.post("livechat/webhook.test")
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    (came,) = receiver.of("fasd6f5a4sd6f8a4sdf")
    assert came.headers["x-rocketchat-livechat-token"] == ""
    assert came.headers["accept"] == "application/json"
    assert came.kind == "LivechatSession"
    assert came.event["visitor"]["email"] == "email@address.com"
    assert [item["msg"] for item in came.event["messages"]] == [
        *("message content", "message content from agent"),
    ]


@pytest.mark.parametrize("status", [201, 302, 500])
def test_any_status_but_200_fails_the_test(admin: Api, receiver: Receiver, status: int) -> None:
    receiver.answers = lambda _: (status, "")
    with telling(admin, receiver):
        answer = admin.post("livechat/webhook.test")
        assert (answer.status_code, answer.json()) == (
            400,
            {"success": False, "error": "error-invalid-webhook-response"},
        )
        (latest, *_) = admin.get("livechat/webhook.log", {"event": "Test"}).json()["attempts"]
    assert (latest["status"], latest["outcome"]) == (status, "given_up")
    assert len(receiver.received) == 1


def test_a_receiver_that_is_not_there_fails_the_test(admin: Api, receiver: Receiver) -> None:
    receiver.stop()
    with telling(admin, receiver):
        answer = admin.post("livechat/webhook.test")
    assert answer.json()["error"] == "error-invalid-webhook-response"


def test_the_log_is_listed_in_pages(api: Api, admin: Api, receiver: Receiver) -> None:
    with telling(admin, receiver, "LivechatSessionStart", "LivechatSessionQueued"):
        room, _ = open_conversation(api)
        receiver.wait_for(room["_id"], "LivechatSessionQueued")
        query = {"roomId": room["_id"], "event": "LivechatSessionStart"}
        page = admin.get("livechat/webhook.log", query).json()
        assert (page["total"], page["count"], page["offset"]) == (1, 1, 0)
        (told,) = page["attempts"]
        assert told["event"] == "LivechatSessionStart" and told["roomId"] == room["_id"]
        assert (told["attempt"], told["outcome"], told["status"]) == (1, "delivered", 200)
        assert told["duration"] >= 0 and "error" not in told
    nothing = admin.get("livechat/webhook.log", {"roomId": room["_id"], "offset": 50}).json()
    assert nothing["attempts"] == [] and isinstance(nothing["waiting"], int)
    refused = admin.get("livechat/webhook.log", {"sort": "up"})
    assert refused.status_code == 400


def test_old_clients_save_by_the_names_of_the_settings(
    admin: Api, agent: Person, untouched: None
) -> None:
    values = {"Livechat_webhookUrl": " https://old.example ", "Livechat_webhook_on_close": True}
    frame = call_method(admin, "livechat:saveIntegration", {**values, "Site_Name": "Mine"})
    assert "error" not in frame
    assert value_of(admin, "Livechat_webhookUrl") == "https://old.example"
    assert value_of(admin, "Livechat_webhook_on_close") is True
    assert value_of(admin, "Site_Name") != "Mine"
    wrong = call_method(admin, "livechat:saveIntegration", {"Livechat_webhook_on_close": "no"})
    assert wrong["error"]["reason"] == "Match failed"
    refused = call_method(agent.api, "livechat:saveIntegration", values)
    assert refused["error"]["error"] == "error-not-allowed"


def test_for_old_clients_any_success_passes_the_test(
    admin: Api, agent: Person, receiver: Receiver
) -> None:
    receiver.answers = lambda _: (204, "")
    with telling(admin, receiver):
        assert call_method(admin, "livechat:webhookTest")["result"] is True
        receiver.answers = lambda _: (500, "")
        failed = call_method(admin, "livechat:webhookTest")["error"]
        assert failed["error"] == "error-invalid-webhook-response"
    assert call_method(agent.api, "livechat:webhookTest")["error"]["error"] == "error-not-allowed"


def test_attempts_are_counted(server: FrontdeskProcess, admin: Api, receiver: Receiver) -> None:
    with telling(admin, receiver, "LivechatSessionStart"):
        room, _ = open_conversation(admin)
        receiver.wait_for(room["_id"], "LivechatSessionStart")
    assert 'frontdesk_webhooks_total{outcome="delivered"}' in admin.get("/metrics").text
