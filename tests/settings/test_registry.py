"""The registry of settings: its data, and what it makes of texts and values."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from frontdesk.errors import Coded, Failure, Refused
from frontdesk.ids import ALPHABET
from frontdesk.settings import registry
from frontdesk.settings.registry import (
    Derived,
    Setting,
    check_bounds,
    check_value,
    coerce_environment,
    initial_value,
    load_registry,
)

URL = "https://desk.example.org"

FLAG = "Livechat_enabled"
NUMBER = "Livechat_http_timeout"
RANGE = "Accounts_Default_User_Preferences_masterVolume"
TEXT = "Livechat_title"
LIST = "Livechat_hide_system_messages"
JSON_CODE = "Custom_Translations"


def setting(setting_id: str) -> Setting:
    return load_registry()[setting_id]


def refusal(setting_id: str, value: object) -> Mapping[str, Any]:
    with pytest.raises(Failure) as caught:
        check_value(setting(setting_id), value)
    return caught.value.body()


# The data


def test_no_secret_is_public() -> None:
    public = {s.id for s in load_registry().values() if s.public}
    secret = {s.id for s in load_registry().values() if s.secret or s.type == "password"}
    assert secret
    assert not public & secret


def test_nothing_about_the_management_interface_of_the_telephone_server_is_public() -> None:
    management = [s for s in load_registry().values() if s.id.startswith("VoIP_Management_Server_")]
    assert len(management) == 5
    assert not any(s.public for s in management)


def test_no_setting_named_like_a_credential_is_public() -> None:
    marks = ("password", "secret", "authtoken", "_token", "accesskey", "privatekey")
    named = [s for s in load_registry().values() if s.id.lower().endswith(marks)]
    assert named
    assert [s.id for s in named if s.public] == []


def test_the_file_holds_one_setting_per_line_and_each_id_once() -> None:
    lines = Path(registry.__file__).with_name("registry.json").read_text().splitlines()
    rows = [json.loads(line.removesuffix(",")) for line in lines[1:-1]]
    assert [row["id"] for row in rows] == list(load_registry())


def test_the_registry_is_decoded_once() -> None:
    assert load_registry() is load_registry()


def test_every_default_has_the_type_of_its_setting() -> None:
    for one in load_registry().values():
        check_value(one, initial_value(one, URL))


def test_every_default_lies_within_its_bounds_and_choices() -> None:
    for one in load_registry().values():
        value = initial_value(one, URL)
        check_bounds(one, value)
        chosen = value if isinstance(value, list) else [value]
        assert not one.values or set(chosen) <= set(one.values), one.id


def test_every_select_has_choices() -> None:
    selects = [s for s in load_registry().values() if s.type == "select"]
    assert [s.id for s in selects if not s.values] == []


def test_every_setting_is_described() -> None:
    assert [s.id for s in load_registry().values() if not s.description] == []


def test_enabling_conditions_name_settings_that_exist() -> None:
    named = {c.id for s in load_registry().values() for c in s.enable_query}
    assert named <= set(load_registry())


def test_comparisons_in_enabling_conditions_are_written_as_operators() -> None:
    conditions = {
        c.id: c.value for c in setting("Livechat_agent_leave_action_timeout").enable_query
    }
    assert conditions == {"Livechat_agent_leave_action": {"$ne": "none"}, "Livechat_enabled": True}


def test_settings_are_numbered_within_their_group() -> None:
    numbers = [s.sorter for s in load_registry().values() if s.group == "Email"]
    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize(
    "setting_id",
    [
        "SMTP_Protocol",
        "SMTP_Host",
        "SMTP_Port",
        "SMTP_IgnoreTLS",
        "SMTP_Pool",
        "SMTP_Username",
        "SMTP_Password",
        "From_Email",
    ],
)
def test_the_settings_of_the_mail_server_exist_and_are_private(setting_id: str) -> None:
    assert not setting(setting_id).public


def test_a_new_workspace_bears_our_name() -> None:
    assert setting("Livechat_title").default == "Frontdesk"
    assert setting("Site_Name").default == "Frontdesk"


def test_mail_templates_wrap_a_body_into_one_document() -> None:
    header = setting("Email_Header").default
    for footer_id in ("Email_Footer", "Email_Footer_Direct_Reply"):
        footer = setting(footer_id).default
        assert isinstance(header, str) and isinstance(footer, str)
        for tag in ("html", "body", "table", "tr", "td"):
            opened = (header + footer).count(f"<{tag}>") + (header + footer).count(f"<{tag} ")
            assert opened == (header + footer).count(f"</{tag}>"), (footer_id, tag)


# First values


def test_a_random_default_is_new_each_time() -> None:
    one = setting("uniqueID")
    assert one.default == Derived(random=17)
    first, second = initial_value(one, URL), initial_value(one, URL)
    assert isinstance(first, str) and len(first) == 17 and set(first) <= set(ALPHABET)
    assert first != second


def test_the_site_address_is_that_of_the_deployment() -> None:
    assert initial_value(setting("Site_Url"), URL) == URL


def test_an_initial_list_may_be_changed_without_changing_the_registry() -> None:
    value = initial_value(setting(LIST), URL)
    assert isinstance(value, list)
    value.clear()
    assert setting(LIST).default == ["uj", "ul", "livechat-close"]


# Texts of the environment


@pytest.mark.parametrize(
    ("setting_id", "text", "value"),
    [
        (FLAG, "true", True),
        (FLAG, "False", False),
        (NUMBER, "250", 250),
        (NUMBER, " -1 ", -1),
        (RANGE, "40", 40),
        (LIST, '["uj"]', ["uj"]),
        (LIST, "[]", []),
        (TEXT, "true", "true"),
        (TEXT, "5", "5"),
        ("Livechat_Routing_Method", "Manual_Selection", "Manual_Selection"),
        (JSON_CODE, '{"en": {}}', '{"en": {}}'),
    ],
)
def test_an_environment_text_is_read_by_the_type_of_the_setting(
    setting_id: str, text: str, value: object
) -> None:
    read = coerce_environment(setting(setting_id), text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("setting_id", "text"),
    [(FLAG, "maybe"), (FLAG, ""), (NUMBER, "1.5"), (NUMBER, ""), (LIST, "uj,ul"), (LIST, "[1]")],
)
def test_an_environment_text_that_does_not_fit_names_the_setting(
    setting_id: str, text: str
) -> None:
    with pytest.raises(ValueError, match=setting_id):
        coerce_environment(setting(setting_id), text)


# Types, as the bulk route checks them


@pytest.mark.parametrize(
    ("setting_id", "value"),
    [
        (FLAG, False),
        (NUMBER, 0),
        (NUMBER, 5.0),
        (TEXT, ""),
        (LIST, []),
        (JSON_CODE, ""),
        (JSON_CODE, '{"en": {"a": "b"}}'),
        ("Email_Footer", "<p>no JSON</p>"),
        ("Livechat_Routing_Method", "Load_Rotation"),
        ("SMTP_Password", "x"),
    ],
)
def test_a_value_of_the_right_type_is_accepted(setting_id: str, value: object) -> None:
    check_value(setting(setting_id), value)


@pytest.mark.parametrize(
    ("setting_id", "value", "text"),
    [
        (FLAG, "no", "Match error: Expected boolean, got string"),
        (FLAG, 1, "Match error: Expected boolean, got number"),
        (FLAG, None, "Match error: Expected boolean, got null"),
        (FLAG, {}, "Match error: Expected boolean, got object"),
        (TEXT, True, "Match error: Expected string, got boolean"),
        (TEXT, ["a"], "Match error: Expected string, got object"),
        (JSON_CODE, {"en": {}}, "Match error: Expected string, got object"),
        (LIST, "uj", 'Match error: Expected array, got "uj"'),
        (LIST, {"a": 1}, 'Match error: Expected array, got {"a":1}'),
    ],
)
def test_a_value_of_another_type_is_a_match_error(
    setting_id: str, value: object, text: str
) -> None:
    assert refusal(setting_id, value) == {"success": False, "error": text}


def test_a_match_error_is_a_plain_refusal() -> None:
    with pytest.raises(Refused):
        check_value(setting(FLAG), "no")


@pytest.mark.parametrize(
    ("value", "shown"), [(1.5, "1.5"), ("7", "7"), (True, "true"), (None, "null"), ([1], "[1]")]
)
@pytest.mark.parametrize("setting_id", [NUMBER, RANGE])
def test_a_number_must_be_whole(setting_id: str, value: object, shown: str) -> None:
    assert refusal(setting_id, value) == {
        "success": False,
        "error": f"Invalid setting value {shown} [error-invalid-setting-value]",
        "errorType": "error-invalid-setting-value",
    }


def test_code_in_json_must_be_json() -> None:
    assert refusal(JSON_CODE, "{oops")["error"] == "[Invalid JSON provided]"


# Bounds, as the single-value route checks them


@pytest.mark.parametrize(
    ("value", "bound"), [(-1, "greater than or equal to 0"), (100.5, "less than or equal to 100")]
)
def test_a_number_beyond_a_bound_is_refused(value: float, bound: str) -> None:
    with pytest.raises(Coded) as caught:
        check_bounds(setting(RANGE), value)
    assert str(caught.value) == (
        f"Value for setting {RANGE} must be {bound} [error-invalid-setting-value]"
    )


@pytest.mark.parametrize("value", [0, 100, "500", None, True])
def test_values_within_bounds_and_values_that_are_no_numbers_pass(value: object) -> None:
    check_bounds(setting(RANGE), value)


def test_a_number_without_bounds_may_be_anything() -> None:
    check_bounds(setting(NUMBER), -(10**12))
    check_bounds(setting(TEXT), -1)
