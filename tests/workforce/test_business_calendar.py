"""When business hours are open: on ordinary days, over midnight in UTC, and when clocks change."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from frontdesk.workforce.business_calendar import (
    DAYS,
    is_open,
    next_change,
    on_another_clock,
    utc_offset,
)
from frontdesk.workforce.records import BusinessHour, WorkHours

EVERY_DAY = ("08:00", "20:00")


def hour(zone: str, *entries: WorkHours, active: bool = True) -> BusinessHour:
    """Return a business hour; without entries it is open from eight to eight on all days."""
    every_day = [WorkHours(day, True, *EVERY_DAY) for day in DAYS]
    return BusinessHour("h", "custom", "H", active, zone, list(entries) or every_day, 0, 0)


def moment(text: str, zone: str = "UTC") -> int:
    """Return a moment (ms) from the time that a clock in a zone shows."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def shown(moment: int | None, zone: str = "UTC") -> str:
    """Return what a clock in a zone shows at a moment."""
    assert moment is not None
    return datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).strftime("%a %d.%m. %H:%M")


@pytest.mark.parametrize(
    ("time", "open_then"),
    [("07:59:59", False), ("08:00", True), ("19:59:59", True), ("20:00", False)],
)
def test_the_start_belongs_to_the_open_time_and_the_finish_does_not(
    time: str, open_then: bool
) -> None:
    assert is_open(hour("UTC"), moment(f"2026-03-02 {time}")) is open_then


def test_days_that_are_not_open_and_hours_that_are_not_active_are_closed() -> None:
    monday = moment("2026-03-02 12:00")

    assert not is_open(hour("UTC", WorkHours("Monday", False, *EVERY_DAY)), monday)
    assert not is_open(hour("UTC", WorkHours("Tuesday", True, *EVERY_DAY)), monday)
    assert not is_open(hour("UTC", active=False), monday)


def test_the_clock_of_the_zone_counts() -> None:
    kolkata = hour("Asia/Kolkata", WorkHours("Monday", True, "00:30", "09:00"))

    assert not is_open(kolkata, moment("2026-03-01 18:59"))
    assert is_open(kolkata, moment("2026-03-01 19:00"))  # Sunday evening in London
    assert is_open(kolkata, moment("2026-03-02 03:29"))
    assert not is_open(kolkata, moment("2026-03-02 03:30"))


def test_the_next_change_is_the_nearest_start_or_finish_of_any_active_hour() -> None:
    hours = [
        hour("UTC", WorkHours("Monday", True, "08:00", "20:00")),
        hour("UTC", WorkHours("Monday", True, "09:00", "21:00"), active=False),
        hour("UTC", WorkHours("Monday", True, "12:00:30", "20:30")),
    ]

    moments = [moment("2026-03-02 07:00")]
    while len(moments) < 6:
        following = next_change(hours, moments[-1])
        assert following is not None
        moments.append(following)

    assert [shown(each) for each in moments[1:]] == [
        "Mon 02.03. 08:00",
        "Mon 02.03. 12:00",
        "Mon 02.03. 20:00",
        "Mon 02.03. 20:30",
        "Mon 09.03. 08:00",
    ]


def test_hours_that_never_open_do_not_change() -> None:
    closed = hour("UTC", WorkHours("Monday", False, *EVERY_DAY))

    assert next_change([closed, hour("UTC", active=False)], 0) is None
    assert next_change([], 0) is None


def test_where_clocks_go_forward_the_day_opens_an_hour_earlier_in_utc() -> None:
    berlin = hour("Europe/Berlin")
    saturday = next_change([berlin], moment("2026-03-28 00:00"))
    sunday = next_change([berlin], moment("2026-03-29 00:00"))

    assert shown(saturday) == "Sat 28.03. 07:00"
    assert shown(sunday) == "Sun 29.03. 06:00"
    assert shown(sunday, "Europe/Berlin") == "Sun 29.03. 08:00"


def test_where_clocks_go_back_the_day_opens_an_hour_later_in_utc() -> None:
    berlin = hour("Europe/Berlin")

    assert shown(next_change([berlin], moment("2026-10-24 00:00"))) == "Sat 24.10. 06:00"
    assert shown(next_change([berlin], moment("2026-10-25 00:00"))) == "Sun 25.10. 07:00"


def test_a_time_that_is_skipped_counts_with_the_offset_before() -> None:
    # On 29 March 2026 the clocks of Berlin go from 02:00 to 03:00.
    early = hour("Europe/Berlin", WorkHours("Sunday", True, "02:30", "10:00"))
    skipped = hour("Europe/Berlin", WorkHours("Sunday", True, "02:10", "02:50"))

    opens = next_change([early], moment("2026-03-29 00:00"))
    assert shown(opens, "Europe/Berlin") == "Sun 29.03. 03:30"
    assert is_open(early, moment("2026-03-29 03:30", "Europe/Berlin"))
    assert is_open(early, moment("2026-03-29 09:59", "Europe/Berlin"))
    assert is_open(skipped, moment("2026-03-29 03:30", "Europe/Berlin"))
    assert not is_open(skipped, moment("2026-03-29 03:50", "Europe/Berlin"))


def test_of_a_time_that_comes_twice_the_first_counts() -> None:
    # On 25 October 2026 the clocks of Berlin go from 03:00 back to 02:00, which is 01:00 in UTC.
    night = hour("Europe/Berlin", WorkHours("Sunday", True, "00:00", "02:30"))

    assert shown(next_change([night], moment("2026-10-24 23:00"))) == "Sun 25.10. 00:30"
    assert not is_open(night, moment("2026-10-25 01:15"))  # 02:15 for the second time
    after = next_change([night], moment("2026-10-25 00:30"))
    assert shown(after, "Europe/Berlin") == "Sun 01.11. 00:00"


def test_a_zone_with_half_hours_and_one_across_the_date_line() -> None:
    now = moment("2026-03-02 12:00")

    assert utc_offset("Asia/Kolkata", now) == "+05:30"
    assert utc_offset("Europe/Berlin", now) == "+01:00"
    assert utc_offset("Europe/Berlin", moment("2026-07-01 12:00")) == "+02:00"
    assert utc_offset("America/New_York", now) == "-05:00"
    assert on_another_clock("Monday", "00:30", "Asia/Kolkata", "UTC", now) == ("Sunday", "19:00")
    assert on_another_clock("Sunday", "23:00", "Pacific/Honolulu", "UTC", now) == (
        "Monday",
        "09:00",
    )
    assert on_another_clock("Monday", "09:00:59", "UTC", "UTC", now) == ("Monday", "09:00")


def test_other_clocks_move_when_the_clocks_change() -> None:
    winter, summer = moment("2026-03-02 12:00"), moment("2026-04-06 12:00")

    assert on_another_clock("Monday", "08:00", "Europe/Berlin", "UTC", winter)[1] == "07:00"
    assert on_another_clock("Monday", "08:00", "Europe/Berlin", "UTC", summer)[1] == "06:00"
