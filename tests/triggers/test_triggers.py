import json
from typing import Any

import httpx
import pytest

from tests.builders import create_user, unique
from tests.harness.client import Api
from tests.realtime.test_methods import call, said

SAY: dict[str, Any] = {
    "name": "send-message",
    "params": {"sender": "queue", "msg": "Can we help you choose?"},
}
ASK: dict[str, Any] = {
    "name": "use-external-service",
    "params": {
        "sender": "custom",
        "name": "Bot",
        "serviceUrl": "https://example.org/greeting",
        "serviceTimeout": 5000,
        "serviceFallbackMessage": "Welcome!",
    },
}


def trigger(**more: Any) -> dict[str, Any]:
    """Return a body that saves a trigger, switched off unless something else is said."""
    return {
        "name": unique("Trigger"),
        "description": "d",
        "enabled": False,
        "runOnce": True,
        "conditions": [{"name": "page-url", "value": "/prices"}],
        "actions": [SAY],
        **more,
    }


def saved(admin: Api, **more: Any) -> dict[str, Any]:
    """Save a trigger and return it as the list shows it."""
    body = trigger(**more)
    answer = admin.post("livechat/triggers", body)
    assert (answer.status_code, answer.json()) == (200, {"success": True}), answer.text
    (found,) = (each for each in listed(admin) if each["name"] == body["name"])
    return found


def listed(admin: Api, **query: Any) -> list[dict[str, Any]]:
    """Return all triggers."""
    answer = admin.get("livechat/triggers", {"count": 0, **query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["triggers"])


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


def test_a_saved_trigger_is_listed_and_read(admin: Api) -> None:
    made = saved(admin, actions=[ASK])

    assert set(made) == {
        *("_id", "name", "description", "enabled", "runOnce", "conditions", "actions"),
        "_updatedAt",
    }
    assert made["actions"] == [ASK]
    assert made["conditions"] == [{"name": "page-url", "value": "/prices"}]
    read = admin.get(f"livechat/triggers/{made['_id']}").json()
    assert read == {"trigger": made, "success": True}


def test_triggers_are_listed_by_name(admin: Api) -> None:
    first, second = saved(admin, name=unique("AA")), saved(admin, name=unique("zz"))

    names = [each["name"] for each in listed(admin)]
    assert names.index(first["name"]) < names.index(second["name"])
    names = [each["name"] for each in listed(admin, sort='{"name": -1}')]
    assert names.index(first["name"]) > names.index(second["name"])
    page = admin.get("livechat/triggers", {"count": 1, "offset": 1}).json()
    assert (page["count"], page["offset"], page["total"] >= 2) == (1, 1, True)
    assert admin.get("livechat/triggers", {"fields": "{}"}).status_code == 400


def test_a_change_replaces_what_a_trigger_says(admin: Api) -> None:
    made = saved(admin)
    body = trigger(_id=made["_id"], enabled=False, runOnce=False, actions=[SAY, ASK])

    assert admin.post("livechat/triggers", body).status_code == 200

    changed = admin.get(f"livechat/triggers/{made['_id']}").json()["trigger"]
    assert {**changed, "_updatedAt": ""} == {**body, "_updatedAt": ""}


def test_an_unknown_trigger_is_neither_changed_nor_made(admin: Api) -> None:
    body = trigger(_id="nowhere")

    assert admin.post("livechat/triggers", body).status_code == 200
    assert body["name"] not in [each["name"] for each in listed(admin)]


def test_unknown_triggers_are_null_and_removed_in_silence(admin: Api) -> None:
    made = saved(admin)

    for _ in range(2):
        assert admin.delete(f"livechat/triggers/{made['_id']}").json() == {"success": True}
    read = admin.get(f"livechat/triggers/{made['_id']}").json()
    assert read == {"trigger": None, "success": True}


@pytest.mark.parametrize(
    ("value", "stored"), [(None, None), ("", ""), (15, "15"), ("^/a.*$", "^/a.*$")]
)
def test_the_value_of_a_condition_is_text_or_null(admin: Api, value: Any, stored: Any) -> None:
    made = saved(admin, conditions=[{"name": "time-on-site", "value": value}])

    assert made["conditions"] == [{"name": "time-on-site", "value": stored}]


@pytest.mark.parametrize("params", [None, {"sender": "custom", "msg": "m", "name": "n"}])
def test_parameters_of_an_action_may_be_absent(admin: Api, params: Any) -> None:
    made = saved(admin, actions=[{"name": "send-message", "params": params}])

    assert made["actions"] == [{"name": "send-message", "params": params}]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"description": ...}, "must have required property 'description'"),
        ({"conditions": []}, "must NOT have fewer than 1 items"),
        ({"actions": []}, "must NOT have fewer than 1 items"),
        ({"conditions": [{"name": "page-url"}]}, "must have required property 'value'"),
        (
            {"conditions": [{"name": "moon", "value": ""}]},
            "must be equal to one of the allowed values",
        ),
        (
            {"actions": [{"name": "dance"}]},
            "must be equal to one of the allowed values\n"
            " must be equal to one of the allowed values\n"
            " must match a schema in anyOf",
        ),
        ({"more": 1}, "must NOT have additional properties"),
    ],
)
def test_a_trigger_of_another_shape_is_refused(
    admin: Api, change: dict[str, Any], text: str
) -> None:
    body = {name: value for name, value in trigger(**change).items() if value is not ...}

    assert error_of(admin.post("livechat/triggers", body)) == (400, f"{text} [invalid-params]")


def test_triggers_are_for_managers(admin: Api, api: Api) -> None:
    user = create_user(admin, "livechat-agent")

    assert user.api.get("livechat/triggers").status_code == 403
    assert user.api.post("livechat/triggers", {}).status_code == 403
    assert user.api.get("livechat/triggers/x").status_code == 403
    assert user.api.delete("livechat/triggers/x").status_code == 403
    assert user.api.post("livechat/triggers/external-service/test", {}).status_code == 403
    assert api.get("livechat/triggers").status_code == 401


def test_older_clients_save_and_remove_by_method(admin: Api) -> None:
    body = trigger()

    assert said(call(admin, "livechat:saveTrigger", body))["result"] is True
    (made,) = (each for each in listed(admin) if each["name"] == body["name"])
    assert said(call(admin, "livechat:removeTrigger", made["_id"]))["result"] is True
    assert made["_id"] not in json.dumps(listed(admin))
    wrong = said(call(admin, "livechat:saveTrigger", {"name": "x"}))["error"]
    assert wrong["message"] == "Match failed [400]"
    user = create_user(admin)
    refused = said(call(user.api, "livechat:saveTrigger", body))["error"]
    assert refused["message"] == "Not allowed [error-not-allowed]"
