"""When business hours are open: pure computation on clocks and time zones.

A local time that a change of the clocks skips counts with the offset before the change; of one
that comes twice the first counts (RFC 5545, section 3.3.5).
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from frontdesk.workforce.records import BusinessHour

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def is_open(hour: BusinessHour, moment: int) -> bool:
    """Tell whether a business hour is active and open at a moment (ms)."""
    return hour.active and any(
        start <= moment < finish for start, finish in _stretches(hour, moment, 1)
    )


def next_change(hours: Iterable[BusinessHour], after: int) -> int | None:
    """Return when any active one of the business hours opens or closes next, after a moment (ms).

    None if none of them ever does.
    """
    moments = (
        moment
        for hour in hours
        if hour.active
        for stretch in _stretches(hour, after, 8)
        for moment in stretch
        if moment > after
    )
    return min(moments, default=None)


def utc_offset(zone: str, moment: int) -> str:
    """Return how far a zone is ahead of UTC at a moment (ms), for example `+05:30`."""
    return datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).isoformat()[-6:]


def on_another_clock(
    day: str, clock: str, zone: str, other_zone: str, moment: int
) -> tuple[str, str]:
    """Return the day of the week and the time (`HH:mm`) that a clock in another zone shows when
    it is `clock` on that day in `zone`; in the week, from Sunday on, that the moment (ms) is in.
    """
    today = datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).date()
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    that_day = sunday + timedelta(days=(DAYS.index(day) + 1) % 7)
    there = datetime.combine(that_day, _time(clock), ZoneInfo(zone)).astimezone(
        ZoneInfo(other_zone)
    )
    return DAYS[there.weekday()], f"{there:%H:%M}"


def _stretches(hour: BusinessHour, moment: int, days: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of open time (ms) of the day that a moment is in and those after it."""
    zone = ZoneInfo(hour.time_zone)
    today = datetime.fromtimestamp(moment / 1000, zone).date()
    for date_ in (today + timedelta(days=count) for count in range(days)):
        for entry in hour.work_hours:
            if entry.open and entry.day == DAYS[date_.weekday()]:
                yield (
                    _moment(date_, _time(entry.start), zone),
                    _moment(date_, _time(entry.finish), zone),
                )


def _moment(day: date, clock: time, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, clock, zone).timestamp() * 1000)


def _time(clock: str) -> time:
    return time(int(clock[:2]), int(clock[3:5]))
