"""Dates as JavaScript reads them, since that is what the clients of the API send.

Source: behaviour of the API, analytics, section 8.1, family I.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from frontdesk.clock import server_zone
from frontdesk.errors import Refused

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ISO = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d))?)?"
    r"(?P<clock>T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)([.,](?P<fraction>\d+))?)?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE | re.ASCII,
)
_CLOCK = (
    r"(?P<clock>[ T]+(?P<hour>\d{1,2}):(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<fraction>\d+))?)?"
    r"( ?(?P<half>[ap]m))?)?( ?(?P<zone>(GMT|UTC)? ?[+-]\d\d:?\d\d|GMT|UTC|Z))?( \([^()]*\))?"
)
_MONTH_NAME = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_WEEKDAY = r"((sun|mon|tue|wed|thu|fri|sat)[a-z]*,? )?"
#: `Mon May 22 2023 10:00:00 GMT+0200 (CEST)`, `22 May 2023`, `5/22/2023`, `2023/5/22`.
_OTHERS = tuple(
    re.compile(spelling + _CLOCK, re.IGNORECASE | re.ASCII)
    for spelling in (
        rf"{_WEEKDAY}{_MONTH_NAME} (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}}) {_MONTH_NAME},? (?P<year>\d{{4}})",
        r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})",
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})",
    )
)


def instant(name: str, given: str) -> int:
    """Return the moment (ms) of a query parameter.

    An ISO date without a time is midnight UTC; without a zone, all others are in the server's.
    A day that its month lacks is one of the next month.

    Raises Refused `The "<name>" query parameter must be a valid date.`
    """
    moment = _moment(given.strip()) if len(given) <= _LONGEST else None
    if moment is None:
        raise Refused(f'The "{name}" query parameter must be a valid date.')
    return moment


def _moment(given: str) -> int | None:
    found = _ISO.fullmatch(given)
    if found is not None:
        default: tzinfo = ZoneInfo(server_zone()) if found["clock"] else UTC
        return _of(found.groupdict(), default)
    for spelling in _OTHERS:
        found = spelling.fullmatch(given)
        if found is not None:
            return _of(found.groupdict(), ZoneInfo(server_zone()))
    return None


def _of(parts: dict[str, str | None], default: tzinfo) -> int | None:
    name = parts.get("name")
    month = _MONTHS.index(name.lower()) + 1 if name else int(parts.get("month") or 1)
    day, hour = int(parts["day"] or 1), int(parts["hour"] or 0)
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    at_midnight = hour == 24 and not minute and not second
    if not (1 <= day <= 31 and (hour < 24 or at_midnight) and minute < 60 and second < 60):
        return None
    milliseconds = int(((parts["fraction"] or "") + "000")[:3])
    try:
        # The first of the month exists in each; the rest may run over its end.
        first = datetime(int(parts["year"] or 0), month, 1)
        local = first + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
        moment = local.replace(tzinfo=_zone(parts["zone"], default)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (moment - _EPOCH) // timedelta(milliseconds=1) + milliseconds


def _zone(text: str | None, default: tzinfo) -> tzinfo:
    if text is None:
        return default
    digits = re.sub(r"\D", "", text)
    if not digits:
        return UTC
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if "-" in text else offset)
