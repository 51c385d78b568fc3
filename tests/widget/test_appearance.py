from typing import Any

import httpx
import pytest

from tests.builders import create_user, settings
from tests.harness.client import Api
from tests.realtime.test_methods import call, said

LIMIT = "Livechat_message_character_limit"
HIDDEN = "Livechat_hide_system_messages"


def save(admin: Api, *values: tuple[str, Any]) -> httpx.Response:
    """Change settings of the widget."""
    body = [{"_id": setting_id, "value": value} for setting_id, value in values]
    return admin.post("livechat/appearance", body)


def value_of(admin: Api, setting_id: str) -> Any:
    """Return the value of a setting of the widget."""
    found = admin.get("livechat/appearance").json()["appearance"]
    (value,) = (each["value"] for each in found if each["_id"] == setting_id)
    return value


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and text of a refused request."""
    return answer.status_code, answer.json()["error"]


def test_the_appearance_is_a_list_of_complete_settings(admin: Api) -> None:
    found = {each["_id"]: each for each in admin.get("livechat/appearance").json()["appearance"]}

    assert len(found) == 25
    title, position = found["Livechat_title_color"], found["Livechat_widget_position"]
    assert (title["type"], title["packageValue"], title["public"]) == ("color", "#C1272D", True)
    assert title["enableQuery"] == '{"_id":"Livechat_enabled","value":true}'
    assert title["section"] == "Livechat"
    assert title["createdAt"] <= title["_updatedAt"]
    assert [each["key"] for each in position["values"]] == ["left", "right"]
    assert set(title) >= {
        *("_id", "type", "value", "packageValue", "valueSource", "group", "public", "hidden"),
        *("blocked", "secret", "enterprise", "env", "sorter", "i18nLabel", "i18nDescription"),
        *("autocomplete", "requiredOnWizard", "ts", "createdAt", "_updatedAt"),
    }


def test_a_change_counts_from_the_next_request_on(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_title="before", Livechat_registration_form=True):
        answer = save(admin, ("Livechat_title", "Ask us"), ("Livechat_registration_form", False))

        assert (answer.status_code, answer.json()) == (200, {"success": True})
        told = api.get("livechat/config").json()["config"]
        assert told["theme"]["title"] == "Ask us"
        assert told["settings"]["registrationForm"] is False


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("12x", 12),
        ("x", 0),
        (" -7.9", -7),
        (140, 140),
        (True, 0),
        ([], 0),
        ("9" * 400, int("9" * 15)),
    ],
)
def test_numbers_are_read_from_texts(admin: Api, given: Any, stored: int) -> None:
    with settings(admin, **{LIMIT: 1}):
        assert save(admin, (LIMIT, given)).status_code == 200
        assert value_of(admin, LIMIT) == stored


@pytest.mark.parametrize(
    ("given", "stored"), [(True, True), ("true", True), ("yes", False), (1, False), ([], False)]
)
def test_flags_are_on_for_true_only(admin: Api, given: Any, stored: bool) -> None:
    with settings(admin, Livechat_show_agent_email=not stored):
        assert save(admin, ("Livechat_show_agent_email", given)).status_code == 200
        assert value_of(admin, "Livechat_show_agent_email") is stored


def test_choices_that_there_are_not_are_left_as_they_were(admin: Api) -> None:
    with settings(admin, **{HIDDEN: ["uj"]}):
        for wrong in (["nope"], ["uj", "nope"], "ul", True):
            assert save(admin, (HIDDEN, wrong)).json() == {"success": True}
            assert value_of(admin, HIDDEN) == ["uj"]
        assert save(admin, (HIDDEN, ["ul", "livechat-started"])).status_code == 200
        assert value_of(admin, HIDDEN) == ["ul", "livechat-started"]


def test_of_a_setting_that_stands_there_twice_the_first_counts(admin: Api) -> None:
    with settings(admin, Livechat_title="before"):
        save(admin, ("Livechat_title", "first"), ("Livechat_title", "second"))
        assert value_of(admin, "Livechat_title") == "first"


def test_one_setting_that_is_not_the_widgets_keeps_all_from_being_saved(admin: Api) -> None:
    with settings(admin, Livechat_title="before"):
        answer = save(admin, ("Livechat_title", "after"), ("Site_Url", "https://example.org"))

        assert error_of(answer) == (400, "invalid-setting")
        assert "errorType" not in answer.json()
        assert value_of(admin, "Livechat_title") == "before"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"_id": "Livechat_title", "value": "x"}, "must be array"),
        ({}, "must be array"),
        ([], "must NOT have fewer than 1 items"),
        ([{"_id": "Livechat_title"}], "must have required property 'value'"),
        ([{"value": "x"}], "must have required property '_id'"),
        ([{"_id": "a", "value": "x", "more": 1}], "must NOT have additional properties"),
    ],
)
def test_a_body_of_another_shape_is_refused(admin: Api, body: Any, text: str) -> None:
    answer = admin.post("livechat/appearance", body)

    assert error_of(answer) == (400, f"{text} [invalid-params]")
    assert answer.json()["errorType"] == "invalid-params"


@pytest.mark.parametrize("value", ["x" * 100_001, {"a": 1}, ["x"] * 101, [["x"]]])
def test_values_have_a_size_and_a_kind(admin: Api, value: Any) -> None:
    assert save(admin, ("Livechat_title", value)).status_code == 400


def test_the_appearance_is_for_managers(api: Api, admin: Api) -> None:
    agent = create_user(admin, "livechat-agent")

    assert agent.api.get("livechat/appearance").status_code == 403
    assert agent.api.post("livechat/appearance", {}).status_code == 403
    assert api.get("livechat/appearance").status_code == 401


def test_older_clients_save_the_appearance_by_method(admin: Api) -> None:
    method = "livechat:saveAppearance"
    with settings(admin, Livechat_title="before"):
        frame = said(call(admin, method, [{"_id": "Livechat_title", "value": "by method"}]))
        assert "error" not in frame
        assert value_of(admin, "Livechat_title") == "by method"
        foreign = said(call(admin, method, [{"_id": "Site_Url", "value": ""}]))
        assert foreign["error"]["message"] == "[invalid-setting]"
        assert said(call(admin, method, []))["error"]["message"] == "Match failed [400]"
