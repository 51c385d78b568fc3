"""The worker of the queue: gives waiting conversations to agents, and tells visitors their places.

In each queue the first one is looked after before anybody behind it. A pass is made every few
seconds, and at once when somebody joins a queue or an agent may have become free; passes follow
one another as long as they give something away. Every process has such a worker. They need not
know of each other: who gets what is decided in the database.

Source: behaviour of the API, conversations, section 2.9.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from frontdesk.conversations import queries
from frontdesk.conversations.finding import (
    conversation_to_change,
    find_conversation,
    inquiry_of_room,
)
from frontdesk.conversations.queue_order import Waiting, first_in_queues
from frontdesk.conversations.queue_places import all_places, own_place, tells_places
from frontdesk.conversations.routing import assigns_agents
from frontdesk.conversations.taking import delegate
from frontdesk.conversations.visitor_stream import who_serves
from frontdesk.conversations.waiting import JOINED, QUEUE
from frontdesk.db import Event, Tx
from frontdesk.db.engine import publish
from frontdesk.errors import Failure

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: Seconds between two passes where the setting says less than one.
USUAL_DELAY = 5
#: Seconds more after a pass that failed in an unexpected way.
AFTER_FAILURE = 10
#: Seconds until a visitor is told something, who may be about to listen, and until all who wait
#: are: what happens meanwhile is told together.
TELL_AFTER = 1.0
TELL_ALL_AFTER = 1.2
#: What happens to a conversation that lets its agent take another one.
_FREEING = frozenset({"closed", "held", "returned", "forwarded"})
#: What about a user may mean that he can take conversations now; the names are the API's.
_OF_AGENTS = frozenset(
    {"status", "statusConnection", "statusLivechat", "livechat", "roles", "active"}
)
#: How many queues are looked after at the same time: others need connections, too.
TURNS = 4


class QueueWorker:
    """The worker of one process."""

    def __init__(self, workspace: "Workspace", *, alone: bool) -> None:
        """Work for a workspace; not `alone`, other processes use the same database."""
        self._workspace = workspace
        self._alone = alone
        self._awake = asyncio.Event()
        self._turns = asyncio.Semaphore(TURNS)
        self._passing: asyncio.Task[None] | None = None
        #: Whether anybody waits, as far as is known here.
        self._somebody_waits = False
        #: What is to be told, by room or department, until then.
        self._planned: dict[tuple[str, str | None], asyncio.TimerHandle] = {}
        self._telling: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to make passes."""
        self._workspace.db.listeners.append(self._hear)
        self._passing = asyncio.create_task(self._make_passes(), name="queue")

    async def stop(self) -> None:
        """Stop at once: what is under way in the database ends there, or never began."""
        self._workspace.db.listeners.remove(self._hear)
        for handle in self._planned.values():
            handle.cancel()
        self._planned.clear()
        tasks = [*self._telling, *([] if self._passing is None else [self._passing])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    # Passes ----------------------------------------------------------------------------------

    async def _make_passes(self) -> None:
        while True:
            self._awake.clear()
            delay = self._workspace.settings.number("Omnichannel_queue_delay_timeout")
            seconds = delay if delay >= 1 else USUAL_DELAY
            try:
                self._somebody_waits = await self._empty_queues()
            except Exception as error:
                log.error("queue_pass_failed", exc_info=error)
                await asyncio.sleep(seconds + AFTER_FAILURE)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._awake.wait()

    async def _empty_queues(self) -> bool:
        """Make passes until one gives nothing away; return whether anybody waits still."""
        while True:
            settings = self._workspace.settings
            if not settings.flag("Livechat_enabled") or not assigns_agents(settings):
                return False
            first = await self._first_in_queues(settings)
            moved = await asyncio.gather(
                *(self._give_away(each) for each in first), return_exceptions=True
            )
            for outcome in moved:
                if isinstance(outcome, BaseException):
                    raise outcome  # now that all queues had their turn
            if not any(moved):
                return bool(first)

    async def _first_in_queues(self, settings: "Settings") -> list[Waiting]:
        return await self._workspace.db.read(lambda tx: first_in_queues(tx, settings))

    async def _give_away(self, first: Waiting) -> bool:
        """Try to give the first conversation of a queue away; return whether the queue moved."""
        async with self._turns:
            try:
                # With the settings of that moment: they may have changed since the pass began.
                served = await self._workspace.db.write(
                    lambda tx: serve_first(tx, self._workspace.settings, first.room_id)
                )
            except Failure as refusal:  # another server, which is asked, names nobody
                log.info("queue_stays", room=first.room_id, reason=str(refusal))
                return False
        if served:
            # The visitor's widget may have begun to listen a moment too late.
            self._plan("agent", first.room_id, TELL_AFTER, _agent_again)
        return served is not False

    # Wakes and places ------------------------------------------------------------------------

    def _hear(self, events: Sequence[Event]) -> None:
        for event in events:
            stream = event.stream
            if stream == QUEUE:
                self._follow_queue(event)
            elif stream == "inquiry":
                if event.arguments[0] != "inserted":
                    self._plan_places(event.arguments[1])
                    self._wake()
            elif stream == "settings":
                self._awake.set()  # another routing method may look after what nobody did
            elif _may_free_agents(event):
                self._wake()

    def _follow_queue(self, event: Event) -> None:
        act, department_id = event.arguments
        if act != JOINED:
            self._plan_places(department_id)
            return
        self._somebody_waits = True
        self._wake()
        if tells_places(self._workspace.settings):
            self._plan("place", event.key, TELL_AFTER, own_place)

    def _wake(self) -> None:
        """Make a pass now, if anybody may wait. Other processes let somebody wait untold."""
        queue_is_kept = self._workspace.settings.flag("Livechat_waiting_queue")
        if self._somebody_waits or (queue_is_kept and not self._alone):
            self._awake.set()

    def _plan_places(self, department_id: str | None) -> None:
        if tells_places(self._workspace.settings):
            self._plan("places", department_id, TELL_ALL_AFTER, all_places)

    def _plan(
        self,
        what: str,
        key: str | None,
        seconds: float,
        look: Callable[[Tx, "Settings", Any], list[Event]],
    ) -> None:
        """Tell what `look` finds about `key` in some seconds, unless that is planned already."""
        if (what, key) in self._planned:
            return

        def tell() -> None:
            del self._planned[what, key]
            task = asyncio.create_task(self._tell(look, key), name=f"queue {what}")
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

        self._planned[what, key] = asyncio.get_running_loop().call_later(seconds, tell)

    async def _tell(self, look: Callable[..., list[Event]], key: str | None) -> None:
        settings, db = self._workspace.settings, self._workspace.db
        try:
            events = await db.read(lambda tx: look(tx, settings, key))
        except Exception as error:  # a hint that is not given; the database has the truth
            log.warning("queue_not_told", reason=str(error))
            return
        publish(db.listeners, events)


def _may_free_agents(event: Event) -> bool:
    """Tell whether after an event an agent may take conversations who could take none before."""
    if event.stream == "room":
        return event.arguments[0] in _FREEING
    if event.stream == "user":
        act, changes = event.arguments
        return act == "updated" and not _OF_AGENTS.isdisjoint(changes)
    return event.stream == "department-agents"


def _agent_again(tx: Tx, settings: "Settings", room_id: str) -> list[Event]:
    room = find_conversation(tx, room_id)
    if room is None or not room.open or room.agent_id is None:
        return []
    return [who_serves(tx, settings, room)]


def serve_first(tx: Tx, settings: "Settings", room_id: str) -> bool | None:
    """Give a waiting conversation to the agent it waits for, or to the next in turn.

    Returns whether somebody has it now; None if it does not wait any more, or waits to be taken
    by hand. Raises Coded `no-agent-online` where another server chooses and names nobody who is
    online.
    """
    if not assigns_agents(settings):
        return None
    room = conversation_to_change(tx, room_id)
    inquiry = inquiry_of_room(tx, room_id)
    if inquiry is None or inquiry.status != "queued":
        return None
    if room is None or not room.open:
        tx.one(queries.REMOVE_INQUIRY, room_id=room_id)
        return None
    if room.agent_id is not None:
        tx.run(queries.TAKE_INQUIRY, row_id=inquiry.id, now=tx.now)
        return None
    return delegate(tx, settings, inquiry, room)
