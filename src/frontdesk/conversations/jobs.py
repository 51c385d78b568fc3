"""The timers of conversations: what is done when their time has come."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import structlog

from frontdesk.conversations.abandonment import CLOSE_ABANDONED, expect_answers_anew
from frontdesk.conversations.closing_doors import close_abandoned, close_held
from frontdesk.conversations.holding import CLOSE_HELD
from frontdesk.db import Tx
from frontdesk.errors import Failure
from frontdesk.jobs.queue import enqueue, finish
from frontdesk.jobs.run import Handler, JobRun

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

EXPECT_ANEW = "conversations.expect_answers_anew"
_ABANDONMENT = ("Livechat_abandoned_rooms_action", "Livechat_visitor_inactivity_timeout")

log = structlog.get_logger(__name__)


def job_handlers(workspace: "Workspace") -> Mapping[str, Handler]:
    """Return the handlers of this feature's jobs."""

    def timer(close: Callable[[Tx, JobRun], None]) -> Handler:
        async def handle(run: JobRun) -> None:
            def finish_and_close(tx: Tx) -> None:
                finish(tx, run)  # first: the close itself cancels the timers of its room
                close(tx, run)

            try:
                await workspace.db.write(finish_and_close)
            except Failure as refusal:
                # The workspace's own rules forbid it (tags are required): trying again is no use.
                log.warning("not_closed", job=run.kind, reason=str(refusal), **run.payload)

        return handle

    def abandoned(tx: Tx, run: JobRun) -> None:
        close_abandoned(tx, workspace.settings, run.payload["room_id"])

    def held(tx: Tx, run: JobRun) -> None:
        close_held(tx, workspace.settings, run.payload["room_id"], run.payload["comment"])

    async def anew(run: JobRun) -> None:
        def expect_and_finish(tx: Tx) -> None:
            expect_answers_anew(tx, workspace.settings)
            finish(tx, run)

        await workspace.db.write(expect_and_finish)

    return {
        CLOSE_ABANDONED: timer(abandoned),
        CLOSE_HELD: timer(held),
        EXPECT_ANEW: anew,
    }


def promise_after_setting(tx: Tx, setting_id: str) -> None:
    """Promise what a changed setting means for open conversations, in its transaction."""
    if setting_id in _ABANDONMENT:
        enqueue(tx, EXPECT_ANEW, {}, key=EXPECT_ANEW, replace=True)
