"""The jobs of webhooks: delivering, in places of their own, and forgetting old attempts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from frontdesk.db import Tx
from frontdesk.jobs import Handler, JobRun, enqueue, finish
from frontdesk.webhooks import queries
from frontdesk.webhooks.announcing import DELIVER, deliver_lane
from frontdesk.webhooks.delivering import Deliverer
from frontdesk.webhooks.log import trim_log

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

TIDY = "webhooks.tidy"
#: Milliseconds between two times.
PERIOD = 3_600_000
#: Events under way at a time; however long a receiver takes, other jobs have their own places.
LANES = {DELIVER: 16}
#: Deliveries count their attempts themselves; a lane is never given up.
ATTEMPTS = {DELIVER: 2**31}


def job_handlers(workspace: "Workspace") -> Mapping[str, Handler]:
    """Return the handlers of this feature's jobs."""

    async def tidy_now(run: JobRun) -> None:
        def tidy_and_promise(tx: Tx) -> None:
            finish(tx, run)
            trim_log(tx)
            _take_up_lost_lanes(tx)
            schedule(tx, tx.now + PERIOD)

        await workspace.db.write(tidy_and_promise)

    return {DELIVER: Deliverer(workspace).deliver, TIDY: tidy_now}


def schedule(tx: Tx, due_at: int | None = None) -> None:
    """Promise the next tidying, unless one is promised already. Called at every start."""
    enqueue(tx, TIDY, {}, due_at=due_at, key=TIDY)


def _take_up_lost_lanes(tx: Tx) -> None:
    """Promise again what somebody has dropped from the jobs by hand."""
    for lane, room_id in tx.all(queries.LANES):
        deliver_lane(tx, lane, room_id)
