"""The string formats a schema may name, each as a predicate over text.

`basic_email` and `rfc_email` are the API's own; the others follow the "full" set that is usually
loaded into AJV (RFC 3339 dates and times, RFC 4122 ids). Every predicate takes time linear in the
length of the text.
"""

import re
from calendar import isleap
from collections.abc import Callable, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv6Address

Format = Callable[[str], bool]

_BASIC_EMAIL = re.compile(r"[^@]+@[^@]+")
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_RFC_EMAIL = re.compile(rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*")
_ATOM = re.compile(r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+")
_HOST_LABEL = re.compile(r"[a-zA-Z0-9-]+")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?)([zZ]|([+-])([0-9]{2})(?::?([0-9]{2}))?)?"
)
_DATE_TIME_GAP = re.compile(r"[tT\s]")
_DURATION = re.compile(
    r"P(?=.)(?:(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
    r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?|(?:[0-9]+W)?)"
)
_UUID = re.compile(r"(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _matches(expression: re.Pattern[str]) -> Format:
    return lambda text: expression.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Tell whether `text` is a dot-atom, an @ and a host name of at least two labels."""
    local, at, host = text.partition("@")
    labels = host.split(".")
    return (
        bool(at)
        and all(_ATOM.fullmatch(atom) for atom in local.split("."))
        and len(labels) > 1
        and all(_is_host_label(label) for label in labels)
    )


def _is_host_label(label: str) -> bool:
    return (
        _HOST_LABEL.fullmatch(label) is not None and not label.startswith("-") and label[-1] != "-"
    )


def is_date(text: str) -> bool:
    """Tell whether `text` is a `full-date` of RFC 3339 that exists in the calendar."""
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day = map(int, match.groups())
    if not 1 <= month <= 12:
        return False
    days = 29 if month == 2 and isleap(year) else _MONTH_DAYS[month - 1]
    return 1 <= day <= days


def is_time(text: str, zone_needed: bool = True) -> bool:
    """Tell whether `text` is a `full-time` of RFC 3339; second 60 only at 23:59 UTC."""
    match = _TIME.fullmatch(text)
    if match is None:
        return False
    hour, minute, second = int(match[1]), int(match[2]), float(match[3])
    zone_hour, zone_minute = int(match[6] or 0), int(match[7] or 0)
    if zone_hour > 23 or zone_minute > 59 or (zone_needed and not match[4]):
        return False
    if hour <= 23 and minute <= 59 and second < 60:
        return True
    direction = -1 if match[5] == "-" else 1
    utc_minute = minute - direction * zone_minute
    utc_hour = hour - direction * zone_hour - (1 if utc_minute < 0 else 0)
    return utc_hour in (23, -1) and utc_minute in (59, -1) and second < 61


def is_date_time(text: str, zone_needed: bool = True) -> bool:
    """Tell whether `text` is a `date-time` of RFC 3339; a blank may stand for the T."""
    parts = _DATE_TIME_GAP.split(text)
    return len(parts) == 2 and is_date(parts[0]) and is_time(parts[1], zone_needed)


def is_ipv4(text: str) -> bool:
    """Tell whether `text` is a dotted IPv4 address without leading zeros."""
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def is_ipv6(text: str) -> bool:
    """Tell whether `text` is an IPv6 address without a zone."""
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return "%" not in text


FORMATS: Mapping[str, Format] = {
    "basic_email": _matches(_BASIC_EMAIL),
    "rfc_email": _matches(_RFC_EMAIL),
    "email": is_email,
    "date": is_date,
    "time": is_time,
    "date-time": is_date_time,
    "iso-time": lambda text: is_time(text, zone_needed=False),
    "iso-date-time": lambda text: is_date_time(text, zone_needed=False),
    "duration": _matches(_DURATION),
    "uuid": _matches(_UUID),
    "ipv4": is_ipv4,
    "ipv6": is_ipv6,
}
