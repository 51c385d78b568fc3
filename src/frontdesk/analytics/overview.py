"""How a stretch of days went: conversations, messages, busy hours, response times; and the same by
agents.

Source: behaviour of the API, analytics, sections 9.1 and 9.2.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names

from frontdesk.analytics.conversation_counts import (
    ALL_MESSAGES,
    MEASURES,
    RESPONDED,
    SERVED,
    Counts,
    Group,
    Interval,
    Measure,
    by_quarter,
    by_user,
    counts,
    responses,
)
from frontdesk.analytics.days import Days, local
from frontdesk.analytics.numbers import clock_time, mean, plain, two_decimals
from frontdesk.conversations.tables import rooms
from frontdesk.db import Tx

Figures: TypeAlias = list[dict[str, Any]]

NOTHING = "-"


def figure(title: str, value: Any) -> dict[str, Any]:
    """Return a figure with its title."""
    return {"title": title, "value": value}


def conversation_figures(tx: Tx, days: Days, interval: Interval, language: str) -> Figures:
    """Return how many conversations and messages there were, and when most of them were."""
    found = counts(tx, interval)
    day, hour = _busiest(by_quarter(tx, interval, Measure(ALL_MESSAGES)), days.zone)
    per_day = mean(found.conversations, days.count)
    return [
        *count_figures(found),
        figure("Busiest_day", NOTHING if day is None else _weekday(day, language)),
        figure("Conversations_per_day", two_decimals(per_day)),
        figure("Busiest_time", hour),
    ]


def count_figures(found: Counts) -> Figures:
    """Return numbers of conversations and messages as figures."""
    return [
        figure("Total_conversations", found.conversations),
        figure("Open_conversations", found.open),
        figure("On_Hold_conversations", found.on_hold),
        figure("Total_messages", found.messages),
    ]


def busiest_time(tx: Tx, days: Days, interval: Interval) -> dict[str, Any]:
    """Return the busiest hour of the busiest day as a figure."""
    _, hour = _busiest(by_quarter(tx, interval, Measure(ALL_MESSAGES)), days.zone)
    return figure("Busiest_time", hour)


def productivity_figures(tx: Tx, interval: Interval) -> Figures:
    """Return how fast visitors were answered, on average."""
    found = responses(tx, interval)
    return [
        figure("Avg_response_time", _average_time(found.response, found.count)),
        figure("Avg_first_response_time", _average_time(found.first_response, found.count)),
        figure("Avg_reaction_time", _average_time(found.first_reaction, found.count)),
    ]


def _average_time(total: float, count: int) -> str:
    return clock_time(float(two_decimals(mean(total, count))))


def _busiest(quarters: list[Group], zone: str) -> tuple[date | None, str]:
    """Return the day with the most messages and its hour with the most; the first of equal ones."""
    where = ZoneInfo(zone)
    by_day: defaultdict[date, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    for each in quarters:
        moment = local(each.key, where)
        by_day[moment.date()][moment.hour] += each.total
    if not by_day:
        return None, NOTHING
    # Quarters come in the order of time, so the first of equal ones is found.
    day = max(by_day, key=lambda each: sum(by_day[each].values()))
    hour = max(by_day[day], key=lambda each: by_day[day][each])
    return day, f"{hour_name(hour)} - {hour_name((hour + 1) % 24)}"


def hour_name(hour: int) -> str:
    """Return an hour as `12AM`, `7AM`, `3PM`."""
    return f"{hour % 12 or 12}{'AM' if hour < 12 else 'PM'}"


def _weekday(day: date, language: str) -> str:
    try:
        locale = Locale.parse(language.replace("-", "_") or "en")
    except (ValueError, UnknownLocaleError):
        locale = Locale("en")
    return str(get_day_names("wide", locale=locale)[day.weekday()])


# By agents -----------------------------------------------------------------------------------

Show: TypeAlias = Callable[[Group], str | float | int]


def _share_of(groups: list[Group]) -> Show:
    everything = sum(each.count for each in groups)
    return lambda each: two_decimals(100 * each.count / everything) + "%"


def _number(groups: list[Group]) -> Show:
    del groups
    return lambda each: plain(each.total)


def _mean_time(groups: list[Group]) -> Show:
    del groups
    return lambda each: _average_time(each.total, each.count)


def _least_time(groups: list[Group]) -> Show:
    del groups
    return lambda each: clock_time(float(two_decimals(each.least)))


def _mean(group: Group) -> float:
    return group.total / group.count


#: How a measure is shown, what it is sorted by, and whether the greatest comes first.
_SHOWN: dict[str, tuple[Callable[[list[Group]], Show], Callable[[Group], float], bool]] = {
    "Total_conversations": (_share_of, lambda each: each.count, True),
    "Avg_chat_duration": (_mean_time, _mean, True),
    "Total_messages": (_number, lambda each: each.total, True),
    "Avg_first_response_time": (_mean_time, _mean, False),
    "Best_first_response_time": (_least_time, lambda each: each.least, False),
    "Avg_response_time": (_mean_time, _mean, False),
    "Avg_reaction_time": (_mean_time, _mean, False),
}
_BY_RESPONDER = frozenset(("Avg_first_response_time", "Best_first_response_time"))


def agent_figures(tx: Tx, name: str, interval: Interval) -> dict[str, Any] | None:
    """Return a table of agents and one measure, the best first; None for an unknown measure."""
    if name not in _SHOWN:
        return None
    username, having = rooms.c.agent_username, SERVED
    if name in _BY_RESPONDER:
        username, having = rooms.c.responder_username, RESPONDED
    groups = by_user(tx, interval, MEASURES[name], username, having)
    showing, value_of, greatest_first = _SHOWN[name]
    show = showing(groups)
    sign = -1 if greatest_first else 1
    groups.sort(key=lambda each: (sign * value_of(each), each.key or ""))
    head = "%_of_conversations" if name == "Total_conversations" else name
    return {
        "head": [{"name": "Agent"}, {"name": head}],
        "data": [{"name": each.key, "value": show(each)} for each in groups],
    }
