"""Time: whole milliseconds since the epoch (UTC) inside, ISO 8601 text on the wire."""

import os
import time
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now_ms() -> int:
    """Return the present time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def iso(ms: int) -> str:
    """Return `ms` as the API's text, for example `2025-03-01T10:00:00.000Z`."""
    seconds, milliseconds = divmod(ms, 1000)
    return f"{_second(seconds)}.{milliseconds:03d}Z"


@lru_cache(maxsize=256)  # nearly all times that are written lie within the last seconds
def _second(seconds: int) -> str:
    moment = time.gmtime(seconds)
    return (
        f"{moment.tm_year:04d}-{moment.tm_mon:02d}-{moment.tm_mday:02d}"
        f"T{moment.tm_hour:02d}:{moment.tm_min:02d}:{moment.tm_sec:02d}"
    )


def iso_or_none(ms: int | None) -> str | None:
    """Return `ms` as text, or None for None."""
    return None if ms is None else iso(ms)


def parse_iso(text: str) -> int:
    """Return the milliseconds of an ISO 8601 text; a text without zone is taken as UTC.

    Raises ValueError for a text that is no date or lies outside the years 1 to 9999.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return (moment.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)
    except OverflowError as error:
        raise ValueError(str(error)) from error


@cache
def server_zone() -> str:
    """Return the IANA name of the machine's zone, UTC where it has none that is known."""
    name = os.environ.get("TZ", "").lstrip(":")
    if not is_time_zone(name):
        try:
            name = str(Path("/etc/localtime").resolve()).rpartition("zoneinfo/")[2]
        except OSError:
            name = "UTC"
    # The many names of UTC are shown as one.
    return name if is_time_zone(name) and name.removeprefix("Etc/") not in _UTC else "UTC"


_UTC = ("UTC", "UCT", "Universal", "Zulu", "GMT", "Greenwich")


def is_time_zone(name: str) -> bool:
    """Tell whether it is the IANA name of a zone, for example `Europe/Berlin`."""
    if not name:
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
