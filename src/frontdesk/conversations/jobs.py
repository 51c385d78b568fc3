"""The timers of conversations: what is done when their time has come."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import structlog

from frontdesk.conversations.abandonment import CLOSE_ABANDONED, expect_answers_anew
from frontdesk.conversations.closing_doors import close_abandoned, close_held, close_waiting
from frontdesk.conversations.holding import CLOSE_HELD
from frontdesk.conversations.leaving import (
    AGENT_LEFT,
    conversations_left_behind,
    leave_conversation,
)
from frontdesk.conversations.passing_on import pass_on_unanswered
from frontdesk.conversations.unanswered import PASS_ON_UNANSWERED
from frontdesk.conversations.waiting import CLOSE_WAITING, WAIT_LIMIT, limit_waits_anew
from frontdesk.db import Tx
from frontdesk.errors import Failure
from frontdesk.jobs.queue import enqueue, finish
from frontdesk.jobs.run import Handler, JobRun
from frontdesk.settings.store import read_settings

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings
    from frontdesk.workspace import Workspace

EXPECT_ANEW = "conversations.expect_answers_anew"
LIMIT_ANEW = "conversations.limit_waits_anew"
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

    def waiting(tx: Tx, run: JobRun) -> None:
        if workspace.settings.number(WAIT_LIMIT) > 0:
            close_waiting(tx, workspace.settings, run.payload["room_id"])

    def unanswered(tx: Tx, run: JobRun) -> None:
        payload = run.payload
        pass_on_unanswered(tx, workspace.settings, payload["room_id"], payload["seconds"])

    def anew(set_timers: Callable[[Tx, "Settings"], None]) -> Handler:
        async def handle(run: JobRun) -> None:
            def set_and_finish(tx: Tx) -> None:
                # Read here: this process may not have heard of the change yet.
                set_timers(tx, read_settings(tx))
                finish(tx, run)

            await workspace.db.write(set_and_finish)

        return handle

    async def left(run: JobRun) -> None:
        agent_id, db = run.payload["agent_id"], workspace.db
        for room_id in await db.read(lambda tx: conversations_left_behind(tx, agent_id)):
            leave = partial(
                leave_conversation, settings=workspace.settings, agent_id=agent_id, room_id=room_id
            )
            try:
                await db.write(leave)
            except Failure as refusal:
                log.warning("not_left", agent=agent_id, room=room_id, reason=str(refusal))

    return {
        CLOSE_ABANDONED: timer(abandoned),
        CLOSE_HELD: timer(held),
        CLOSE_WAITING: timer(waiting),
        PASS_ON_UNANSWERED: timer(unanswered),
        AGENT_LEFT: left,
        EXPECT_ANEW: anew(expect_answers_anew),
        LIMIT_ANEW: anew(limit_waits_anew),
    }


def promise_after_setting(tx: Tx, setting_id: str) -> None:
    """Promise what a changed setting means for open conversations, in its transaction."""
    if setting_id in _ABANDONMENT:
        enqueue(tx, EXPECT_ANEW, {}, key=EXPECT_ANEW, replace=True)
    elif setting_id == WAIT_LIMIT:
        enqueue(tx, LIMIT_ANEW, {}, key=LIMIT_ANEW, replace=True)
