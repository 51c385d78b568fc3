"""The timers of access: expired tokens, and statuses with an end."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from frontdesk.access import queries
from frontdesk.access.blocking import attempts_count_for
from frontdesk.access.presence import STATUS_ENDS, end_status
from frontdesk.access.tokens import remove_expired_tokens
from frontdesk.db import Tx
from frontdesk.jobs import Handler, JobRun, enqueue, finish

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings
    from frontdesk.workspace import Workspace

PURGE = "access.purge"
#: Milliseconds between two purges.
PERIOD = 3_600_000


def job_handlers(workspace: "Workspace") -> Mapping[str, Handler]:
    """Return the handlers of this feature's jobs."""

    async def purge_now(run: JobRun) -> None:
        def purge_and_promise(tx: Tx) -> None:
            purge(tx, workspace.settings)
            finish(tx, run)
            schedule(tx, tx.now + PERIOD)

        await workspace.db.write(purge_and_promise)

    async def end(run: JobRun) -> None:
        def end_and_finish(tx: Tx) -> None:
            end_status(tx, run.payload["user_id"])
            finish(tx, run)

        await workspace.db.write(end_and_finish)

    return {PURGE: purge_now, STATUS_ENDS: end}


def schedule(tx: Tx, due_at: int | None = None) -> None:
    """Promise the next purge, unless one is promised already. Called at every start."""
    enqueue(tx, PURGE, {}, due_at=due_at, key=PURGE)


def purge(tx: Tx, settings: "Settings") -> None:
    """Delete the tokens that have expired, and the attempts that no rule looks at any more."""
    remove_expired_tokens(tx, settings)
    tx.run(queries.DELETE_OLD_ATTEMPTS, before=tx.now - attempts_count_for(settings))
