"""When visitors write: twelve months with their days and weeks."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate

from frontdesk.demo_data.chance import Chance

HOUR = 3_600_000
DAYS = 365
#: Visitors by hours of a working day, compared with each other (UTC).
_HOURS = (2, 1, 1, 1, 1, 2, 4, 9, 18, 27, 31, 30, 24, 23, 27, 29, 26, 21, 15, 12, 11, 9, 6, 3)
#: From Monday to Sunday: Mondays are busy, Sundays quiet.
_WEEKDAYS = (1.3, 1.1, 1.05, 1.0, 0.95, 0.45, 0.3)
#: How much more visitors there are at the end of the year than at its beginning.
_GROWTH = 0.4


def opening_times(count: int, end: int, chance: Chance) -> Iterator[int]:
    """Yield `count` times (ms) in ascending order within the twelve months before `end`.

    One draw per time, whatever day it is, so that the same chance decides the same afterwards.
    """
    start = end - DAYS * 24 * HOUR
    weights = list(accumulate(_weight(start + hour * HOUR, hour) for hour in range(DAYS * 24)))
    for number in range(count):
        reached = (number + chance.random()) / count * weights[-1]
        hour = bisect_right(weights, reached)
        before = weights[hour - 1] if hour else 0.0
        within = (reached - before) / (weights[hour] - before)
        yield start + int((hour + within) * HOUR)


def _weight(at: int, hour: int) -> float:
    moment = datetime.fromtimestamp(at / 1000, UTC)
    growth = 1 + _GROWTH * hour / (DAYS * 24)
    return _HOURS[moment.hour] * _WEEKDAYS[moment.weekday()] * growth
