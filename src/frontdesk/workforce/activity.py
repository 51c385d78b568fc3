"""When agents were available: what availability reports count.

An agent is available while his account is active, his switch says so and he is not offline. Each
stretch of such time is a row that ends at midnight, on the server's clock, at the latest.

Source: behaviour of the API, workforce, section 3.5; analytics, section 7.3. Unlike the
reference, starting twice loses no time, stopping twice counts nothing twice, and what business
hours switch counts, too.
"""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from frontdesk.clock import server_zone
from frontdesk.db import Tx
from frontdesk.ids import hex_id
from frontdesk.jobs import enqueue
from frontdesk.workforce import queries
from frontdesk.workforce.records import AgentActivity

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: The job that divides what goes on over midnight; also its key, for there is one.
DIVIDE_ACTIVITY = "workforce.divide_activity"


def note_activity(tx: Tx, settings: "Settings", agent_id: str) -> None:
    """Start or stop counting an agent's time, after his presence or his switch has changed."""
    if _is_available(tx, settings, agent_id):
        _start(tx, agent_id, tx.now)
        return
    activity = tx.one(queries.OPEN_ACTIVITY, agent_id=agent_id)
    if activity is not None and _stop(tx, activity, tx.now) and not _is_today(tx, activity):
        # Nobody has divided it at midnight yet.
        _add(tx, agent_id, _start_of_today(tx), tx.now)


def divide_at_midnight(tx: Tx, settings: "Settings") -> None:
    """End what has gone on since before today with its day; let it go on today."""
    today = day_number(tx.now, server_zone())
    for activity in tx.all(queries.OPEN_ACTIVITY_BEFORE, day=today):
        if _stop(tx, activity, tx.now) and _is_available(tx, settings, activity.agent_id):
            _start(tx, activity.agent_id, _start_of_today(tx))


def plan_midnight(tx: Tx) -> None:
    """Promise to look at the coming midnight, unless that is promised already."""
    due = next_midnight(tx.now, server_zone())
    enqueue(tx, DIVIDE_ACTIVITY, {}, due_at=due, key=DIVIDE_ACTIVITY)


def activity_of_days(tx: Tx, first_day: int, last_day: int) -> list[AgentActivity]:
    """Return the stretches of all agents on some days, given as YYYYMMDD, by day and agent."""
    return tx.all(queries.ACTIVITY_OF_DAYS, first_day=first_day, last_day=last_day)


def day_number(moment: int, zone: str) -> int:
    """Return the date of a moment (ms) in a zone as the number YYYYMMDD."""
    return int(f"{datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)):%Y%m%d}")


def next_midnight(moment: int, zone: str) -> int:
    """Return when (ms) the day after the one that a moment (ms) is in begins in a zone."""
    day = datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).date()
    return _beginning(day + timedelta(days=1), zone)


def last_moment(day: int, zone: str) -> int:
    """Return 23:59:59 of a day, given as YYYYMMDD, as a moment (ms): where its reports end."""
    return next_midnight(_beginning(_date(day), zone), zone) - 1000


def _is_available(tx: Tx, settings: "Settings", agent_id: str) -> bool:
    if settings.flag("Troubleshoot_Disable_Livechat_Activity_Monitor"):
        return False
    agent = tx.one(queries.STAFF_MEMBER, user_id=agent_id)
    return (
        agent is not None
        and "livechat-agent" in agent.roles
        and agent.active
        and agent.status_livechat == "available"
        and agent.status != "offline"
    )


def _start(tx: Tx, agent_id: str, moment: int) -> None:
    _add(tx, agent_id, moment, None)


def _add(tx: Tx, agent_id: str, started_at: int, stopped_at: int | None) -> None:
    day = day_number(started_at, server_zone())
    activity = AgentActivity(hex_id(), agent_id, day, started_at, stopped_at)
    tx.insert(queries.START_ACTIVITY, activity)


def _stop(tx: Tx, activity: AgentActivity, moment: int) -> bool:
    """End a stretch, with its day at the latest; return False if somebody else was faster."""
    stopped_at = min(moment, last_moment(activity.day, server_zone()))
    # A stretch of the day's last second has no length.
    stopped_at = max(stopped_at, activity.started_at)
    return tx.run(queries.STOP_ACTIVITY, row_id=activity.id, stopped_at=stopped_at) == 1


def _is_today(tx: Tx, activity: AgentActivity) -> bool:
    return activity.day == day_number(tx.now, server_zone())


def _start_of_today(tx: Tx) -> int:
    day = datetime.fromtimestamp(tx.now / 1000, ZoneInfo(server_zone())).date()
    return _beginning(day, server_zone())


def _beginning(day: date, zone: str) -> int:
    return int(datetime.combine(day, time(0, 0), ZoneInfo(zone)).timestamp() * 1000)


def _date(day: int) -> date:
    return date(day // 10_000, day // 100 % 100, day % 100)
