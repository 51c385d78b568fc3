"""Settings over HTTP."""

from collections.abc import Callable
from typing import Any

from tests.builders import create_user, settings, unique
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess


def value_of(admin: Api, setting_id: str) -> Any:
    return admin.get(f"settings/{setting_id}").json()["value"]


def all_ids(client: Api, path: str) -> set[str]:
    return {each["_id"] for each in client.get(path, {"count": 0}).json()["settings"]}


def test_anybody_reads_public_settings(api: Api) -> None:
    wanted = {"_id": "Livechat_enabled,Site_Name,SMTP_Password,Livechat_secret_token"}
    answer = api.get("settings.public", wanted).json()
    assert {each["_id"] for each in answer["settings"]} == {"Livechat_enabled", "Site_Name"}
    assert (answer["count"], answer["offset"], answer["total"]) == (2, 0, 2)


def test_settings_are_listed_by_id_in_pages(api: Api, admin: Api) -> None:
    first = api.get("settings.public").json()
    assert first["count"] == 50
    ids = [each["_id"] for each in first["settings"]]
    assert ids == sorted(ids)
    second = api.get("settings.public", {"offset": 50, "count": 1000}).json()
    assert second["count"] == 100
    assert second["settings"][0]["_id"] > ids[-1]
    everything = api.get("settings.public", {"count": 0}).json()
    assert everything["count"] == everything["total"] == first["total"]
    down = api.get("settings.public", {"sort": '{"_id":-1}', "count": 1}).json()
    assert down["settings"][0]["_id"] == everything["settings"][-1]["_id"]
    with settings(admin, API_Allow_Infinite_Count=False):
        assert api.get("settings.public", {"count": 0}).json()["count"] == 50


def test_secrets_are_for_those_who_may_see_them(api: Api, admin: Api) -> None:
    ann = create_user(admin)
    public = all_ids(api, "settings.public")
    assert all_ids(ann.api, "settings") == public
    private = all_ids(admin, "settings")
    assert {"SMTP_Password", "Livechat_secret_token"} <= private - public
    assert "Livechat_guest_count" not in private, "hidden"
    refused = ann.api.get("settings/SMTP_Password")
    assert refused.status_code == 403
    assert api.get("settings").status_code == 401


def test_defaults_are_shown_on_demand(admin: Api) -> None:
    query = {"includeDefaults": "true", "count": 0}
    found = {each["_id"]: each for each in admin.get("settings", query).json()["settings"]}
    assert found["API_Default_Count"]["packageValue"] == 50
    assert "packageValue" not in admin.get("settings").json()["settings"][0]


def test_one_setting_is_shown_unless_it_is_hidden(admin: Api) -> None:
    shown = admin.get("settings/Livechat_enabled").json()
    assert shown == {"_id": "Livechat_enabled", "value": True, "success": True}
    for setting_id in ("Livechat_guest_count", "No_Such_Setting"):
        answer = admin.get(f"settings/{setting_id}")
        assert answer.status_code == 400
        assert answer.json() == {"success": False}


def test_a_value_counts_from_the_next_request_on(api: Api, admin: Api) -> None:
    title = unique("Desk")
    with settings(admin, Livechat_title=title):
        answer = api.get("settings.public", {"_id": "Livechat_title"}).json()
        assert answer["settings"] == [{"_id": "Livechat_title", "value": title}]


def test_any_json_is_stored_one_by_one(admin: Api) -> None:
    for value in ("no", 5, None, ["a"], {"a": 1}, False):
        with settings(admin, Livechat_show_agent_email=value):
            assert value_of(admin, "Livechat_show_agent_email") == value


def test_what_cannot_be_written_is_refused_without_a_word(admin: Api) -> None:
    for setting_id, body in (
        ("Livechat_guest_count", {"value": 5}),
        ("No_Such_Setting", {"value": 5}),
        ("Presence_broadcast_disabled", {"value": True}),
        ("Livechat_title", {}),
        ("Livechat_title", {"execute": True}),
        ("SMTP_Test_Button", {"value": "x"}),
        ("API_Embed_clear_cache_now", {"execute": True}),
    ):
        answer = admin.post(f"settings/{setting_id}", body)
        assert answer.status_code == 400, setting_id
        assert answer.json() == {"success": False}


def test_numbers_have_bounds(admin: Api) -> None:
    below = admin.post("settings/Accounts_Default_User_Preferences_masterVolume", {"value": -1})
    assert below.status_code == 400
    assert below.json() == {
        "success": False,
        "error": "Value for setting Accounts_Default_User_Preferences_masterVolume must be "
        "greater than or equal to 0 [error-invalid-setting-value]",
        "errorType": "error-invalid-setting-value",
    }
    above = admin.post("settings/Accounts_Default_User_Preferences_masterVolume", {"value": 101})
    assert "must be less than or equal to 100" in above.json()["error"]


def test_a_colour_comes_with_its_editor(admin: Api) -> None:
    before = value_of(admin, "Livechat_title_color")
    body = {"value": "#123456", "editor": "color"}
    assert admin.post("settings/Livechat_title_color", body).json() == {"success": True}
    assert value_of(admin, "Livechat_title_color") == "#123456"
    admin.post("settings/Livechat_title_color", {"value": before})


def test_an_action_is_run(admin: Api) -> None:
    before = value_of(admin, "Omnichannel_External_Frame_Encryption_JWK")
    answer = admin.post("settings/Omnichannel_External_Frame_GenerateKey", {"execute": True})
    assert answer.json() == {"success": True}
    after = value_of(admin, "Omnichannel_External_Frame_Encryption_JWK")
    assert after != before and '"kty":"oct"' in after


def test_writing_is_for_those_who_may(admin: Api) -> None:
    ann = create_user(admin)
    assert ann.api.post("settings/Livechat_title", {"value": "x"}).status_code == 403
    body = {"settings": [{"_id": "Livechat_title", "value": "x"}]}
    answer = ann.api.post("settings", body)
    assert answer.status_code == 400
    assert answer.json() == {
        "success": False,
        "error": "Editing settings is not allowed [error-action-not-allowed]",
        "errorType": "error-action-not-allowed",
        "details": {"method": "saveSettings", "settingIds": ["Livechat_title"]},
    }


def test_selected_settings_are_for_those_who_may_write_them(admin: Api) -> None:
    role = admin.post("roles.create", {"name": unique("role")}).json()["role"]["_id"]
    permissions = ("manage-selected-settings", "change-setting-Livechat_offline_title")
    for permission in permissions:
        admin.post("permissions.addRole", {"permissionId": permission, "role": role})
    keeper = create_user(admin, role)
    before = value_of(admin, "Livechat_offline_title")
    one = {"_id": "Livechat_offline_title", "value": "Away"}
    assert keeper.api.post("settings", {"settings": [one]}).json() == {"success": True}
    assert value_of(admin, "Livechat_offline_title") == "Away"
    two = [{**one, "value": "Gone"}, {"_id": "Livechat_title", "value": "x"}]
    refused = keeper.api.post("settings", {"settings": two})
    assert refused.json()["details"]["settingIds"] == ["Livechat_title"]
    assert value_of(admin, "Livechat_offline_title") == "Away", "all or none"
    admin.post("settings/Livechat_offline_title", {"value": before})
    for permission in permissions:
        admin.post("permissions.removeRole", {"permissionId": permission, "role": role})


def test_several_at_once_have_the_right_types(admin: Api) -> None:
    def refusal(setting_id: str, value: Any) -> str:
        title = {"_id": "Livechat_title", "value": "never stored"}
        body = {"settings": [title, {"_id": setting_id, "value": value}]}
        answer = admin.post("settings", body)
        assert answer.status_code == 400
        return str(answer.json()["error"])

    assert refusal("Livechat_enabled", "no") == "Match error: Expected boolean, got string"
    assert refusal("Livechat_offline_title", 5) == "Match error: Expected string, got number"
    assert refusal("API_Default_Count", 1.5) == (
        "Invalid setting value 1.5 [error-invalid-setting-value]"
    )
    assert refusal("Message_CustomFields", "{") == "[Invalid JSON provided]"
    assert value_of(admin, "Livechat_title") != "never stored"


def test_the_body_of_several_is_closed(admin: Api) -> None:
    for body, text in (
        ({}, "must have required property 'settings'"),
        ({"settings": []}, "must NOT have fewer than 1 items"),
        ({"settings": [{"_id": ""}]}, "must have required property 'value'"),
        ({"settings": [{"_id": "", "value": 1}]}, "must NOT have fewer than 1 characters"),
        ({"settings": [{"_id": "x", "value": 1, "y": 1}]}, "must NOT have additional properties"),
    ):
        answer = admin.post("settings", body)
        assert answer.status_code == 400
        assert answer.json()["error"] == f"{text} [invalid-params]"


def test_there_are_no_log_in_services_of_others(api: Api) -> None:
    assert api.get("settings.oauth").json() == {"services": [], "success": True}
    assert api.get("service.configurations").json() == {"configurations": [], "success": True}


def test_values_survive_and_the_environment_wins(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    server = private_server(environment={"OVERWRITE_SETTING_Livechat_offline_title": "Forced"})
    with Api(server.url) as nobody:
        admin = nobody.login_as_administrator()
        for setting_id in ("Livechat_title", "Livechat_offline_title"):
            assert admin.post(f"settings/{setting_id}", {"value": "Written"}).is_success
        server.kill()
        server.restart()
        assert value_of(admin, "Livechat_title") == "Written"
        assert value_of(admin, "Livechat_offline_title") == "Forced"
