"""The jobs of messages."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from frontdesk.db import Tx
from frontdesk.jobs.queue import finish
from frontdesk.jobs.run import Handler, JobRun
from frontdesk.messages.navigating import FORGET_VISITS, forget_old_visits

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace


def job_handlers(workspace: "Workspace") -> Mapping[str, Handler]:
    """Return the handlers of this feature's jobs."""

    async def forget_visits(run: JobRun) -> None:
        def forget_and_finish(tx: Tx) -> None:
            finish(tx, run)
            forget_old_visits(tx)

        await workspace.db.write(forget_and_finish)

    return {FORGET_VISITS: forget_visits}
