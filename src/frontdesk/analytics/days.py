"""Stretches of calendar days in the zone in which a workspace counts.

Source: behaviour of the API, analytics, sections 8.1 (family D) and 8.2.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from frontdesk.http.call import Principal
from frontdesk.transcripts.time_zone import transcript_zone

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

DAY = 86_400_000
_LONGEST = 100
#: Year, month and day at the beginning of a text, with anything but letters between them.
_DAY = re.compile(r"\s*(\d{4})(?:[^\dA-Za-z]*(\d{1,2})(?:[^\dA-Za-z]*(\d{1,2}))?)?", re.ASCII)


class Days(msgspec.Struct, frozen=True):
    """From the first to the last day, both included, in a zone. `start` is the first moment of it
    and `end` the last one, in milliseconds.
    """

    first: date
    last: date
    zone: str
    start: int
    end: int

    @property
    def count(self) -> int:
        """How many stretches of 24 hours there are, begun ones included."""
        return max(0, int((self.end - self.start) / DAY) + 1)

    def each_day(self) -> Iterator[date]:
        """Yield every day."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


def days_between(settings: "Settings", user: Principal, start: str, end: str) -> Days | None:
    """Return the days from one text to another; None if either is no day.

    Only what stands first in a text counts: `2023-05-02`, `2023-5-2`, `20230502`, `2023`, also
    with a time behind it. The zone is the one that the settings choose.
    """
    first, last = _day(start), _day(end)
    if first is None or last is None:
        return None
    zone = transcript_zone(settings, user.utc_offset)
    try:
        after = first_moment(last + timedelta(days=1), zone)
        return Days(first, last, zone, first_moment(first, zone), after - 1)
    except (ValueError, OverflowError):  # before the first year, or after the last
        return None


def first_moment(day: date, zone: str) -> int:
    """Return the moment (ms) in which a day begins."""
    return int(datetime.combine(day, time.min, ZoneInfo(zone)).timestamp() * 1000)


def local(moment: int, zone: ZoneInfo) -> datetime:
    """Return a moment (ms) as the clock of a zone shows it."""
    return datetime.fromtimestamp(moment / 1000, UTC).astimezone(zone)


def _day(text: str) -> date | None:
    found = _DAY.match(text[:_LONGEST])
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
