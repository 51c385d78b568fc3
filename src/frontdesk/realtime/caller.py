"""Who calls a real-time method."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from frontdesk.http.call import Principal

if TYPE_CHECKING:
    from frontdesk.realtime.session import Session
    from frontdesk.settings.workspace import Settings
    from frontdesk.workspace import Workspace

T = TypeVar("T")

#: Seconds for which an answer counts as recent.
RECENT = 1.0


class Caller:
    """Who calls a method, and the workspace that it works on.

    `address` is the client's address and `connection` what stands for its connection: both count
    for limits only. `user_or_none` is None for visitors and before the log-in. `session` is the
    connection itself; a call over REST has none.
    """

    __slots__ = ("address", "connection", "session", "user_or_none", "workspace")

    def __init__(
        self,
        workspace: "Workspace",
        user: Principal | None,
        address: str,
        connection: str,
        session: "Session | None" = None,
    ) -> None:
        self.workspace = workspace
        self.user_or_none = user
        self.address = address
        self.connection = connection
        self.session = session

    @property
    def settings(self) -> "Settings":
        """The workspace settings at this moment."""
        return self.workspace.settings

    @property
    def user(self) -> Principal:
        """The logged-in user, in a method that requires one."""
        assert self.user_or_none is not None
        return self.user_or_none

    async def read(self, use_case: Callable[..., T], *arguments: Any) -> T:
        """Run `use_case(tx, *arguments)` on a snapshot."""
        return await self.workspace.db.read(lambda tx: use_case(tx, *arguments))

    async def read_recently(self, use_case: Callable[..., T], *arguments: Any) -> T:
        """Return what `read` would, or what it answered a moment ago to the same question of this
        connection: clients listen to many streams of one room at the same time.

        What the use case answers is kept in memory for each connection: let it be small.
        """
        session = self.session
        if session is None:
            return await self.read(use_case, *arguments)
        question = (use_case, *arguments)
        if session.recent is not None:
            asked, until, answer = session.recent
            if asked == question and time.monotonic() < until:
                return cast(T, answer)
        found = await self.read(use_case, *arguments)
        session.recent = (question, time.monotonic() + RECENT, found)
        return found

    async def write(self, use_case: Callable[..., T], *arguments: Any) -> T:
        """Run `use_case(tx, *arguments)` in a transaction; return after its commit."""
        return await self.workspace.db.write(lambda tx: use_case(tx, *arguments))
