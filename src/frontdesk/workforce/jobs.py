"""The timers of the workforce: business hours that open and close, and the turn of the day."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from frontdesk.db import Tx
from frontdesk.jobs import Handler, JobRun, finish
from frontdesk.settings.store import read_settings
from frontdesk.workforce.activity import DIVIDE_ACTIVITY, divide_at_midnight, plan_midnight
from frontdesk.workforce.keeping_hours import (
    KEEP_HOURS,
    keep_hours,
    leave_unused_hours,
    look_now,
)

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

_BUSINESS_HOURS = ("Livechat_enable_business_hours", "Livechat_business_hour_type")


def job_handlers(workspace: "Workspace") -> Mapping[str, Handler]:
    """Return the handlers of this feature's jobs."""

    async def hours(run: JobRun) -> None:
        def finish_and_keep(tx: Tx) -> None:
            finish(tx, run)  # first: the next look is promised under the same key
            # As stored: another process may have changed them a moment ago.
            settings = read_settings(tx)
            if run.payload.get("starting"):
                leave_unused_hours(tx, settings)
            keep_hours(tx, settings)

        await workspace.db.write(finish_and_keep)

    async def midnight(run: JobRun) -> None:
        def finish_and_divide(tx: Tx) -> None:
            finish(tx, run)
            divide_at_midnight(tx, workspace.settings)
            plan_midnight(tx)

        await workspace.db.write(finish_and_divide)

    return {KEEP_HOURS: hours, DIVIDE_ACTIVITY: midnight}


def schedule(tx: Tx) -> None:
    """Promise what the clock brings. Called at every start."""
    look_now(tx, starting=True)
    plan_midnight(tx)


def promise_after_setting(tx: Tx, setting_id: str) -> None:
    """Promise what a changed setting means for business hours, in its transaction."""
    if setting_id in _BUSINESS_HOURS:
        look_now(tx, starting=True)
