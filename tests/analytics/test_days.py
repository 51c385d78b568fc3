import pytest

from frontdesk.analytics.days import Days, days_between
from frontdesk.http.call import Principal
from frontdesk.settings.workspace import Settings
from tests.analytics.rooms import at

USER = Principal("u", "ann", None, frozenset(), frozenset(), "", utc_offset=2)


def days(start: str, end: str, zone: str = "UTC") -> Days | None:
    """Return the days between two texts, in a zone."""
    settings = Settings.initial("http://localhost")
    settings = settings.with_value("Default_Timezone_For_Reporting", "custom")
    return days_between(settings.with_value("Default_Custom_Timezone", zone), USER, start, end)


@pytest.mark.parametrize(
    "text",
    ["2023-05-02", "2023-5-2", "20230502", "2023-05-02T10:00:00Z", " 2023/05/02 x"],
)
def test_only_the_day_at_the_beginning_of_a_text_counts(text: str) -> None:
    found = days(text, text)

    assert found is not None
    assert (found.start, found.end) == (at("2023-05-02"), at("2023-05-03") - 1)
    assert found.count == 1


def test_a_year_or_a_month_stand_for_their_first_day() -> None:
    found = days("2023", "2023-02")

    assert found is not None
    assert (found.start, found.end) == (at("2023-01-01"), at("2023-02-02") - 1)
    assert found.count == 32


@pytest.mark.parametrize(
    "text", ["", "abc", "May 22 2023", "22", "2023-13-01", "2023-02-30", "0000-01-01", "9999-12-31"]
)
def test_other_texts_are_no_days(text: str) -> None:
    assert days(text, text) is None


def test_days_are_those_of_the_zone() -> None:
    berlin = days("2024-03-31", "2024-03-31", "Europe/Berlin")
    assert berlin is not None
    assert (berlin.start, berlin.end) == (at("2024-03-30 23:00"), at("2024-03-31 22:00") - 1)
    assert berlin.count == 1

    long = days("2024-10-27", "2024-10-27", "Europe/Berlin")
    assert long is not None
    assert long.count == 2, "25 hours are more than a day"


def test_an_end_before_the_start_has_no_days() -> None:
    found = days("2024-05-03", "2024-05-01")

    assert found is not None
    assert found.count == 0
    assert list(found.each_day()) == []


def test_the_zone_may_be_the_callers_own() -> None:
    settings = Settings.initial("http://localhost")
    settings = settings.with_value("Default_Timezone_For_Reporting", "user")
    found = days_between(settings, USER, "2024-05-01", "2024-05-01")

    assert found is not None
    assert found.start == at("2024-04-30 22:00")
