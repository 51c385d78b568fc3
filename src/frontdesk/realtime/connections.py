"""All connections of this process: their life, their heartbeat, and who of them is which user.

Source: behaviour of the API, real time, sections 1.1, 1.4 and 1.5.
"""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import msgspec
import structlog
from prometheus_client import Gauge

from frontdesk.http.call import Principal
from frontdesk.http.client_address import client_address
from frontdesk.http.router import Receive, Scope, Send
from frontdesk.realtime import dialogue, frames
from frontdesk.realtime.methods import Methods
from frontdesk.realtime.session import BROKEN, COME_BACK, NOT_TEXT, TIMED_OUT, Session
from frontdesk.realtime.streams import Streams
from frontdesk.realtime.subscriptions import Listeners
from frontdesk.realtime.wire import EXTENSION, WebSocketProtocol, frame_of

if TYPE_CHECKING:
    from frontdesk.http.frame import Authenticator
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: Seconds of silence after which a client is asked whether it is there, until it counts as gone,
#: and between two looks at all of them.
ASK_AFTER = 25.0
GONE_AFTER = 60.0
LOOK_EVERY = 2.5
#: Connections that are looked at before others get their turn.
LOOK_AT_ONCE = 100
#: Subscriptions that are looked at in the database at the same time: when everybody comes back at
#: once, the calls of others must not wait behind them all.
TURNS = 2
#: Frames of one client in a second. Who sends more is read more slowly.
FRAMES_A_SECOND = 200
CONNECTIONS = Gauge("frontdesk_realtime_connections", "Real-time connections of this process")
_Frames: TypeAlias = Annotated[list[str], msgspec.Meta(max_length=FRAMES_A_SECOND)]
#: Clients that are sent away at once come back over so many seconds.
SPREAD = 3.0


class Connections:
    """The connections of this process, and what their sessions share."""

    def __init__(
        self,
        workspace: "Workspace",
        authenticator: "Authenticator",
        methods: Methods,
        streams: Streams,
    ) -> None:
        self.workspace = workspace
        self.methods = methods
        self.streams = streams
        self.listeners = Listeners()
        self.turns = asyncio.Semaphore(TURNS)
        self._authenticator = authenticator
        self._sessions: set[Session] = set()
        self._by_user: dict[str, set[Session]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._heart: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Return how many connections there are."""
        return len(self._sessions)

    # Endpoints -------------------------------------------------------------------------------

    async def plain(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection with a frame in each message."""
        await self._serve(scope, receive, send, sockjs=False)

    async def sockjs(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection in the framing of SockJS."""
        if not _is_sockjs(scope["path_params"]["server"]):
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._serve(scope, receive, send, sockjs=True)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, *, sockjs: bool) -> None:
        wire: WebSocketProtocol = scope["extensions"][EXTENSION]
        headers = {key.decode("latin-1"): each.decode("latin-1") for key, each in scope["headers"]}
        address = client_address(scope, headers, self.workspace.config.forwarded_count)
        await receive()
        await send({"type": "websocket.accept"})
        wire.forget_handshake()
        del headers, scope, send
        session = Session(self, wire, address, sockjs)
        self._sessions.add(session)
        CONNECTIONS.set(len(self._sessions))
        try:
            if sockjs:
                wire.put(frame_of("o"))
            await self._converse(session, receive)
        finally:
            self._sessions.discard(session)
            CONNECTIONS.set(len(self._sessions))
            await session.end()

    async def _converse(self, session: Session, receive: Receive) -> None:
        second, heard = 0, 0
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            session.heard_at = now = time.monotonic()
            session.pinged = False
            if int(now) != second:
                second, heard = int(now), 0
            text = message.get("text")
            texts = [] if text is None else _texts(text) if session.sockjs else [text]
            heard += max(1, len(texts or ()))
            if heard > FRAMES_A_SECOND:
                await asyncio.sleep(second + 1 - now)
            if texts is None or text is None:
                session.leave(NOT_TEXT, "text expected")
                return
            del message, text
            try:
                for each in texts:
                    await dialogue.answer(self, session, each)
            except Exception as error:
                log.error("frame_failed", exc_info=error)
                session.leave(BROKEN, "internal error")
                return
            del texts
            await session.flushed()

    # Users -----------------------------------------------------------------------------------

    async def user_of(self, identity: tuple[str, str]) -> Principal | None:
        """Return the user of an id and a token as he is now, None if the token is not valid."""
        known = self._authenticator.known(*identity)
        return known or await self._authenticator.find(*identity)

    def note_user(self, session: Session, user_id: str) -> None:
        """Remember that a session is a user's."""
        self._by_user.setdefault(user_id, set()).add(session)

    def forget_user(self, session: Session, user_id: str) -> None:
        """Forget that a session was a user's."""
        sessions = self._by_user.get(user_id, set())
        sessions.discard(session)
        if not sessions:
            self._by_user.pop(user_id, None)

    def sessions_of(self, user_id: str) -> list[Session]:
        """Return the sessions of a user on this process."""
        return list(self._by_user.get(user_id, ()))

    def check_user(self, user_id: str) -> None:
        """Look soon whether the log-ins of a user are valid still; end what is not."""
        for session in self.sessions_of(user_id):
            if session.identity is not None:
                self._spawn(self._check(session, session.identity))

    def leave_room(self, user_id: str, room_id: str) -> None:
        """Let a user who is no member of a room any more listen to it no longer."""
        for session in self.sessions_of(user_id):
            for each in list(session.subscriptions.values()):
                if each.view == "user" and (
                    (each.stream == "room-messages" and each.key == room_id)
                    or (each.stream == "notify-room" and each.key.startswith(f"{room_id}/"))
                ):
                    session.drop(each)

    async def _check(self, session: Session, identity: tuple[str, str]) -> None:
        if await self.user_of(identity) is None and session.identity == identity:
            session.expel()

    # Life ------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to look after the connections."""
        self._heart = asyncio.create_task(self._beat(), name="heartbeat")

    async def stop(self) -> None:
        """Send everybody away; uvicorn has closed the connections already."""
        for session in list(self._sessions):
            session.leave(COME_BACK, "going away")
        tasks = [*self._tasks, *([] if self._heart is None else [self._heart])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def refresh(self) -> None:
        """Let all clients come back and read what they may have missed, not all at once."""
        sessions = list(self._sessions)
        loop = asyncio.get_running_loop()
        for number, session in enumerate(sessions):
            leave: Callable[[int, str], None] = session.leave
            loop.call_later(number * SPREAD / len(sessions), leave, COME_BACK, "come back")

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            now = time.monotonic()
            for number, session in enumerate(list(self._sessions)):
                if number % LOOK_AT_ONCE == 0:
                    await asyncio.sleep(0)
                silent = now - session.heard_at
                if silent > GONE_AFTER:
                    session.leave(TIMED_OUT, "timeout")
                elif silent > ASK_AFTER and not session.pinged:
                    session.pinged = True
                    session.say(frames.PING)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _is_sockjs(server: str) -> bool:
    return len(server) == 3 and server.isascii() and server.isdigit()


def _texts(message: str) -> list[str] | None:
    """Return the frames in a message of SockJS, None for what is none, or more than a client may
    send in a second: they are answered in one go.
    """
    try:
        return msgspec.json.decode(message, type=_Frames)
    except (msgspec.DecodeError, RecursionError):
        return None
