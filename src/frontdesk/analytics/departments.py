"""Figures by departments: how many chats, how long they took, how long visitors waited.

Source: behaviour of the API, analytics, section 10. Each figure is a list of rows in the order of
departments' ids, after one for the conversations without a department; a row has the department
and a number of the rooms, or whole seconds.
"""

import math
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Select

from frontdesk.analytics import queries
from frontdesk.analytics.queries import Group, Period
from frontdesk.db import Tx

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

Rows: TypeAlias = list[dict[str, Any]]


def amount_of_chats(tx: Tx, period: Period, answered: bool) -> Rows:
    """Count the chats in which the visitor waits for an answer, or those in which nobody does."""
    statement = queries.by_department(
        period, None, queries.begun(period), queries.answered(answered)
    )
    return [_row(each, rooms=each.count) for each in _groups(tx, statement)]


def average_service_time(tx: Tx, period: Period) -> Rows:
    """Return the average time from taking a chat to the last answer.

    It is negative where the chat was taken over after that.
    """
    statement = queries.by_department(
        period, queries.SERVICE, queries.begun(period), queries.WAS_SERVED
    )
    return [
        _row(each, averageServiceTimeInSeconds=_ceiling(_total(each) / 1000 / each.count))
        for each in _groups(tx, statement)
    ]


def average_chat_duration(tx: Tx, period: Period) -> Rows:
    """Return the average time from opening to closing."""
    statement = queries.by_department(period, queries.CHAT_DURATION, queries.held(period))
    return [
        _row(each, averageChatDurationTimeInSeconds=_ceiling(_total(each) / each.count))
        for each in _groups(tx, statement)
    ]


def total_service_time(tx: Tx, period: Period) -> Rows:
    """Add up the times from taking to closing."""
    statement = queries.by_department(
        period, queries.SERVICE_DURATION, queries.held(period), queries.HAS_SERVICE_DURATION
    )
    return [
        _row(each, chats=each.count, serviceTimeDuration=_ceiling(_total(each)))
        for each in _groups(tx, statement)
    ]


def average_waiting_time(tx: Tx, period: Period) -> Rows:
    """Return the average time until the first answer; chats without one count with 0."""
    statement = queries.by_department(
        period, queries.FIRST_RESPONSE, queries.begun(period), queries.answered(True)
    )
    return [
        _row(each, averageWaitingTimeInSeconds=_ceiling(_total(each) / each.count))
        for each in _groups(tx, statement)
    ]


def transferred_chats(tx: Tx, period: Period) -> Rows:
    """Count the transfers of chats that are in the department now."""
    found = _groups(tx, queries.transfers(period))
    return [_row(each, numberOfTransferredRooms=each.count) for each in found]


def abandoned_chats(tx: Tx, settings: "Settings", period: Period) -> Rows:
    """Count the chats that were closed because, or after, the visitor was silent."""
    is_abandoned = queries.abandoned(_silence(settings))
    statement = queries.by_department(period, None, queries.held(period), is_abandoned == 1)
    return [_row(each, abandonedRooms=each.count) for each in _groups(tx, statement)]


def percentage_abandoned(tx: Tx, settings: "Settings", period: Period) -> Rows:
    """Return how many of 100 chats were abandoned, rounded down."""
    is_abandoned = queries.abandoned(_silence(settings))
    statement = queries.by_department(period, is_abandoned, queries.begun(period))
    return [
        _row(each, percentageOfAbandonedChats=int(_total(each)) * 100 // each.count)
        for each in _groups(tx, statement)
    ]


def _silence(settings: "Settings") -> int:
    return settings.number("Livechat_visitor_inactivity_timeout")


def _groups(tx: Tx, statement: Select[Any]) -> list[Group]:
    return sorted(tx.select(statement, Group), key=lambda each: each.department_id or "")


def _row(group: Group, **figures: int) -> dict[str, Any]:
    return {"_id": group.department_id, **figures}


def _total(group: Group) -> float:
    return float(group.total or 0)


def _ceiling(seconds: float) -> int:
    # Sums of milliseconds as fractions end in noise that must not become a second.
    return math.ceil(round(seconds, 6))
