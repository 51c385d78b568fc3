"""Dates, times, durations and sizes as people of a language and a time zone write them."""

from collections import defaultdict
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_gmt
from babel.numbers import format_decimal
from babel.units import format_unit

# The last day of the year 9998: with every zone's offset still inside what datetime can hold.
_LATEST_MS = 253_370_678_400_000
_SIZE_UNITS = ("B", "kB", "MB", "GB")
#: Times of day as written, by locale and minute: Babel takes longer to write one than Typst to
#: set it.
_times_of_day: defaultdict[str, dict[tuple[int, int], str]] = defaultdict(dict)


class Formats:
    """Writes moments (ms since the epoch) and sizes for one reader.

    `language` is a code such as "pt-BR", `time_zone` an IANA name; what is unknown becomes
    English and UTC, because a transcript in the wrong words is better than none.
    """

    def __init__(self, language: str, time_zone: str) -> None:
        self.locale = _locale(language)
        self.zone_name, self._zone = _zone(time_zone)
        self._days: dict[date, str] = {}
        self._times = _times_of_day[str(self.locale)]

    def local(self, ms: int) -> datetime:
        """Return the moment as a datetime in the zone; absurd values are moved into range."""
        return datetime.fromtimestamp(min(max(ms, 0), _LATEST_MS) / 1000, self._zone)

    def day(self, ms: int) -> str:
        """Return the day with its weekday, "Saturday, March 1, 2025"."""
        day = self.local(ms).date()
        if day not in self._days:
            self._days[day] = format_date(day, "full", locale=self.locale)
        return self._days[day]

    def time(self, ms: int) -> str:
        """Return the time of day to the minute, "10:03 AM"."""
        moment = self.local(ms)
        minute = (moment.hour, moment.minute)
        if minute not in self._times:
            written = format_time(moment, "short", locale=self.locale)
            self._times[minute] = _plain_spaces(written)
        return self._times[minute]

    def moment(self, ms: int) -> str:
        """Return date and time, "March 1, 2025 10:03 AM"."""
        return f"{format_date(self.local(ms), 'long', locale=self.locale)} {self.time(ms)}"

    def zone(self, ms: int) -> str:
        """Return the zone with its offset at that moment, "Europe/Berlin (GMT+01:00)"."""
        if self.zone_name == "UTC":
            return "UTC"
        offset = get_timezone_gmt(self.local(ms), locale=self.locale)
        return f"{self.zone_name.replace('_', ' ')} ({offset})"

    def duration(self, ms: int) -> str:
        """Return a length of time in its one or two largest units, "1 hour 12 minutes"."""
        minutes, seconds = divmod(max(ms, 0) // 1000, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        counts = [("day", days), ("hour", hours), ("minute", minutes), ("second", seconds)]
        first = next((n for n, (_, count) in enumerate(counts) if count), len(counts) - 1)
        shown = [(unit, count) for unit, count in counts[first : first + 2] if count]
        return " ".join(self._count(unit, count) for unit, count in shown or counts[-1:])

    def size(self, size: int) -> str:
        """Return a size given in bytes, "1.2 MB" (1 kB is 1,000 bytes)."""
        amount, unit = float(max(size, 0)), 0
        while amount >= 999.5 and unit < len(_SIZE_UNITS) - 1:
            amount, unit = amount / 1000, unit + 1
        number = format_decimal(round(amount, 1 if amount < 9.95 else 0), locale=self.locale)
        return _plain_spaces(f"{number} {_SIZE_UNITS[unit]}")

    def _count(self, unit: str, count: int) -> str:
        written = format_unit(count, f"duration-{unit}", "long", locale=self.locale)
        # Babel does not find the long words of every language and then writes the unit's id.
        if f"duration-{unit}" in written:
            written = format_unit(count, f"duration-{unit}", "short", locale=self.locale)
        return _plain_spaces(written)


def _plain_spaces(written: str) -> str:
    """Undo CLDR's no-break spaces: fonts lack the narrow one, and nobody can search for them."""
    return written.replace("\u202f", " ").replace("\xa0", " ")


def _locale(language: str) -> Locale:
    parts = language.replace("_", "-").split("-")
    for n in range(len(parts), 0, -1):
        try:
            return Locale.parse("-".join(parts[:n]), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def _zone(name: str) -> tuple[str, tzinfo]:
    try:
        return name, ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a zone's name, a folder of zones
        return "UTC", UTC
