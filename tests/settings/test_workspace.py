"""Reading settings: what is stored well, and what is stored oddly."""

import pytest

from frontdesk.settings.registry import load_registry
from frontdesk.settings.workspace import Settings

FLAG = "Livechat_enabled"
NUMBER = "API_Upper_Count_Limit"
TEXT = "Livechat_title"
LIST = "Livechat_hide_system_messages"


@pytest.fixture(scope="module")
def fresh() -> Settings:
    return Settings.initial("https://desk.example.org")


def test_a_new_workspace_has_every_setting(fresh: Settings) -> None:
    assert list(fresh) == list(load_registry())
    assert len(fresh) == len(load_registry())
    assert fresh["Site_Url"] == "https://desk.example.org"


def test_a_subscript_gives_the_stored_value_whatever_its_type(fresh: Settings) -> None:
    assert fresh[FLAG] is True
    assert fresh.with_value(FLAG, "no")[FLAG] == "no"


def test_a_new_value_makes_a_new_snapshot(fresh: Settings) -> None:
    changed = fresh.with_value(FLAG, False)
    assert changed.flag(FLAG) is False
    assert fresh.flag(FLAG) is True


def test_later_changes_of_the_given_mapping_do_not_reach_the_snapshot() -> None:
    values = {FLAG: True}
    settings = Settings(values)
    values[FLAG] = False
    assert settings.flag(FLAG) is True


def test_an_unknown_setting_is_a_mistake_in_the_code(fresh: Settings) -> None:
    for read in (fresh.flag, fresh.number, fresh.text, fresh.texts, fresh.__getitem__):
        with pytest.raises(KeyError):
            read("Livechat_enabeld")
    assert "Livechat_enabeld" not in fresh


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (True, True),
        (False, False),
        ("no", False),
        ("False", False),
        (" off ", False),
        ("0", False),
        ("", False),
        ("yes", True),
        ("anything", True),
        (0, False),
        (0.0, False),
        (1, True),
        (-1, True),
        (None, False),
        ([], True),
        ({}, True),
    ],
)
def test_a_flag_is_read_from_any_value(fresh: Settings, stored: object, read: bool) -> None:
    assert fresh.with_value(FLAG, stored).flag(FLAG) is read


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (20, 20),
        (-1, -1),
        (20.0, 20),
        (20.9, 20),
        (-1.5, -1),
        ("20", 20),
        (" 20 ", 20),
        ("20.9", 20),
        ("1e3", 1000),
        (True, 1),
        (False, 0),
        ("", 100),
        ("many", 100),
        ("inf", 100),
        ("nan", 100),
        (float("inf"), 100),
        (float("nan"), 100),
        (None, 100),
        ([20], 100),
        ({}, 100),
    ],
)
def test_a_number_is_read_from_any_value(fresh: Settings, stored: object, read: int) -> None:
    number = fresh.with_value(NUMBER, stored).number(NUMBER)
    assert number == read
    assert type(number) is int


def test_a_number_nobody_can_read_is_nought_where_the_registry_has_none(fresh: Settings) -> None:
    assert fresh.number(TEXT) == 0
    assert Settings({"Imported": None}).number("Imported") == 0


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("Front desk ", "Front desk "),
        ("", ""),
        (None, ""),
        (False, ""),
        (True, "true"),
        (5, "5"),
        (1.5, "1.5"),
        (["a.example", "b.example"], "a.example,b.example"),
        ([1, None, "x"], "1,,x"),
        ({"a": 1}, '{"a":1}'),
    ],
)
def test_a_text_is_read_from_any_value(fresh: Settings, stored: object, read: str) -> None:
    assert fresh.with_value(TEXT, stored).text(TEXT) == read


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (["uj", "ul"], ["uj", "ul"]),
        ([], []),
        (["uj", 5, None, ""], ["uj"]),
        ("uj", ["uj"]),
        (" uj, ul ,, ", ["uj", "ul"]),
        ("", []),
        (None, []),
        (True, []),
        (5, []),
        ({"uj": True}, []),
    ],
)
def test_a_list_of_texts_is_read_from_any_value(
    fresh: Settings, stored: object, read: list[str]
) -> None:
    assert fresh.with_value(LIST, stored).texts(LIST) == read


def test_a_comma_list_kept_in_a_text_setting_is_read_as_a_list(fresh: Settings) -> None:
    settings = fresh.with_value("Livechat_AllowedDomainsList", "a.example, b.example")
    assert settings.texts("Livechat_AllowedDomainsList") == ["a.example", "b.example"]


def test_a_list_that_was_read_may_be_changed_without_changing_the_snapshot(
    fresh: Settings,
) -> None:
    fresh.texts(LIST).clear()
    assert fresh.texts(LIST) == ["uj", "ul", "livechat-close"]
