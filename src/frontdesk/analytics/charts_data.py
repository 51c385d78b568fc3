"""One measure over days, or over the hours of one day.

Source: behaviour of the API, analytics, section 9.3.
"""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from frontdesk.analytics.conversation_counts import MEASURES, Group, Interval, by_quarter
from frontdesk.analytics.days import DAY, Days, local
from frontdesk.analytics.numbers import mean, plain, rounded
from frontdesk.analytics.overview import hour_name
from frontdesk.db import Tx

#: Nobody reads a chart with more points.
MOST_DAYS = 3_700


def chart_data(tx: Tx, name: str, days: Days | None, interval: Interval) -> dict[str, Any]:
    """Return labels and points of a chart; none for an unknown measure and for no days."""
    points: list[tuple[str, float | int]] = []
    if name in MEASURES and days is not None and 0 <= days.end - days.start < MOST_DAYS * DAY:
        points = _points(tx, name, days, interval)
    labels, values = [label for label, _ in points], [value for _, value in points]
    return {"chartLabel": name, "dataLabels": labels, "dataPoints": values}


def _points(tx: Tx, name: str, days: Days, interval: Interval) -> list[tuple[str, float | int]]:
    found = by_quarter(tx, interval, MEASURES[name])
    zone = ZoneInfo(days.zone)
    if days.end - days.start < DAY:
        hours: dict[int, list[Group]] = {hour: [] for hour in range(24)}
        for each in found:
            hours[local(each.key, zone).hour].append(each)
        return [
            (f"{hour_name(hour)}-{hour_name(hour)}", _point(name, hours[hour])) for hour in hours
        ]
    by_day: dict[date, list[Group]] = {day: [] for day in days.each_day()}
    for each in found:
        by_day[local(each.key, zone).date()].append(each)
    return [(f"{day.month}/{day.day}", _point(name, groups)) for day, groups in by_day.items()]


def _point(name: str, groups: list[Group]) -> float | int:
    """Return the value of a chart over quarters of an hour; 0 over nothing."""
    if name == "Total_conversations":
        return sum(each.count for each in groups)
    if name == "Best_first_response_time":
        return rounded(min((each.least for each in groups), default=0))
    total = sum(each.total for each in groups)
    if name == "Total_messages":
        return plain(total)
    return rounded(mean(total, sum(each.count for each in groups)))
